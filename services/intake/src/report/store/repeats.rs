//! All SQL that names intake.sighting, and the keys by which a sighting is known to repeat a report.

use std::collections::HashMap;

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::report::{
    Sighting,
    folding::{Held, Repeat},
    likeness::Keys,
};

struct Row {
    sighting_id: Uuid,
    report_id: Uuid,
    outlet_id: Uuid,
    outlet_name: String,
    tier: String,
    medium: String,
    external_id: Option<String>,
    title: String,
    excerpt: String,
    url: String,
    page: String,
    publish_time: jiff_sqlx::Timestamp,
    register_time: jiff_sqlx::Timestamp,
    sensitive: bool,
    view_count: i64,
    comment_count: i64,
    repost_count: i64,
    ground: String,
}

impl From<Row> for Repeat {
    fn from(row: Row) -> Self {
        Self {
            id: row.sighting_id,
            report: row.report_id,
            outlet_name: row.outlet_name,
            tier: row.tier,
            medium: row.medium,
            sighting: Sighting {
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
                bodies: Vec::new(),
                requested_incident: None,
                received: None,
                writer: None,
                seal: None,
            },
            register_time: row.register_time.to_jiff(),
            ground: row.ground,
        }
    }
}

/// The reports that hold some keys, by key.
pub(crate) async fn held(connection: &mut PgConnection, keys: &[Keys]) -> Result<HashMap<[u8; 32], Held>, Error> {
    let of = |part: fn(&Keys) -> Option<[u8; 32]>| keys.iter().filter_map(part).map(|key| key.to_vec()).collect::<Vec<_>>();
    let (texts, urls) = (of(|keys| keys.text), of(|keys| keys.url));
    if texts.is_empty() && urls.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"SELECT text_key AS "key!", report_id AS "report_id!", register_time AS "register_time!", incident_id, NULL AS title, NULL AS excerpt
           FROM intake.report WHERE text_key = ANY($1)
           UNION ALL
           SELECT url_key, report_id, register_time, incident_id, title, excerpt FROM intake.report WHERE url_key = ANY($2)"#,
        &texts,
        &urls
    )
    .fetch_all(connection)
    .await?;
    let held = rows.into_iter().filter_map(|row| {
        let piece = row.title.zip(row.excerpt);
        let held = Held { report: row.report_id, registered: row.register_time.to_jiff(), incident: row.incident_id, is_new: false, piece };
        Some((<[u8; 32]>::try_from(row.key).ok()?, held))
    });
    Ok(held.collect())
}

/// Has reports let go of their keys.
pub(crate) async fn let_go(connection: &mut PgConnection, reports: &[Uuid]) -> Result<(), Error> {
    if reports.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE intake.report SET text_key = NULL, url_key = NULL
         WHERE report_id IN (SELECT report_id FROM intake.report WHERE report_id = ANY($1) ORDER BY report_id FOR UPDATE)",
        reports
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds repeated sightings, however many: the ids of those that went in. One with an outlet's own id that is there does not.
pub(crate) async fn insert(connection: &mut PgConnection, repeats: &[&Repeat]) -> Result<Vec<Uuid>, Error> {
    if repeats.is_empty() {
        return Ok(Vec::new());
    }
    fn each<T>(repeats: &[&Repeat], part: impl Fn(&Repeat) -> T) -> Vec<T> {
        repeats.iter().map(|r| part(r)).collect()
    }
    let inserted = sqlx::query_scalar!(
        "INSERT INTO intake.sighting (sighting_id, report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title, excerpt, url,
                                      page, publish_time, register_time, sensitive, view_count, comment_count, repost_count, ground)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::text[], $10::text[],
                              $11::text[], $12::text[], $13::timestamptz[], $14::timestamptz[], $15::bool[], $16::int8[], $17::int8[], $18::int8[],
                              $19::text[]) AS i(sighting_id, report_id, outlet_id, outlet_name, tier, medium, external_id, content_digest, title,
                              excerpt, url, page, publish_time, register_time, sensitive, view_count, comment_count, repost_count, ground)
         ORDER BY i.outlet_id, i.external_id, i.sighting_id
         ON CONFLICT (outlet_id, external_id) WHERE external_id IS NOT NULL DO NOTHING RETURNING sighting_id",
        &each(repeats, |r| r.id),
        &each(repeats, |r| r.report),
        &each(repeats, |r| r.sighting.outlet_id),
        &each(repeats, |r| r.outlet_name.clone()),
        &each(repeats, |r| r.tier.clone()),
        &each(repeats, |r| r.medium.clone()),
        &each(repeats, |r| r.sighting.external_id.clone()) as &[Option<String>],
        &each(repeats, |r| r.sighting.digest().to_vec()),
        &each(repeats, |r| r.sighting.title.clone()),
        &each(repeats, |r| r.sighting.excerpt.clone()),
        &each(repeats, |r| r.sighting.url.clone()),
        &each(repeats, |r| r.sighting.page.clone()),
        &each(repeats, |r| r.sighting.publish_time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(repeats, |r| r.register_time.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(repeats, |r| r.sighting.sensitive),
        &each(repeats, |r| r.sighting.views),
        &each(repeats, |r| r.sighting.comments),
        &each(repeats, |r| r.sighting.reposts),
        &each(repeats, |r| r.ground.clone())
    )
    .fetch_all(connection)
    .await?;
    Ok(inserted)
}

/// Counts repeated sightings with their reports, which are locked in one order: a placer tells of those that it sees.
pub(crate) async fn count(connection: &mut PgConnection, more: &HashMap<Uuid, i64>) -> Result<(), Error> {
    if more.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = more.keys().copied().collect();
    let counts: Vec<i64> = ids.iter().filter_map(|id| more.get(id)).copied().collect();
    sqlx::query!(
        "WITH locked AS (SELECT report_id FROM intake.report WHERE report_id = ANY($1) ORDER BY report_id FOR UPDATE)
         UPDATE intake.report r SET sighting_count = r.sighting_count + m.more
         FROM unnest($1::uuid[], $2::int8[]) m(report_id, more) JOIN locked USING (report_id) WHERE r.report_id = m.report_id",
        &ids,
        &counts
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The repeated sightings of some reports, without their texts.
pub(crate) async fn of_reports(connection: &mut PgConnection, reports: &[Uuid]) -> Result<Vec<Repeat>, Error> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT sighting_id, report_id, outlet_id, outlet_name, tier, medium, external_id, title, '' AS "excerpt!", url, page, publish_time,
                  register_time, sensitive, view_count, comment_count, repost_count, ground
           FROM intake.sighting WHERE report_id = ANY($1) ORDER BY sighting_id"#,
        reports
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Repeat::from).collect())
}

/// A repeated sighting of a report, locked against another's correction.
pub(crate) async fn lock(connection: &mut PgConnection, report: Uuid, id: Uuid) -> Result<Option<Repeat>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT sighting_id, report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time,
                sensitive, view_count, comment_count, repost_count, ground
         FROM intake.sighting WHERE report_id = $1 AND sighting_id = $2 FOR UPDATE",
        report,
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Repeat::from))
}

/// Saves where a repeated sighting appeared, which is locked.
pub(crate) async fn correct(connection: &mut PgConnection, repeat: &Repeat) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.sighting SET outlet_id = $2, outlet_name = $3, tier = $4, medium = $5, page = $6, sensitive = $7 WHERE sighting_id = $1",
        repeat.id,
        repeat.sighting.outlet_id,
        repeat.outlet_name,
        repeat.tier,
        repeat.medium,
        repeat.sighting.page,
        repeat.sighting.sensitive
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of the repeated sightings of a report, oldest first.
pub(crate) async fn page(connection: &mut PgConnection, report: Uuid, after: Option<Uuid>, limit: i64) -> Result<Vec<Repeat>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT sighting_id, report_id, outlet_id, outlet_name, tier, medium, external_id, title, excerpt, url, page, publish_time, register_time,
                sensitive, view_count, comment_count, repost_count, ground
         FROM intake.sighting WHERE report_id = $1 AND ($2::uuid IS NULL OR sighting_id > $2) ORDER BY sighting_id LIMIT $3",
        report,
        after,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Repeat::from).collect())
}
