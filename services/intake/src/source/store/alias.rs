//! All SQL that writes intake.outlet_alias, and lists it.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::super::alias::Alias;

struct Row {
    alias: String,
    outlet_id: Uuid,
    outlet_name: String,
    person_id: Option<Uuid>,
    decide_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl From<Row> for Alias {
    fn from(row: Row) -> Self {
        Self {
            key: row.alias,
            outlet: row.outlet_id,
            outlet_name: row.outlet_name,
            by: row.person_id,
            decided: row.decide_time.map(jiff_sqlx::Timestamp::to_jiff),
            version: row.version,
        }
    }
}

/// Says that a key stands for an outlet, whatever it stood for.
pub(in super::super) async fn put(
    connection: &mut PgConnection,
    key: &str,
    outlet: Uuid,
    by: Option<Uuid>,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO intake.outlet_alias AS a (alias, outlet_id, person_id, decide_time) VALUES ($1, $2, $3, $4)
         ON CONFLICT (alias) DO UPDATE SET outlet_id = $2, person_id = $3, decide_time = $4, version = a.version + 1",
        key,
        outlet,
        by,
        now.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An alias, locked.
pub(in super::super) async fn lock(connection: &mut PgConnection, key: &str) -> Result<Option<Alias>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT a.alias, a.outlet_id, o.name AS outlet_name, a.person_id, a.decide_time AS "decide_time: jiff_sqlx::Timestamp", a.version
           FROM intake.outlet_alias a JOIN intake.outlet o ON o.outlet_id = a.outlet_id WHERE a.alias = $1 FOR UPDATE OF a"#,
        key
    );
    Ok(row.fetch_optional(connection).await?.map(Alias::from))
}

/// Takes an alias back.
pub(in super::super) async fn remove(connection: &mut PgConnection, key: &str) -> Result<(), Error> {
    sqlx::query!("DELETE FROM intake.outlet_alias WHERE alias = $1", key).execute(connection).await?;
    Ok(())
}

/// A page of aliases by key.
pub(in super::super) async fn page(connection: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Alias>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT a.alias, a.outlet_id, o.name AS outlet_name, a.person_id, a.decide_time AS "decide_time: jiff_sqlx::Timestamp", a.version
           FROM intake.outlet_alias a JOIN intake.outlet o ON o.outlet_id = a.outlet_id WHERE a.alias > $1 ORDER BY a.alias LIMIT $2"#,
        after,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Alias::from).collect())
}
