//! All SQL that names assessment.trend_hour and assessment.rise.

pub(crate) mod sighting;

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{CivilHour, Figures, Hour, Rise, Speed};
use crate::factor;

/// Counts reports, each named once, in the hours in which they appeared, and in their incidents' sums: in, or out again.
async fn count(connection: &mut PgConnection, report_ids: &[Uuid], sign: i64) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.trend_hour AS h (incident_id, hour, report_count, sighting_told, sighting_sum, reach_told, reach_sum)
         SELECT s.incident_id, date_trunc('hour', s.appear_time, 'Asia/Shanghai'), $2 * count(*), $2 * count(s.sighting_count),
                $2 * coalesce(sum(s.sighting_count), 0)::int8, $2 * count(s.reach), $2 * coalesce(sum(s.reach), 0)::int8
         FROM assessment.signal s WHERE s.report_id = ANY($1) AND s.appear_time IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
         ON CONFLICT (incident_id, hour) DO UPDATE SET
             report_count = h.report_count + EXCLUDED.report_count, sighting_told = h.sighting_told + EXCLUDED.sighting_told,
             sighting_sum = h.sighting_sum + EXCLUDED.sighting_sum, reach_told = h.reach_told + EXCLUDED.reach_told,
             reach_sum = h.reach_sum + EXCLUDED.reach_sum",
        report_ids,
        sign
    )
    .execute(&mut *connection)
    .await?;
    factor::store::count(connection, report_ids, sign).await
}

/// Counts reports where their signals are now.
pub(crate) async fn count_in(connection: &mut PgConnection, report_ids: &[Uuid]) -> Result<(), Error> {
    count(connection, report_ids, 1).await
}

/// Takes reports out of the counts, before their signals change; those that are not known here yet are in none.
pub(crate) async fn count_out(connection: &mut PgConnection, report_ids: &[Uuid]) -> Result<(), Error> {
    count(connection, report_ids, -1).await
}

/// The hours of an incident in which anything was seen, from one on.
pub(crate) async fn hours(connection: &mut PgConnection, incident_id: Uuid, from: CivilHour) -> Result<Vec<Hour>, Error> {
    let rows = sqlx::query!(
        "SELECT hour, report_count, sighting_told, sighting_sum, reach_told, reach_sum
         FROM assessment.trend_hour WHERE incident_id = $1 AND hour >= $2 AND (report_count > 0 OR sighting_sum > 0) ORDER BY hour",
        incident_id,
        from.start().to_sqlx() as jiff_sqlx::Timestamp
    )
    .fetch_all(connection)
    .await?;
    let hour = |told: i64, sum: i64| (told > 0).then_some(sum);
    Ok(rows
        .into_iter()
        .map(|row| Hour {
            hour: CivilHour::of(row.hour.to_jiff()),
            reports: row.report_count,
            figures: Figures { sightings: hour(row.sighting_told, row.sighting_sum), reach: hour(row.reach_told, row.reach_sum) },
        })
        .collect())
}

/// Which of some incidents had at least so many reports, repetitions included, from an hour on.
pub(crate) async fn busy(connection: &mut PgConnection, incident_ids: &[Uuid], from: CivilHour, reports: i64) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!(
        "SELECT incident_id FROM assessment.trend_hour WHERE incident_id = ANY($1) AND hour >= $2
         GROUP BY incident_id HAVING sum(greatest(report_count, sighting_sum))::int8 >= $3 ORDER BY incident_id",
        incident_ids,
        from.start().to_sqlx() as jiff_sqlx::Timestamp,
        reports
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// The newest rises of an incident, the newest first.
pub(crate) async fn rises(connection: &mut PgConnection, incident_id: Uuid, limit: i64) -> Result<Vec<Rise>, Error> {
    let rows = sqlx::query!(
        "SELECT rise_id, begin_time, end_time, window_hours, report_count, previous_count
         FROM assessment.rise WHERE incident_id = $1 ORDER BY rise_id DESC LIMIT $2",
        incident_id,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Rise {
            id: row.rise_id,
            begin_time: row.begin_time.to_jiff(),
            end_time: row.end_time.map(|time| time.to_jiff()),
            speed: Speed { window: row.window_hours, reports: row.report_count, before: row.previous_count },
        })
        .collect())
}

/// Adds a rise.
pub(crate) async fn begin(connection: &mut PgConnection, incident_id: Uuid, rise: &Rise, rule_version: &str) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.rise (rise_id, incident_id, begin_time, window_hours, report_count, previous_count, rule_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        rise.id,
        incident_id,
        rise.begin_time.to_sqlx() as jiff_sqlx::Timestamp,
        rise.speed.window,
        rise.speed.reports,
        rise.speed.before,
        rule_version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a rise.
pub(crate) async fn end(connection: &mut PgConnection, rise_id: Uuid, time: Timestamp) -> Result<(), Error> {
    sqlx::query!("UPDATE assessment.rise SET end_time = $2 WHERE rise_id = $1", rise_id, time.to_sqlx() as jiff_sqlx::Timestamp)
        .execute(connection)
        .await?;
    Ok(())
}
