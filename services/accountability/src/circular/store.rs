//! All SQL that names accountability.circular and accountability.circular_number.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Circular;

struct Row {
    circular_id: Uuid,
    year: i32,
    number: i32,
    title: String,
    text: String,
    from_date: jiff_sqlx::Date,
    to_date: jiff_sqlx::Date,
    body_ids: Vec<Uuid>,
    issue_person_id: Uuid,
    issue_time: jiff_sqlx::Timestamp,
}

impl From<Row> for Circular {
    fn from(row: Row) -> Self {
        Self {
            id: row.circular_id,
            year: row.year,
            number: row.number,
            title: row.title,
            text: row.text,
            from: row.from_date.to_jiff(),
            to: row.to_date.to_jiff(),
            bodies: row.body_ids,
            issuer: row.issue_person_id,
            issue_time: row.issue_time.to_jiff(),
        }
    }
}

/// Takes the next number of a year. The row stays locked until the transaction ends, so none is skipped.
pub(crate) async fn next_number(connection: &mut PgConnection, year: i32) -> Result<i32, Error> {
    let last = sqlx::query_scalar!(
        "INSERT INTO accountability.circular_number AS n (year, last) VALUES ($1, 1)
         ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last",
        year
    );
    Ok(last.fetch_one(connection).await?)
}

/// A circular by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Circular>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT circular_id, year, number, title, text, from_date, to_date, body_ids, issue_person_id, issue_time
         FROM accountability.circular WHERE circular_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Circular::from))
}

/// A page of circulars, newest first: all, or those that some bodies are in.
pub(crate) async fn list(connection: &mut PgConnection, bodies: Option<&[Uuid]>, page: &Page<Uuid>) -> Result<Vec<Circular>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT circular_id, year, number, title, text, from_date, to_date, body_ids, issue_person_id, issue_time
         FROM accountability.circular
         WHERE ($1::uuid[] IS NULL OR body_ids && $1) AND ($2::uuid IS NULL OR circular_id < $2)
         ORDER BY circular_id DESC LIMIT $3",
        bodies,
        page.after,
        page.limit()
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Circular::from).collect())
}

/// Adds a circular.
pub(crate) async fn insert(connection: &mut PgConnection, circular: &Circular) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.circular (circular_id, year, number, title, text, from_date, to_date, body_ids, issue_person_id, issue_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        circular.id,
        circular.year,
        circular.number,
        circular.title,
        circular.text,
        circular.from.to_sqlx() as jiff_sqlx::Date,
        circular.to.to_sqlx() as jiff_sqlx::Date,
        &circular.bodies,
        circular.issuer,
        circular.issue_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
