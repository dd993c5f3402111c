//! Entries of watching an incident until it is calm (跟踪记录), 三(一).

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use uuid::Uuid;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tracking {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub person: Uuid,
    pub text: String,
    pub record_time: Timestamp,
}
