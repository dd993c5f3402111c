//! All SQL that names intake.bulletin.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Bulletin;

struct Row {
    bulletin_id: Uuid,
    kind: String,
    year: i32,
    number: i32,
    title: String,
    text: String,
    incident_ids: Vec<Uuid>,
    issue_person_id: Uuid,
    issue_time: jiff_sqlx::Timestamp,
}

impl From<Row> for Bulletin {
    fn from(row: Row) -> Self {
        Self {
            id: row.bulletin_id,
            kind: row.kind,
            year: row.year,
            number: row.number,
            title: row.title,
            text: row.text,
            incidents: row.incident_ids,
            issuer: row.issue_person_id,
            issue_time: row.issue_time.to_jiff(),
        }
    }
}

/// A bulletin by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Bulletin>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time FROM intake.bulletin WHERE bulletin_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Bulletin::from))
}

/// A page of bulletins, newest first.
pub(crate) async fn page(connection: &mut PgConnection, before: Option<Uuid>, limit: i64) -> Result<Vec<Bulletin>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time FROM intake.bulletin
         WHERE bulletin_id < $1 ORDER BY bulletin_id DESC LIMIT $2",
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Bulletin::from).collect())
}

/// Adds a bulletin.
pub(crate) async fn insert(connection: &mut PgConnection, bulletin: &Bulletin) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.bulletin (bulletin_id, kind, year, number, title, text, incident_ids, issue_person_id, issue_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        bulletin.id,
        bulletin.kind,
        bulletin.year,
        bulletin.number,
        bulletin.title,
        bulletin.text,
        &bulletin.incidents,
        bulletin.issuer,
        bulletin.issue_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
