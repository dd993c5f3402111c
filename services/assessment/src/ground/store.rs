//! All SQL that names assessment.ground.

use std::collections::HashMap;

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Ground;

/// Keeps a hit, unless it is kept already. True when it is new, or had lapsed. What rests on the whole incident and comes again shows
/// what is seen now; what rests on a report, what was seen when it first hit.
pub(crate) async fn keep(connection: &mut PgConnection, id: Uuid, incident_id: Uuid, ground: &Ground) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO assessment.ground AS g
             (ground_id, incident_id, test_id, report_id, clause, text, seen, needs_confirmation, hit_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (incident_id, test_id, (coalesce(report_id, '00000000-0000-0000-0000-000000000000'::uuid)))
         DO UPDATE SET
             lapse_time = NULL,
             seen = CASE WHEN g.report_id IS NULL THEN EXCLUDED.seen ELSE g.seen END,
             hit_time = CASE WHEN g.report_id IS NULL THEN EXCLUDED.hit_time ELSE g.hit_time END
         WHERE g.lapse_time IS NOT NULL",
        id,
        incident_id,
        ground.test_id,
        ground.report_id,
        ground.clause,
        ground.text,
        ground.seen,
        ground.needs_confirmation,
        ground.hit_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets a ground lapse that rests on no report. True when there was one.
pub(crate) async fn lapse_whole(connection: &mut PgConnection, incident_id: Uuid, test_id: &str, time: Timestamp) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE assessment.ground SET lapse_time = $3 WHERE incident_id = $1 AND test_id = $2 AND report_id IS NULL AND lapse_time IS NULL",
        incident_id,
        test_id,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets the hits on reports lapse that are no longer in an incident. True when there were any.
pub(crate) async fn lapse(connection: &mut PgConnection, incident_id: Uuid, reports: &[Uuid], time: Timestamp) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE assessment.ground SET lapse_time = $3 WHERE incident_id = $1 AND report_id = ANY($2) AND lapse_time IS NULL",
        incident_id,
        reports,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The grounds of some incidents, in the order of the hits.
pub(crate) async fn of_incidents(connection: &mut PgConnection, incident_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Ground>>, Error> {
    let rows = sqlx::query!(
        "SELECT incident_id, test_id, clause, text, report_id, seen, needs_confirmation, hit_time
         FROM assessment.ground WHERE incident_id = ANY($1) AND lapse_time IS NULL ORDER BY ground_id",
        incident_ids
    )
    .fetch_all(connection)
    .await?;
    let mut grounds: HashMap<Uuid, Vec<Ground>> = HashMap::new();
    for row in rows {
        grounds.entry(row.incident_id).or_default().push(Ground {
            test_id: row.test_id,
            clause: row.clause,
            text: row.text,
            report_id: row.report_id,
            seen: row.seen,
            needs_confirmation: row.needs_confirmation,
            hit_time: row.hit_time.to_jiff(),
        });
    }
    Ok(grounds)
}
