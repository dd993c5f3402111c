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
    witness_person_id: Option<Uuid>,
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
            witness: row.witness_person_id,
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

/// Keeps who registered some reports.
pub(crate) async fn sight(connection: &mut PgConnection, sightings: &[Sighting]) -> Result<(), Error> {
    if sightings.is_empty() {
        return Ok(());
    }
    fn each<T>(sightings: &[Sighting], part: impl Fn(&Sighting) -> T) -> Vec<T> {
        sightings.iter().map(part).collect()
    }
    sqlx::query!(
        "INSERT INTO accountability.sighting (report_id, event_id, person_id, title, register_time, publish_time, position, received_time,
                                              witness_person_id)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int8[],
                              $8::timestamptz[], $9::uuid[])
         ON CONFLICT (report_id) DO NOTHING",
        &each(sightings, |s| s.report_id),
        &each(sightings, |s| s.event_id),
        &each(sightings, |s| s.person_id),
        &each(sightings, |s| s.title.clone()),
        &each(sightings, |s| s.time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(sightings, |s| s.publish_time.map(|time| time.to_sqlx())) as &[Option<jiff_sqlx::Timestamp>],
        &each(sightings, |s| s.position),
        &each(sightings, |s| s.received.map(|(time, _)| time.to_sqlx())) as &[Option<jiff_sqlx::Timestamp>],
        &each(sightings, |s| s.received.map(|(_, witness)| witness)) as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whoever registered a report knew of the incident in which it now is: reports and their incidents. Only what is new counts:
/// of a hundred letters of one matter that one person registers, the first.
pub(crate) async fn place(connection: &mut PgConnection, placements: &[(Uuid, Uuid)]) -> Result<(), Error> {
    if placements.is_empty() {
        return Ok(());
    }
    let (reports, incidents): (Vec<Uuid>, Vec<Uuid>) = placements.iter().copied().unzip();
    sqlx::query!(
        "INSERT INTO accountability.knowledge (incident_id, event_id, kind, person_id, what, know_time, claimed_time, service_name, position,
                                               witness_person_id)
         SELECT DISTINCT ON (p.incident_id, s.person_id)
                p.incident_id, s.event_id, 'intake.ReportRegistered', s.person_id, '登记线索:' || s.title, s.register_time,
                nullif(coalesce(s.received_time, s.publish_time), s.register_time), 'intake', s.position, s.witness_person_id
         FROM unnest($1::uuid[], $2::uuid[]) p(report_id, incident_id) JOIN accountability.sighting s ON s.report_id = p.report_id
         WHERE NOT EXISTS (
             SELECT 1 FROM accountability.knowledge k
             WHERE k.incident_id = p.incident_id AND k.kind = 'intake.ReportRegistered' AND k.person_id = s.person_id
               AND k.know_time <= s.register_time)
         ORDER BY p.incident_id, s.person_id, s.register_time, s.position
         ON CONFLICT (incident_id, event_id) DO NOTHING",
        &reports,
        &incidents
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Everything known of who knew of an incident, in order of time.
pub(crate) async fn of(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Entry>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, event_id, kind, person_id, body_id, what, know_time, claimed_time, service_name, position, witness_person_id
         FROM accountability.knowledge WHERE incident_id = $1 ORDER BY know_time, service_name, position, event_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
