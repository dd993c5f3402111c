//! People (人员), 一.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// A person in office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub id: Uuid,
    pub code: String,
    pub name: String,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("PERSON_UNKNOWN", "没有这名人员。")
}
