//! The clock-keeper (时限管理): settles what fell due, and adopts the version of the rule that comes into force.

use std::{sync::Arc, time::Duration};

use chassis::{Consumer, Db, Error, Fence, Task, Timed, at_moments};
use jiff::Timestamp;
use regulation::RuleBook;
use tokio::sync::Notify;

use super::{commands, store};
use crate::rule_adoption::commands::adopt;

/// After a start or a change of keepers, the sources are heard out before anyone is called late: until nothing new came for so long, at most so often.
const QUIET: Duration = Duration::from_millis(150);
const QUIET_AT_MOST: usize = 20;

/// Keeps the clocks of one store.
pub(crate) struct Keeper {
    pub db: Db,
    /// The rule in its versions.
    pub book: Arc<RuleBook>,
    /// What the clocks are computed from.
    pub sources: Vec<Consumer>,
}

impl Keeper {
    /// As background work of the service; it looks anew when obligations have changed.
    pub fn task(self, changed: Arc<Notify>) -> Task {
        at_moments(&self.db.clone(), "clock-keeper", changed, self)
    }
}

#[async_trait::async_trait]
impl Timed for Keeper {
    /// After downtime, the facts that discharged an obligation may still be on their way.
    async fn prepare(&self) {
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

    async fn settle(&self, fence: Fence) -> Result<Option<usize>, Error> {
        match adopt(&self.db, &self.book, fence).await? {
            Some(false) => commands::settle(&self.db, fence).await,
            Some(true) => Ok(Some(1)),
            None => Ok(None),
        }
    }

    async fn next_moment(&self) -> Result<Option<Timestamp>, Error> {
        let of_a_clock = store::next_moment(&mut *self.db.acquire().await?).await?;
        let of_the_rule = self.book.next_change(self.db.clock().now());
        Ok(of_a_clock.into_iter().chain(of_the_rule).min())
    }
}
