//! All SQL that names intake.spread, of reports, repeated sightings and items that wait, and has reports and repeated sightings say what was read last.

use std::collections::HashMap;

use chassis::{Error, Rows};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::item::Figures;
use crate::report::store::MANY;

/// What a reading found to be another than before: a report, or a repeated sighting of it.
pub(in super::super) struct Read {
    pub report: Uuid,
    pub sighting: Option<Uuid>,
    pub incident: Option<Uuid>,
    pub title: String,
    pub tier: String,
    pub medium: String,
    pub page: String,
    pub sensitive: bool,
    pub figures: Figures,
}

struct Row {
    report_id: Uuid,
    sighting_id: Option<Uuid>,
    incident_id: Option<Uuid>,
    title: String,
    tier: String,
    medium: String,
    page: String,
    sensitive: bool,
    read_time: jiff_sqlx::Timestamp,
    view_count: i64,
    comment_count: i64,
    repost_count: i64,
}

impl From<Row> for Read {
    fn from(row: Row) -> Self {
        let figures =
            Figures { read_time: row.read_time.to_jiff(), views: row.view_count, comments: row.comment_count, reposts: row.repost_count };
        Self {
            report: row.report_id,
            sighting: row.sighting_id,
            incident: row.incident_id,
            title: row.title,
            tier: row.tier,
            medium: row.medium,
            page: row.page,
            sensitive: row.sensitive,
            figures,
        }
    }
}

/// Keeps, as the first reading of reports and repeated sightings that have none, the figures with which they were registered. Reports
/// are locked, in one order.
pub(in super::super) async fn keep_first(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), Error> {
    sqlx::query!("SELECT report_id FROM intake.report WHERE report_id = ANY($1) ORDER BY report_id FOR UPDATE", ids)
        .fetch_all(&mut *connection)
        .await?;
    sqlx::query!(
        "INSERT INTO intake.spread (report_id, read_time, view_count, comment_count, repost_count)
         SELECT f.id, f.register_time, f.view_count, f.comment_count, f.repost_count
         FROM (SELECT report_id AS id, register_time, view_count, comment_count, repost_count FROM intake.report WHERE report_id = ANY($1)
               UNION ALL
               SELECT sighting_id, register_time, view_count, comment_count, repost_count FROM intake.sighting WHERE sighting_id = ANY($1)) f
         WHERE f.view_count + f.comment_count + f.repost_count > 0
           AND NOT EXISTS (SELECT 1 FROM intake.spread s WHERE s.report_id = f.id)",
        ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds readings of figures. One of the same thing and moment adds nothing.
pub(in super::super) async fn insert(connection: &mut PgConnection, readings: &[(Uuid, Figures)]) -> Result<(), Error> {
    if readings.is_empty() {
        return Ok(());
    }
    if readings.len() >= MANY {
        let mut rows = Rows::default();
        for (id, f) in readings {
            rows.push(&[id, &f.read_time, &f.views, &f.comments, &f.reposts]);
        }
        if rows.copy(connection, "intake.spread (report_id, read_time, view_count, comment_count, repost_count)").await? {
            return Ok(());
        }
    }
    sqlx::query!(
        "INSERT INTO intake.spread (report_id, read_time, view_count, comment_count, repost_count)
         SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::int8[], $4::int8[], $5::int8[]) ON CONFLICT DO NOTHING",
        &readings.iter().map(|(report, _)| *report).collect::<Vec<_>>(),
        &readings.iter().map(|(_, f)| f.read_time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &readings.iter().map(|(_, f)| f.views).collect::<Vec<_>>(),
        &readings.iter().map(|(_, f)| f.comments).collect::<Vec<_>>(),
        &readings.iter().map(|(_, f)| f.reposts).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Has reports, which are locked, say what was read of them last: those that said something else.
pub(in super::super) async fn adopt_of_reports(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Read>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"WITH last AS (SELECT DISTINCT ON (report_id) report_id, read_time, view_count, comment_count, repost_count
                         FROM intake.spread WHERE report_id = ANY($1) ORDER BY report_id, read_time DESC)
           UPDATE intake.report r SET view_count = l.view_count, comment_count = l.comment_count, repost_count = l.repost_count
           FROM last l WHERE r.report_id = l.report_id
             AND (r.view_count, r.comment_count, r.repost_count) <> (l.view_count, l.comment_count, l.repost_count)
           RETURNING r.report_id, NULL::uuid AS sighting_id, r.incident_id, r.title, r.tier, r.medium, r.page, r.sensitive, l.read_time,
                     r.view_count, r.comment_count, r.repost_count"#,
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Read::from).collect())
}

/// The same of repeated sightings, with the incidents of their reports.
pub(in super::super) async fn adopt_of_sightings(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Read>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"WITH last AS (SELECT DISTINCT ON (report_id) report_id, read_time, view_count, comment_count, repost_count
                         FROM intake.spread WHERE report_id = ANY($1) ORDER BY report_id, read_time DESC)
           UPDATE intake.sighting s SET view_count = l.view_count, comment_count = l.comment_count, repost_count = l.repost_count
           FROM last l, intake.report r WHERE s.sighting_id = l.report_id AND r.report_id = s.report_id
             AND (s.view_count, s.comment_count, s.repost_count) <> (l.view_count, l.comment_count, l.repost_count)
           RETURNING s.report_id, s.sighting_id AS "sighting_id?", r.incident_id, s.title, s.tier, s.medium, s.page, s.sensitive, l.read_time,
                     s.view_count, s.comment_count, s.repost_count"#,
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Read::from).collect())
}

/// Readings of a report's figures, newest first.
pub(in super::super) async fn of_report(connection: &mut PgConnection, report: Uuid, most: i64) -> Result<Vec<Figures>, Error> {
    let rows = sqlx::query!(
        "SELECT read_time, view_count, comment_count, repost_count FROM intake.spread WHERE report_id = $1 ORDER BY read_time DESC LIMIT $2",
        report,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Figures { read_time: r.read_time.to_jiff(), views: r.view_count, comments: r.comment_count, reposts: r.repost_count })
        .collect())
}

/// Takes the readings of items that waited out, by item.
pub(in super::super) async fn take_of_waiting(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Figures>>, Error> {
    let rows = sqlx::query!(
        "DELETE FROM intake.spread WHERE report_id = ANY($1) RETURNING report_id, read_time, view_count, comment_count, repost_count",
        ids
    )
    .fetch_all(connection)
    .await?;
    let mut readings: HashMap<Uuid, Vec<Figures>> = HashMap::new();
    for r in rows {
        let read = Figures { read_time: r.read_time.to_jiff(), views: r.view_count, comments: r.comment_count, reposts: r.repost_count };
        readings.entry(r.report_id).or_default().push(read);
    }
    Ok(readings)
}
