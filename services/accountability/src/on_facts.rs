//! What the facts of all the others make accountability do: keep the clocks, and know who knew.

use std::sync::Arc;

use chassis::{Db, Error, Heard, Reaction, Tx};
use huiying_proto::{fact_fields, fact_kind};
use regulation::{Fact, Rule};
use tokio::sync::Notify;

use crate::{knowledge, obligation};

/// The services whose facts bear on clocks.
pub(crate) const SOURCES: [&str; 6] = ["directory", "intake", "assessment", "disposal", "publication", "notification"];

/// Hears any of them.
pub(crate) struct OnFacts {
    pub rule: Arc<Rule>,
    /// Wakes the clock-keeper.
    pub changed: Arc<Notify>,
}

#[async_trait::async_trait]
impl Reaction for OnFacts {
    async fn prepare(&self, tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
        knowledge::commands::witness_registering(tx, heard).await
    }

    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        knowledge::commands::witness(tx, heard).await?;
        clocks(tx, &self.rule, heard).await
    }

    async fn after_commit(&self, _db: &Db) -> Result<(), Error> {
        self.changed.notify_one();
        Ok(())
    }
}

/// Lets the clocks hear a fact that the rule heeds.
pub(crate) async fn clocks(tx: &mut Tx, rule: &Rule, heard: &Heard) -> Result<(), Error> {
    let event = &heard.event;
    let kind = fact_kind(&event.r#type);
    // Most facts of an import bear on no clock: they are not even decoded.
    if !rule.heeds(&kind) {
        return Ok(());
    }
    let fact = Fact {
        id: heard.event_id.to_string(),
        kind,
        time: heard.time,
        incident_id: (!event.incident_id.is_empty()).then(|| event.incident_id.clone()),
        fields: fact_fields(&event.r#type, &event.payload).map_err(Error::fault)?,
    };
    obligation::commands::hear(tx, rule, &fact).await
}
