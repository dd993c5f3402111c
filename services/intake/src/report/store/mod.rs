//! All SQL that writes intake.report, and finds one.

pub(crate) mod reading;
pub(crate) mod repeats;

use chassis::{Error, Rows};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Known, Placed, Received, Report, Sighting};
use crate::category::Categorized;

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
    pub received_time: Option<jiff_sqlx::Timestamp>,
    pub witness_person_id: Option<Uuid>,
    pub incident_id: Option<Uuid>,
    pub placement_score: Option<f64>,
    pub placement_ground: Option<String>,
    pub sighting_count: i64,
    pub category_id: Option<Uuid>,
    pub category_person_id: Option<Uuid>,
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
            received: row.received_time.zip(row.witness_person_id).map(|(time, witness)| Received { time: time.to_jiff(), witness }),
            writer: row.writer_digest.and_then(|d| d.try_into().ok()),
            seal: None,
        };
        Self {
            id: row.report_id,
            outlet_name: row.outlet_name,
            tier: row.tier,
            medium: row.medium,
            sighting,
            register_time: row.register_time.to_jiff(),
            placed,
            sightings: row.sighting_count,
            category: row.category_id.map(|category| Categorized { category, by: row.category_person_id }),
            registrar: None,
            keys: super::likeness::Keys::default(),
        }
    }
}

/// A report, locked against another's move.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Report>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE report_id = $1 FOR UPDATE",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Report::from))
}

/// Whether an outlet has another piece under an own id than the report or repeated sighting asked about.
pub(super) async fn is_taken(connection: &mut PgConnection, (outlet, external_id): (Uuid, &str), but: Uuid) -> Result<bool, Error> {
    let taken = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM intake.report WHERE outlet_id = $1 AND external_id = $2 AND report_id <> $3)
               OR EXISTS (SELECT 1 FROM intake.sighting WHERE outlet_id = $1 AND external_id = $2 AND sighting_id <> $3) AS "taken!""#,
        outlet,
        external_id,
        but
    );
    Ok(taken.fetch_one(connection).await?)
}

/// Saves where a report appeared, which is locked. It is known by its address there, unless another is, or it was known by none.
pub(super) async fn correct(connection: &mut PgConnection, report: &Report, url_key: Option<[u8; 32]>) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.report r SET outlet_id = $2, outlet_name = $3, tier = $4, medium = $5, page = $6, sensitive = $7,
             url_key = CASE WHEN r.url_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM intake.report o WHERE o.url_key = $8 AND o.report_id <> $1) THEN $8 END
         WHERE report_id = $1",
        report.id,
        report.sighting.outlet_id,
        report.outlet_name,
        report.tier,
        report.medium,
        report.sighting.page,
        report.sighting.sensitive,
        url_key.as_ref().map(<[u8; 32]>::as_slice)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The reports of an incident, oldest first, so many at the most.
pub(crate) async fn ids_of(connection: &mut PgConnection, incident: Uuid, most: i64) -> Result<Vec<Uuid>, Error> {
    let ids = sqlx::query_scalar!("SELECT report_id FROM intake.report WHERE incident_id = $1 ORDER BY report_id LIMIT $2", incident, most);
    Ok(ids.fetch_all(connection).await?)
}

/// Reports, oldest first, locked against another's move; without their text.
pub(crate) async fn lock_all(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, '' AS "excerpt!", url, page, publish_time, register_time,
                sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id,
                incident_id, placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE report_id = ANY($1) ORDER BY report_id FOR UPDATE"#,
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// Those of some reports that have no incident yet, locked. Written so that no index finds all that have none: a burst leaves
/// thousands of them.
pub(crate) async fn lock_unplaced(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Report>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time, sensitive,
                view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id, received_time, witness_person_id, incident_id,
                placement_score, placement_ground, sighting_count, category_id, category_person_id
         FROM intake.report WHERE report_id = ANY($1) AND incident_id IS NOT DISTINCT FROM NULL ORDER BY report_id FOR UPDATE",
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Report::from).collect())
}

/// What is registered already under some of outlets' own ids, as a report or as a repeated sighting of one.
pub(crate) async fn known(connection: &mut PgConnection, keys: &[(Uuid, &str)]) -> Result<Known, Error> {
    if keys.is_empty() {
        return Ok(Known::new());
    }
    let outlets: Vec<Uuid> = keys.iter().map(|k| k.0).collect();
    let ids: Vec<String> = keys.iter().map(|k| k.1.to_owned()).collect();
    let rows = sqlx::query!(
        r#"WITH k AS (SELECT * FROM unnest($1::uuid[], $2::text[]) k(outlet_id, external_id))
           SELECT r.outlet_id AS "outlet_id!", r.external_id AS "external_id!", r.report_id AS "report_id!", r.content_digest AS "content_digest!"
           FROM intake.report r JOIN k ON r.outlet_id = k.outlet_id AND r.external_id = k.external_id
           UNION ALL
           SELECT s.outlet_id, s.external_id, s.report_id, s.content_digest
           FROM intake.sighting s JOIN k ON s.outlet_id = k.outlet_id AND s.external_id = k.external_id"#,
        &outlets,
        &ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| ((r.outlet_id, r.external_id), (r.report_id, r.content_digest))).collect())
}

/// From so many rows on, they are copied in.
pub(crate) const MANY: usize = 20;

/// Adds reports, however many, at once: the ids of those that went in. One with an outlet's own id that is there
/// already does not, nor one whose text or address another holds. They go in in one order everywhere, so that two transactions cannot wait for each other.
pub(crate) async fn insert(connection: &mut PgConnection, reports: &[&Report]) -> Result<Vec<Uuid>, Error> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let mut reports = reports.to_vec();
    reports.sort_by(|a, b| a.sighting.key().cmp(&b.sighting.key()).then_with(|| a.keys.text.cmp(&b.keys.text)));
    let reports = reports.as_slice();
    if reports.len() >= MANY && rows(reports).copy(connection, COLUMNS).await? {
        return Ok(reports.iter().map(|report| report.id).collect());
    }
    fn each<T>(reports: &[&Report], part: impl Fn(&Report) -> T) -> Vec<T> {
        reports.iter().map(|r| part(r)).collect()
    }
    let inserted = sqlx::query_scalar!(
        "INSERT INTO intake.report (report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time,
                                    register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id,
                                    received_time, witness_person_id, text_key, url_key, register_person_id)
         SELECT i.report_id, i.outlet_id, i.outlet_name, i.tier, i.medium, i.external_id, i.content_digest, i.title, i.excerpt, i.url, i.page, i.publish_time,
                i.register_time, i.sensitive, i.view_count, i.comment_count, i.repost_count, string_to_array(i.body_ids, ',')::uuid[], i.writer_digest,
                i.requested_incident_id, i.received_time, i.witness_person_id, i.text_key, i.url_key, i.register_person_id
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[],
                     $12::timestamptz[], $13::timestamptz[], $14::bool[], $15::int8[], $16::int8[], $17::int8[], $18::text[], $19::bytea[], $20::uuid[],
                     $21::timestamptz[], $22::uuid[], $23::bytea[], $24::bytea[], $25::uuid[])
              AS i(report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page, publish_time, register_time,
                   sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id,
                   received_time, witness_person_id, text_key, url_key, register_person_id)
         ON CONFLICT DO NOTHING RETURNING report_id",
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
        &each(reports, |r| r.sighting.requested_incident) as &[Option<Uuid>],
        &each(reports, |r| r.sighting.received.map(|received| received.time.to_sqlx())) as &[Option<jiff_sqlx::Timestamp>],
        &each(reports, |r| r.sighting.received.map(|received| received.witness)) as &[Option<Uuid>],
        &each(reports, |r| r.keys.text.map(|key| key.to_vec())) as &[Option<Vec<u8>>],
        &each(reports, |r| r.keys.url.map(|key| key.to_vec())) as &[Option<Vec<u8>>],
        &each(reports, |r| r.registrar) as &[Option<Uuid>]
    )
    .fetch_all(connection)
    .await?;
    Ok(inserted)
}

const COLUMNS: &str =
    "intake.report (report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url, page,
    publish_time, register_time, sensitive, view_count, comment_count, repost_count, body_ids, writer_digest, requested_incident_id,
    received_time, witness_person_id, text_key, url_key, register_person_id)";

fn rows(reports: &[&Report]) -> Rows {
    let mut rows = Rows::default();
    for report in reports {
        let s = &report.sighting;
        let received = (s.received.map(|received| received.time), s.received.map(|received| received.witness));
        rows.push(&[
            &report.id,
            &s.outlet_id,
            &report.outlet_name,
            &report.tier,
            &report.medium,
            &s.external_id,
            &s.digest(),
            &s.title,
            &s.excerpt,
            &s.url,
            &s.page,
            &s.publish_time,
            &report.register_time,
            &s.sensitive,
            &s.views,
            &s.comments,
            &s.reposts,
            &s.bodies,
            &s.writer,
            &s.requested_incident,
            &received.0,
            &received.1,
            &report.keys.text,
            &report.keys.url,
            &report.registrar,
        ]);
    }
    rows
}

/// Saves where reports were put, and the categories that are suggested for them.
pub(crate) async fn place_all(connection: &mut PgConnection, reports: &[&Report]) -> Result<(), Error> {
    let placed: Vec<(&Report, &Placed)> = reports.iter().filter_map(|r| Some((*r, r.placed.as_ref()?))).collect();
    sqlx::query!(
        "UPDATE intake.report r SET incident_id = p.incident_id, placement_score = p.score, placement_ground = p.ground,
                category_id = coalesce(r.category_id, p.category_id)
         FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::text[], $5::uuid[]) p(report_id, incident_id, score, ground, category_id)
         WHERE r.report_id = p.report_id",
        &placed.iter().map(|(report, _)| report.id).collect::<Vec<_>>(),
        &placed.iter().map(|(_, p)| p.incident).collect::<Vec<_>>(),
        &placed.iter().map(|(_, p)| p.score).collect::<Vec<_>>(),
        &placed.iter().map(|(_, p)| p.ground.clone()).collect::<Vec<_>>(),
        &placed.iter().map(|(report, _)| report.category.map(|is| is.category)).collect::<Vec<_>>() as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A placed report, to compare new ones with.
pub(crate) struct Remembered {
    pub report: Uuid,
    pub incident: Uuid,
    pub title: String,
    pub text: String,
    pub time: Timestamp,
    pub writer: Option<[u8; 32]>,
    pub ground: String,
}

/// Placed reports before one, newest first.
pub(crate) async fn placed(connection: &mut PgConnection, before: Uuid, most: i64) -> Result<Vec<Remembered>, Error> {
    let rows = sqlx::query!(
        r#"SELECT report_id, incident_id AS "incident_id!", title, excerpt, publish_time, writer_digest,
                  coalesce(placement_ground, '') AS "ground!" FROM intake.report
           WHERE incident_id IS NOT NULL AND report_id < $1 ORDER BY report_id DESC LIMIT $2"#,
        before,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Remembered {
            report: r.report_id,
            incident: r.incident_id,
            title: r.title,
            text: r.excerpt,
            time: r.publish_time.to_jiff(),
            writer: r.writer_digest.and_then(|digest| digest.try_into().ok()),
            ground: r.ground,
        })
        .collect())
}
