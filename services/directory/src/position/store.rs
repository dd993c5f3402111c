//! All SQL that names directory.position.

use chassis::{Error, Period};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Position;

struct Row {
    position_id: Uuid,
    person_id: Uuid,
    body_id: Uuid,
    title: String,
    roles: Vec<String>,
    start_time: jiff_sqlx::Timestamp,
    end_time: Option<jiff_sqlx::Timestamp>,
    ended: bool,
}

impl From<Row> for Position {
    fn from(row: Row) -> Self {
        let period = Period { start: row.start_time.to_jiff(), end: row.end_time.map(|t| t.to_jiff()) };
        Self { id: row.position_id, person: row.person_id, body: row.body_id, title: row.title, roles: row.roles, period, ended: row.ended }
    }
}

/// The position of a person in a body, of a title, from a start.
pub(crate) async fn same(
    connection: &mut PgConnection,
    (person, body): (Uuid, Uuid),
    title: &str,
    start: Timestamp,
) -> Result<Option<Position>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT position_id, person_id, body_id, title, roles, start_time, end_time, ended FROM directory.position
         WHERE person_id = $1 AND body_id = $2 AND title = $3 AND start_time = $4",
        person,
        body,
        title,
        start.to_sqlx() as jiff_sqlx::Timestamp
    );
    Ok(row.fetch_optional(connection).await?.map(Position::from))
}

/// Every position, ended ones included.
pub(crate) async fn all(connection: &mut PgConnection) -> Result<Vec<Position>, Error> {
    let rows =
        sqlx::query_as!(Row, "SELECT position_id, person_id, body_id, title, roles, start_time, end_time, ended FROM directory.position")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().map(Position::from).collect())
}

/// A page of the positions that hold at a moment.
pub(crate) async fn page(connection: &mut PgConnection, at: Timestamp, after: Uuid, limit: i64) -> Result<Vec<Position>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT position_id, person_id, body_id, title, roles, start_time, end_time, ended FROM directory.position
         WHERE position_id > $2 AND start_time <= $1 AND (end_time IS NULL OR end_time > $1) ORDER BY position_id LIMIT $3",
        at.to_sqlx() as jiff_sqlx::Timestamp,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Position::from).collect())
}

/// The positions that a person may act in at a moment: their own, and those delegated to them.
pub(crate) async fn acted_in(connection: &mut PgConnection, person: Uuid, at: Timestamp) -> Result<Vec<Position>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT position_id, person_id, body_id, title, roles, start_time, end_time, ended FROM directory.position
         WHERE start_time <= $2 AND (end_time IS NULL OR end_time > $2)
           AND (person_id = $1 OR person_id IN (SELECT from_person_id FROM directory.delegation WHERE to_person_id = $1 AND start_time <= $2 AND end_time > $2))
         ORDER BY position_id",
        person,
        at.to_sqlx() as jiff_sqlx::Timestamp
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Position::from).collect())
}

/// A position by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Position>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT position_id, person_id, body_id, title, roles, start_time, end_time, ended FROM directory.position WHERE position_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Position::from))
}

/// Adds or corrects a position.
pub(crate) async fn put(connection: &mut PgConnection, position: &Position) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO directory.position (position_id, person_id, body_id, title, roles, start_time, end_time, ended)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (position_id) DO UPDATE SET roles = EXCLUDED.roles, end_time = EXCLUDED.end_time, ended = EXCLUDED.ended",
        position.id,
        position.person,
        position.body,
        position.title,
        &position.roles,
        position.period.start.to_sqlx() as jiff_sqlx::Timestamp,
        position.period.end.map(|t| t.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        position.ended
    )
    .execute(connection)
    .await?;
    Ok(())
}
