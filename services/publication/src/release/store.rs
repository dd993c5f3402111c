//! All SQL that names publication.release.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Release;
use crate::text::Text;

struct Row {
    release_id: Uuid,
    statement_id: Uuid,
    incident_id: Uuid,
    channel_ids: Vec<Uuid>,
    title: String,
    text: String,
    release_person_id: Uuid,
    release_time: jiff_sqlx::Timestamp,
}

impl From<Row> for Release {
    fn from(row: Row) -> Self {
        Self {
            id: row.release_id,
            statement_id: row.statement_id,
            incident_id: row.incident_id,
            channels: row.channel_ids,
            text: Text { title: row.title, body: row.text },
            by: row.release_person_id,
            time: row.release_time.to_jiff(),
        }
    }
}

/// A release by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Release>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT release_id, statement_id, incident_id, channel_ids, title, text, release_person_id, release_time
         FROM publication.release WHERE release_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(Release::from))
}

/// Releases, newest first: of one incident, or all.
pub(crate) async fn list(connection: &mut PgConnection, incident: Option<Uuid>, page: &Page<Uuid>) -> Result<Vec<Release>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT release_id, statement_id, incident_id, channel_ids, title, text, release_person_id, release_time
         FROM publication.release
         WHERE ($1::uuid IS NULL OR incident_id = $1) AND release_id < $2 ORDER BY release_id DESC LIMIT $3",
        incident,
        page.after.unwrap_or(Uuid::max()),
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Release::from).collect())
}

/// The newest releases.
pub(crate) async fn newest(connection: &mut PgConnection, most: i64) -> Result<Vec<Release>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT release_id, statement_id, incident_id, channel_ids, title, text, release_person_id, release_time
         FROM publication.release ORDER BY release_id DESC LIMIT $1",
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Release::from).collect())
}

/// Adds a release.
pub(crate) async fn insert(connection: &mut PgConnection, release: &Release) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO publication.release (release_id, statement_id, incident_id, channel_ids, title, text, text_sha256, release_person_id, release_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        release.id,
        release.statement_id,
        release.incident_id,
        &release.channels,
        release.text.title,
        release.text.body,
        release.text.sha256(),
        release.by,
        release.time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The names of the channels that a statement was released on; none before.
pub(crate) async fn channels(connection: &mut PgConnection, statement: Uuid) -> Result<Vec<String>, Error> {
    let names = sqlx::query_scalar!(
        "SELECT c.name FROM publication.release r JOIN publication.channel c ON c.channel_id = ANY(r.channel_ids)
         WHERE r.statement_id = $1 ORDER BY c.name",
        statement
    );
    Ok(names.fetch_all(connection).await?)
}
