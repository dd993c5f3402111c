//! All SQL that names directory.delegation.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Delegation;

struct Row {
    delegation_id: Uuid,
    from_person_id: Uuid,
    to_person_id: Uuid,
    start_time: jiff_sqlx::Timestamp,
    end_time: jiff_sqlx::Timestamp,
    reason: String,
    revoked: bool,
}

impl From<Row> for Delegation {
    fn from(row: Row) -> Self {
        Self {
            id: row.delegation_id,
            from: row.from_person_id,
            to: row.to_person_id,
            start: row.start_time.to_jiff(),
            end: row.end_time.to_jiff(),
            reason: row.reason,
            revoked: row.revoked,
        }
    }
}

/// Every delegation.
pub(crate) async fn all(connection: &mut PgConnection) -> Result<Vec<Delegation>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT delegation_id, from_person_id, to_person_id, start_time, end_time, reason, revoked FROM directory.delegation"
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Delegation::from).collect())
}

/// A delegation by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Delegation>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT delegation_id, from_person_id, to_person_id, start_time, end_time, reason, revoked FROM directory.delegation WHERE delegation_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Delegation::from))
}

/// Adds or changes a delegation.
pub(crate) async fn put(connection: &mut PgConnection, delegation: &Delegation) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.delegation (delegation_id, from_person_id, to_person_id, start_time, end_time, reason, revoked)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (delegation_id) DO UPDATE SET end_time = EXCLUDED.end_time, reason = EXCLUDED.reason, revoked = EXCLUDED.revoked",
        delegation.id,
        delegation.from,
        delegation.to,
        delegation.start.to_sqlx() as jiff_sqlx::Timestamp,
        delegation.end.to_sqlx() as jiff_sqlx::Timestamp,
        delegation.reason,
        delegation.revoked
    )
    .execute(connection)
    .await?;
    Ok(())
}
