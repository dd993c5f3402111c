//! All SQL that names assessment.sighting: repeated sightings (重复、转载) in the trend of the incident that their report is in.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::{MOST, Sighting};
use crate::{factor, signal::Signal};

/// Counts a sighting in the hour in which it appeared, and in its incident's sums, as it is stored: in, or out again.
async fn count(connection: &mut PgConnection, id: Uuid, sign: i64) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.trend_hour AS h (incident_id, hour, report_count, sighting_told, sighting_sum, reach_told, reach_sum)
         SELECT incident_id, date_trunc('hour', appear_time, 'Asia/Shanghai'), 0, $2::int8, $2, $2 * (reach IS NOT NULL)::int, $2 * coalesce(reach, 0)
         FROM assessment.sighting WHERE sighting_id = $1
         ON CONFLICT (incident_id, hour) DO UPDATE SET
             sighting_told = h.sighting_told + EXCLUDED.sighting_told, sighting_sum = h.sighting_sum + EXCLUDED.sighting_sum,
             reach_told = h.reach_told + EXCLUDED.reach_told, reach_sum = h.reach_sum + EXCLUDED.reach_sum",
        id,
        sign
    )
    .execute(&mut *connection)
    .await?;
    factor::store::count_repeat(connection, id, sign).await
}

/// 传播量, where told.
fn reach(views: i64) -> Option<i64> {
    (views > 0).then_some(views.clamp(0, MOST))
}

/// Counts a sighting in an incident; one that was counted in another, there no more.
pub(crate) async fn put(connection: &mut PgConnection, sighting: &Sighting) -> Result<(), Error> {
    let Sighting { id, incident_id, time, signal } = sighting;
    count(connection, *id, -1).await?;
    sqlx::query!(
        "INSERT INTO assessment.sighting
             (sighting_id, report_id, incident_id, appear_time, reach, tier, medium, page, sensitive, comment_count, repost_count)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (sighting_id) DO UPDATE SET incident_id = EXCLUDED.incident_id, reach = EXCLUDED.reach, tier = EXCLUDED.tier,
             medium = EXCLUDED.medium, page = EXCLUDED.page, sensitive = EXCLUDED.sensitive,
             comment_count = EXCLUDED.comment_count, repost_count = EXCLUDED.repost_count",
        id,
        signal.report_id,
        incident_id,
        time.to_sqlx() as jiff_sqlx::Timestamp,
        reach(signal.view_count),
        signal.tier,
        signal.medium,
        signal.page,
        signal.sensitive,
        signal.comment_count,
        signal.repost_count
    )
    .execute(&mut *connection)
    .await?;
    count(connection, *id, 1).await
}

/// Has a sighting say how far it spread by now: in which incident it is counted; none where it is not known here yet.
pub(crate) async fn read(connection: &mut PgConnection, id: Uuid, figures: [i64; 3]) -> Result<Option<Uuid>, Error> {
    let [views, comments, reposts] = figures;
    count(connection, id, -1).await?;
    let incident = sqlx::query_scalar!(
        "UPDATE assessment.sighting SET reach = $2, comment_count = $3, repost_count = $4 WHERE sighting_id = $1 RETURNING incident_id",
        id,
        reach(views),
        comments,
        reposts
    );
    let incident = incident.fetch_optional(&mut *connection).await?;
    count(connection, id, 1).await?;
    Ok(incident)
}

/// Has a sighting say where it appeared, as that was corrected: in which incident it is counted; none where it is not known here yet.
pub(crate) async fn correct(connection: &mut PgConnection, id: Uuid, signal: &Signal) -> Result<Option<Uuid>, Error> {
    count(connection, id, -1).await?;
    let incident = sqlx::query_scalar!(
        "UPDATE assessment.sighting SET tier = $2, medium = $3, page = $4, sensitive = $5, comment_count = $6, repost_count = $7
         WHERE sighting_id = $1 RETURNING incident_id",
        id,
        signal.tier,
        signal.medium,
        signal.page,
        signal.sensitive,
        signal.comment_count,
        signal.repost_count
    );
    let incident = incident.fetch_optional(&mut *connection).await?;
    count(connection, id, 1).await?;
    Ok(incident)
}

/// What the tests look at of each repeated sighting of a report, and whether it is known of all.
pub(crate) async fn signals(connection: &mut PgConnection, report_id: Uuid) -> Result<(Vec<Signal>, bool), Error> {
    let rows = sqlx::query!(
        "SELECT tier, medium, page, sensitive, reach, comment_count, repost_count FROM assessment.sighting WHERE report_id = $1 ORDER BY sighting_id",
        report_id
    )
    .fetch_all(connection)
    .await?;
    let known = rows.iter().all(|row| row.medium.is_some());
    let signals = rows.into_iter().filter_map(|row| {
        Some(Signal {
            report_id,
            tier: row.tier?,
            medium: row.medium?,
            page: row.page,
            sensitive: row.sensitive?,
            view_count: row.reach.unwrap_or_default(),
            comment_count: row.comment_count.unwrap_or_default(),
            repost_count: row.repost_count.unwrap_or_default(),
        })
    });
    Ok((signals.collect(), known))
}
