//! All SQL that changes accountability.quality_review.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

use super::QualityReview;

/// Adds a review; false when the same person reviewed the same before.
pub(crate) async fn insert(connection: &mut PgConnection, review: &QualityReview) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO accountability.quality_review (quality_review_id, incident_id, body_id, score, reason, person_id, review_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (incident_id, body_id, person_id) DO NOTHING",
        review.id,
        review.incident_id,
        review.body_id,
        review.score,
        review.reason,
        review.person,
        review.time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
