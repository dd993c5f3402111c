//! A service's schema: its migrations, and whether this program may run on it. Expand, then contract: a schema may be one version ahead
//! of a program, so that old and new run beside each other and the way back is open, unless its floor says otherwise.

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, migrate::Migrator};

use super::{Db, connect_options};
use crate::error::Error;

/// The chassis's own tables, the same in every schema.
pub(crate) static MIGRATOR: Migrator = sqlx::migrate!();

/// Why a schema cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0} 的数据库结构: {1}")]
pub struct MigrateError(&'static str, String);

/// Migrates a service's schema: the chassis's tables, then its own, under a lock. Running twice changes nothing.
///
/// # Errors
/// When the store cannot be reached, a landed migration was edited, or the schema has grown past this program.
pub async fn migrate(service: &'static str, url: &str, own: &Migrator) -> Result<(), MigrateError> {
    let fail = |e: &dyn std::fmt::Display| MigrateError(service, format!("升级失败: {e}"));
    let options = connect_options(service, url).map_err(|e| fail(&e))?;
    let mut connection =
        PgConnection::connect_with(&options.options([("statement_timeout", "0"), ("lock_timeout", "0")])).await.map_err(|e| fail(&e))?;
    let found: Option<i32> = sqlx::query_scalar("SELECT 1 FROM pg_namespace WHERE nspname = $1")
        .bind(service)
        .fetch_optional(&mut connection)
        .await
        .map_err(|e| fail(&e))?;
    // The service's own role may have no right to make schemas: then the operator made it.
    if found.is_none() {
        connection.execute(AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {service}"))).await.map_err(|e| fail(&e))?;
    }
    Standing::read(&mut connection, service).await.map_err(|e| fail(&e))?.check_floor(own).map_err(|why| MigrateError(service, why))?;
    for (migrator, table) in [(&MIGRATOR, "_chassis_migration"), (own, "_migration")] {
        let mut migrator = Migrator { migrations: migrator.migrations.clone(), ignore_missing: true, ..Migrator::DEFAULT };
        migrator.dangerous_set_table_name(format!("{service}.{table}"));
        migrator.run(&mut connection).await.map_err(|e| fail(&e))?;
    }
    connection.close().await.map_err(|e| fail(&e))
}

/// How far a schema is.
#[derive(Debug, Default)]
struct Standing {
    /// Migrations that were carried out: the chassis's, the service's.
    done: [Vec<i64>; 2],
    /// What a program must know.
    floor: [i64; 2],
}

impl Standing {
    async fn read(connection: &mut PgConnection, service: &str) -> Result<Self, sqlx::Error> {
        let mut standing = Self::default();
        for (done, table) in standing.done.iter_mut().zip(["_chassis_migration", "_migration"]) {
            if is_there(connection, service, table).await? {
                let written = format!("SELECT version FROM {service}.{table} WHERE success ORDER BY version");
                *done = sqlx::query_scalar(AssertSqlSafe(written)).fetch_all(&mut *connection).await?;
            }
        }
        if is_there(connection, service, "schema_floor").await? {
            let written = format!("SELECT chassis, own FROM {service}.schema_floor");
            let (chassis, own) = sqlx::query_as(AssertSqlSafe(written)).fetch_one(&mut *connection).await?;
            standing.floor = [chassis, own];
        }
        Ok(standing)
    }

    /// Whether a program with these migrations may run here.
    fn check_floor(&self, own: &Migrator) -> Result<(), String> {
        for (floor, known) in self.floor.iter().zip([newest(&MIGRATOR), newest(own)]) {
            if *floor > known {
                return Err(format!(
                    "比本程序新,本程序不能在其上运行(结构要求第 {floor} 号,本程序只到第 {known} 号): 请改用更新的程序,或恢复到升级之前的备份"
                ));
            }
        }
        Ok(())
    }

    /// Whether everything that a program with these migrations needs is there.
    fn check_done(&self, own: &Migrator) -> Result<(), String> {
        let lacks = |migrator: &Migrator, done: &[i64]| migrator.migrations.iter().any(|needed| !done.contains(&needed.version));
        let [chassis, service] = &self.done;
        if lacks(&MIGRATOR, chassis) || lacks(own, service) {
            return Err("尚未升级到本程序所需: 请先运行 huiying migrate".to_owned());
        }
        Ok(())
    }
}

fn newest(migrator: &Migrator) -> i64 {
    migrator.migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}

async fn is_there(connection: &mut PgConnection, service: &str, table: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(format!("{service}.{table}")).fetch_one(connection).await
}

impl Db {
    /// Whether this program may run on its store as it is, and on behalf of this deployment.
    ///
    /// # Errors
    /// When the schema lacks something, has grown past this program, or belongs to another deployment.
    pub async fn check(&self, own: &Migrator, fingerprint: &[u8]) -> Result<(), Error> {
        let mut connection = self.acquire().await?;
        let standing = Standing::read(&mut connection, self.service()).await?;
        let fit = standing.check_floor(own).and_then(|()| standing.check_done(own));
        fit.map_err(|why| Error::fault(MigrateError(self.service(), why)))?;
        sqlx::query("INSERT INTO deployment (fingerprint) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(fingerprint)
            .execute(&mut *connection)
            .await?;
        let owner: Vec<u8> = sqlx::query_scalar("SELECT fingerprint FROM deployment").fetch_one(&mut *connection).await?;
        if owner != fingerprint {
            let why = "属于另一套部署(keys.writer 不同): 请检查 database.url 是否指错了库;若是本部署恢复而来,请用与备份同时保存的密钥";
            return Err(Error::fault(MigrateError(self.service(), why.to_owned())));
        }
        Ok(())
    }
}
