//! All SQL that writes intake.report, and finds one.

pub(crate) mod reading;

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Placed, Report, Sighting};

pub(super) struct Row {
    pub report_id: Uuid,
    pub outlet_id: Uuid,
    pub outlet_name: String,
    pub tier: String,
    pub medium: String,
    pub external_id: Option<String>,
    pub title: String,
    pub excerpt: String,
    pub url: String,
    pub page: String,
    pub publish_time: jiff_sqlx::Timestamp,
    pub register_time: jiff_sqlx::Timestamp,
    pub sensitive: bool,
    pub view_count: i64,
    pub comment_count: i64,
    pub repost_count: i64,
    pub body_ids: Vec<Uuid>,
    pub writer_digest: Option<Vec<u8>>,
    pub requested_incident_id: Option<Uuid>,
    pub incident_id: Option<Uuid>,
    pub placement_score: Option<f64>,
    pub placement_ground: Option<String>,
}

impl From<Row> for Report {
    fn from(row: Row) -> Self {
        let placed = row.incident_id.map(|incident| Placed {
            incident,
            score: row.placement_score.unwrap_or_default(),
            ground: row.placement_ground.unwrap_or_default(),
        });
        let sighting = Sighting {
            outlet_id: row.outlet_id,
            external_id: row.external_id,
            title: row.title,
            excerpt: row.excerpt,
            url: row.url,
            page: row.page,
            publish_time: row.publish_time.to_jiff(),
            sensitive: row.sensitive,
            views: row.view_count,
            comments: row.comment_count,
            reposts: row.repost_count,
            bodies: row.body_ids,
            requested_incident: row.requested_incident_id,
            writer: row.writer_digest.and_then(|d| d.try_into().ok()),
        };
        Self {
            id: row.report_id,
            outlet_name: row.outlet_name,
            tier: row.tier,
            medium: row.medium,
            sighting,
            register_time: row.register_time.to_jiff(),
            placed,
        }
    }
}

/// A report, locked against another's move.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Report>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, incident_id, placement_score, placement_ground
         FROM intake.report WHERE report_id = $1 FOR UPDATE",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Report::from))
}

/// What is registered already under an outlet's own ids: those ids, the report and the content's digest.
pub(crate) async fn known(connection: &mut PgConnection, keys: &[(Uuid, &str)]) -> Result<Vec<(Uuid, String, Uuid, Vec<u8>)>, Error> {
    let outlets: Vec<Uuid> = keys.iter().map(|k| k.0).collect();
    let ids: Vec<String> = keys.iter().map(|k| k.1.to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT r.outlet_id, r.external_id AS "external_id!", r.report_id, r.content_digest FROM intake.report r
           JOIN unnest($1::uuid[], $2::text[]) k(outlet_id, external_id) ON r.outlet_id = k.outlet_id AND r.external_id = k.external_id"#,
        &outlets,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.outlet_id, r.external_id, r.report_id, r.content_digest)).collect())
}

/// Adds reports, however many, in one statement: the ids of those that went in. One with an outlet's own id that is there
/// already does not.
pub(crate) async fn insert(connection: &mut PgConnection, reports: &[&Report]) -> Result<Vec<Uuid>, Error> {
    fn each<T>(reports: &[&Report], part: impl Fn(&Report) -> T) -> Vec<T> {
        reports.iter().map(|r| part(r)).collect()
    }
    let inserted = sqlx::query_scalar!(
        "INSERT INTO intake.report (report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time,
                                    register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id)
         SELECT i.report_id, i.outlet_id, i.outlet_name, i.tier, i.medium, i.external_id, i.content_digest, i.title, i.excerpt, i.url, i.page, i.publish_time,
                i.register_time, i.sensitive, i.view_count, i.comment_count, i.repost_count, string_to_array(i.body_ids, ',')::uuid[], i.writer_digest,
                i.requested_incident_id
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[],
                     $12::timestamptz[], $13::timestamptz[], $14::bool[], $15::int8[], $16::int8[], $17::int8[], $18::text[], $19::bytea[], $20::uuid[])
              AS i(report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time, register_time,
                   sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id)
         ON CONFLICT (outlet_id, external_id) WHERE external_id IS NOT NULL DO NOTHING RETURNING report_id",
        &each(reports, |r| r.id),
        &each(reports, |r| r.sighting.outlet_id),
        &each(reports, |r| r.outlet_name.clone()),
        &each(reports, |r| r.tier.clone()),
        &each(reports, |r| r.medium.clone()),
        &each(reports, |r| r.sighting.external_id.clone()) as &[Option<String>],
        &each(reports, |r| r.sighting.digest().to_vec()),
        &each(reports, |r| r.sighting.title.clone()),
        &each(reports, |r| r.sighting.excerpt.clone()),
        &each(reports, |r| r.sighting.url.clone()),
        &each(reports, |r| r.sighting.page.clone()),
        &each(reports, |r| r.sighting.publish_time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(reports, |r| r.register_time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(reports, |r| r.sighting.sensitive),
        &each(reports, |r| r.sighting.views),
        &each(reports, |r| r.sighting.comments),
        &each(reports, |r| r.sighting.reposts),
        &each(reports, |r| r.sighting.bodies.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")),
        &each(reports, |r| r.sighting.writer.map(|d| d.to_vec())) as &[Option<Vec<u8>>],
        &each(reports, |r| r.sighting.requested_incident) as &[Option<Uuid>]
    )
    .fetch_all(connection)
    .await?;
    Ok(inserted)
}

/// Saves where a report was put.
pub(crate) async fn place(connection: &mut PgConnection, id: Uuid, placed: &Placed) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.report SET incident_id = $2, placement_score = $3, placement_ground = $4 WHERE report_id = $1",
        id,
        placed.incident,
        placed.score,
        placed.ground
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest placed reports, oldest first, to compare new ones with: report, incident, title, text, time.
pub(crate) async fn placed(connection: &mut PgConnection, most: i64) -> Result<Vec<(Uuid, Uuid, String, String, Timestamp)>, Error> {
    let mut rows = sqlx::query!(
        r#"SELECT report_id, incident_id AS "incident_id!", title, excerpt, publish_time FROM intake.report
           WHERE incident_id IS NOT NULL ORDER BY report_id DESC LIMIT $1"#,
        most
    )
    .fetch_all(connection)
    .await?;
    rows.reverse();
    Ok(rows.into_iter().map(|r| (r.report_id, r.incident_id, r.title, r.excerpt, r.publish_time.to_jiff())).collect())
}
