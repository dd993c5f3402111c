//! SQL that counts what was reported within some days, for all incidents at once.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Counts, HotMatter, OF_A_REPEAT, OF_A_REPORT, OF_A_WRITER, OF_GROWTH, Place, Window};
use crate::incident;

/// The hottest incidents that stand by themselves and were reported within the window, after a place. What is counted goes by when
/// it appeared; an index on that time holds all that is counted of a report.
pub(crate) async fn hottest(
    connection: &mut PgConnection,
    window: Window,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<HotMatter>, Error> {
    let rows = sqlx::query!(
        r#"WITH seen AS (
             SELECT incident_id, writer_digest, publish_time, false AS again FROM intake.report
             WHERE publish_time > $1 AND publish_time <= $3 AND incident_id IS NOT NULL
             UNION ALL
             SELECT r.incident_id, r.writer_digest, s.publish_time, true FROM intake.sighting s JOIN intake.report r USING (report_id)
             WHERE s.publish_time > $2 AND s.publish_time <= $3 AND r.incident_id IS NOT NULL
         ), counted AS (
             SELECT incident_id, count(DISTINCT writer_digest) FILTER (WHERE publish_time > $2) AS writers,
                    count(*) FILTER (WHERE publish_time > $2 AND NOT again) AS reports, count(*) FILTER (WHERE publish_time <= $2) AS before,
                    count(*) FILTER (WHERE again) AS repeats
             FROM seen GROUP BY incident_id
         ), heated AS (
             SELECT c.*, $4::int8 * writers + $5::int8 * reports + $6::int8 * repeats + $7::int8 * greatest(reports - before, 0) AS heat FROM counted c
         )
         SELECT h.incident_id AS "incident_id!", h.writers AS "writers!", h.reports AS "reports!", h.before AS "before!", h.repeats AS "repeats!"
         FROM heated h JOIN intake.incident i ON i.incident_id = h.incident_id
         WHERE h.reports + h.repeats > 0 AND i.merged_into_incident_id IS NULL
           AND ($8::int8 IS NULL OR (h.heat, h.incident_id) < ($8, $9::uuid))
         ORDER BY h.heat DESC, h.incident_id DESC LIMIT $10"#,
        window.before().to_sqlx() as jiff_sqlx::Timestamp,
        window.since().to_sqlx() as jiff_sqlx::Timestamp,
        window.until.to_sqlx() as jiff_sqlx::Timestamp,
        OF_A_WRITER,
        OF_A_REPORT,
        OF_A_REPEAT,
        OF_GROWTH,
        after.map(|place| place.heat),
        after.map(|place| place.incident),
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.incident_id).collect();
    let mut incidents = incident::store::some(connection, &ids).await?;
    let first = after.map_or(1, |place| place.rank + 1);
    let matters = (first..).zip(rows).filter_map(|(rank, row)| {
        let counts = Counts { writers: row.writers, reports: row.reports, repeats: row.repeats, reports_before: row.before };
        Some(HotMatter { incident: incidents.remove(&row.incident_id)?, counts, rank })
    });
    Ok(matters.collect())
}
