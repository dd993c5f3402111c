//! SQL that lists incidents for people. Each order and filter has a statement of its own, which an index answers from where the page
//! begins (`OFFSET 0` has it gone through in order, whatever is believed of how many fit; a level
//! as a stretch of its index, whatever is believed of how rare it is): one statement with filters that may be absent would be planned without knowing which are.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Incident, Row};

/// Which incidents are listed; all where nothing is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which<'a> {
    pub level: Option<&'a str>,
    /// Only those that involve any of these.
    pub bodies: Option<&'a [Uuid]>,
    /// Only those that were merged into another, or that were not.
    pub merged: Option<bool>,
}

/// The incident with a number, as a page. With bodies given, only one that involves any of them.
pub(crate) async fn numbered(connection: &mut PgConnection, number: &str, which: Which<'_>) -> Result<Vec<Incident>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident
         WHERE number = $1 AND ($2::text IS NULL OR level = $2) AND ($3::uuid[] IS NULL OR body_ids && $3)
           AND ($4::bool IS NULL OR (merged_into_incident_id IS NOT NULL) = $4)",
        number,
        which.level,
        which.bodies,
        which.merged
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Incident::from).collect())
}

/// Those of some incidents that involve any of some bodies, when these are given.
pub(crate) async fn among(connection: &mut PgConnection, ids: &[Uuid], bodies: Option<&[Uuid]>) -> Result<Vec<Incident>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id = ANY($1) AND ($2::uuid[] IS NULL OR body_ids && $2)",
        ids,
        bodies
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Incident::from).collect())
}

/// A page of incidents, newest first.
pub(crate) async fn newest(
    connection: &mut PgConnection,
    which: Which<'_>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Incident>, Error> {
    let before = before.unwrap_or(Uuid::max());
    let rows = match which {
        // Few are merged: all of them are looked at.
        Which { level, bodies, merged: Some(true) } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version
                 FROM (SELECT incident_id AS merged_id FROM intake.incident WHERE merged_into_incident_id IS NOT NULL OFFSET 0) m
                 JOIN intake.incident ON incident_id = merged_id
                 WHERE ($1::text IS NULL OR level = $1) AND ($2::uuid[] IS NULL OR body_ids && $2) AND incident_id < $3
                 ORDER BY incident_id DESC LIMIT $4",
                level,
                bodies,
                before,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Which { level: None, bodies: None, merged } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE incident_id < $1
                   AND ($3::bool IS NULL OR (merged_into_incident_id IS NOT NULL) = $3) ORDER BY incident_id DESC LIMIT $2",
                before,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
        Which { level: Some(level), bodies: None, merged } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE (level, incident_id) < ($1, $2) AND level >= $1
                   AND ($4::bool IS NULL OR (merged_into_incident_id IS NOT NULL) = $4) ORDER BY level DESC, incident_id DESC LIMIT $3",
                level,
                before,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
        // Of each body those next in order; a few bodies have a few such pages. What does not fit is left out before a page is cut: one
        // that were short for it would be taken for the last.
        Which { level: None, bodies: Some(bodies), merged } => {
            sqlx::query_as!(
                Row,
                "SELECT i.incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version
                 FROM (SELECT DISTINCT l.incident_id FROM unnest($1::uuid[]) b(body_id) CROSS JOIN LATERAL (
                         SELECT o.incident_id FROM intake.incident_body o CROSS JOIN LATERAL (
                           SELECT i.incident_id FROM intake.incident i WHERE i.incident_id = o.incident_id AND i.body_ids && $1
                             AND ($4::bool IS NULL OR (i.merged_into_incident_id IS NOT NULL) = $4) OFFSET 0) seen
                         WHERE o.body_id = b.body_id AND o.incident_id < $2
                         ORDER BY o.incident_id DESC LIMIT $3) l ORDER BY l.incident_id DESC LIMIT $3) l
                 JOIN intake.incident i ON i.incident_id = l.incident_id ORDER BY i.incident_id DESC",
                bodies,
                before,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
        // How many of a body's incidents are of a level is known only when all are looked at.
        Which { level: Some(level), bodies: Some(bodies), merged } => {
            sqlx::query_as!(
                Row,
                "SELECT i.incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version
                 FROM (SELECT DISTINCT o.incident_id FROM unnest($1::uuid[]) b(body_id) CROSS JOIN LATERAL (
                         SELECT incident_id FROM intake.incident_body WHERE body_id = b.body_id AND incident_id < $3 OFFSET 0) o) l
                 CROSS JOIN LATERAL (SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                   body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident i WHERE i.incident_id = l.incident_id OFFSET 0) i
                 WHERE i.body_ids && $1 AND i.level = $2 AND ($5::bool IS NULL OR (i.merged_into_incident_id IS NOT NULL) = $5)
                 ORDER BY i.incident_id DESC LIMIT $4",
                bodies,
                level,
                before,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok(rows.into_iter().map(Incident::from).collect())
}

/// A page of incidents, most reported first. How many reports each of a body's incidents has is known only when all are looked at.
pub(crate) async fn most_reported(
    connection: &mut PgConnection,
    which: Which<'_>,
    before: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<Incident>, Error> {
    let (count, id) = before.unwrap_or((i64::MAX, Uuid::max()));
    let rows = match which {
        // Few are merged: all of them are looked at.
        Which { level, bodies, merged: Some(true) } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version
                 FROM (SELECT incident_id AS merged_id FROM intake.incident WHERE merged_into_incident_id IS NOT NULL OFFSET 0) m
                 JOIN intake.incident ON incident_id = merged_id
                 WHERE ($1::text IS NULL OR level = $1) AND ($2::uuid[] IS NULL OR body_ids && $2) AND (report_count, incident_id) < ($3, $4)
                 ORDER BY report_count DESC, incident_id DESC LIMIT $5",
                level,
                bodies,
                count,
                id,
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Which { level: None, bodies: None, merged } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE (report_count, incident_id) < ($1, $2)
                   AND ($4::bool IS NULL OR (merged_into_incident_id IS NOT NULL) = $4)
                 ORDER BY report_count DESC, incident_id DESC LIMIT $3",
                count,
                id,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
        Which { level: Some(level), bodies: None, merged } => {
            sqlx::query_as!(
                Row,
                "SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident WHERE (level, report_count, incident_id) < ($1, $2, $3) AND level >= $1
                   AND ($5::bool IS NULL OR (merged_into_incident_id IS NOT NULL) = $5)
                 ORDER BY level DESC, report_count DESC, incident_id DESC LIMIT $4",
                level,
                count,
                id,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
        Which { level, bodies: Some(bodies), merged } => {
            sqlx::query_as!(
                Row,
                "SELECT i.incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                        body_ids, merged_into_incident_id, merged_into_number, classify_time, version
                 FROM (SELECT DISTINCT o.incident_id FROM unnest($1::uuid[]) b(body_id) CROSS JOIN LATERAL (
                         SELECT incident_id FROM intake.incident_body WHERE body_id = b.body_id OFFSET 0) o) l
                 CROSS JOIN LATERAL (SELECT incident_id, number, title, level, clauses, first_report_time, last_report_time, report_count, distinct_writer_count, recent_writer_count,
                   body_ids, merged_into_incident_id, merged_into_number, classify_time, version FROM intake.incident i WHERE i.incident_id = l.incident_id OFFSET 0) i
                 WHERE i.body_ids && $1 AND ($2::text IS NULL OR i.level = $2) AND (i.report_count, i.incident_id) < ($3, $4)
                   AND ($6::bool IS NULL OR (i.merged_into_incident_id IS NOT NULL) = $6)
                 ORDER BY i.report_count DESC, i.incident_id DESC LIMIT $5",
                bodies,
                level,
                count,
                id,
                limit,
                merged
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok(rows.into_iter().map(Incident::from).collect())
}
