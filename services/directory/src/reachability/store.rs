//! All SQL that names directory.reachability_test.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ReachabilityTest, Tested};

/// Adds a test.
pub(crate) async fn insert(connection: &mut PgConnection, test: &ReachabilityTest) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.reachability_test (reachability_test_id, officer_person_id, body_id, test_time, reached, answer_minutes, person_id, record_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        test.id,
        test.tested.officer,
        test.tested.body,
        test.tested.time.to_sqlx() as jiff_sqlx::Timestamp,
        test.tested.answered.is_some(),
        test.tested.answered.unwrap_or_default(),
        test.by,
        test.record_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of tests, newest first: all, or those of one body's officers.
pub(crate) async fn page(
    connection: &mut PgConnection,
    body: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ReachabilityTest>, Error> {
    let rows = sqlx::query!(
        "SELECT reachability_test_id, officer_person_id, body_id, test_time, reached, answer_minutes, person_id, record_time
         FROM directory.reachability_test
         WHERE ($1::uuid IS NULL OR body_id = $1) AND ($2::uuid IS NULL OR reachability_test_id < $2)
         ORDER BY reachability_test_id DESC LIMIT $3",
        body,
        before,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| ReachabilityTest {
            id: r.reachability_test_id,
            tested: Tested {
                officer: r.officer_person_id,
                body: r.body_id,
                time: r.test_time.to_jiff(),
                answered: r.reached.then_some(r.answer_minutes),
            },
            by: r.person_id,
            record_time: r.record_time.to_jiff(),
        })
        .collect())
}
