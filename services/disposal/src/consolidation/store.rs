//! All SQL that names disposal.consolidation.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Consolidation, State};

struct Row {
    consolidation_id: Uuid,
    incident_id: Uuid,
    findings_ids: Vec<Uuid>,
    text: String,
    state: String,
    author_person_id: Uuid,
    endorse_person_id: Option<Uuid>,
    approve_person_id: Option<Uuid>,
    return_reason: String,
    version: i64,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Consolidated => "CONSOLIDATED",
            Self::Endorsed => "ENDORSED",
            Self::Returned => "RETURNED",
            Self::Approved => "APPROVED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "CONSOLIDATED" => Ok(Self::Consolidated),
            "ENDORSED" => Ok(Self::Endorsed),
            "RETURNED" => Ok(Self::Returned),
            "APPROVED" => Ok(Self::Approved),
            other => Err(Error::fault(format!("consolidation state {other}"))),
        }
    }
}

impl TryFrom<Row> for Consolidation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.consolidation_id,
            incident_id: row.incident_id,
            findings_ids: row.findings_ids,
            text: row.text,
            state: State::parse(&row.state)?,
            author: row.author_person_id,
            endorser: row.endorse_person_id,
            approver: row.approve_person_id,
            return_reason: row.return_reason,
            version: row.version,
        })
    }
}

/// A report by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Consolidation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT consolidation_id, incident_id, findings_ids, text, state, author_person_id, endorse_person_id, approve_person_id,
                return_reason, version
         FROM disposal.consolidation WHERE consolidation_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Consolidation::try_from)
    .transpose()
}

/// The reports of an incident, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Consolidation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT consolidation_id, incident_id, findings_ids, text, state, author_person_id, endorse_person_id, approve_person_id,
                return_reason, version
         FROM disposal.consolidation WHERE incident_id = $1 ORDER BY consolidation_id",
        incident_id
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Consolidation::try_from)
    .collect()
}

/// How many reports of an incident are under way.
pub(crate) async fn count_open(connection: &mut PgConnection, incident_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM disposal.consolidation WHERE incident_id = $1 AND state IN ('CONSOLIDATED', 'ENDORSED')"#,
        incident_id
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// Adds a report.
pub(crate) async fn insert(connection: &mut PgConnection, consolidation: &Consolidation) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.consolidation (consolidation_id, incident_id, findings_ids, text, state, author_person_id, return_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        consolidation.id,
        consolidation.incident_id,
        &consolidation.findings_ids,
        consolidation.text,
        consolidation.state.as_str(),
        consolidation.author,
        consolidation.return_reason,
        consolidation.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a report that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, consolidation: &mut Consolidation) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.consolidation
         SET state = $3, endorse_person_id = $4, approve_person_id = $5, return_reason = $6, version = version + 1
         WHERE consolidation_id = $1 AND version = $2",
        consolidation.id,
        consolidation.version,
        consolidation.state.as_str(),
        consolidation.endorser,
        consolidation.approver,
        consolidation.return_reason
    )
    .execute(connection)
    .await?;
    consolidation.version += 1;
    Ok(done.rows_affected() == 1)
}
