//! Grounds (认定依据), 二: every hit of a written test, with the values that it saw.

pub(crate) mod store;

use chassis::{Error, optional_fact_id};
use jiff::Timestamp;
use regulation::Level;
use serde_json::Value;
use uuid::Uuid;

/// One hit of a written test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ground {
    pub test_id: String,
    pub clause: String,
    pub text: String,
    /// None when the test looks at the whole incident.
    pub report_id: Option<Uuid>,
    /// What the condition saw when it first hit.
    pub seen: Value,
    /// It rests on a number that the county set: a person confirms it.
    pub needs_confirmation: bool,
    pub hit_time: Timestamp,
}

impl Ground {
    /// A hit, as the rule gives it.
    pub fn of(hit: regulation::Ground, hit_time: Timestamp) -> Result<Self, Error> {
        Ok(Self {
            test_id: hit.test_id,
            clause: hit.clause,
            text: hit.text,
            report_id: optional_fact_id(hit.report_id.as_deref().unwrap_or_default())?,
            seen: hit.values.into_iter().collect(),
            needs_confirmation: hit.needs_confirmation,
            hit_time,
        })
    }
}

/// The level that grounds suggest, 二: one is enough.
pub(crate) fn suggested_by(grounds: &[Ground]) -> Level {
    if grounds.is_empty() { Level::Ordinary } else { Level::Important }
}

/// The clauses of grounds, each once, in the order of the hits.
pub(crate) fn clauses(grounds: &[Ground]) -> Vec<String> {
    let mut clauses: Vec<String> = Vec::new();
    for ground in grounds {
        if !clauses.contains(&ground.clause) {
            clauses.push(ground.clause.clone());
        }
    }
    clauses
}
