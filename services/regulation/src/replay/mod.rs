//! 回放: what a rule makes of a past that other rules governed. The ledgers say what happened and what was told of it; a
//! draft, of one version or of several, is asked what it would have concluded from the same facts, and only what differs is
//! named. It changes nothing, and the versions that history was written under find nothing to name.

mod comparison;
mod history;
mod sightings;

pub use comparison::{Change, Clock, ClockChange, Divergence, Suggestion, Tally};
pub use history::{NO_LONGER_OWED, Told};
pub use sightings::Sighting;

use crate::civil::day_of;
use crate::fact::Fact;
use crate::rule_book::RuleBook;
use crate::source::RuleError;
use crate::subject::{MalformedId, Subject};
use crate::vocabulary::text_of;
use comparison::compare;
use history::History;
use jiff::Timestamp;
use jiff::civil::Date;
use sightings::Sightings;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

/// 账本所载: what the services' ledgers say, as far as a rule looks at it.
#[derive(Debug, Default)]
pub struct Ledgers {
    facts: BTreeMap<Subject, Vec<Fact>>,
    /// What each fact bears on that concerns no incident.
    apart: HashMap<String, Subject>,
    sightings: Sightings,
    history: History,
    end: Timestamp,
}

/// 回放结果: what a rule would have concluded otherwise than was told.
#[derive(Debug, Default)]
pub struct Replay {
    /// 截至: the last moment that the ledgers know of.
    pub end: Timestamp,
    /// How many incidents were replayed.
    pub incidents: usize,
    /// How many civil days and other subjects were replayed, for what concerns no incident.
    pub others: usize,
    /// The versions of the rule that history was written under.
    pub versions: BTreeSet<String>,
    /// 集中反映 (二(四)): the windows in days in which writers were counted when a test hit on them. The ledgers hold the
    /// counts and not the writers, so that a draft with another window is asked about counts of the old one.
    pub windows: BTreeSet<i64>,
    /// The subjects on which the rule differs from what was told.
    pub divergences: Vec<Divergence>,
    /// What the rule could not conclude, and why.
    pub failures: Vec<(Subject, RuleError)>,
    /// Everything added up.
    pub tally: Tally,
}

impl Replay {
    /// Whether the rule concludes exactly what was told.
    pub fn is_same(&self) -> bool {
        self.divergences.is_empty() && self.failures.is_empty()
    }
}

impl Ledgers {
    /// Takes in a fact that bears on obligations; in any order, each once. Refuses one that names an incident by no id.
    pub fn hear(&mut self, fact: Fact) -> Result<(), MalformedId> {
        for subject in Subject::of(&fact)? {
            if subject.incident_id().is_none() {
                self.apart.insert(fact.id.clone(), subject);
            }
            let fact = Fact { incident_id: subject.incident_id().map(|id| id.to_string()), ..fact.clone() };
            self.facts.entry(subject).or_default().push(fact);
        }
        Ok(())
    }

    /// Takes in where a report was placed, in the order of intake's ledger.
    pub fn sight(&mut self, sighting: Sighting) {
        self.sightings.take(sighting);
    }

    /// Takes in what was told of a level or an obligation, in the order of the teller's ledger.
    pub fn tell(&mut self, told: Told) {
        self.history.take(told);
    }

    /// Learns that something happened at a moment.
    pub fn reach(&mut self, time: Timestamp) {
        self.end = self.end.max(time);
    }

    /// How many facts bear on obligations.
    pub fn facts(&self) -> usize {
        self.facts.values().map(Vec::len).sum()
    }

    /// 回放: asks a rule in its versions, each in force in its time, about every incident that was opened within a period of civil
    /// days, and about those days, in some threads. The answer does not depend on their number.
    pub fn replay(&self, book: &RuleBook, period: &RangeInclusive<Date>, threads: NonZeroUsize) -> Replay {
        let subjects = self.subjects(period);
        let share = subjects.len().div_ceil(threads.get()).max(1);
        let found: Vec<Conclusion> = std::thread::scope(|scope| {
            let conclude = |subjects: &[Subject]| subjects.iter().map(|subject| self.conclude(book, *subject)).collect::<Vec<_>>();
            let running: Vec<_> = subjects.chunks(share).map(|share| scope.spawn(move || conclude(share))).collect();
            running.into_iter().zip(subjects.chunks(share)).flat_map(|(run, share)| run.join().unwrap_or_else(|_| lost(share))).collect()
        });
        let mut replay =
            Replay { end: self.end, versions: self.history.versions.clone(), windows: self.history.windows.clone(), ..Replay::default() };
        for (subject, conclusion) in subjects.iter().zip(found) {
            match subject {
                Subject::Incident(_) => replay.incidents += 1,
                _ => replay.others += 1,
            }
            match conclusion {
                Ok((tally, divergence)) => {
                    replay.tally.add(&tally);
                    replay.divergences.extend(divergence);
                }
                Err(error) => replay.failures.push((*subject, error)),
            }
        }
        replay
    }

    /// The subjects that began within a period.
    fn subjects(&self, period: &RangeInclusive<Date>) -> Vec<Subject> {
        let known = self.facts.keys().copied().chain(self.history.subjects(&self.apart));
        let known: BTreeSet<Subject> = known.filter(|subject| self.day(*subject).is_some_and(|day| period.contains(&day))).collect();
        known.into_iter().collect()
    }

    /// The civil day on which a subject began.
    fn day(&self, subject: Subject) -> Option<Date> {
        if let Subject::Day(day) = subject {
            return Some(day);
        }
        let heard = self.facts.get(&subject).and_then(|facts| facts.iter().map(|fact| fact.time).min());
        heard.or_else(|| self.history.first_due(subject.incident_id()?)).map(day_of)
    }

    /// What a rule concludes of one subject, held against what was told of it.
    fn conclude(&self, book: &RuleBook, subject: Subject) -> Conclusion {
        let facts = self.facts.get(&subject).map_or(&[][..], Vec::as_slice);
        let owed = book.obligations(facts, self.end)?;
        let now: BTreeMap<String, Clock> = owed.iter().map(|owed| (owed.key.clone(), Clock::of(owed, self.end))).collect();
        let then = self.history.clocks(subject, &self.apart);
        let suggested = match subject.incident_id() {
            Some(id) => Some((self.history.suggestion(id), self.sightings.suggestion(book, id)?)),
            None => None,
        };
        let (tally, mut divergence) = compare(subject, suggested, then, now);
        if let Some(divergence) = &mut divergence {
            // Of the facts that tell the incident's number, the last.
            let named = facts.iter().rev().find(|fact| !text_of(fact.fields.get("number")).is_empty());
            let told = |name| text_of(named.and_then(|fact| fact.fields.get(name))).to_owned();
            (divergence.number, divergence.title) = (told("number"), told("title"));
        }
        Ok((tally, divergence))
    }
}

type Conclusion = Result<(Tally, Option<Divergence>), RuleError>;

/// A thread that broke has concluded nothing, and says so for each of its subjects.
fn lost(subjects: &[Subject]) -> Vec<Conclusion> {
    let error = || RuleError { file: String::new(), line: 0, key: String::new(), message: "计算中断".to_owned() };
    subjects.iter().map(|_| Err(error())).collect()
}
