//! All SQL that names assessment.signal.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Signal;
use crate::trend::{Appearance, MOST};

/// In which incident a report is, its signal, and when it appeared.
pub(crate) type Place<'a> = (Uuid, &'a Signal, Appearance);

/// Places the signals of reports, each named once, in their incidents. Returns the reports that were in another, and in which.
pub(crate) async fn place(connection: &mut PgConnection, placed: &[Place<'_>]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    fn each<T>(placed: &[Place<'_>], part: impl Fn(&Signal) -> T) -> Vec<T> {
        placed.iter().map(|(_, signal, _)| part(signal)).collect()
    }
    let figure = |part: fn(&Appearance) -> Option<i64>| -> Vec<Option<i64>> {
        placed.iter().map(|(.., appearance)| part(appearance).map(|figure| figure.clamp(0, MOST))).collect()
    };
    let rows = sqlx::query!(
        r#"WITH incoming AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::int8[], $8::int8[], $9::int8[],
                                                    $10::timestamptz[], $11::int8[], $12::int8[])
                          AS p(report_id, incident_id, tier, medium, page, sensitive, view_count, comment_count, repost_count,
                               appear_time, sighting_count, reach)),
              before AS (SELECT s.report_id, s.incident_id FROM assessment.signal s JOIN incoming p ON s.report_id = p.report_id
                         WHERE s.incident_id <> p.incident_id),
              placed AS (INSERT INTO assessment.signal
                             (report_id, incident_id, tier, medium, page, sensitive, view_count, comment_count, repost_count,
                              appear_time, sighting_count, reach)
                         SELECT * FROM incoming ORDER BY report_id
                         ON CONFLICT (report_id) DO UPDATE SET
                             incident_id = EXCLUDED.incident_id, tier = EXCLUDED.tier, medium = EXCLUDED.medium, page = EXCLUDED.page,
                             sensitive = EXCLUDED.sensitive, view_count = EXCLUDED.view_count, comment_count = EXCLUDED.comment_count,
                             repost_count = EXCLUDED.repost_count, appear_time = EXCLUDED.appear_time,
                             sighting_count = EXCLUDED.sighting_count, reach = EXCLUDED.reach)
         SELECT report_id AS "report_id!", incident_id AS "incident_id!" FROM before"#,
        &each(placed, |s| s.report_id),
        &placed.iter().map(|(incident, ..)| *incident).collect::<Vec<_>>(),
        &each(placed, |s| s.tier.clone()),
        &each(placed, |s| s.medium.clone()),
        &each(placed, |s| s.page.clone()) as &[Option<String>],
        &each(placed, |s| s.sensitive),
        &each(placed, |s| s.view_count),
        &each(placed, |s| s.comment_count),
        &each(placed, |s| s.repost_count),
        &placed.iter().map(|(.., appearance)| appearance.time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp],
        &figure(|a| a.figures.sightings) as &[Option<i64>],
        &figure(|a| a.figures.reach) as &[Option<i64>]
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.report_id, row.incident_id)).collect())
}

/// Moves a report's signal to another incident. Returns it; none when the report is not known here, or is there already.
pub(crate) async fn relocate(connection: &mut PgConnection, report_id: Uuid, incident_id: Uuid) -> Result<Option<Signal>, Error> {
    let signal = sqlx::query_as!(
        Signal,
        "UPDATE assessment.signal SET incident_id = $2 WHERE report_id = $1 AND incident_id <> $2
         RETURNING report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count",
        report_id,
        incident_id
    )
    .fetch_optional(connection)
    .await?;
    Ok(signal)
}

/// Has a report's signal say how far it spread by now: it, and the incident that it is in; none where the report is not known here yet.
pub(crate) async fn read(connection: &mut PgConnection, report_id: Uuid, figures: [i64; 3]) -> Result<Option<(Uuid, Signal)>, Error> {
    let [views, comments, reposts] = figures;
    let row = sqlx::query!(
        "UPDATE assessment.signal SET view_count = $2, comment_count = $3, repost_count = $4, reach = $5 WHERE report_id = $1
         RETURNING incident_id, report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count",
        report_id,
        views,
        comments,
        reposts,
        (views > 0).then_some(views.clamp(0, MOST))
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let signal = Signal {
            report_id: row.report_id,
            tier: row.tier,
            medium: row.medium,
            page: row.page,
            sensitive: row.sensitive,
            view_count: row.view_count,
            comment_count: row.comment_count,
            repost_count: row.repost_count,
        };
        (row.incident_id, signal)
    }))
}

/// Has a report's signal say where it appeared, as that was corrected: in which incident it is; none where the report is not
/// known here yet.
pub(crate) async fn correct(connection: &mut PgConnection, signal: &Signal) -> Result<Option<Uuid>, Error> {
    let incident = sqlx::query_scalar!(
        "UPDATE assessment.signal SET tier = $2, medium = $3, page = $4, sensitive = $5 WHERE report_id = $1 RETURNING incident_id",
        signal.report_id,
        signal.tier,
        signal.medium,
        signal.page,
        signal.sensitive
    );
    Ok(incident.fetch_optional(connection).await?)
}

/// A report's signal.
pub(crate) async fn of_report(connection: &mut PgConnection, report_id: Uuid) -> Result<Option<Signal>, Error> {
    let signal = sqlx::query_as!(
        Signal,
        "SELECT report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count FROM assessment.signal WHERE report_id = $1",
        report_id
    );
    Ok(signal.fetch_optional(connection).await?)
}

/// The signals of an incident's reports.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Signal>, Error> {
    let signals = sqlx::query_as!(
        Signal,
        "SELECT report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count
         FROM assessment.signal WHERE incident_id = $1 ORDER BY report_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    Ok(signals)
}
