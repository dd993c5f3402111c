//! All SQL that names disposal.case and disposal.involvement.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Case, Lead, Manner, Scope, State};

struct Row {
    case_id: Uuid,
    incident_id: Uuid,
    number: String,
    title: String,
    state: String,
    important: bool,
    body_ids: Vec<Uuid>,
    leader_person_id: Option<Uuid>,
    lead_manner: Option<String>,
    candidate_person_ids: Option<Vec<Uuid>>,
    open_time: jiff_sqlx::Timestamp,
    close_time: Option<jiff_sqlx::Timestamp>,
    merged_into_number: Option<String>,
    version: i64,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Closed => "CLOSED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "OPEN" => Ok(Self::Open),
            "CLOSED" => Ok(Self::Closed),
            other => Err(Error::fault(format!("case state {other}"))),
        }
    }
}

impl Manner {
    fn as_str(self) -> &'static str {
        match self {
            Self::Portfolio => "PORTFOLIO",
            Self::Principal => "PRINCIPAL",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "PORTFOLIO" => Ok(Self::Portfolio),
            "PRINCIPAL" => Ok(Self::Principal),
            other => Err(Error::fault(format!("lead manner {other}"))),
        }
    }
}

impl TryFrom<Row> for Case {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let manner = row.lead_manner.as_deref().map(Manner::parse).transpose()?;
        Ok(Self {
            id: row.case_id,
            incident_id: row.incident_id,
            number: row.number,
            title: row.title,
            state: State::parse(&row.state)?,
            important: row.important,
            bodies: row.body_ids,
            lead: row.leader_person_id.zip(manner).map(|(person, manner)| Lead { person, manner }),
            candidates: row.candidate_person_ids,
            open_time: row.open_time.to_jiff(),
            close_time: row.close_time.map(|time| time.to_jiff()),
            merged_into: row.merged_into_number,
            version: row.version,
        })
    }
}

/// The case of an incident, locked against another change of what belongs to it.
pub(crate) async fn lock(connection: &mut PgConnection, incident_id: Uuid) -> Result<Option<Case>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT case_id, incident_id, number, title, state, important, body_ids, leader_person_id, lead_manner, candidate_person_ids,
                open_time, close_time, merged_into_number, version
         FROM disposal.case WHERE incident_id = $1 FOR UPDATE",
        incident_id
    )
    .fetch_optional(connection)
    .await?
    .map(Case::try_from)
    .transpose()
}

/// The case of an incident, if it lies in a scope: a body is involved, has a task, or is asked for material.
pub(crate) async fn find(connection: &mut PgConnection, incident_id: Uuid, scope: &Scope) -> Result<Option<Case>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT case_id, incident_id, number, title, state, important, body_ids, leader_person_id, lead_manner, candidate_person_ids,
                open_time, close_time, merged_into_number, version
         FROM disposal.case c
         WHERE incident_id = $1
           AND ($2::uuid[] IS NULL OR body_ids && $2
                OR EXISTS (SELECT 1 FROM disposal.assignment a WHERE a.incident_id = c.incident_id AND a.body_id = ANY ($2))
                OR EXISTS (SELECT 1 FROM disposal.material_request m WHERE m.incident_id = c.incident_id AND m.body_id = ANY ($2)))",
        incident_id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_optional(connection)
    .await?
    .map(Case::try_from)
    .transpose()
}

/// A page of the cases that lie in a scope, newest first.
pub(crate) async fn page(connection: &mut PgConnection, page: &Page<Uuid>, scope: &Scope) -> Result<Vec<Case>, Error> {
    let rows = match scope.bodies() {
        Some(bodies) => page_of(connection, page, bodies).await?,
        None => {
            let rows = sqlx::query_as!(
                Row,
                "SELECT case_id, incident_id, number, title, state, important, body_ids, leader_person_id, lead_manner, candidate_person_ids,
                        open_time, close_time, merged_into_number, version
                 FROM disposal.case WHERE case_id < $1 ORDER BY case_id DESC LIMIT $2",
                page.after.unwrap_or(Uuid::max()),
                page.limit()
            );
            rows.fetch_all(connection).await?
        }
    };
    rows.into_iter().map(Case::try_from).collect()
}

/// Those of bodies. `OFFSET 0` has the bodies' own cases looked up, however many others there are.
async fn page_of(connection: &mut PgConnection, page: &Page<Uuid>, bodies: &[Uuid]) -> Result<Vec<Row>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT c.case_id, c.incident_id, c.number, c.title, c.state, c.important, c.body_ids, c.leader_person_id, c.lead_manner,
                c.candidate_person_ids, c.open_time, c.close_time, c.merged_into_number, c.version
         FROM (SELECT incident_id FROM disposal.case WHERE body_ids && $1
               UNION SELECT incident_id FROM disposal.assignment WHERE body_id = ANY ($1)
               UNION SELECT incident_id FROM disposal.material_request WHERE body_id = ANY ($1) OFFSET 0) mine
         CROSS JOIN LATERAL (SELECT * FROM disposal.case WHERE incident_id = mine.incident_id AND case_id < $2 OFFSET 0) c
         ORDER BY c.case_id DESC LIMIT $3",
        bodies,
        page.after.unwrap_or(Uuid::max()),
        page.limit()
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Adds a case.
pub(crate) async fn insert(connection: &mut PgConnection, case: &Case) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.case (case_id, incident_id, number, title, state, important, body_ids, leader_person_id, lead_manner,
                                    candidate_person_ids, open_time, version, merged_into_number)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        case.id,
        case.incident_id,
        case.number,
        case.title,
        case.state.as_str(),
        case.important,
        &case.bodies,
        case.lead.map(|lead| lead.person),
        case.lead.map(|lead| lead.manner.as_str()),
        case.candidates.as_deref() as Option<&[Uuid]>,
        case.open_time.to_sqlx() as jiff_sqlx::Timestamp,
        case.version,
        case.merged_into
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a case that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, case: &mut Case) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.case
         SET number = $3, title = $4, state = $5, important = $6, body_ids = $7, leader_person_id = $8, lead_manner = $9,
             candidate_person_ids = $10, close_time = $11, merged_into_number = $12, version = version + 1
         WHERE case_id = $1 AND version = $2",
        case.id,
        case.version,
        case.number,
        case.title,
        case.state.as_str(),
        case.important,
        &case.bodies,
        case.lead.map(|lead| lead.person),
        case.lead.map(|lead| lead.manner.as_str()),
        case.candidates.as_deref() as Option<&[Uuid]>,
        case.close_time.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        case.merged_into
    )
    .execute(connection)
    .await?;
    case.version += 1;
    Ok(done.rows_affected() == 1)
}

/// Keeps the units that intake named, and locks them.
pub(crate) async fn name_bodies(connection: &mut PgConnection, incident_id: Uuid, bodies: &[Uuid]) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.involvement (incident_id, body_ids, named) VALUES ($1, $2, true)
         ON CONFLICT (incident_id) DO UPDATE SET body_ids = EXCLUDED.body_ids, named = true",
        incident_id,
        bodies
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps into which incident one was merged, or that it stands by itself again, and locks it.
pub(crate) async fn merge(connection: &mut PgConnection, incident_id: Uuid, into_number: Option<&str>) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.involvement (incident_id, body_ids, named, merged_into_number) VALUES ($1, '{}', false, $2)
         ON CONFLICT (incident_id) DO UPDATE SET merged_into_number = EXCLUDED.merged_into_number",
        incident_id,
        into_number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What was told of an incident beside its case: the units that hold, and the incident that it was merged into.
pub(crate) struct Settled {
    pub bodies: Vec<Uuid>,
    pub merged_into: Option<String>,
}

/// Keeps the units that assessment tells unless intake named others, locks them, and returns those that hold.
pub(crate) async fn settle_bodies(connection: &mut PgConnection, incident_id: Uuid, bodies: &[Uuid]) -> Result<Settled, Error> {
    let settled = sqlx::query!(
        "INSERT INTO disposal.involvement AS i (incident_id, body_ids, named) VALUES ($1, $2, false)
         ON CONFLICT (incident_id) DO UPDATE SET body_ids = CASE WHEN i.named THEN i.body_ids ELSE EXCLUDED.body_ids END
         RETURNING body_ids, merged_into_number",
        incident_id,
        bodies
    )
    .fetch_one(connection)
    .await?;
    Ok(Settled { bodies: settled.body_ids, merged_into: settled.merged_into_number })
}
