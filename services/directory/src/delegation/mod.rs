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
    /// Whether it was revoked by decision; then an import leaves it as it is.
    pub revoked: bool,
}

impl Delegation {
    /// Grants it. Refuses oneself, and an end that does not come after the start.
    pub fn grant(id: Uuid, from: Uuid, to: Uuid, (start, end): (Timestamp, Timestamp), reason: String) -> Result<Self, Refusal> {
        if from == to {
            return Err(Refusal::invalid("DELEGATION_TO_SELF", "不能委托给本人。"));
        }
        crate::position::period(start, Some(end))?;
        Ok(Self { id, from, to, start, end, reason, revoked: false })
    }

    /// Whether somebody may grant it. Refuses the stand-in, and another's positions unless one keeps the registry.
    pub fn granted_by(&self, by: Uuid, keeps_registry: bool) -> Result<(), Refusal> {
        if self.to == by || (self.from != by && !keeps_registry) {
            return Err(Refusal::denied("DELEGATION_BY_STAND_IN", "只能委托本人的职务,且不得自行代理他人;他人外出由系统管理员登记。"));
        }
        Ok(())
    }

    /// Ends it now, or keeps it from beginning.
    pub fn revoke(&mut self, now: Timestamp) -> Result<(), Refusal> {
        if self.end <= now {
            return Err(Refusal::state("PERIOD_INVALID", "该委托已经结束。"));
        }
        self.revoked = true;
        // A period holds from its start; one that has not begun is ended a moment after it.
        self.end = if now > self.start { now } else { self.start.saturating_add(jiff::SignedDuration::from_micros(1)).unwrap_or(self.end) };
        Ok(())
    }
}
