//! Bodies (机构), 一: groups, offices, sections, units.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use uuid::Uuid;

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Body {
    pub id: Uuid,
    pub code: String,
    pub name: String,
    /// The kind as the contract names it, such as "KIND_UNIT".
    pub kind: String,
    pub parent: Option<Uuid>,
}
