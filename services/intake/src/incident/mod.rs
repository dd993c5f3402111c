//! Incidents (政务舆情事件): one matter, however many report it, and what its reports add up to.

pub(crate) mod commands;
mod comparing;
pub(crate) mod gathering;
pub(crate) mod grpc;
pub(crate) mod placing;
pub(crate) mod store;
mod writers;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use writers::{Letter, Writers};

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incident {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    /// Level as the contract names it, such as "LEVEL_IMPORTANT".
    pub level: String,
    /// The clauses of 二 on which it was classified.
    pub clauses: Vec<String>,
    pub first_report: Timestamp,
    pub last_report: Timestamp,
    pub reports: i64,
    pub writers: i64,
    pub recent_writers: i64,
    pub bodies: Vec<Uuid>,
    /// The incident that it was merged into, and that one's number.
    pub merged_into: Option<(Uuid, String)>,
    /// When a person last decided its level, as assessment told it.
    pub classified: Option<Timestamp>,
    pub version: i64,
}

impl Incident {
    /// Opens an incident for its first report.
    pub fn open(id: Uuid, number: String, title: String, time: Timestamp) -> Self {
        Self {
            id,
            number,
            title,
            level: "LEVEL_UNSPECIFIED".to_owned(),
            clauses: Vec::new(),
            first_report: time,
            last_report: time,
            reports: 0,
            writers: 0,
            recent_writers: 0,
            bodies: Vec::new(),
            merged_into: None,
            classified: None,
            version: 1,
        }
    }

    /// Takes in a report: when it was registered and which units it names. True when units were added.
    pub fn take_in(&mut self, register_time: Timestamp, bodies: &[Uuid]) -> bool {
        (self.first_report, self.last_report) = if self.reports == 0 {
            (register_time, register_time)
        } else {
            (self.first_report.min(register_time), self.last_report.max(register_time))
        };
        self.reports += 1;
        self.involve(bodies)
    }

    /// Takes in units. True when any was added.
    pub fn involve(&mut self, bodies: &[Uuid]) -> bool {
        let before = self.bodies.len();
        for body in bodies {
            if !self.bodies.contains(body) {
                self.bodies.push(*body);
            }
        }
        self.bodies.len() > before
    }

    /// Refuses to take in an incident whose clocks would be lost by it: one of a higher level, or one that was classified sooner.
    pub fn check_takes_in(&self, other: &Self) -> Result<(), Refusal> {
        let rank = |incident: &Self| match incident.level.as_str() {
            "LEVEL_IMPORTANT" => 2,
            "LEVEL_ORDINARY" => 1,
            _ => 0,
        };
        let sooner = other.classified.is_some() && other.classified < self.classified;
        if rank(other) > rank(self) || (rank(other) == rank(self) && sooner) {
            let (this, that) = (&self.number, &other.number);
            let message = format!("{that} 级别较高或研判在先,并入 {this} 会失去它的时限;请反过来把 {this} 并入 {that}。");
            return Err(Refusal::state("MERGE_LOSES_CLOCKS", message));
        }
        Ok(())
    }

    /// Refuses what was merged into another.
    pub fn check_standing(&self) -> Result<(), Refusal> {
        match &self.merged_into {
            None => Ok(()),
            Some((_, number)) => Err(merged(number)),
        }
    }

    /// Counts anew what is left after a report was moved away; an incident of none keeps its times.
    pub fn recount(&mut self, left: Option<(i64, Timestamp, Timestamp)>) {
        let (reports, first, last) = left.unwrap_or((0, self.first_report, self.last_report));
        (self.reports, self.first_report, self.last_report) = (reports, first, last);
    }

    /// Takes over how many wrote.
    pub fn count_writers(&mut self, writers: &Writers) {
        self.writers = writers.distinct();
        self.recent_writers = writers.densest();
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件。")
}

pub(crate) fn merged(into_number: &str) -> Refusal {
    Refusal::state("INCIDENT_MERGED", format!("该事件已并入 {into_number}。"))
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("INCIDENT_STALE", "事件刚被他人更改,请刷新后再试。")
}
