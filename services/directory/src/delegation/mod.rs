//! Delegations (委托代理), 一: one person acts in another's positions for a time.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// A delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delegation {
    pub id: Uuid,
    pub from: Uuid,
    pub to: Uuid,
    pub start: Timestamp,
    pub end: Timestamp,
    pub reason: String,
}

impl Delegation {
    /// Grants it. Refuses oneself, and an end that does not come after the start.
    pub fn grant(id: Uuid, from: Uuid, to: Uuid, (start, end): (Timestamp, Timestamp), reason: String) -> Result<Self, Refusal> {
        if from == to {
            return Err(Refusal::invalid("DELEGATION_TO_SELF", "不能委托给本人。"));
        }
        crate::position::period(start, Some(end))?;
        Ok(Self { id, from, to, start, end, reason })
    }

    /// Ends it now, or keeps it from beginning.
    pub fn revoke(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.end <= now {
            return Err(Refusal::state("PERIOD_INVALID", "该委托已经结束。"));
        }
        // A period holds from its start; one that has not begun is ended a moment after it.
        self.end = if now > self.start { now } else { self.start.saturating_add(jiff::SignedDuration::from_micros(1)).unwrap_or(self.end) };
        Ok(())
    }
}
