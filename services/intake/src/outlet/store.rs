//! All SQL that names intake.outlet.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Outlet;

/// An outlet by name, locked.
pub(crate) async fn by_name(connection: &mut PgConnection, name: &str) -> Result<Option<Outlet>, Error> {
    let outlet =
        sqlx::query_as!(Outlet, "SELECT outlet_id AS id, name, tier, medium, hosts FROM intake.outlet WHERE name = $1 FOR UPDATE", name);
    Ok(outlet.fetch_optional(connection).await?)
}

/// Outlets by id.
pub(crate) async fn by_ids(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Outlet>, Error> {
    let outlets =
        sqlx::query_as!(Outlet, "SELECT outlet_id AS id, name, tier, medium, hosts FROM intake.outlet WHERE outlet_id = ANY($1)", ids);
    Ok(outlets.fetch_all(connection).await?)
}

/// A page of outlets by name.
pub(crate) async fn page(connection: &mut PgConnection, after: &str, limit: i64) -> Result<Vec<Outlet>, Error> {
    let outlets = sqlx::query_as!(
        Outlet,
        "SELECT outlet_id AS id, name, tier, medium, hosts FROM intake.outlet WHERE name > $1 ORDER BY name LIMIT $2",
        after,
        limit
    );
    Ok(outlets.fetch_all(connection).await?)
}

/// Adds an outlet. False when its name is there already.
pub(crate) async fn insert(connection: &mut PgConnection, outlet: &Outlet) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.outlet (outlet_id, name, tier, medium, hosts) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
        outlet.id,
        outlet.name,
        outlet.tier,
        outlet.medium,
        &outlet.hosts
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves corrected host names.
pub(crate) async fn save_hosts(connection: &mut PgConnection, outlet: &Outlet) -> Result<(), Error> {
    sqlx::query!("UPDATE intake.outlet SET hosts = $2 WHERE outlet_id = $1", outlet.id, &outlet.hosts).execute(connection).await?;
    Ok(())
}

/// Has nobody else register an outlet meanwhile. Reading goes on.
pub(crate) async fn lock_all(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("LOCK TABLE intake.outlet IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
    Ok(())
}

/// A host, of some, that is or stands for an outlet of another name: the host, and that name.
pub(crate) async fn holder(connection: &mut PgConnection, hosts: &[String], name: &str) -> Result<Option<(String, String)>, Error> {
    let row = sqlx::query!(
        r#"SELECT h.host AS "host!", o.name AS "name!" FROM unnest($1::text[]) h(host) JOIN intake.outlet o ON o.hosts @> ARRAY[h.host]
           WHERE o.name <> $2
           UNION ALL SELECT a.alias, o.name FROM intake.outlet_alias a JOIN intake.outlet o ON o.outlet_id = a.outlet_id
           WHERE a.alias = ANY($1) AND o.name <> $2 LIMIT 1"#,
        hosts,
        name
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.host, row.name)))
}
