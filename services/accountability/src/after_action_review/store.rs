//! All SQL that names accountability.after_action_review.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Review;

struct Row {
    review_id: Uuid,
    incident_id: Uuid,
    title: String,
    lessons: String,
    causes: String,
    proposals: Value,
    person_id: Uuid,
    file_time: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Review {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.review_id,
            incident_id: row.incident_id,
            title: row.title,
            lessons: row.lessons,
            causes: row.causes,
            proposals: serde_json::from_value(row.proposals).map_err(Error::fault)?,
            person: row.person_id,
            file_time: row.file_time.to_jiff(),
        })
    }
}

/// Adds a review.
pub(crate) async fn insert(connection: &mut PgConnection, review: &Review) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.after_action_review
             (review_id, incident_id, title, lessons, causes, proposals, search_text, person_id, file_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        review.id,
        review.incident_id,
        review.title,
        review.lessons,
        review.causes,
        serde_json::to_value(&review.proposals).map_err(Error::fault)?,
        review.search_text(),
        review.person,
        review.file_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A review by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Review>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT review_id, incident_id, title, lessons, causes, proposals, person_id, file_time
         FROM accountability.after_action_review WHERE review_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Review::try_from)
    .transpose()
}

/// A page of the reviews that hold a text as it is searched, newest first.
pub(crate) async fn holding(connection: &mut PgConnection, text: &str, page: &Page<Uuid>) -> Result<Vec<Review>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT review_id, incident_id, title, lessons, causes, proposals, person_id, file_time
         FROM accountability.after_action_review
         WHERE strpos(search_text, $1) > 0 AND ($2::uuid IS NULL OR review_id < $2)
         ORDER BY review_id DESC LIMIT $3",
        text,
        page.after,
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Review::try_from).collect()
}

/// Whether the handling of an incident has ended.
pub(crate) async fn is_closed(connection: &mut PgConnection, incident_id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM accountability.fact WHERE subject = $1 AND kind = 'disposal.CaseClosed') AS "closed!""#,
        incident_id.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
