//! All SQL that names intake.incident and intake.number_series, and counts what belongs to an incident.

pub(crate) mod listing;

use std::collections::{HashMap, HashSet};

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Incident, Letter};

/// What separates the elements of an array within an array: PostgreSQL's must all be of one length.
const SEPARATOR: &str = "\u{1f}";

struct Row {
    incident_id: Uuid,
    number: String,
    title: String,
    level: String,
    clauses: Vec<String>,
    first_report_time: jiff_sqlx::Timestamp,
    last_report_time: jiff_sqlx::Timestamp,
    report_count: i64,
    distinct_writer_count: i64,
    recent_writer_count: i64,
    body_ids: Vec<Uuid>,
    merged_into_incident_id: Option<Uuid>,
    merged_into_number: Option<String>,
    classify_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl From<Row> for Incident {
    fn from(row: Row) -> Self {
        Self {
            id: row.incident_id,
            number: row.number,
            title: row.title,
            level: row.level,
            clauses: row.clauses,
            first_report: row.first_report_time.to_jiff(),
            last_report: row.last_report_time.to_jiff(),
            reports: row.report_count,
            writers: row.distinct_writer_count,
            recent_writers: row.recent_writer_count,
            bodies: row.body_ids,
            merged_into: row.merged_into_incident_id.zip(row.merged_into_number),
            classified: row.classify_time.map(|time| time.to_jiff()),
            version: row.version,
        }
    }
}

/// An incident, locked against another change.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Incident>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id = $1 FOR UPDATE",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Incident::from))
}

/// Incidents, locked in one order against other changes.
pub(crate) async fn lock_all(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Incident>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id = ANY($1) ORDER BY incident_id FOR UPDATE",
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Incident::from).collect())
}

/// An incident. With bodies given, only one that involves any of them.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, bodies: Option<&[Uuid]>) -> Result<Option<Incident>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id = $1 AND ($2::uuid[] IS NULL OR body_ids && $2)",
        id,
        bodies
    );
    Ok(row.fetch_optional(connection).await?.map(Incident::from))
}

/// Some incidents, by id.
pub(crate) async fn some(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Incident>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id = ANY($1)",
        ids
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.incident_id, Incident::from(row))).collect())
}

/// Which of some incidents there are, and into which number each was merged, if it was.
pub(crate) async fn standing(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Option<String>>, Error> {
    let rows = sqlx::query!("SELECT incident_id, merged_into_number FROM intake.incident WHERE incident_id = ANY($1)", ids);
    Ok(rows.fetch_all(connection).await?.into_iter().map(|r| (r.incident_id, r.merged_into_number)).collect())
}

/// Where those of some incidents are now that were merged into others, however often those were merged further.
pub(crate) async fn went(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashMap<Uuid, Uuid>, Error> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"WITH RECURSIVE went AS (
             SELECT incident_id AS from_id, merged_into_incident_id AS to_id FROM intake.incident
             WHERE incident_id = ANY($1) AND merged_into_incident_id IS NOT NULL
             UNION ALL
             SELECT w.from_id, i.merged_into_incident_id FROM went w JOIN intake.incident i ON i.incident_id = w.to_id
             WHERE i.merged_into_incident_id IS NOT NULL
         )
         SELECT w.from_id AS "from_id!", w.to_id AS "to_id!" FROM went w JOIN intake.incident i ON i.incident_id = w.to_id
         WHERE i.merged_into_incident_id IS NULL"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.from_id, r.to_id)).collect())
}

/// Those of some incidents of which a person decided something: the level, units, what is of it and what is not.
pub(crate) async fn decided(connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<Uuid>, Error> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = sqlx::query_scalar!(
        "SELECT incident_id FROM intake.incident i
         WHERE incident_id = ANY($1) AND (level <> 'LEVEL_UNSPECIFIED' OR cardinality(body_ids) > 0
            OR EXISTS (SELECT 1 FROM intake.regrouping r WHERE r.from_incident_id = i.incident_id AND (r.person_id <> $2 OR r.undo_time IS NOT NULL))
            OR EXISTS (SELECT 1 FROM intake.regrouping r WHERE r.to_incident_id = i.incident_id AND (r.person_id <> $2 OR r.undo_time IS NOT NULL))
            OR EXISTS (SELECT 1 FROM intake.suggestion s WHERE s.incident_id = i.incident_id AND s.dismiss_person_id IS NOT NULL)
            OR EXISTS (SELECT 1 FROM intake.suggestion s WHERE s.other_incident_id = i.incident_id AND s.dismiss_person_id IS NOT NULL))",
        ids,
        Uuid::nil()
    );
    Ok(ids.fetch_all(connection).await?.into_iter().collect())
}

/// Adds an incident, or saves one that is locked.
pub(crate) async fn put(connection: &mut PgConnection, incident: &mut Incident) -> Result<(), Error> {
    let saved = put_all(connection, &[&*incident]).await?;
    incident.version = saved.first().map_or(incident.version, |(_, version)| *version);
    Ok(())
}

/// Adds incidents, and saves those that are locked: their versions. A version tells of what people decide (units, level, merging), so
/// that a flood of reports does not keep them from deciding.
pub(crate) async fn put_all(connection: &mut PgConnection, incidents: &[&Incident]) -> Result<Vec<(Uuid, i64)>, Error> {
    fn each<T>(incidents: &[&Incident], part: impl Fn(&Incident) -> T) -> Vec<T> {
        incidents.iter().map(|i| part(i)).collect()
    }
    let saved = sqlx::query!(
        "INSERT INTO intake.incident AS i (incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count,
                                           distinct_writer_count, recent_writer_count, body_ids, merged_into_incident_id, merged_into_number, classify_time, version)
         SELECT n.incident_id, n.number, n.title, n.level, string_to_array(n.clauses, $12), n.first_report_time, n.last_report_time, n.report_count,
                n.distinct_writer_count, n.recent_writer_count, string_to_array(n.body_ids, $12)::uuid[], n.merged_into_incident_id, n.merged_into_number, n.classify_time, 1
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::int8[], $9::int8[], $10::int8[],
                     $11::text[], $13::uuid[], $14::text[], $15::timestamptz[])
              AS n(incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count,
                   recent_writer_count, body_ids, merged_into_incident_id, merged_into_number, classify_time)
         ON CONFLICT (incident_id) DO UPDATE SET level = EXCLUDED.level, clauses = EXCLUDED.clauses, first_report_time = EXCLUDED.first_report_time,
             last_report_time = EXCLUDED.last_report_time, report_count = EXCLUDED.report_count, distinct_writer_count = EXCLUDED.distinct_writer_count,
             recent_writer_count = EXCLUDED.recent_writer_count, body_ids = EXCLUDED.body_ids,
             merged_into_incident_id = EXCLUDED.merged_into_incident_id, merged_into_number = EXCLUDED.merged_into_number,
             classify_time = EXCLUDED.classify_time,
             version = i.version + CASE WHEN (i.body_ids, i.level, i.merged_into_incident_id)
                 IS DISTINCT FROM (EXCLUDED.body_ids, EXCLUDED.level, EXCLUDED.merged_into_incident_id) THEN 1 ELSE 0 END
         RETURNING incident_id, version",
        &each(incidents, |i| i.id),
        &each(incidents, |i| i.number.clone()),
        &each(incidents, |i| i.title.clone()),
        &each(incidents, |i| i.level.clone()),
        &each(incidents, |i| i.clauses.join(SEPARATOR)),
        &each(incidents, |i| i.first_report.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(incidents, |i| i.last_report.to_sqlx()) as &[jiff_sqlx::Timestamp],
        &each(incidents, |i| i.reports),
        &each(incidents, |i| i.writers),
        &each(incidents, |i| i.recent_writers),
        &each(incidents, |i| i.bodies.iter().map(Uuid::to_string).collect::<Vec<_>>().join(SEPARATOR)),
        SEPARATOR,
        &each(incidents, |i| i.merged_into.as_ref().map(|(id, _)| *id)) as &[Option<Uuid>],
        &each(incidents, |i| i.merged_into.as_ref().map(|(_, number)| number.clone())) as &[Option<String>],
        &each(incidents, |i| i.classified.map(|time| time.to_sqlx())) as &[Option<jiff_sqlx::Timestamp>]
    )
    .fetch_all(connection)
    .await?;
    Ok(saved.into_iter().map(|r| (r.incident_id, r.version)).collect())
}

/// Takes the next numbers of a series in a year: the first of them. The row stays locked until the transaction ends, so none
/// is skipped.
pub(crate) async fn next_numbers(connection: &mut PgConnection, series: &str, year: i32, count: i32) -> Result<i32, Error> {
    let last = sqlx::query_scalar!(
        "INSERT INTO intake.number_series AS n (series, year, last) VALUES ($1, $2, $3)
         ON CONFLICT (series, year) DO UPDATE SET last = n.last + $3 RETURNING last",
        series,
        year,
        count
    );
    Ok(last.fetch_one(connection).await? - count + 1)
}

/// The stamp of the last placing, locked: one places or moves at a time.
pub(crate) async fn lock_placing(connection: &mut PgConnection) -> Result<Uuid, Error> {
    Ok(sqlx::query_scalar!("SELECT stamp FROM intake.placing FOR UPDATE").fetch_one(connection).await?)
}

/// Stamps a placing.
pub(crate) async fn stamp_placing(connection: &mut PgConnection, stamp: Uuid) -> Result<(), Error> {
    sqlx::query!("UPDATE intake.placing SET stamp = $1", stamp).execute(connection).await?;
    Ok(())
}

/// How many reports an incident has, and when the first and last were registered; nothing when it has none.
pub(crate) async fn span(connection: &mut PgConnection, id: Uuid) -> Result<Option<(i64, Timestamp, Timestamp)>, Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!", min(register_time) AS first, max(register_time) AS last FROM intake.report WHERE incident_id = $1"#,
        id
    )
    .fetch_one(connection)
    .await?;
    Ok(row.first.zip(row.last).map(|(first, last)| (row.count, first.to_jiff(), last.to_jiff())))
}

/// The letters of incidents, those included that repeat one of the same writer.
pub(crate) async fn letters(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<(Uuid, Letter)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query!(
        r#"SELECT incident_id AS "incident_id!", publish_time AS "publish_time!", writer_digest AS "writer_digest!" FROM intake.report
           WHERE incident_id = ANY($1) AND writer_digest IS NOT NULL
           UNION ALL
           SELECT r.incident_id, s.publish_time, r.writer_digest FROM intake.report r JOIN intake.sighting s USING (report_id)
           WHERE r.incident_id = ANY($1) AND r.writer_digest IS NOT NULL AND r.sighting_count > 1"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.incident_id, (r.publish_time.to_jiff(), r.writer_digest))).collect())
}

/// Why the newest reports of an incident are in it: report, score, ground.
pub(crate) async fn placements(connection: &mut PgConnection, id: Uuid, most: i64) -> Result<Vec<(Uuid, f64, String)>, Error> {
    let rows = sqlx::query!(
        r#"SELECT report_id, coalesce(placement_score, 0) AS "score!", coalesce(placement_ground, '') AS "ground!" FROM intake.report
           WHERE incident_id = $1 ORDER BY report_id DESC LIMIT $2"#,
        id,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| (r.report_id, r.score, r.ground)).collect())
}
