//! When each person and unit first knew, when it had to report, and when it did (首次知情), 四(六). Pure.

use std::collections::HashMap;

use chassis::Roster;
use jiff::Timestamp;
use regulation::Party;
use uuid::Uuid;

use super::Entry;
use crate::{evidence::Link, obligation::Obligation};

/// The clauses that ask for a report: findings to the office, feedback to office and leaders.
const REPORTING: [&str; 2] = ["四(三)", "四(四)"];
/// The facts that are one.
const REPORTS: [&str; 3] = ["intake.ReportRegistered", "disposal.FeedbackSubmitted", "disposal.FindingsSubmitted"];

/// Who knew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Knower {
    Person(Uuid),
    Body(Uuid),
}

/// What a person's or unit's entries come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartyKnowledge {
    pub knower: Knower,
    pub first: Timestamp,
    pub link: Link,
    /// When its report was due, the earliest.
    pub due: Option<Timestamp>,
    pub report: Option<Timestamp>,
}

/// Each person and unit once, by when they first knew; a unit knows what its people know. The entries are in order of time.
pub(crate) fn parties(entries: &[Entry], owed: &[Obligation], roster: &Roster) -> Vec<PartyKnowledge> {
    let mut places: HashMap<Knower, usize> = HashMap::new();
    let mut parties: Vec<PartyKnowledge> = Vec::new();
    for entry in entries {
        for knower in knowers(entry, roster) {
            let place = *places.entry(knower).or_insert(parties.len());
            if place == parties.len() {
                parties.push(PartyKnowledge { knower, first: entry.time, link: entry.link(), due: due(knower, owed), report: None });
            }
            if let Some(party) = parties.get_mut(place)
                && REPORTS.contains(&entry.proof.kind.as_str())
            {
                party.report = party.report.or(Some(entry.time));
            }
        }
    }
    parties
}

fn knowers(entry: &Entry, roster: &Roster) -> Vec<Knower> {
    let mut bodies: Vec<Uuid> = entry.body_id.into_iter().collect();
    bodies.extend(entry.person_id.into_iter().flat_map(|person| roster.bodies_of(person, entry.time)));
    let mut knowers: Vec<Knower> = entry.person_id.map(Knower::Person).into_iter().chain(bodies.into_iter().map(Knower::Body)).collect();
    knowers.sort_unstable();
    knowers.dedup();
    knowers
}

fn due(knower: Knower, owed: &[Obligation]) -> Option<Timestamp> {
    let party = match knower {
        Knower::Person(id) => Party::Person(id.to_string()),
        Knower::Body(id) => Party::Body(id.to_string()),
    };
    let reports = owed.iter().filter(|obligation| REPORTING.contains(&obligation.owed.clause.as_str()));
    reports.filter(|obligation| obligation.owed.debtor == party).map(|obligation| obligation.owed.due_time).min()
}
