//! All SQL that names directory.body.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Body;

/// Every body.
pub(crate) async fn all(connection: &mut PgConnection) -> Result<Vec<Body>, Error> {
    let rows = sqlx::query!("SELECT body_id, code, name, kind, parent_body_id FROM directory.body").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|r| Body { id: r.body_id, code: r.code, name: r.name, kind: r.kind, parent: r.parent_body_id }).collect())
}

/// A page of bodies by code.
pub(crate) async fn page(connection: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Body>, Error> {
    let rows = sqlx::query!(
        "SELECT body_id, code, name, kind, parent_body_id FROM directory.body WHERE code > $1 ORDER BY code LIMIT $2",
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|r| Body { id: r.body_id, code: r.code, name: r.name, kind: r.kind, parent: r.parent_body_id }).collect())
}

/// A body by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Body>, Error> {
    let row = sqlx::query!("SELECT body_id, code, name, kind, parent_body_id FROM directory.body WHERE body_id = $1", id);
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|r| Body { id: r.body_id, code: r.code, name: r.name, kind: r.kind, parent: r.parent_body_id }))
}

/// Whether there is such a body.
pub(crate) async fn exists(connection: &mut PgConnection, id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!("SELECT 1 AS found FROM directory.body WHERE body_id = $1", id).fetch_optional(connection).await?;
    Ok(found.is_some())
}

/// Adds or corrects a body.
pub(crate) async fn put(connection: &mut PgConnection, body: &Body) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.body (body_id, code, name, kind, parent_body_id) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (body_id) DO UPDATE SET name = EXCLUDED.name, kind = EXCLUDED.kind, parent_body_id = EXCLUDED.parent_body_id",
        body.id,
        body.code,
        body.name,
        body.kind,
        body.parent
    )
    .execute(connection)
    .await?;
    Ok(())
}
