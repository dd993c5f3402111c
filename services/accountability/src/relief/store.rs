//! All SQL that names accountability.relief.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Decision, Kind, Relief, State};

struct Row {
    relief_id: Uuid,
    obligation_id: Uuid,
    incident_id: Option<Uuid>,
    kind: String,
    due_time: Option<jiff_sqlx::Timestamp>,
    reason: String,
    state: String,
    ask_person_id: Uuid,
    ask_time: jiff_sqlx::Timestamp,
    granter_role: String,
    decide_person_id: Option<Uuid>,
    decide_time: Option<jiff_sqlx::Timestamp>,
    decide_reason: String,
    version: i64,
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "ASKED",
            Self::Granted => "GRANTED",
            Self::Refused => "REFUSED",
        }
    }
}

impl TryFrom<Row> for Relief {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let state = [State::Asked, State::Granted, State::Refused].into_iter().find(|state| state.as_str() == row.state);
        let kind = match (row.kind.as_str(), row.due_time) {
            ("EXTENSION", Some(due)) => Kind::Extension(due.to_jiff()),
            ("WAIVER", None) => Kind::Waiver,
            (other, _) => return Err(Error::fault(format!("relief kind {other}"))),
        };
        let decision = row.decide_person_id.zip(row.decide_time);
        Ok(Self {
            id: row.relief_id,
            obligation_id: row.obligation_id,
            incident_id: row.incident_id,
            kind,
            reason: row.reason,
            state: state.ok_or_else(|| Error::fault(format!("relief state {}", row.state)))?,
            ask_person: row.ask_person_id,
            ask_time: row.ask_time.to_jiff(),
            granter_role: row.granter_role,
            decision: decision.map(|(person, time)| Decision { person, time: time.to_jiff(), reason: row.decide_reason }),
            version: row.version,
        })
    }
}

/// Adds a relief. False when relief of the same obligation waits already.
pub(crate) async fn insert(connection: &mut PgConnection, relief: &Relief) -> Result<bool, Error> {
    let (kind, due) = match relief.kind {
        Kind::Extension(due) => ("EXTENSION", Some(due)),
        Kind::Waiver => ("WAIVER", None),
    };
    let done = sqlx::query!(
        "INSERT INTO accountability.relief (relief_id, obligation_id, incident_id, kind, due_time, reason, state, ask_person_id, ask_time,
             granter_role, decide_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11) ON CONFLICT (obligation_id) WHERE state = 'ASKED' DO NOTHING",
        relief.id,
        relief.obligation_id,
        relief.incident_id,
        kind,
        due.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        relief.reason,
        relief.state.as_str(),
        relief.ask_person,
        relief.ask_time.to_sqlx() as jiff_sqlx::Timestamp,
        relief.granter_role,
        relief.version
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A relief by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Relief>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT relief_id, obligation_id, incident_id, kind, due_time, reason, state, ask_person_id, ask_time, granter_role, decide_person_id,
                decide_time, decide_reason, version
         FROM accountability.relief WHERE relief_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Relief::try_from)
    .transpose()
}

/// Saves a decision. False when the relief was changed meanwhile.
pub(crate) async fn save(connection: &mut PgConnection, relief: &mut Relief) -> Result<bool, Error> {
    let decision = relief.decision.as_ref();
    let done = sqlx::query!(
        "UPDATE accountability.relief SET state = $3, decide_person_id = $4, decide_time = $5, decide_reason = $6, version = version + 1
         WHERE relief_id = $1 AND version = $2",
        relief.id,
        relief.version,
        relief.state.as_str(),
        decision.map(|decision| decision.person),
        decision.map(|decision| decision.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        decision.map_or("", |decision| decision.reason.as_str())
    )
    .execute(connection)
    .await?;
    relief.version += 1;
    Ok(done.rows_affected() == 1)
}

/// A page of reliefs, newest first; those that some persons asked for alone, if given.
pub(crate) async fn list(
    connection: &mut PgConnection,
    obligation_id: Option<Uuid>,
    state: Option<State>,
    askers: Option<&[Uuid]>,
    page: &Page<Uuid>,
) -> Result<Vec<Relief>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT relief_id, obligation_id, incident_id, kind, due_time, reason, state, ask_person_id, ask_time, granter_role, decide_person_id,
                decide_time, decide_reason, version
         FROM accountability.relief
         WHERE ($1::uuid IS NULL OR obligation_id = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid[] IS NULL OR ask_person_id = ANY($3))
           AND ($4::uuid IS NULL OR relief_id < $4)
         ORDER BY relief_id DESC LIMIT $5",
        obligation_id,
        state.map(State::as_str),
        askers,
        page.after,
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Relief::try_from).collect()
}
