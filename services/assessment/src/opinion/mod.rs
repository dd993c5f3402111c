//! Opinions (科室研判), 四(二): what a section or unit holds of an incident.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use regulation::Level;
use uuid::Uuid;

/// What a section or unit holds of an incident. Once filed it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opinion {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub body_id: Uuid,
    pub person_id: Uuid,
    pub text: String,
    /// 建议级别; none when it proposes none.
    pub level: Option<Level>,
    pub file_time: Timestamp,
}
