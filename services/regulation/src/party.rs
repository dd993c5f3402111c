//! 责任主体: who owes, who is owed, who is told.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 责任主体: a body, a person or whoever holds a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// 单位 or 科室, by id.
    Body(String),
    /// A person, by id.
    Person(String),
    /// Whoever holds the role, by its slug, e.g. `office_staff`.
    Role(String),
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Body(id) => write!(f, "body/{id}"),
            Party::Person(id) => write!(f, "person/{id}"),
            Party::Role(slug) => write!(f, "role/{slug}"),
        }
    }
}

/// 收件人: who a notice goes to. A body means its head, its handlers and its information officers.
pub type Recipient = Party;
