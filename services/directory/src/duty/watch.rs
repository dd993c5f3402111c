//! Tells of days that begin without a collector on the roster (未排值班), 四(一)一, one process at a time: the register is owed all the same.

use std::sync::Arc;

use chassis::{
    Audit, Db, Error, Fence, Task, Timed, at_moments,
    clock::{civil_day, day_start},
};
use huiying_proto::directory as pb;
use jiff::{Timestamp, ToSpan};
use tokio::sync::Notify;

use super::store;
use crate::store as registry;

/// Watches the roster of one store.
pub(crate) struct Watch {
    pub db: Db,
}

impl Watch {
    /// As background work of the service.
    pub fn task(self) -> Task {
        at_moments(&self.db.clone(), "duty-watch", Arc::new(Notify::new()), self)
    }
}

#[async_trait::async_trait]
impl Timed for Watch {
    async fn settle(&self, fence: Fence) -> Result<Option<usize>, Error> {
        let mut tx = self.db.begin("directory.duty").await?;
        // Nobody is named meanwhile.
        registry::hold(tx.conn()).await?;
        let today = civil_day(tx.now());
        let days = store::unfilled(tx.conn(), today).await?;
        if days.is_empty() {
            return Ok(Some(0));
        }
        store::note_unfilled(tx.conn(), &days).await?;
        for day in &days {
            tx.emit(pb::DutyUnfilled { duty_date: day.to_string() });
        }
        tx.commit_task_under(fence, Audit::of("duty", today).clause("四(一)一")).await.map(|held| held.then_some(days.len()))
    }

    async fn next_moment(&self) -> Result<Option<Timestamp>, Error> {
        let tomorrow = civil_day(self.db.clock().now()).saturating_add(1.day());
        day_start(tomorrow).map(Some).map_err(Error::fault)
    }
}
