//! What accountability's own facts make it do: whom the clock-keeper reminded knew, and what the rule heeds bears on clocks.
//! Heard from its own ledger, so that each entry has its place there.

use std::sync::Arc;

use chassis::{Db, Error, Heard, Reaction, Tx};
use regulation::RuleBook;
use tokio::sync::Notify;

use crate::{evidence, knowledge, on_facts::keep_clocks};

/// Hears accountability.
pub(crate) struct OnAccountability {
    pub book: Arc<RuleBook>,
    /// Wakes the clock-keeper.
    pub changed: Arc<Notify>,
}

#[async_trait::async_trait]
impl Reaction for OnAccountability {
    async fn prepare(&self, tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
        evidence::commands::keep(tx, heard, |kind| kind == "accountability.ObligationBreached" || self.book.heeds(kind)).await
    }

    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        knowledge::commands::witness(tx, heard).await?;
        keep_clocks(tx, &self.book, heard).await
    }

    async fn after_commit(&self, _db: &Db) -> Result<(), Error> {
        self.changed.notify_one();
        Ok(())
    }
}
