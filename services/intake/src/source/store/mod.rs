//! All SQL that names intake.source and intake.secret_host.

pub(super) mod alias;
pub(super) mod spread;
pub(super) mod taking;
pub(super) mod waiting;

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Cursor, Description, Kind, Seen, Source, State,
    grpc::{kind_name, kind_of, state_name, state_of},
};

struct Row {
    source_id: Uuid,
    kind: String,
    name: String,
    address: String,
    outlet_id: Option<Uuid>,
    secret_names: Vec<String>,
    state: String,
    poll_seconds: i32,
    columns: Option<serde_json::Value>,
    http_etag: String,
    http_modified: String,
    uid_validity: i64,
    last_uid: i64,
    failure_count: i32,
    last_error: String,
    next_poll_time: Option<jiff_sqlx::Timestamp>,
    last_success_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
    attempt: i64,
}

impl TryFrom<Row> for Source {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let kind: Option<Kind> = kind_of(&row.kind);
        let state: Option<State> = state_of(&row.state);
        let (kind, state) = kind.zip(state).ok_or_else(|| Error::fault("a source of no kind or in no state"))?;
        Ok(Self {
            id: row.source_id,
            kind,
            name: row.name,
            description: Description {
                address: row.address,
                outlet: row.outlet_id,
                secret_names: row.secret_names,
                poll_seconds: row.poll_seconds,
                columns: row.columns,
            },
            state,
            cursor: Cursor {
                http_etag: row.http_etag,
                http_modified: row.http_modified,
                uid_validity: row.uid_validity,
                last_uid: row.last_uid,
            },
            failures: row.failure_count,
            last_error: row.last_error,
            next_poll: row.next_poll_time.map(jiff_sqlx::Timestamp::to_jiff),
            last_success: row.last_success_time.map(jiff_sqlx::Timestamp::to_jiff),
            version: row.version,
            attempt: row.attempt,
        })
    }
}

/// Adds a source. False when its name is there already.
pub(super) async fn insert(connection: &mut PgConnection, source: &Source) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.source (source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, next_poll_time, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO NOTHING",
        source.id,
        kind_name(source.kind),
        source.name,
        source.description.address,
        source.description.outlet,
        &source.description.secret_names,
        state_name(source.state),
        source.description.poll_seconds,
        source.description.columns,
        source.next_poll.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        source.version
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A source, locked against whoever else takes from it or changes it.
pub(super) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Source>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, http_etag, http_modified, uid_validity,
                last_uid, failure_count, last_error, next_poll_time, last_success_time, version, attempt
         FROM intake.source WHERE source_id = $1 FOR UPDATE",
        id
    );
    row.fetch_optional(connection).await?.map(Source::try_from).transpose()
}

/// A source, held as it is: nobody changes it meanwhile, and others may take from it.
pub(super) async fn hold(connection: &mut PgConnection, id: Uuid) -> Result<Option<Source>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, http_etag, http_modified, uid_validity,
                last_uid, failure_count, last_error, next_poll_time, last_success_time, version, attempt
         FROM intake.source WHERE source_id = $1 FOR SHARE",
        id
    );
    row.fetch_optional(connection).await?.map(Source::try_from).transpose()
}

/// A source by id.
pub(super) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Source>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, http_etag, http_modified, uid_validity,
                last_uid, failure_count, last_error, next_poll_time, last_success_time, version, attempt
         FROM intake.source WHERE source_id = $1",
        id
    );
    row.fetch_optional(connection).await?.map(Source::try_from).transpose()
}

/// How many sources are in a state.
pub(super) async fn count(connection: &mut PgConnection, state: &str) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM intake.source WHERE state = $1"#, state);
    Ok(count.fetch_one(connection).await?)
}

/// A page of sources by name.
pub(super) async fn page(connection: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Source>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, http_etag, http_modified, uid_validity,
                last_uid, failure_count, last_error, next_poll_time, last_success_time, version, attempt
         FROM intake.source WHERE name > $1 ORDER BY name LIMIT $2",
        after,
        limit
    );
    rows.fetch_all(connection).await?.into_iter().map(Source::try_from).collect()
}

/// Sources that are to be looked at by now, those longest due first.
pub(super) async fn due(connection: &mut PgConnection, now: Timestamp, most: i64) -> Result<Vec<Source>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT source_id, kind, name, address, outlet_id, secret_names, state, poll_seconds, columns, http_etag, http_modified, uid_validity,
                last_uid, failure_count, last_error, next_poll_time, last_success_time, version, attempt
         FROM intake.source WHERE next_poll_time <= $1 ORDER BY next_poll_time LIMIT $2",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        most
    );
    rows.fetch_all(connection).await?.into_iter().map(Source::try_from).collect()
}

/// When a source is next to be looked at.
pub(super) async fn next_due(connection: &mut PgConnection) -> Result<Option<Timestamp>, Error> {
    let next = sqlx::query_scalar!("SELECT min(next_poll_time) FROM intake.source").fetch_one(connection).await?;
    Ok(next.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Saves a source that is still as it was seen. False when another changed it meanwhile.
pub(super) async fn save(connection: &mut PgConnection, source: &Source, seen: Seen) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE intake.source SET address = $2, outlet_id = $3, secret_names = $4, state = $5, poll_seconds = $6, columns = $7, http_etag = $8,
                http_modified = $9, uid_validity = $10, last_uid = $11, failure_count = $12, last_error = $13, next_poll_time = $14,
                last_success_time = $15, version = $16, attempt = $17
         WHERE source_id = $1 AND version = $18 AND attempt = $19",
        source.id,
        source.description.address,
        source.description.outlet,
        &source.description.secret_names,
        state_name(source.state),
        source.description.poll_seconds,
        source.description.columns,
        source.cursor.http_etag,
        source.cursor.http_modified,
        source.cursor.uid_validity,
        source.cursor.last_uid,
        source.failures,
        source.last_error,
        source.next_poll.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        source.last_success.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        source.version,
        source.attempt,
        seen.version,
        seen.attempt
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Has secrets be for a host, unless they are for one already: those that are for another, and which.
pub(super) async fn bind_secrets(connection: &mut PgConnection, names: &[String], host: &str) -> Result<Vec<(String, String)>, Error> {
    sqlx::query!(
        "INSERT INTO intake.secret_host (secret_name, host) SELECT name, $2 FROM unnest($1::text[]) name ON CONFLICT DO NOTHING",
        names,
        host
    )
    .execute(&mut *connection)
    .await?;
    let others = sqlx::query!("SELECT secret_name, host FROM intake.secret_host WHERE secret_name = ANY($1) AND host <> $2", names, host);
    Ok(others.fetch_all(connection).await?.into_iter().map(|row| (row.secret_name, row.host)).collect())
}
