//! All SQL that names publication.channel.

use chassis::{Error, Page};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Channel;

struct Row {
    channel_id: Uuid,
    name: String,
    url: String,
}

impl From<Row> for Channel {
    fn from(row: Row) -> Self {
        Self { id: row.channel_id, name: row.name, url: row.url }
    }
}

/// The channel of a name, letter case aside, locked against another change.
pub(crate) async fn lock(connection: &mut PgConnection, name: &str) -> Result<Option<Channel>, Error> {
    let row = sqlx::query_as!(Row, "SELECT channel_id, name, url FROM publication.channel WHERE lower(name) = lower($1) FOR UPDATE", name)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(Channel::from))
}

/// Which of some channels there are.
pub(crate) async fn known(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!("SELECT channel_id FROM publication.channel WHERE channel_id = ANY($1)", ids).fetch_all(connection).await?)
}

/// Channels by name.
pub(crate) async fn list(connection: &mut PgConnection, page: &Page<String>) -> Result<Vec<Channel>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT channel_id, name, url FROM publication.channel WHERE name > $1 ORDER BY name LIMIT $2",
        page.after.as_deref().unwrap_or_default(),
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Channel::from).collect())
}

/// Adds a channel. False when its name is taken.
pub(crate) async fn insert(connection: &mut PgConnection, channel: &Channel) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO publication.channel (channel_id, name, url) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        channel.id,
        channel.name,
        channel.url
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves a channel's address.
pub(crate) async fn save(connection: &mut PgConnection, channel: &Channel) -> Result<(), Error> {
    sqlx::query!("UPDATE publication.channel SET url = $2 WHERE channel_id = $1", channel.id, channel.url).execute(connection).await?;
    Ok(())
}
