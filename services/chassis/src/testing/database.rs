//! Databases of the tests: each has its own, copied from one whose schemas were made once for all tests that want the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use sqlx::{AssertSqlSafe, Connection, PgConnection, migrate::Migrator};
use uuid::Uuid;

use crate::{
    Clock, Db, DbOptions,
    db::{month_of, schema::MIGRATOR},
    migrate,
};

static BARE: Migrator = Migrator::DEFAULT;

const LEDGERS: [&str; 7] = ["directory", "intake", "assessment", "disposal", "publication", "accountability", "notification"];

/// These services' schemas and the bare ledgers of the others.
pub(super) fn with_ledgers<'a>(services: &[(&'static str, &'a Migrator)]) -> Vec<(&'static str, &'a Migrator)> {
    let bare = LEDGERS.iter().filter(|name| !services.iter().any(|(service, _)| service == *name));
    services.iter().copied().chain(bare.map(|name| (*name, &BARE))).collect()
}

/// A new database, copied from another one; its URL.
pub(super) async fn copy(template: &str) -> String {
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut server = server().await;
    run(&mut server, format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")).await;
    server.close().await.unwrap();
    url_of(&name)
}

/// The name of the database that has these schemas, with ledgers for the month that the clock shows, and nothing else; made by whoever
/// wants it first.
pub(super) async fn template(schemas: &[(&'static str, &Migrator)], clock: &Clock) -> String {
    let mut key = DefaultHasher::new();
    month_of(clock.now()).hash(&mut key);
    for (service, own) in schemas {
        let steps = MIGRATOR.iter().chain(own.iter());
        (service, steps.map(|step| step.checksum.to_vec()).collect::<Vec<_>>()).hash(&mut key);
    }
    let key = key.finish();
    let (name, making) = (format!("template_{key:016x}"), format!("making_{key:016x}"));
    let mut server = server().await;
    sqlx::query("SELECT pg_advisory_lock($1)").bind(key.cast_signed()).execute(&mut server).await.unwrap();
    let found: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1").bind(&name).fetch_optional(&mut server).await.unwrap();
    if found.is_none() {
        run(&mut server, format!("DROP DATABASE IF EXISTS {making}")).await; // of one that died while making it
        run(&mut server, format!("CREATE DATABASE {making} TEMPLATE template0")).await;
        for (service, own) in schemas {
            let url = url_of(&making);
            migrate(service, &url, own).await.unwrap();
            let db = Db::open(service, &DbOptions { url, connections: 1 }, clock.clone()).await.unwrap();
            db.warm().await.unwrap();
            db.close().await;
        }
        run(&mut server, format!("ALTER DATABASE {making} RENAME TO {name}")).await;
    }
    server.close().await.unwrap();
    name
}

async fn server() -> PgConnection {
    PgConnection::connect(&server_url()).await.unwrap()
}

fn server_url() -> String {
    std::env::var("DATABASE_URL").expect("DATABASE_URL is not set: run the tests with tests/run.sh")
}

fn url_of(database: &str) -> String {
    let server = server_url();
    let (before, options) = server.split_once('?').map_or((server.as_str(), String::new()), |(b, o)| (b, format!("?{o}")));
    let (base, _) = before.rsplit_once('/').unwrap();
    format!("{base}/{database}{options}")
}

async fn run(server: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement)).execute(server).await.unwrap();
}
