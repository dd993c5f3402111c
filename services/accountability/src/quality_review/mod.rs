//! Quality reviews (质量评查), 三(二): how good somebody of the office or a leader holds a unit's findings of an incident to be.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use uuid::Uuid;

/// A review. Once made it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct QualityReview {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub body_id: Uuid,
    /// 0 to 100.
    pub score: i32,
    pub reason: String,
    pub person: Uuid,
    pub time: Timestamp,
}
