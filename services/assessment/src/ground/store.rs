//! All SQL that names assessment.ground.

use std::collections::HashMap;

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Ground, Kept};

struct Row {
    ground_id: Uuid,
    incident_id: Uuid,
    test_id: String,
    clause: String,
    text: String,
    report_id: Option<Uuid>,
    seen: serde_json::Value,
    needs_confirmation: bool,
    hit_time: jiff_sqlx::Timestamp,
    hits: i64,
}

impl From<Row> for Ground {
    fn from(row: Row) -> Self {
        Self {
            id: row.ground_id,
            test_id: row.test_id,
            clause: row.clause,
            text: row.text,
            report_id: row.report_id,
            seen: row.seen,
            needs_confirmation: row.needs_confirmation,
            hit_time: row.hit_time.to_jiff(),
            hits: row.hits,
        }
    }
}

/// Keeps a hit, unless it is kept already. What rests on the whole incident and comes again shows what is seen now; what rests on a
/// report, what was seen when it first hit.
pub(crate) async fn keep(connection: &mut PgConnection, incident_id: Uuid, ground: &Ground) -> Result<Kept, Error> {
    let others = sqlx::query_scalar!(
        r#"INSERT INTO assessment.ground AS g
             (ground_id, incident_id, test_id, report_id, clause, text, seen, needs_confirmation, hit_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (incident_id, test_id, (coalesce(report_id, '00000000-0000-0000-0000-000000000000'::uuid)))
         DO UPDATE SET
             lapse_time = NULL,
             seen = CASE WHEN g.report_id IS NULL THEN EXCLUDED.seen ELSE g.seen END,
             hit_time = CASE WHEN g.report_id IS NULL THEN EXCLUDED.hit_time ELSE g.hit_time END
         WHERE g.lapse_time IS NOT NULL
         RETURNING EXISTS (SELECT 1 FROM assessment.ground o WHERE o.incident_id = $2 AND o.test_id = $3 AND o.lapse_time IS NULL) AS "others!""#,
        ground.id,
        incident_id,
        ground.test_id,
        ground.report_id,
        ground.clause,
        ground.text,
        ground.seen,
        ground.needs_confirmation,
        ground.hit_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .fetch_optional(connection)
    .await?;
    Ok(match others {
        None => Kept::Known,
        Some(true) => Kept::Another,
        Some(false) => Kept::First,
    })
}

/// Lets a ground lapse that rests on no report. True when there was one.
pub(crate) async fn lapse_whole(connection: &mut PgConnection, incident_id: Uuid, test_id: &str, time: Timestamp) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE assessment.ground SET lapse_time = $3 WHERE incident_id = $1 AND test_id = $2 AND report_id IS NULL AND lapse_time IS NULL",
        incident_id,
        test_id,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets the hits on reports lapse that are no longer in an incident. True when there were any.
pub(crate) async fn lapse(connection: &mut PgConnection, incident_id: Uuid, reports: &[Uuid], time: Timestamp) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE assessment.ground SET lapse_time = $3 WHERE incident_id = $1 AND report_id = ANY($2) AND lapse_time IS NULL",
        incident_id,
        reports,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Lets the hits on a report lapse but those of some tests. True when there were any.
pub(crate) async fn lapse_but(
    connection: &mut PgConnection,
    incident_id: Uuid,
    report_id: Uuid,
    carried: &[String],
    time: Timestamp,
) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE assessment.ground SET lapse_time = $4 WHERE incident_id = $1 AND report_id = $2 AND test_id <> ALL($3) AND lapse_time IS NULL",
        incident_id,
        report_id,
        carried,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The first hit of each test that stands, of some incidents, in the order of the hits.
pub(crate) async fn of_incidents(connection: &mut PgConnection, incident_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Ground>>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT g.ground_id, g.incident_id, g.test_id, g.clause, g.text, g.report_id, g.seen, g.needs_confirmation, g.hit_time, f.hits AS "hits!"
           FROM (SELECT DISTINCT ON (incident_id, test_id) ground_id, count(*) OVER (PARTITION BY incident_id, test_id) AS hits
                 FROM assessment.ground WHERE incident_id = ANY($1) AND lapse_time IS NULL ORDER BY incident_id, test_id, ground_id) f
           JOIN assessment.ground g USING (ground_id) ORDER BY g.ground_id"#,
        incident_ids
    )
    .fetch_all(connection)
    .await?;
    let mut grounds: HashMap<Uuid, Vec<Ground>> = HashMap::new();
    for row in rows {
        grounds.entry(row.incident_id).or_default().push(row.into());
    }
    Ok(grounds)
}

/// A page of the hits on an incident that stand, by test, in the order of the hits; of one test only when it is given.
pub(crate) async fn page(
    connection: &mut PgConnection,
    incident_id: Uuid,
    test: Option<&str>,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<Ground>, Error> {
    let (after_test, after_id) = after.map_or(("", Uuid::nil()), |(test, id)| (test, *id));
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT ground_id, incident_id, test_id, clause, text, report_id, seen, needs_confirmation, hit_time, 0::int8 AS "hits!"
           FROM assessment.ground
           WHERE incident_id = $1 AND lapse_time IS NULL AND (test_id, ground_id) > ($3, $4) AND ($2::text IS NULL OR test_id = $2)
           ORDER BY test_id, ground_id LIMIT $5"#,
        incident_id,
        test,
        after_test,
        after_id,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Ground::from).collect())
}
