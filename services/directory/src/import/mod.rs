//! Importing the registry (批量导入), 一: entries by code, of which only what is new or changed counts.

pub(crate) mod commands;
pub(crate) mod grpc;

use std::collections::HashMap;

use chassis::{Period, Refusal};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// A body by code.
#[derive(Clone, Debug)]
pub(crate) struct BodyEntry {
    pub code: String,
    pub name: String,
    pub kind: String,
    pub parent_code: String,
}

/// A person by code.
#[derive(Clone, Debug)]
pub(crate) struct PersonEntry {
    pub code: String,
    pub name: String,
}

/// A position by codes.
#[derive(Clone, Debug)]
pub(crate) struct PositionEntry {
    pub person_code: String,
    pub body_code: String,
    pub title: String,
    pub roles: Vec<String>,
    pub period: Period,
}

/// A portfolio by codes.
#[derive(Clone, Debug)]
pub(crate) struct PortfolioEntry {
    pub person_code: String,
    pub body_codes: Vec<String>,
    pub topics: Vec<String>,
    pub start: Timestamp,
}

/// A delegation by codes.
#[derive(Clone, Debug)]
pub(crate) struct DelegationEntry {
    pub from_code: String,
    pub to_code: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub reason: String,
}

/// A duty by code.
#[derive(Clone, Debug)]
pub(crate) struct DutyEntry {
    pub day: Date,
    pub person_code: String,
}

/// Everything to import.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    pub bodies: Vec<BodyEntry>,
    pub persons: Vec<PersonEntry>,
    pub positions: Vec<PositionEntry>,
    pub portfolios: Vec<PortfolioEntry>,
    pub delegations: Vec<DelegationEntry>,
    pub duties: Vec<DutyEntry>,
}

/// Codes and what they name.
#[derive(Debug, Default)]
pub(crate) struct Codes(HashMap<String, Uuid>);

impl Codes {
    /// Learns a code.
    pub fn learn(&mut self, code: &str, id: Uuid) {
        self.0.insert(code.to_owned(), id);
    }

    /// What a code names, if anything yet.
    pub fn get(&self, code: &str) -> Option<Uuid> {
        self.0.get(code).copied()
    }

    /// What a code names. Refuses one that names nothing, and says where it stands.
    pub fn require(&self, code: &str, field: &str) -> Result<Uuid, Refusal> {
        self.get(code)
            .ok_or_else(|| Refusal::not_found("CODE_UNKNOWN", format!("代码“{code}”没有对应的机构或人员({field})。")).with("field", field))
    }
}

/// Counts what an import did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub changed: i32,
    pub unchanged: i32,
}

impl Count {
    /// Whether an entry differs from what is there; counts it either way.
    pub fn differs<T: PartialEq>(&mut self, before: Option<&T>, now: &T) -> bool {
        let differs = before != Some(now);
        if differs {
            self.changed += 1;
        } else {
            self.unchanged += 1;
        }
        differs
    }
}
