//! All SQL that names disposal.tracking.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Tracking;

/// The entries of an incident, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Tracking>, Error> {
    let rows = sqlx::query!(
        "SELECT tracking_id, incident_id, person_id, text, record_time FROM disposal.tracking WHERE incident_id = $1 ORDER BY tracking_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    let entries = rows.into_iter().map(|row| Tracking {
        id: row.tracking_id,
        incident_id: row.incident_id,
        person: row.person_id,
        text: row.text,
        record_time: row.record_time.to_jiff(),
    });
    Ok(entries.collect())
}

/// Adds an entry.
pub(crate) async fn insert(connection: &mut PgConnection, tracking: &Tracking) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.tracking (tracking_id, incident_id, person_id, text, record_time) VALUES ($1, $2, $3, $4, $5)",
        tracking.id,
        tracking.incident_id,
        tracking.person,
        tracking.text,
        tracking.record_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
