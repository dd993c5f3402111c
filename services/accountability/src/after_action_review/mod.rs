//! After-action reviews (总结复盘), 五(三)乙: what was learnt from an incident whose handling has ended, and what to change in the
//! regulation.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A proposal to change the regulation (修订建议).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Proposal {
    /// The clause that it would change.
    pub clause: String,
    pub text: String,
}

/// A review. Once filed it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Review {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub title: String,
    pub lessons: String,
    pub causes: String,
    pub proposals: Vec<Proposal>,
    pub person: Uuid,
    pub file_time: Timestamp,
}

impl Review {
    /// All of it, as it is searched.
    pub fn search_text(&self) -> String {
        let proposals = self.proposals.iter().flat_map(|proposal| [proposal.clause.as_str(), proposal.text.as_str()]);
        let parts: Vec<&str> = [self.title.as_str(), &self.lessons, &self.causes].into_iter().chain(proposals).collect();
        parts.iter().map(|part| normal(part)).collect::<Vec<_>>().join("\n")
    }

    /// The clauses that it proposes to change, each once, in order.
    pub fn clauses(&self) -> Vec<String> {
        let mut clauses: Vec<String> = Vec::new();
        for proposal in &self.proposals {
            if !clauses.contains(&proposal.clause) {
                clauses.push(proposal.clause.clone());
            }
        }
        clauses
    }
}

/// A text as it is searched: without case, blanks, and the difference between full-width and half-width brackets.
pub(crate) fn normal(text: &str) -> String {
    let plain = |c| match c {
        '\u{ff08}' => '(',
        '\u{ff09}' => ')',
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(plain).flat_map(char::to_lowercase).collect()
}

/// No such after-action review.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("REVIEW_UNKNOWN", "没有这份总结复盘。")
}
