//! SQL that reads intake.report for people.

use std::collections::HashMap;

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    super::{Report, Told},
    Row,
};

/// A report by id. With bodies given, only one of an incident that involves any of them.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, bodies: Option<&[Uuid]>) -> Result<Option<Report>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report r WHERE report_id = $1
           AND ($2::uuid[] IS NULL OR EXISTS (SELECT 1 FROM intake.incident i WHERE i.incident_id = r.incident_id AND i.body_ids && $2))",
        id,
        bodies
    );
    Ok(row.fetch_optional(connection).await?.map(Report::from))
}

/// Some reports, by id.
pub(crate) async fn some(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Report>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE report_id = ANY($1)",
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.report_id, Report::from(row))).collect())
}

/// Some reports. With bodies given, only those of incidents that involve any of them.
pub(crate) async fn among(connection: &mut PgConnection, ids: &[Uuid], bodies: Option<&[Uuid]>) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report r WHERE report_id = ANY($1)
           AND ($2::uuid[] IS NULL OR EXISTS (SELECT 1 FROM intake.incident i WHERE i.incident_id = r.incident_id AND i.body_ids && $2))",
        ids,
        bodies
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// A page of all reports, newest first.
pub(crate) async fn page(connection: &mut PgConnection, before: Option<Uuid>, limit: i64) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE report_id < $1 ORDER BY report_id DESC LIMIT $2",
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// A page of the reports of an incident, newest first.
pub(crate) async fn page_of(connection: &mut PgConnection, incident: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE incident_id = $1 AND report_id < $2 ORDER BY report_id DESC LIMIT $3",
        incident,
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// A page of the reports of incidents that involve any of some bodies, newest first. `OFFSET 0`: one after the other, until the page is
/// full, whatever is believed of how many fit.
pub(crate) async fn page_for(
    connection: &mut PgConnection,
    bodies: &[Uuid],
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT r.report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, r.body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM (SELECT DISTINCT l.report_id FROM unnest($1::uuid[]) b(body_id) CROSS JOIN LATERAL (
                 SELECT o.report_id FROM intake.report_body o CROSS JOIN LATERAL (
                   SELECT r.report_id FROM intake.report r JOIN intake.incident i ON i.incident_id = r.incident_id
                   WHERE r.report_id = o.report_id AND i.body_ids && $1 OFFSET 0) seen
                 WHERE o.body_id = b.body_id AND o.report_id < $2
                 ORDER BY o.report_id DESC LIMIT $3) l ORDER BY l.report_id DESC LIMIT $3) l
         JOIN intake.report r ON r.report_id = l.report_id ORDER BY r.report_id DESC",
        bodies,
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// The newest few reports and repeated sightings of each level of outlet in an incident.
pub(crate) async fn by_tier(connection: &mut PgConnection, incident: Uuid, of_each: i64) -> Result<Vec<Told>, Error> {
    let rows = sqlx::query!(
        r#"SELECT tier AS "tier!", of_tier AS "of_tier!", outlet_name AS "outlet_name!", page AS "page!", title AS "title!",
                  publish_time AS "publish_time!"
           FROM (SELECT tier, outlet_name, page, title, publish_time, report_id, count(*) OVER (PARTITION BY tier) AS of_tier,
                        row_number() OVER (PARTITION BY tier ORDER BY report_id DESC) AS place
                 FROM (SELECT tier, outlet_name, page, title, publish_time, report_id FROM intake.report WHERE incident_id = $1
                       UNION ALL
                       SELECT s.tier, s.outlet_name, s.page, s.title, s.publish_time, s.sighting_id
                       FROM intake.sighting s JOIN intake.report r ON r.report_id = s.report_id WHERE r.incident_id = $1) seen) r
           WHERE place <= $2 ORDER BY tier, report_id DESC"#,
        incident,
        of_each
    )
    .fetch_all(connection)
    .await?;
    let told = rows.into_iter().map(|r| Told {
        tier: r.tier,
        of_tier: r.of_tier,
        outlet: r.outlet_name,
        page: r.page,
        title: r.title,
        time: r.publish_time.to_jiff(),
    });
    Ok(told.collect())
}

/// Who registered a report (登记人).
pub(crate) async fn registrar(connection: &mut PgConnection, id: Uuid) -> Result<Option<Uuid>, Error> {
    let person = sqlx::query_scalar!("SELECT register_person_id FROM intake.report WHERE report_id = $1", id);
    Ok(person.fetch_optional(connection).await?.flatten())
}
