//! Grounds (认定依据), 二: every hit of a written test, with the values that it saw.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Error, optional_fact_id};
use jiff::Timestamp;
use regulation::Level;
use serde_json::Value;
use uuid::Uuid;

/// What the name of a ground begins with that rests on no test, but on what a person decided of an incident that was merged in.
pub const MERGED_IN: &str = "merged_in:";

/// One hit of a written test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ground {
    pub id: Uuid,
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
    /// How many hits of its test stand, it included; 0 where that is not counted.
    pub hits: i64,
}

/// What a hit is beside those that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kept {
    /// It is kept already.
    Known,
    /// It is new, or had lapsed; others of its test stand.
    Another,
    /// It is new, or had lapsed; none of its test stands.
    First,
}

impl Ground {
    /// A hit, as the rule gives it.
    pub fn of(id: Uuid, hit: regulation::Ground, hit_time: Timestamp) -> Result<Self, Error> {
        Ok(Self {
            id,
            test_id: hit.test_id,
            clause: hit.clause,
            text: hit.text,
            report_id: optional_fact_id(hit.report_id.as_deref().unwrap_or_default())?,
            seen: hit.values.into_iter().collect(),
            needs_confirmation: hit.needs_confirmation,
            hit_time,
            hits: 0,
        })
    }

    /// What was merged in was held important by a person (并入): so that a merge lowers no level, its level is put to a person.
    pub fn merged_in(id: Uuid, number: &str, seen: Value, hit_time: Timestamp) -> Self {
        Self {
            id,
            test_id: merged_in(number),
            clause: "二".to_owned(),
            text: format!("并入的 {number} 已由人认定为重要舆情"),
            report_id: None,
            seen,
            needs_confirmation: true,
            hit_time,
            hits: 0,
        }
    }
}

/// What takes the place of a test for an incident that was merged in.
pub(crate) fn merged_in(number: &str) -> String {
    format!("{MERGED_IN}{number}")
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
