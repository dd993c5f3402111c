//! Leases: who does the work that one process at a time may do. Each taking has a larger token, which the work's last write checks.
//!
//! A lease runs by the machine's clock, not by the civil clock that a test or the demo may hold still: while that stands, a
//! killed process would keep its lease for ever.

use std::time::Duration;

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{clock::Clock, ctx::mint, db::Db, error::Error, metrics};

const TERM: SignedDuration = SignedDuration::from_secs(3);
const RETRY: Duration = Duration::from_millis(250);
const RENEWAL: Duration = Duration::from_secs(1);

/// A lease that may be taken.
#[derive(Debug)]
pub struct Lease {
    db: Db,
    name: String,
    holder: Uuid,
}

/// A lease taken, with its fencing token. While it lives, this process counts as the one that does the work (`huiying_lease_held`).
#[derive(Debug)]
pub struct Held {
    /// Larger at every taking.
    pub token: i64,
    renewed: std::sync::Mutex<std::time::Instant>,
    service: &'static str,
    name: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        metrics::lease(self.service, &self.name, false);
    }
}

impl Lease {
    /// A lease by name, for this process.
    #[must_use]
    pub fn new(db: Db, name: &str) -> Self {
        Self { holder: mint(db.clock().now()), name: name.to_owned(), db }
    }

    /// Waits until the lease is ours; none when told to stop first.
    pub async fn acquire(&self, stop: &CancellationToken) -> Option<Held> {
        self.acquire_after(stop, || ()).await
    }

    /// The same; says so whenever another turns out to have it.
    pub(crate) async fn acquire_after(&self, stop: &CancellationToken, another_has_it: impl Fn()) -> Option<Held> {
        loop {
            match self.take().await {
                Ok(Some(token)) => {
                    let (service, name) = (self.db.service(), self.name.clone());
                    metrics::lease(service, &name, true);
                    return Some(Held { token, renewed: std::sync::Mutex::new(std::time::Instant::now()), service, name });
                }
                Ok(None) => another_has_it(),
                Err(error) => tracing::warn!(service = self.db.service(), lease = self.name, %error, "lease not reachable; trying again"),
            }
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }

    async fn take(&self) -> Result<Option<i64>, Error> {
        let now = Clock::system().now();
        let until = now.saturating_add(TERM).unwrap_or(now);
        let mut connection = self.db.acquire().await?;
        let token = sqlx::query_scalar(
            "INSERT INTO lease AS l (name, holder, token, expire_time) VALUES ($1, $2, 1, $3)
             ON CONFLICT (name) DO UPDATE SET holder = EXCLUDED.holder, token = l.token + 1, expire_time = EXCLUDED.expire_time
             WHERE l.expire_time <= $4 OR l.holder = EXCLUDED.holder
             RETURNING token",
        )
        .bind(&self.name)
        .bind(self.holder)
        .bind(until.to_sqlx())
        .bind(now.to_sqlx())
        .fetch_optional(&mut *connection)
        .await?;
        Ok(token)
    }

    /// Keeps the lease for another term; written at most once a third of a term. False when another has it.
    pub async fn renew(&self, held: &Held) -> bool {
        if held.renewed.lock().is_ok_and(|at| at.elapsed() < RENEWAL) {
            return true;
        }
        let now = Clock::system().now();
        let until = now.saturating_add(TERM).unwrap_or(now);
        let renewed: Result<bool, Error> = async {
            let mut connection = self.db.acquire().await?;
            let done = sqlx::query("UPDATE lease SET expire_time = $1 WHERE name = $2 AND holder = $3 AND token = $4")
                .bind(until.to_sqlx())
                .bind(&self.name)
                .bind(self.holder)
                .bind(held.token)
                .execute(&mut *connection)
                .await?;
            Ok(done.rows_affected() == 1)
        }
        .await;
        let still = renewed.unwrap_or(false);
        if still && let Ok(mut at) = held.renewed.lock() {
            *at = std::time::Instant::now();
        }
        still
    }

    /// Keeps the lease for as long as this is waited for beside the work; ends when another has it.
    pub async fn lost(&self, held: &Held) {
        while self.renew(held).await {
            tokio::time::sleep(RENEWAL).await;
        }
    }

    /// Gives the lease back, so that another need not wait for its end.
    pub async fn release(&self, held: &Held) {
        if let Ok(mut connection) = self.db.acquire().await {
            let given = sqlx::query("UPDATE lease SET expire_time = '-infinity' WHERE name = $1 AND holder = $2 AND token = $3")
                .bind(&self.name)
                .bind(self.holder)
                .bind(held.token)
                .execute(&mut *connection)
                .await;
            if let Err(error) = given {
                tracing::debug!(%error, "lease not released; it will expire");
            }
        }
    }
}
