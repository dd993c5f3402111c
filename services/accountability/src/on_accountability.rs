//! What accountability's own facts make it do: whom the clock-keeper reminded knew. Heard from its own ledger, so that each
//! entry has its place there.

use chassis::{Error, Heard, Reaction, Tx};

use crate::knowledge;

/// Hears accountability.
pub(crate) struct OnAccountability;

#[async_trait::async_trait]
impl Reaction for OnAccountability {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        knowledge::commands::witness(tx, heard).await
    }
}
