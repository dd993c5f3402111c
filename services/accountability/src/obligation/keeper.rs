//! The clock-keeper (时限管理): sleeps until the next moment of any clock, and settles what fell due. One process at a time
//! keeps the clocks; one that was paused and wakes writes nothing.

use std::{sync::Arc, time::Duration};

use chassis::{Consumer, Db, Error, Held, Lease, Task};
use jiff::Timestamp;
use regulation::RuleBook;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{commands, store};
use crate::rule_adoption::commands::adopt;

/// The lease's name.
pub(crate) const LEASE: &str = "clock-keeper";
/// How often it looks by itself, should nobody wake it.
const POLL: Duration = Duration::from_secs(5);
/// How often it renews its lease meanwhile.
const RENEW: Duration = Duration::from_secs(1);
/// How long it waits where another transaction holds what is due, or the store is away.
const PAUSE: Duration = Duration::from_millis(50);
const TROUBLE: Duration = Duration::from_millis(500);
/// After a start or a change of keepers, the sources are heard out before anyone is called late: until nothing new came for so long, at most so often.
const QUIET: Duration = Duration::from_millis(150);
const QUIET_AT_MOST: usize = 20;

/// Keeps the clocks of one store.
pub(crate) struct Keeper {
    pub db: Db,
    /// The rule in its versions.
    pub book: Arc<RuleBook>,
    /// Rings when obligations have changed.
    pub changed: Arc<Notify>,
    /// What the clocks are computed from.
    pub sources: Vec<Consumer>,
}

impl Keeper {
    /// As background work of the service.
    pub fn task(self) -> Task {
        Box::new(move |stop| Box::pin(self.keep(stop)))
    }

    async fn keep(self, stop: CancellationToken) {
        let lease = Lease::new(self.db.clone(), LEASE);
        while let Some(held) = lease.acquire(&stop).await {
            tokio::select! {
                () = stop.cancelled() => { lease.release(&held).await; return }
                () = async { self.hear_out().await; self.hold(&lease, &held).await } => {}
            }
        }
    }

    /// While the lease is ours.
    async fn hold(&self, lease: &Lease, held: &Held) {
        while lease.renew(held).await {
            match adopt(&self.db, &self.book, held.token).await {
                Ok(Some(false)) => {}
                Ok(Some(true)) => continue,
                Ok(None) => return,
                Err(error) => {
                    trouble(&error).await;
                    continue;
                }
            }
            match commands::settle(&self.db, held.token).await {
                Ok(None) => return,
                Ok(Some(0)) => match self.next_moment().await {
                    Ok(next) => self.wait(next, lease, held).await,
                    Err(error) => trouble(&error).await,
                },
                Ok(Some(_)) => {}
                Err(error) => trouble(&error).await,
            }
        }
    }

    /// Waits for the next moment, for a change, or for the time to look again.
    async fn wait(&self, next: Option<Timestamp>, lease: &Lease, held: &Held) {
        let clock = self.db.clock();
        let moment = async {
            match next {
                Some(next) if next > clock.now() => clock.sleep_until(next).await,
                Some(_) => tokio::time::sleep(PAUSE).await,
                None => std::future::pending().await,
            }
        };
        let renewing = async {
            let mut every = tokio::time::interval(RENEW);
            loop {
                every.tick().await;
                if !lease.renew(held).await {
                    return;
                }
            }
        };
        tokio::select! {
            () = moment => {}
            () = self.changed.notified() => {}
            () = tokio::time::sleep(POLL) => {}
            () = renewing => {}
        }
    }

    async fn next_moment(&self) -> Result<Option<Timestamp>, Error> {
        let of_a_clock = store::next_moment(&mut *self.db.acquire().await?).await?;
        let of_the_rule = self.book.next_change(self.db.clock().now());
        Ok(of_a_clock.into_iter().chain(of_the_rule).min())
    }

    /// After downtime, the facts that discharged an obligation may still be on their way.
    async fn hear_out(&self) {
        let heard = || self.sources.iter().map(|source| source.progress().position).collect::<Vec<_>>();
        let mut before = heard();
        for _ in 0..QUIET_AT_MOST {
            tokio::time::sleep(QUIET).await;
            let now = heard();
            if now == before {
                return;
            }
            before = now;
        }
    }
}

async fn trouble(error: &Error) {
    tracing::warn!(%error, "clocks not settled; trying again");
    tokio::time::sleep(TROUBLE).await;
}
