//! 事实: one event of a service, as the rule sees it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// 事实: one event of a service's ledger. Everything the rule concludes follows from these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// The event's own id: two facts with one id are one fact.
    pub id: String,
    /// What happened, e.g. `intake.IncidentOpened`.
    pub kind: String,
    /// When it happened.
    pub time: Timestamp,
    /// The incident it concerns, if any.
    pub incident_id: Option<String>,
    /// The event in protobuf-JSON: proto field names, enums as names, timestamps in RFC 3339.
    pub fields: Map<String, Value>,
}
