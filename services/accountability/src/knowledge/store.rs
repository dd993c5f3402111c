//! All SQL that names accountability.knowledge and accountability.sighting.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Entry, Proof, Sighting};

struct Row {
    incident_id: Uuid,
    event_id: Uuid,
    kind: String,
    person_id: Option<Uuid>,
    body_id: Option<Uuid>,
    what: String,
    know_time: jiff_sqlx::Timestamp,
    claimed_time: Option<jiff_sqlx::Timestamp>,
    service_name: String,
    position: i64,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            incident_id: row.incident_id,
            person_id: row.person_id,
            body_id: row.body_id,
            what: row.what,
            time: row.know_time.to_jiff(),
            claimed_time: row.claimed_time.map(|time| time.to_jiff()),
            proof: Proof { event_id: row.event_id, kind: row.kind, service: row.service_name, position: row.position },
        }
    }
}

/// Adds an entry.
pub(crate) async fn insert(connection: &mut PgConnection, entry: &Entry) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.knowledge (incident_id, event_id, kind, person_id, body_id, what, know_time, claimed_time, service_name, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (incident_id, event_id) DO NOTHING",
        entry.incident_id,
        entry.proof.event_id,
        entry.proof.kind,
        entry.person_id,
        entry.body_id,
        entry.what,
        entry.time.to_sqlx() as jiff_sqlx::Timestamp,
        entry.claimed_time.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        entry.proof.service,
        entry.proof.position
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps who registered a report.
pub(crate) async fn sight(connection: &mut PgConnection, sighting: &Sighting) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.sighting (report_id, event_id, person_id, title, register_time, publish_time, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (report_id) DO NOTHING",
        sighting.report_id,
        sighting.event_id,
        sighting.person_id,
        sighting.title,
        sighting.time.to_sqlx() as jiff_sqlx::Timestamp,
        sighting.publish_time.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        sighting.position
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whoever registered a report knew of the incident in which it now is. Only what is new counts: of a hundred letters of one
/// matter that one person registers, the first.
pub(crate) async fn place(connection: &mut PgConnection, report_id: Uuid, incident_id: Uuid) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.knowledge (incident_id, event_id, kind, person_id, what, know_time, claimed_time, service_name, position)
         SELECT $2, s.event_id, 'intake.ReportRegistered', s.person_id, '登记线索:' || s.title, s.register_time,
                nullif(s.publish_time, s.register_time), 'intake', s.position
         FROM accountability.sighting s
         WHERE s.report_id = $1 AND NOT EXISTS (
             SELECT 1 FROM accountability.knowledge k
             WHERE k.incident_id = $2 AND k.kind = 'intake.ReportRegistered' AND k.person_id = s.person_id AND k.know_time <= s.register_time)
         ON CONFLICT (incident_id, event_id) DO NOTHING",
        report_id,
        incident_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Everything known of who knew of an incident, in order of time.
pub(crate) async fn of(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, event_id, kind, person_id, body_id, what, know_time, claimed_time, service_name, position
         FROM accountability.knowledge WHERE incident_id = $1 ORDER BY know_time, service_name, position, event_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
