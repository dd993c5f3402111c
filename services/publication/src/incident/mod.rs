//! Incidents, as intake's facts tell of them.

pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// What publication knows of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incident {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub bodies: Vec<Uuid>,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件。")
}
