//! Work that falls due by the clock (到时办理): one process at a time, under a lease, sleeps until the next moment and does what
//! fell due. One that was paused and wakes writes nothing.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{
    db::Db,
    error::Error,
    lease::{Held, Lease},
    server::Task,
};

/// How often it looks by itself, should nobody wake it.
const POLL: Duration = Duration::from_secs(5);
/// How often it renews its lease meanwhile.
const RENEW: Duration = Duration::from_secs(1);
/// How long it waits where another transaction holds what is due, or the store is away.
const PAUSE: Duration = Duration::from_millis(50);
const TROUBLE: Duration = Duration::from_millis(500);

/// A lease as it was taken: what a write under it ends with, by [`crate::Tx::commit_task_under`].
#[derive(Clone, Copy, Debug)]
pub struct Fence {
    pub(crate) lease: &'static str,
    pub(crate) token: i64,
}

/// What falls due.
#[async_trait::async_trait]
pub trait Timed: Send + Sync + 'static {
    /// Before the first work under a lease newly taken.
    async fn prepare(&self) {}

    /// Does some of what fell due by now: how much; none when the lease is another's by now, and nothing was done.
    ///
    /// # Errors
    /// When the store cannot be reached; it is tried again.
    async fn settle(&self, fence: Fence) -> Result<Option<usize>, Error>;

    /// When something next falls due.
    ///
    /// # Errors
    /// When the store cannot be reached; it is tried again.
    async fn next_moment(&self) -> Result<Option<Timestamp>, Error>;
}

/// Background work of a service: does what falls due, under a lease by this name, and looks anew when `changed` rings.
pub fn at_moments(db: &Db, lease: &'static str, changed: Arc<Notify>, work: impl Timed) -> Task {
    let keeper = Arc::new(Keeper { db: db.clone(), name: lease, changed, work });
    Box::new(move |stop| {
        let keeper = keeper.clone();
        Box::pin(async move {
            let lease = Lease::new(keeper.db.clone(), keeper.name);
            while let Some(held) = lease.acquire(&stop).await {
                tokio::select! {
                    () = stop.cancelled() => { lease.release(&held).await; return }
                    () = keeper.hold(&lease, &held) => {}
                }
            }
        })
    })
}

struct Keeper<W> {
    db: Db,
    name: &'static str,
    changed: Arc<Notify>,
    work: W,
}

impl<W: Timed> Keeper<W> {
    /// While the lease is ours.
    async fn hold(&self, lease: &Lease, held: &Held) {
        self.work.prepare().await;
        let fence = Fence { lease: self.name, token: held.token };
        while lease.renew(held).await {
            if self.db.doubts_clock() {
                tokio::time::sleep(RENEW).await;
                continue;
            }
            let next = match self.work.settle(fence).await {
                Ok(None) => return,
                Ok(Some(0)) => self.work.next_moment().await,
                Ok(Some(_)) => continue,
                Err(error) => Err(error),
            };
            match next {
                Ok(next) => self.wait(next, lease, held).await,
                Err(error) => {
                    tracing::warn!(keeper = self.name, %error, "what fell due is not done; trying again");
                    tokio::time::sleep(TROUBLE).await;
                }
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
}
