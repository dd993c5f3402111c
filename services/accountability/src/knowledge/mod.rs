//! Who knew what when (知情时间线), 四(六): what a person or a body demonstrably came to know or said of an incident, each
//! entry with its place in a ledger.

pub(crate) mod commands;
pub(crate) mod facts;
pub(crate) mod grpc;
mod party;
pub(crate) mod store;

use jiff::{SignedDuration, Timestamp};
pub(crate) use party::{Knower, PartyKnowledge, parties};
use uuid::Uuid;

use crate::evidence::{Link, span_in_words};

/// Whoever enters something so much later than they claim it to have happened, enters it afterwards (补记).
const AFTERWARDS: SignedDuration = SignedDuration::from_mins(30);

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
    /// Who witnesses the time claimed (见证人).
    pub witness: Option<Uuid>,
    pub proof: Proof,
}

impl Entry {
    /// By how much somebody entered it after the time they claim, in words; nothing when at once, and of what the clock told.
    pub fn backdating(&self) -> Option<String> {
        let late = self.time.duration_since(self.claimed_time?);
        let by_somebody = self.proof.service != "accountability";
        (by_somebody && late > AFTERWARDS).then(|| format!("补记,晚于所称时间 {}", span_in_words(late)))
    }

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
    /// When it came in and who witnesses it, for what is entered later (补记).
    pub received: Option<(Timestamp, Uuid)>,
    pub position: i64,
}
