//! Tells what falls due of chases, one process at a time.

use std::sync::Arc;

use chassis::{Db, Error, Fence, Task, Timed, at_moments};
use jiff::Timestamp;
use tokio::sync::Notify;

use super::{commands, store};

/// Keeps the chases of one store.
pub(crate) struct Keeper {
    pub db: Db,
}

impl Keeper {
    /// As background work of the service; it looks anew when notices have been delivered.
    pub fn task(self, changed: Arc<Notify>) -> Task {
        at_moments(&self.db.clone(), "chase", changed, self)
    }
}

#[async_trait::async_trait]
impl Timed for Keeper {
    async fn settle(&self, fence: Fence) -> Result<Option<usize>, Error> {
        commands::settle(&self.db, fence).await
    }

    async fn next_moment(&self) -> Result<Option<Timestamp>, Error> {
        store::next_moment(&mut *self.db.acquire().await?).await
    }
}
