//! The duty roster (值班), 四(一)一: who collects on which day.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::civil::Date;
use uuid::Uuid;

/// Who collects on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    pub day: Date,
    pub person: Uuid,
}
