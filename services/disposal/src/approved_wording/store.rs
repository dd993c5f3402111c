//! All SQL that names disposal.approved_wording.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Wording;

/// Keeps what publication approved for an incident. A line replaces the one before: one line is current.
pub(crate) async fn approve(connection: &mut PgConnection, incident_id: Uuid, wording: Wording, time: Timestamp) -> Result<(), Error> {
    match wording {
        Wording::Release(id) => sqlx::query!(
            "INSERT INTO disposal.approved_wording (wording_id, kind, incident_id, approve_time) VALUES ($1, 'RELEASE', $2, $3)
             ON CONFLICT (wording_id) DO NOTHING",
            id,
            incident_id,
            time.to_sqlx() as jiff_sqlx::Timestamp
        ),
        Wording::Line(id) => sqlx::query!(
            "INSERT INTO disposal.approved_wording (wording_id, kind, incident_id, approve_time) VALUES ($1, 'LINE', $2, $3)
             ON CONFLICT (incident_id) WHERE kind = 'LINE'
             DO UPDATE SET wording_id = EXCLUDED.wording_id, approve_time = EXCLUDED.approve_time",
            id,
            incident_id,
            time.to_sqlx() as jiff_sqlx::Timestamp
        ),
    }
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a wording is approved for an incident.
pub(crate) async fn is_approved(connection: &mut PgConnection, incident_id: Uuid, wording: Wording) -> Result<bool, Error> {
    let (kind, id) = match wording {
        Wording::Release(id) => ("RELEASE", id),
        Wording::Line(id) => ("LINE", id),
    };
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM disposal.approved_wording WHERE wording_id = $1 AND kind = $2 AND incident_id = $3) AS "found!""#,
        id,
        kind,
        incident_id
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
