//! All SQL that names disposal.material_request.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Answer, MaterialRequest};
use crate::case::Scope;

struct Row {
    material_request_id: Uuid,
    incident_id: Uuid,
    body_id: Uuid,
    question: String,
    due_time: jiff_sqlx::Timestamp,
    answer: Option<String>,
    answer_time: Option<jiff_sqlx::Timestamp>,
}

impl From<Row> for MaterialRequest {
    fn from(row: Row) -> Self {
        Self {
            id: row.material_request_id,
            incident_id: row.incident_id,
            body: row.body_id,
            question: row.question,
            due_time: row.due_time.to_jiff(),
            answer: row.answer.zip(row.answer_time).map(|(text, time)| Answer { text, time: time.to_jiff() }),
        }
    }
}

/// A request by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<MaterialRequest>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT material_request_id, incident_id, body_id, question, due_time, answer, answer_time
         FROM disposal.material_request WHERE material_request_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(MaterialRequest::from))
}

/// The requests of an incident that lie in a scope, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid, scope: &Scope) -> Result<Vec<MaterialRequest>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT material_request_id, incident_id, body_id, question, due_time, answer, answer_time
         FROM disposal.material_request WHERE incident_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2)) ORDER BY material_request_id",
        incident_id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(MaterialRequest::from).collect())
}

/// Adds a request.
pub(crate) async fn insert(connection: &mut PgConnection, request: &MaterialRequest) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.material_request (material_request_id, incident_id, body_id, question, due_time) VALUES ($1, $2, $3, $4, $5)",
        request.id,
        request.incident_id,
        request.body,
        request.question,
        request.due_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves the answer. False when there is one already.
pub(crate) async fn save_answer(connection: &mut PgConnection, request: &MaterialRequest) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.material_request SET answer = $2, answer_time = $3 WHERE material_request_id = $1 AND answer IS NULL",
        request.id,
        request.answer.as_ref().map(|answer| answer.text.as_str()),
        request.answer.as_ref().map(|answer| answer.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
