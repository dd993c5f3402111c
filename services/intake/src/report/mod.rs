//! Reports (线索/报道/来信), 四(一): single sightings of a matter.

pub(crate) mod again;
pub(crate) mod commands;
pub(crate) mod correcting;
pub(crate) mod folding;
pub(crate) mod grpc;
pub(crate) mod import;
pub(crate) mod likeness;
pub(crate) mod masking;
pub(crate) mod moving;
mod paper;
mod printing;
pub(crate) mod store;

use std::collections::HashMap;

use chassis::Refusal;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use masking::{masked, without_others};

use crate::{category::Categorized, outlet::Outlet};

/// When something came in that is entered later, and who witnesses it (补记).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub time: Timestamp,
    pub witness: Uuid,
}

/// What a registrar, or a row of a spreadsheet, says of a sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    pub outlet_id: Uuid,
    pub external_id: Option<String>,
    pub title: String,
    pub excerpt: String,
    pub url: String,
    pub page: String,
    pub publish_time: Timestamp,
    pub sensitive: bool,
    pub views: i64,
    pub comments: i64,
    pub reposts: i64,
    pub bodies: Vec<Uuid>,
    pub requested_incident: Option<Uuid>,
    pub received: Option<Received>,
    /// Keyed digest of a letter's writer; tells writers apart and no more.
    pub writer: Option<[u8; 32]>,
    /// Who that is, sealed; only of a letter that is being registered, where it is told.
    pub seal: Option<Vec<u8>>,
}

/// Where a report was put, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub incident: Uuid,
    pub score: f64,
    pub ground: String,
}

/// A registered report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    pub id: Uuid,
    pub outlet_name: String,
    pub tier: String,
    pub medium: String,
    pub sighting: Sighting,
    pub register_time: Timestamp,
    pub placed: Option<Placed>,
    /// How often it was seen (重复、转载), itself included.
    pub sightings: i64,
    pub category: Option<Categorized>,
    /// Who registers it (登记人); only of one that is being registered, none when a source brings it.
    pub registrar: Option<Uuid>,
    /// By what a repetition of it is known; only of one that is being registered.
    pub keys: likeness::Keys,
}

/// A report as a special bulletin tells of it, and how many of its level there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub tier: String,
    pub of_tier: i64,
    pub outlet: String,
    pub page: String,
    pub title: String,
    pub time: Timestamp,
}

/// What is registered under outlets' own ids: the report, and the digest of its content.
pub(crate) type Known = HashMap<(Uuid, String), (Uuid, Vec<u8>)>;

impl Report {
    /// Registers a sighting.
    pub fn register(id: Uuid, outlet: &Outlet, sighting: Sighting, now: Timestamp) -> Self {
        let keys = likeness::Keys::of(&sighting, &outlet.medium);
        Self {
            id,
            outlet_name: outlet.name.clone(),
            tier: outlet.tier.clone(),
            medium: outlet.medium.clone(),
            sighting,
            register_time: now,
            placed: None,
            sightings: 1,
            category: None,
            registrar: None,
            keys,
        }
    }

    /// Registered by a person.
    #[must_use]
    pub fn by(self, registrar: Option<Uuid>) -> Self {
        Self { registrar, ..self }
    }

    /// As a caller sees it whose view is limited to what involves some units: without what tells of its writer.
    #[must_use]
    pub fn seen(mut self, visible: Option<&[Uuid]>) -> Self {
        self.sighting = self.sighting.seen(visible);
        if let (Some(_), Some(placed)) = (visible, &mut self.placed) {
            placed.ground = without_others(&placed.ground).to_owned();
        }
        self
    }

    /// Moves to another incident. Refuses one that has no incident yet, and the one it is in.
    pub fn move_to(&mut self, incident: Uuid, ground: String) -> Result<Uuid, Refusal> {
        let Some(placed) = &mut self.placed else {
            return Err(not_placed());
        };
        if placed.incident == incident {
            return Err(Refusal::state("REPORT_ALREADY_THERE", "该线索已在这个事件中。"));
        }
        let from = placed.incident;
        *placed = Placed { incident, score: 1.0, ground };
        Ok(from)
    }
}

impl Sighting {
    /// See [`Report::seen`].
    fn seen(self, visible: Option<&[Uuid]>) -> Self {
        if visible.is_none() {
            return self;
        }
        Self { title: masked(&self.title), excerpt: masked(&self.excerpt), ..self }
    }

    /// The outlet and its own id of it.
    pub fn key(&self) -> Option<(Uuid, &str)> {
        self.external_id.as_deref().map(|id| (self.outlet_id, id))
    }

    /// The report of the same sighting among those known. Refuses another sighting under the same id.
    pub fn among(&self, known: &Known) -> Result<Option<Uuid>, Refusal> {
        let Some(id) = &self.external_id else { return Ok(None) };
        match known.get(&(self.outlet_id, id.clone())) {
            Some((report, digest)) if *digest == self.digest() => Ok(Some(*report)),
            Some(_) => Err(differs()),
            None => Ok(None),
        }
    }

    /// What makes two sightings with one outlet's id the same.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [&self.title, &self.excerpt, &self.url, &self.page] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.update(self.publish_time.as_microsecond().to_be_bytes());
        hash.finalize().into()
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("REPORT_UNKNOWN", "没有这条线索。")
}

pub(crate) fn not_placed() -> Refusal {
    Refusal::state("REPORT_NOT_PLACED", "该线索还没有归入事件,请稍后再试。")
}

pub(crate) fn witness_unknown() -> Refusal {
    Refusal::not_found("WITNESS_UNKNOWN", "见证人没有登记。")
}

pub(crate) fn witness_is_registrar() -> Refusal {
    Refusal::denied("WITNESS_IS_REGISTRAR", "登记人不能为自己的补记作见证。")
}

pub(crate) fn differs() -> Refusal {
    Refusal::exists("REPORT_DUPLICATE", "该来源的这个编号已登记过,内容不同。")
}
