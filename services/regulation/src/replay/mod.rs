//! 回放: what a rule makes of a past that other rules governed. The ledgers say what happened and what was told of it; a
//! draft, of one version or of several, is asked what it would have concluded from the same facts, and only what differs is
//! named. It changes nothing, and the versions that history was written under find nothing to name.

mod comparison;
mod history;
mod sightings;
mod units;

pub use comparison::{Change, Clock, ClockChange, Divergence, Suggestion, Tally};
pub use history::{LateAdoption, NO_LONGER_OWED, Told};
pub use sightings::Sighting;
pub use units::{Deed, Unit, What};

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
use std::ops::{Range, RangeInclusive};
use units::{Conducts, span};

/// 账本所载: what the services' ledgers say, as far as a rule looks at it.
#[derive(Debug, Default)]
pub struct Ledgers {
    facts: BTreeMap<Subject, Vec<Fact>>,
    /// What each fact bears on that concerns no incident.
    apart: HashMap<String, Subject>,
    sightings: Sightings,
    history: History,
    deeds: Vec<Deed>,
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
    /// The one of them that was adopted last; none where the ledgers are older than that fact.
    pub in_force: Option<String>,
    /// Those of them that were taken up late: even the same versions differ in what was settled in between.
    pub late: Vec<LateAdoption>,
    /// 集中反映 (二(四)): the windows in days in which writers were counted when a test hit on them. The ledgers hold the
    /// counts and not the writers, so that a draft with another window is asked about counts of the old one.
    pub windows: BTreeSet<i64>,
    /// The subjects on which the rule differs from what was told.
    pub divergences: Vec<Divergence>,
    /// What the rule could not conclude, and why.
    pub failures: Vec<(Subject, RuleError)>,
    /// Everything added up.
    pub tally: Tally,
    /// 考核 (五(三)甲) of each unit of which anything was asked in the period, by id.
    pub units: Vec<Unit>,
    /// The units that could not be appraised, and why.
    pub unappraised: Vec<(String, RuleError)>,
    /// How many incidents and others that began outside the period the rule could not conclude: what fell due of them within it
    /// is in no unit's figures.
    pub uncounted: usize,
}

impl Replay {
    /// Whether the rule's formula of appraisal is the one in force at the end of the ledgers.
    pub fn appraises_as_told(&self, book: &RuleBook) -> bool {
        let version = book.at(self.end).version();
        self.in_force.as_ref().map_or_else(|| self.versions.contains(version), |in_force| in_force == version)
    }

    /// Whether the rule concludes exactly what was told.
    pub fn is_same(&self) -> bool {
        let conclusive = self.failures.is_empty() && self.unappraised.is_empty();
        conclusive && self.divergences.is_empty() && !self.units.iter().any(Unit::differs)
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

    /// Takes in what a unit did, each deed once.
    pub fn count(&mut self, deed: Deed) {
        self.deeds.push(deed);
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
    /// days, and about those days; and appraises every unit over what fell due in the period. The figures of what was told are
    /// computed by the formula of `before`, or, as no ledger holds one, by the same formula. It takes some threads; the answer does
    /// not depend on their number.
    pub fn replay(&self, book: &RuleBook, before: Option<&RuleBook>, period: &RangeInclusive<Date>, threads: NonZeroUsize) -> Replay {
        let (subjects, due) = (self.subjects(period), span(period));
        let share = subjects.len().div_ceil(threads.get()).max(1);
        let found: Vec<Conclusion> = std::thread::scope(|scope| {
            let due = &due;
            let conclude = move |part: &[Asked]| part.iter().map(|asked| self.conclude(book, *asked, due)).collect::<Vec<_>>();
            let running: Vec<_> = subjects.chunks(share).map(|part| scope.spawn(move || conclude(part))).collect();
            running.into_iter().zip(subjects.chunks(share)).flat_map(|(run, part)| run.join().unwrap_or_else(|_| lost(part))).collect()
        });
        let mut replay = Replay {
            end: self.end,
            versions: self.history.versions.clone(),
            in_force: self.history.in_force.clone(),
            late: self.history.late.clone(),
            windows: self.history.windows.clone(),
            ..Replay::default()
        };
        let mut conducts = Conducts::default();
        for ((subject, within), conclusion) in subjects.iter().zip(found) {
            match (subject, within) {
                (_, false) => {}
                (Subject::Incident(_), true) => replay.incidents += 1,
                (_, true) => replay.others += 1,
            }
            match conclusion {
                Ok(concluded) => {
                    replay.tally.add(&concluded.tally);
                    replay.divergences.extend(concluded.divergence);
                    conducts.add(concluded.conducts);
                }
                Err(error) if *within => replay.failures.push((*subject, error)),
                Err(_) => replay.uncounted += 1,
            }
        }
        self.deeds.iter().filter(|deed| due.contains(&deed.time)).for_each(|deed| conducts.did(deed));
        for (body_id, appraised) in conducts.appraise(before.unwrap_or(book).at(self.end), book.at(self.end)) {
            match appraised {
                Ok(unit) => replay.units.push(unit),
                Err(error) => replay.unappraised.push((body_id, error)),
            }
        }
        replay
    }

    /// Every subject, and whether it began within a period.
    fn subjects(&self, period: &RangeInclusive<Date>) -> Vec<Asked> {
        let known: BTreeSet<Subject> = self.facts.keys().copied().chain(self.history.subjects(&self.apart)).collect();
        let within = |subject| self.day(subject).is_some_and(|day| period.contains(&day));
        known.into_iter().map(|subject| (subject, within(subject))).collect()
    }

    /// The civil day on which a subject began.
    fn day(&self, subject: Subject) -> Option<Date> {
        if let Subject::Day(day) = subject {
            return Some(day);
        }
        let heard = self.facts.get(&subject).and_then(|facts| facts.iter().map(|fact| fact.time).min());
        heard.or_else(|| self.history.first_due(subject.incident_id()?)).map(day_of)
    }

    /// What a rule concludes of one subject, held against what was told of it; of one that began outside the period, what fell due
    /// within it alone.
    fn conclude(&self, book: &RuleBook, (subject, within): Asked, due: &Range<Timestamp>) -> Conclusion {
        let facts = self.facts.get(&subject).map_or(&[][..], Vec::as_slice);
        let owed = book.obligations(facts, self.end)?;
        let now: BTreeMap<String, Clock> = owed.iter().map(|owed| (owed.key.clone(), Clock::of(owed, self.end))).collect();
        let then = self.history.clocks(subject, &self.apart);
        let mut concluded = Concluded::default();
        concluded.conducts.count(subject, &then, &now, due);
        if !within {
            return Ok(concluded);
        }
        let suggested = match subject.incident_id() {
            Some(id) => Some((self.history.suggestion(id), self.sightings.suggestion(book, id)?)),
            None => None,
        };
        (concluded.tally, concluded.divergence) = compare(subject, suggested, then, now);
        if let Some(divergence) = &mut concluded.divergence {
            // Of the facts that tell the incident's number, the last.
            let named = facts.iter().rev().find(|fact| !text_of(fact.fields.get("number")).is_empty());
            let told = |name| text_of(named.and_then(|fact| fact.fields.get(name))).to_owned();
            (divergence.number, divergence.title) = (told("number"), told("title"));
        }
        Ok(concluded)
    }
}

/// A subject, and whether it began within the period.
type Asked = (Subject, bool);

/// What was found of one subject.
#[derive(Debug, Default)]
struct Concluded {
    tally: Tally,
    divergence: Option<Divergence>,
    conducts: Conducts,
}

type Conclusion = Result<Concluded, RuleError>;

/// A thread that broke has concluded nothing, and says so for each of its subjects.
fn lost(subjects: &[Asked]) -> Vec<Conclusion> {
    let error = || RuleError { file: String::new(), line: 0, key: String::new(), message: "计算中断".to_owned() };
    subjects.iter().map(|_| Err(error())).collect()
}
