//! Incidents, as intake's facts tell of them.

pub(crate) mod commands;
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
    /// The number of the incident that it was merged into (并入): what is to be said, is said of that one.
    pub merged_into: Option<String>,
}

impl Incident {
    /// Refuses what is said of an incident that was merged into another.
    pub fn check_standing(&self) -> Result<(), Refusal> {
        match &self.merged_into {
            None => Ok(()),
            Some(number) => Err(Refusal::state("INCIDENT_MERGED", format!("该事件已并入 {number},口径和发布请在该事件下办理。"))),
        }
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件。")
}
