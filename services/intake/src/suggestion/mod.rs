//! Suggestions (建议归并), 四(一)一: near an incident and not near enough, a report opens one of its own, and a person is asked. Whoever agrees
//! merges the incidents or moves the report; whoever does not, dismisses it.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// That a report may be of another incident than the one it opened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suggestion {
    pub report: Uuid,
    pub incident: Uuid,
    /// The incident that it may be of.
    pub other: Uuid,
    pub score: f64,
    pub ground: String,
}

/// A suggestion that stands, as a list tells of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    pub suggestion: Suggestion,
    pub title: String,
    pub number: String,
    pub other_number: String,
    pub other_title: String,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("SUGGESTION_UNKNOWN", "这条线索没有待核的归并建议。")
}
