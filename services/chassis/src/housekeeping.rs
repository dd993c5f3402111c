//! What each service's store needs from time to time: saved answers expire, next month's ledger gets its partition.

use std::time::Duration;

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use tokio_util::sync::CancellationToken;

use crate::{db::Db, error::Error};

/// How long the answer to a request is kept for its repetition.
pub const SAVED_ANSWERS: SignedDuration = SignedDuration::from_hours(30 * 24);
const ROUND: Duration = Duration::from_secs(3600);
/// Few enough that no other statement waits noticeably.
const PORTION: i64 = 1000;

pub(crate) async fn keep(db: Db, stop: CancellationToken) {
    loop {
        if let Err(error) = round(&db).await {
            tracing::warn!(service = db.service(), %error, "housekeeping failed; trying again in an hour");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
}

/// One round. Deletes expired answers by their index, a portion at a time.
///
/// # Errors
/// UNAVAILABLE when the store cannot be reached.
pub async fn round(db: &Db) -> Result<u64, Error> {
    let now = db.clock().now();
    let mut connection = db.acquire().await?;
    db.ensure_month(&mut connection, now).await?;
    let before = now.saturating_sub(SAVED_ANSWERS).unwrap_or(now);
    let mut expired = 0;
    loop {
        let gone = sqlx::query(
            "DELETE FROM saved_answer WHERE (actor, request_id) IN
             (SELECT actor, request_id FROM saved_answer WHERE save_time < $1 ORDER BY save_time LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .bind(before.to_sqlx())
        .bind(PORTION)
        .execute(&mut *connection)
        .await?;
        expired += gone.rows_affected();
        if gone.rows_affected() < PORTION as u64 {
            return Ok(expired);
        }
    }
}
