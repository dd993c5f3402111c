//! All SQL that names accountability.rule_adoption.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fact::Subject;

/// The version adopted last.
pub(super) struct Adoption {
    pub event_id: Uuid,
    pub rule_version: String,
    /// The last subject looked at; none when all have been.
    pub swept_to: Option<String>,
}

/// The version adopted last; none before the first.
pub(super) async fn latest(connection: &mut PgConnection) -> Result<Option<Adoption>, Error> {
    let found = sqlx::query_as!(
        Adoption,
        "SELECT adopt_event_id AS event_id, rule_version, swept_to FROM accountability.rule_adoption
         ORDER BY adopt_time DESC, adopt_event_id DESC LIMIT 1"
    )
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// Whether this is the version adopted last, and all open clocks have been looked at under it.
pub(crate) async fn is_settled(connection: &mut PgConnection, version: &str) -> Result<bool, Error> {
    Ok(latest(connection).await?.is_some_and(|latest| latest.rule_version == version && latest.swept_to.is_none()))
}

/// Adopts a version; no subject has been looked at.
pub(super) async fn insert(connection: &mut PgConnection, event_id: Uuid, version: &str, time: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.rule_adoption (adopt_event_id, rule_version, adopt_time, swept_to) VALUES ($1, $2, $3, '')",
        event_id,
        version,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps how far the subjects have been looked at; none for all.
pub(super) async fn sweep(connection: &mut PgConnection, event_id: Uuid, swept_to: Option<&str>) -> Result<(), Error> {
    sqlx::query!("UPDATE accountability.rule_adoption SET swept_to = $2 WHERE adopt_event_id = $1", event_id, swept_to)
        .execute(connection)
        .await?;
    Ok(())
}

/// Subjects with open clocks, in order.
pub(crate) async fn subjects_with_open_clocks(connection: &mut PgConnection, after: &str, most: i64) -> Result<Vec<Subject>, Error> {
    let subjects = sqlx::query_scalar!(
        "SELECT DISTINCT subject FROM accountability.obligation WHERE outcome = 'OPEN' AND subject > $1 ORDER BY subject LIMIT $2",
        after,
        most
    )
    .fetch_all(connection)
    .await?;
    subjects.iter().map(|subject| subject.parse().map_err(Error::fault)).collect()
}
