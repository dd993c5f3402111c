//! What accountability's own facts make it do: whom the clock-keeper reminded knew, and an inspection's clocks run. Heard from its
//! own ledger, so that each entry has its place there.

use std::sync::Arc;

use chassis::{Db, Error, Heard, Reaction, Tx};
use regulation::Rule;
use tokio::sync::Notify;

use crate::{knowledge, on_facts};

/// Hears accountability.
pub(crate) struct OnAccountability {
    pub rule: Arc<Rule>,
    /// Wakes the clock-keeper.
    pub changed: Arc<Notify>,
}

#[async_trait::async_trait]
impl Reaction for OnAccountability {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        knowledge::commands::witness(tx, heard).await?;
        on_facts::clocks(tx, &self.rule, heard).await
    }

    async fn after_commit(&self, _db: &Db) -> Result<(), Error> {
        self.changed.notify_one();
        Ok(())
    }
}
