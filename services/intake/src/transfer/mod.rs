//! Transfers from outside (外部转办), 四(一)二: the sender of a report, its reference and its deadline, which go with the report wherever it goes.

pub(crate) mod commands;
pub(crate) mod following;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Refusal, clock::in_words};
use jiff::Timestamp;
use uuid::Uuid;

/// That a report was transferred from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub id: Uuid,
    pub report: Uuid,
    /// The report's title.
    pub title: String,
    /// Where the report is now; none until it is placed.
    pub incident: Option<Uuid>,
    pub sender: String,
    pub reference: String,
    /// The sender's deadline; none where it set none.
    pub due: Option<Timestamp>,
    pub by: Uuid,
    pub registered: Timestamp,
    pub version: i64,
}

/// What was mistyped, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correction {
    pub sender: String,
    pub reference: String,
    pub due: Option<Timestamp>,
}

impl Transfer {
    /// "市信访局(信转〔2026〕12号)".
    pub fn origin(&self) -> String {
        origin(&self.sender, &self.reference)
    }

    /// Takes a correction (更正): whether the deadline is another. Refuses a stale version, and what changes nothing.
    pub fn correct(&mut self, correction: Correction, seen: i64) -> Result<bool, Refusal> {
        if seen != self.version {
            return Err(Refusal::stale("TRANSFER_STALE", "该转办登记已被他人更正,请重新打开后再试。"));
        }
        let Correction { sender, reference, due } = correction;
        if (&self.sender, &self.reference, self.due) == (&sender, &reference, due) {
            return Err(Refusal::state("TRANSFER_UNCHANGED", "更正的内容与原登记相同。"));
        }
        let is_due_otherwise = self.due != due;
        (self.sender, self.reference, self.due) = (sender, reference, due);
        self.version += 1;
        Ok(is_due_otherwise)
    }

    /// "市信访局(信转〔2026〕12号),时限2026年11月12日 18:00".
    pub fn terms(&self) -> String {
        let due = self.due.map_or_else(|| "未定时限".to_owned(), |due| format!("时限{}", in_words(due)));
        format!("{},{due}", self.origin())
    }

    /// Whether its deadline is still to come.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.due.is_none_or(|due| due > now)
    }
}

/// A sender with its reference.
fn origin(sender: &str, reference: &str) -> String {
    if reference.is_empty() { sender.to_owned() } else { format!("{sender}({reference})") }
}

/// That a deadline does not lie before the report appeared.
pub(crate) fn check_due(due: Option<Timestamp>, appeared: Timestamp) -> Result<(), Refusal> {
    if due.is_some_and(|due| due < appeared) {
        return Err(Refusal::state("TRANSFER_DUE_TOO_EARLY", "转办时限早于该线索的刊发时间,请核对。"));
    }
    Ok(())
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("TRANSFER_UNKNOWN", "没有这条外部转办登记。")
}

/// With the number of the incident and the title of the report that it was registered for.
pub(crate) fn duplicate(before: Option<&(String, String)>) -> Refusal {
    let before = before.map(|(number, title)| format!(",见事件 {number}《{title}》")).unwrap_or_default();
    Refusal::exists("TRANSFER_DUPLICATE", format!("该转办单位的这个文号已登记过{before}。"))
}
