//! Transfers from outside (外部转办), 四(一)二: the sender of a report, its reference and its deadline, which go with the report wherever it goes.

pub(crate) mod commands;
pub(crate) mod following;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// That a report was transferred from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub id: Uuid,
    pub report: Uuid,
    /// The report's title.
    pub title: String,
    /// Where the report is now.
    pub incident: Uuid,
    pub sender: String,
    pub reference: String,
    /// The sender's deadline; none where it set none.
    pub due: Option<Timestamp>,
    pub by: Uuid,
    pub registered: Timestamp,
}

impl Transfer {
    /// "市信访局(信转〔2026〕12号)".
    pub fn origin(&self) -> String {
        origin(&self.sender, &self.reference)
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

/// With the number of the incident and the title of the report that it was registered for.
pub(crate) fn duplicate(before: Option<&(String, String)>) -> Refusal {
    let before = before.map(|(number, title)| format!(",见事件 {number}《{title}》")).unwrap_or_default();
    Refusal::exists("TRANSFER_DUPLICATE", format!("该转办单位的这个文号已登记过{before}。"))
}
