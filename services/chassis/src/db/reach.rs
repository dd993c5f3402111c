//! Whether the store answers. A connection whose other end went away without a word (a cut network, a dead machine) keeps whoever
//! waits on it for many minutes. So the store is asked every second, and when it is lost, all who wait are told at once, and what
//! was begun is begun anew on new connections, as after a kill.

use std::{sync::Arc, time::Duration};

use sqlx::{ConnectOptions, PgConnection};
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;

use super::Db;
use crate::{
    error::{Error, Refusal, Sort},
    roster::FOLLOWS_DIRECTORY,
};
use huiying_proto::event::ErrorReason;

/// How often the store is asked.
const ASK: Duration = Duration::from_secs(1);
/// How long it may take to answer: a busy store answers this one late, not never.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often it is looked for when it was lost.
const SEEK: Duration = Duration::from_millis(250);

/// What is known of the store.
#[derive(Clone, Copy, Debug)]
struct Known {
    answers: bool,
    /// How often it was lost.
    losses: u64,
}

/// What is known of the store, for all who use it.
#[derive(Debug)]
pub(super) struct Reach(watch::Sender<Known>);

impl Default for Reach {
    fn default() -> Self {
        Self(watch::Sender::new(Known { answers: true, losses: 0 }))
    }
}

impl Db {
    /// Whether the store answered when it was asked last.
    pub(crate) fn is_reachable(&self) -> bool {
        self.0.reach.0.borrow().answers
    }

    /// Ends when the store is lost; at once while it is.
    pub(crate) async fn lost(&self) {
        let mut known = self.0.reach.0.subscribe();
        let losses = known.borrow().losses;
        let lost = known.wait_for(|now| !now.answers || now.losses > losses).await.is_ok();
        if !lost {
            std::future::pending::<()>().await; // Nobody asks any more.
        }
    }

    /// Ends when the store answers; false when told to stop first.
    async fn found(&self, stop: &CancellationToken) -> bool {
        let mut known = self.0.reach.0.subscribe();
        tokio::select! {
            () = stop.cancelled() => false,
            found = known.wait_for(|now| now.answers) => found.is_ok(),
        }
    }

    /// Does something with the store, unless it is lost meanwhile.
    ///
    /// # Errors
    /// UNAVAILABLE when the store is lost: what was under way may or may not have been committed.
    pub(crate) async fn unless_lost<T>(&self, work: impl Future<Output = T>) -> Result<T, Error> {
        if !self.is_reachable() {
            return Err(unavailable().into());
        }
        tokio::select! {
            biased;
            done = work => Ok(done),
            () = self.lost() => Err(unavailable().into()),
        }
    }

    /// Does background work until it ends, and begins it anew when the store was lost under it.
    pub(crate) async fn persist<F: Future<Output = ()>>(self, stop: CancellationToken, work: impl Fn() -> F) {
        while self.unless_lost(work()).await.is_err() {
            if !self.found(&stop).await {
                return;
            }
            // What an interrupted reaction committed and did not keep in memory yet.
            if let Err(error) = self.warm().await {
                tracing::warn!(service = self.service(), %error, "the store is back, but cannot be read");
            }
        }
    }

    /// Asks the store, on a connection of its own, until told to stop: whether it answers, and whether who is who is still what this
    /// process knows.
    pub(crate) async fn keep_in_reach(self, stop: CancellationToken) {
        let (mut connection, mut known) = (None, 0);
        loop {
            let asked = tokio::select! {
                () = stop.cancelled() => return,
                asked = timeout(PATIENCE, self.ask(&mut connection, &mut known)) => asked,
            };
            let answers = matches!(asked, Ok(Ok(())));
            if !answers {
                connection = None;
                match asked {
                    Ok(Err(error)) => self.lose(&error),
                    _ => self.lose(&"no answer"),
                }
            } else if !self.is_reachable() {
                tracing::info!(service = self.service(), "the store answers again");
                self.0.reach.0.send_modify(|known| known.answers = true);
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(if answers { ASK } else { SEEK }) => {}
            }
        }
    }

    async fn ask(&self, connection: &mut Option<PgConnection>, known: &mut i64) -> Result<(), Error> {
        let connection = match connection {
            Some(connection) => connection,
            None => connection.insert(self.0.connect.connect().await?),
        };
        let told = sqlx::query_scalar("SELECT position FROM consumer_cursor WHERE source = $1").bind(FOLLOWS_DIRECTORY);
        let told: i64 = told.fetch_optional(&mut *connection).await?.unwrap_or(0);
        // One process of a service hears directory, by lease; what it has heard, the others read from the store.
        if told != *known {
            self.set_roster(Arc::new(crate::roster::load(connection).await?));
            *known = told;
        }
        Ok(())
    }

    /// Says so, once, and lets go of every connection.
    fn lose(&self, why: &dyn std::fmt::Display) {
        if !self.is_reachable() {
            return;
        }
        tracing::warn!(service = self.service(), %why, "the store is lost");
        let old = self.0.pool.swap(self.0.new_pool().into());
        self.0.reach.0.send_modify(|known| *known = Known { answers: false, losses: known.losses + 1 });
        tokio::spawn(async move { old.close().await });
    }
}

/// What a caller is told while the store is away.
pub(crate) fn unavailable() -> Refusal {
    Refusal::house(Sort::Unavailable, ErrorReason::StoreUnavailable, "数据库暂时不可用,请稍后重试。")
}
