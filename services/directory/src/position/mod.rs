//! Positions (任职), 一: who holds which post in which body, from when to when.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Period, Refusal};
use jiff::Timestamp;
use uuid::Uuid;

/// A post held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub id: Uuid,
    pub person: Uuid,
    pub body: Uuid,
    pub title: String,
    /// Roles as the contract names them, such as "ROLE_UNIT_HEAD".
    pub roles: Vec<String>,
    pub period: Period,
    /// Whether it was ended by decision; then an import leaves its end as it is.
    pub ended: bool,
}

impl Position {
    /// Whether it makes its holder an information officer (舆情信息员), 五(二).
    pub fn is_information_officer(&self) -> bool {
        self.roles.iter().any(|role| role == "ROLE_INFORMATION_OFFICER")
    }

    /// Gives it an end. Refuses one that has an end already, and an end before the start.
    pub fn end(&mut self, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
        if self.period.end.is_some_and(|end| end <= now) {
            return Err(Refusal::state("POSITION_ENDED", "该任职已经结束。"));
        }
        self.period = period(self.period.start, Some(at))?;
        self.ended = true;
        Ok(())
    }
}

/// The period of a position that an import names: what was ended by decision stays ended.
pub(crate) fn imported(before: Option<&Position>, named: Period) -> (Period, bool) {
    before.filter(|position| position.ended).map_or((named, false), |position| (position.period, true))
}

/// A period whose end comes after its start.
pub(crate) fn period(start: Timestamp, end: Option<Timestamp>) -> Result<Period, Refusal> {
    if end.is_some_and(|end| end <= start) {
        return Err(Refusal::invalid("PERIOD_INVALID", "结束时间应晚于开始时间。"));
    }
    Ok(Period { start, end })
}
