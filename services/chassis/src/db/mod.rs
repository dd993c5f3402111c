//! The store: one pool a service, its schema, and the only places where a transaction begins.

mod batch;
mod copy;
pub(crate) mod reach;
pub(crate) mod schema;
mod timekeeping;
mod tx;
mod write;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use arc_swap::ArcSwap;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use sqlx::{
    AssertSqlSafe, ConnectOptions, PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

pub use batch::{Batch, Call, GroupCommit, Outcome, Outcomes};
pub use copy::{Field, Rows};
pub use schema::{MigrateError, migrate};
pub use tx::{Audit, Committed, Tx};

use crate::{clock::Clock, error::Error, roster::Roster};

/// A service's store.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    service: &'static str,
    /// Changed for a new one when the store is lost.
    pool: ArcSwap<PgPool>,
    connect: PgConnectOptions,
    connections: u32,
    reach: reach::Reach,
    timekeeping: timekeeping::Timekeeping,
    clock: Clock,
    roster: ArcSwap<Roster>,
    months: Mutex<HashSet<Date>>,
    committed: Notify,
    sealed: watch::Sender<i64>,
    leaving: CancellationToken,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({})", self.0.service)
    }
}

/// How to reach the store.
#[derive(Clone, Debug)]
pub struct DbOptions {
    /// Connection URL; the schema's own role.
    pub url: String,
    /// Connections at the most.
    pub connections: u32,
}

impl Db {
    /// Opens a service's store. The schema must have been migrated.
    ///
    /// # Errors
    /// When the URL is malformed or the store cannot be reached.
    pub async fn open(service: &'static str, options: &DbOptions, clock: Clock) -> Result<Self, Error> {
        let connect = connect_options(service, &options.url)?;
        let inner = Inner {
            service,
            pool: ArcSwap::from_pointee(new_pool(&connect, options.connections)),
            connect,
            connections: options.connections,
            reach: reach::Reach::default(),
            timekeeping: timekeeping::Timekeeping::default(),
            clock,
            roster: ArcSwap::default(),
            months: Mutex::default(),
            committed: Notify::new(),
            sealed: watch::Sender::new(0),
            leaving: CancellationToken::new(),
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Reads who is who into memory, and makes room for this month's ledger.
    ///
    /// # Errors
    /// When the store cannot be reached or is not migrated.
    pub async fn warm(&self) -> Result<(), Error> {
        let mut connection = self.acquire().await?;
        self.set_roster(Arc::new(crate::roster::load(&mut connection).await?));
        self.ensure_month(&mut connection, self.0.clock.now()).await
    }

    /// The service's name, which is its schema's.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.0.service
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Who is who now.
    #[must_use]
    pub fn roster(&self) -> Arc<Roster> {
        self.0.roster.load_full()
    }

    pub(crate) fn set_roster(&self, roster: Arc<Roster>) {
        self.0.roster.store(roster);
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// UNAVAILABLE when the store cannot be reached in time.
    pub async fn acquire(&self) -> Result<PoolConnection<Postgres>, Error> {
        Ok(self.pool().acquire().await?)
    }

    pub(crate) fn pool(&self) -> PgPool {
        PgPool::clone(&self.0.pool.load())
    }

    /// Says that something was committed, so that the sealer wakes.
    pub(crate) fn wake_sealer(&self) {
        self.0.committed.notify_one();
    }

    pub(crate) async fn something_committed(&self) {
        self.0.committed.notified().await;
    }

    /// The position up to which this process knows the ledger to be sealed.
    pub(crate) fn sealed(&self) -> &watch::Sender<i64> {
        &self.0.sealed
    }

    /// Cancelled when the process is told to stop: answers that last end then.
    pub(crate) fn leaving(&self) -> &CancellationToken {
        &self.0.leaving
    }

    /// Makes the ledger's partition of a moment's month, if it is not there.
    pub(crate) async fn ensure_month(&self, connection: &mut PgConnection, at: Timestamp) -> Result<(), Error> {
        let month = month_of(at);
        if self.0.months.lock().is_ok_and(|months| months.contains(&month)) {
            return Ok(());
        }
        for first in [month, month.saturating_add(jiff::Span::new().months(1))] {
            let next = first.saturating_add(jiff::Span::new().months(1));
            let name = format!("ledger_entry_{:04}_{:02}", first.year(), first.month());
            let found: Option<i32> = sqlx::query_scalar(
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
            )
            .bind(self.0.service)
            .bind(&name)
            .fetch_optional(&mut *connection)
            .await?;
            if found.is_none() {
                // Attaching a partition locks only briefly, and two processes may try at once.
                let sql = format!("CREATE TABLE IF NOT EXISTS {name} PARTITION OF ledger_entry FOR VALUES FROM ('{first}') TO ('{next}')");
                match sqlx::query(AssertSqlSafe(sql)).execute(&mut *connection).await {
                    Ok(_) => {}
                    Err(sqlx::Error::Database(e)) if matches!(e.code().as_deref(), Some("42P07" | "23505" | "42P17")) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        }
        if let Ok(mut months) = self.0.months.lock() {
            months.insert(month);
        }
        Ok(())
    }

    /// Whether a moment's month is known to have its partition.
    pub(crate) fn has_month(&self, at: Timestamp) -> bool {
        self.0.months.lock().is_ok_and(|months| months.contains(&month_of(at)))
    }

    /// Closes all connections.
    pub async fn close(&self) {
        self.pool().close().await;
    }
}

impl Inner {
    fn new_pool(&self) -> PgPool {
        new_pool(&self.connect, self.connections)
    }
}

fn new_pool(connect: &PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(5))
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false)
        .connect_lazy_with(connect.clone())
}

pub(crate) fn month_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date().first_of_month()
}

fn connect_options(service: &str, url: &str) -> Result<PgConnectOptions, Error> {
    let options: PgConnectOptions = url.parse().map_err(|e: sqlx::Error| Error::fault(format!("数据库地址无效: {e}")))?;
    Ok(options
        .application_name(&format!("huiying-{service}"))
        .options([
            ("search_path", service),
            ("statement_timeout", "15000"),
            ("lock_timeout", "10000"),
            ("idle_in_transaction_session_timeout", "30000"),
            ("timezone", "UTC"),
            // Every statement here is short: to compile one costs more than to run it.
            ("jit", "off"),
        ])
        .log_statements(tracing::log::LevelFilter::Off))
}
