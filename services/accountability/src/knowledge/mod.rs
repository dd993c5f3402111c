//! Who knew what when (知情时间线), 四(六): what a person or a body demonstrably came to know or said of an incident, each
//! entry with its place in a ledger.

pub(crate) mod commands;
pub(crate) mod facts;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use uuid::Uuid;

use crate::evidence::Link;

/// One thing that somebody knew at a time. At least one of person and body is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub incident_id: Uuid,
    pub person_id: Option<Uuid>,
    pub body_id: Option<Uuid>,
    /// What happened, in Chinese.
    pub what: String,
    /// When, by the service that recorded it.
    pub time: Timestamp,
    /// When it is claimed to have happened; none when the same.
    pub claimed_time: Option<Timestamp>,
    pub proof: Proof,
}

impl Entry {
    /// Where the fact stands that shows it.
    pub fn link(&self) -> Link {
        Link { service: self.proof.service.clone(), position: self.proof.position, event_id: self.proof.event_id }
    }
}

/// The fact that shows it, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub event_id: Uuid,
    pub kind: String,
    pub service: String,
    pub position: i64,
}

/// A report that a person registered (线索登记): the registrar knew of it, whichever incident it turns out to belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    pub report_id: Uuid,
    pub event_id: Uuid,
    pub person_id: Uuid,
    pub title: String,
    pub time: Timestamp,
    /// When it appeared, as claimed.
    pub publish_time: Option<Timestamp>,
    pub position: i64,
}
