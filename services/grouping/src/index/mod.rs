//! The incidents seen so far, and which of them a report is most like.

mod ground;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    BY_A_PERSON, Placement, Verdict,
    entry::{Entry, slots},
    likeness::{SIGNALS, Weighed, likelihood, signals},
    vocabulary::{Slot, Vocabulary},
    words::{Features, Word},
};

/// Words in more than this share of reports find no candidates.
const COMMON: f32 = 0.05;
/// So many words of a report find candidates.
const SOUGHT: usize = 28;
/// A word finds so many of the last reports that hold it, and twice as many at most.
const POSTED: usize = 600;
/// So many reports are looked at closely.
const CANDIDATES: usize = 64;
/// So many incidents are looked at closely.
const MATTERS: usize = 10;
/// An incident is known by so many of its last reports, beside those that are candidates.
const MEMBERS: usize = 16;
/// An incident of so many reports may go into another as a whole.
const SMALL: usize = 15;

/// So likely a report joins an incident by itself.
pub const AUTOMATIC: f32 = 0.55;
/// So likely an incident is suggested to a person.
pub const SUGGESTED: f32 = 0.12;
/// So likely what stands alone goes into another incident.
const PULLED: f32 = 0.41;

/// A report that is to be placed.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The report.
    pub report: Uuid,
    /// What it says.
    pub features: Features,
    /// When it appeared.
    pub time: Timestamp,
    /// Opaque; equal for two letters of one writer. Compared within a pair, never looked up.
    pub writer: Option<u64>,
    /// The incident that a person named; else it is found by likeness.
    pub chosen: Option<Uuid>,
    /// The incident that it opens when it is like none.
    pub opens: Uuid,
}

/// A report that was placed before and went into another incident when more was known.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    /// The report.
    pub report: Uuid,
    /// The incident it was in.
    pub from: Uuid,
    /// The incident it is in now.
    pub to: Uuid,
    /// Likelihood, 0 to 1.
    pub score: f64,
    /// Why, in words.
    pub ground: String,
}

/// An incident that a report may be of.
#[derive(Clone, Debug)]
pub struct Near {
    /// The incident.
    pub incident: Uuid,
    /// What they have in common.
    pub signals: [f32; SIGNALS],
    /// How likely the report is of it, 0 to 1.
    pub likelihood: f32,
    number: u32,
}

#[derive(Debug)]
struct Incident {
    id: Uuid,
    members: Vec<u32>,
}

/// The reports seen so far, by their words.
#[derive(Debug, Default)]
pub struct MatterIndex {
    vocabulary: Vocabulary,
    entries: Vec<Entry>,
    incidents: Vec<Incident>,
    by_report: HashMap<Uuid, u32>,
    by_incident: HashMap<Uuid, u32>,
    postings: HashMap<Slot, Vec<u32>>,
    overlap: Vec<f32>,
}

impl MatterIndex {
    /// An index of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reports in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Places a report and keeps it. Tells which earlier ones it draws along.
    pub fn place(&mut self, arrival: &Arrival) -> (Placement, Vec<Moved>) {
        let words = slots(&arrival.features);
        self.vocabulary.observe(&words);
        let entry = Entry::new(arrival.report, 0, arrival.time, arrival.writer, &arrival.features, &self.vocabulary);
        if let Some(chosen) = arrival.chosen {
            self.take_back(chosen, &words);
            self.keep(entry, chosen, true);
            return (Placement { verdict: Verdict::Joins(chosen), score: 1.0, ground: BY_A_PERSON.to_owned() }, Vec::new());
        }
        let near = self.near_entry(&entry);
        let placement = self.judge(&entry, &words, near.first());
        let into = match placement.verdict {
            Verdict::Joins(incident) => incident,
            Verdict::Suggests(_) | Verdict::Opens => arrival.opens,
        };
        self.take_back(into, &words);
        self.keep(entry, into, false);
        let moved = self.draw(into, &near, &words);
        (placement, moved)
    }

    /// The incidents that a report may be of, the likeliest first. It is neither counted nor kept.
    pub fn near(&mut self, arrival: &Arrival) -> Vec<Near> {
        let entry = Entry::new(arrival.report, 0, arrival.time, arrival.writer, &arrival.features, &self.vocabulary);
        self.near_entry(&entry)
    }

    /// Adds a report that was placed before. `settled`: a person put it there.
    pub fn add(&mut self, arrival: &Arrival, incident: Uuid, settled: bool) {
        let words = slots(&arrival.features);
        self.vocabulary.observe(&words);
        let entry = Entry::new(arrival.report, 0, arrival.time, arrival.writer, &arrival.features, &self.vocabulary);
        self.take_back(incident, &words);
        self.keep(entry, incident, settled);
    }

    /// Moves a report to another incident. `settled`: a person did; it then stays where it is.
    pub fn transfer(&mut self, report: Uuid, to: Uuid, settled: bool) {
        let Some(at) = self.by_report.get(&report).copied() else { return };
        let number = self.number(to);
        self.put(at, number);
        if let Some(entry) = self.entries.get_mut(at as usize) {
            entry.settled |= settled;
        }
    }

    /// Forgets all but the last reports. Words stay counted.
    pub fn forget(&mut self, but: usize) {
        let first = self.entries.len().saturating_sub(but);
        let kept = self.entries.split_off(first);
        let ids: Vec<Uuid> = self.incidents.iter().map(|incident| incident.id).collect();
        let vocabulary = std::mem::take(&mut self.vocabulary);
        *self = Self { vocabulary, ..Self::default() };
        for entry in kept {
            let (incident, settled) = (ids.get(entry.incident as usize).copied(), entry.settled);
            if let Some(incident) = incident {
                self.keep(entry, incident, settled);
            }
        }
    }

    /// Takes back of a report that goes into an incident what others hold that came into it last.
    fn take_back(&mut self, incident: Uuid, words: &[(Slot, &Word)]) {
        let incident = self.by_incident.get(&incident).and_then(|number| self.incidents.get(*number as usize));
        let last = incident.into_iter().flat_map(|incident| incident.members.iter().rev().take(MEMBERS));
        let others: Vec<&Entry> = last.filter_map(|at| self.entries.get(*at as usize)).collect();
        if others.is_empty() {
            return;
        }
        let is_held = |slot: &Slot| others.iter().any(|other| other.words.binary_search_by_key(slot, |word| word.slot()).is_ok());
        self.vocabulary.take_back(words.iter().map(|(slot, _)| *slot).filter(is_held));
    }

    fn put(&mut self, at: u32, number: u32) {
        let Some(entry) = self.entries.get_mut(at as usize) else { return };
        let from = std::mem::replace(&mut entry.incident, number);
        if let Some(incident) = self.incidents.get_mut(from as usize) {
            incident.members.retain(|member| *member != at);
        }
        if let Some(incident) = self.incidents.get_mut(number as usize) {
            incident.members.push(at);
        }
    }

    fn near_entry(&mut self, entry: &Entry) -> Vec<Near> {
        let mut by_incident: BTreeMap<u32, (f32, Vec<u32>)> = BTreeMap::new();
        for (overlap, at) in self.candidates(entry) {
            let Some(other) = self.entries.get(at as usize) else { continue };
            let (most, members) = by_incident.entry(other.incident).or_default();
            *most = most.max(overlap);
            members.push(at);
        }
        let mut incidents: Vec<(f32, u32, Vec<u32>)> =
            by_incident.into_iter().map(|(number, (most, members))| (most, number, members)).collect();
        incidents.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        incidents.truncate(MATTERS);
        let report = Weighed::new(entry, &self.vocabulary);
        let mut near: Vec<Near> =
            incidents.into_iter().filter_map(|(_, number, members)| self.compare(&report, number, &members, None)).collect();
        near.sort_by(|a, b| b.likelihood.total_cmp(&a.likelihood).then(a.number.cmp(&b.number)));
        near
    }

    /// Compares a report with those of an incident that are nearest to it, and the last ones.
    fn compare(&self, report: &Weighed<'_>, number: u32, nearest: &[u32], but: Option<u32>) -> Option<Near> {
        let incident = self.incidents.get(number as usize)?;
        let last = incident.members.iter().rev().take(MEMBERS).filter(|at| !nearest.contains(at));
        let members: Vec<Weighed<'_>> = nearest
            .iter()
            .chain(last)
            .filter(|at| Some(**at) != but)
            .filter_map(|at| Some(Weighed::new(self.entries.get(*at as usize)?, &self.vocabulary)))
            .collect();
        if members.is_empty() {
            return None;
        }
        let signals = signals(report, &members);
        Some(Near { incident: incident.id, signals, likelihood: likelihood(&signals), number })
    }

    /// The reports that share the most telling words.
    fn candidates(&mut self, entry: &Entry) -> Vec<(f32, u32)> {
        self.overlap.resize(self.entries.len(), 0.0);
        let mut touched: Vec<u32> = Vec::new();
        for (slot, weight) in self.sought(entry) {
            for at in self.postings.get(&slot).into_iter().flatten() {
                let Some(sum) = self.overlap.get_mut(*at as usize) else { continue };
                if *sum <= 0.0 {
                    touched.push(*at);
                }
                *sum += weight;
            }
        }
        let mut found: Vec<(f32, u32)> =
            touched.into_iter().filter_map(|at| Some((std::mem::take(self.overlap.get_mut(at as usize)?), at))).collect();
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1));
        if found.len() > CANDIDATES {
            found.select_nth_unstable_by(CANDIDATES, order);
            found.truncate(CANDIDATES);
        }
        found.sort_unstable_by(order);
        found
    }

    /// The words by which a report is found, and how much they tell.
    fn sought(&self, entry: &Entry) -> Vec<(Slot, f32)> {
        let mut sought: Vec<(Slot, f32)> = entry
            .words
            .iter()
            .filter(|word| self.vocabulary.spread(word.slot()) <= COMMON)
            .map(|word| {
                let stress = if word.is_name() { 1.5 } else { 1.0 } * if word.in_title() { 2.0 } else { 1.0 };
                (word.slot(), stress * word.weight() * self.vocabulary.weight(word.slot()).powi(2))
            })
            .collect();
        sought.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        sought.truncate(SOUGHT);
        sought
    }

    fn judge(&self, entry: &Entry, words: &[(Slot, &Word)], best: Option<&Near>) -> Placement {
        let Some(best) = best.filter(|near| near.likelihood >= SUGGESTED) else {
            let score = best.map_or(0.0, |near| f64::from(near.likelihood));
            return Placement { verdict: Verdict::Opens, score, ground: "没有足够相近的事件".to_owned() };
        };
        let verdict = if best.likelihood >= AUTOMATIC { Verdict::Joins(best.incident) } else { Verdict::Suggests(best.incident) };
        Placement { verdict, score: f64::from(best.likelihood), ground: self.ground(entry, words, best) }
    }

    /// What small incidents near a report go into its incident, now that it is there.
    fn draw(&mut self, into: Uuid, near: &[Near], words: &[(Slot, &Word)]) -> Vec<Moved> {
        let number = self.number(into);
        let mut moved = Vec::new();
        for other in near.iter().filter(|other| other.number != number) {
            let Some(from) = self.incidents.get(other.number as usize) else { continue };
            let small = from.members.len() <= SMALL;
            if !small || from.members.is_empty() || from.members.iter().any(|at| self.entries.get(*at as usize).is_none_or(|e| e.settled)) {
                continue;
            }
            let (members, from) = (from.members.clone(), from.id);
            let mut sum = 0.0;
            for at in &members {
                let Some(entry) = self.entries.get(*at as usize) else { continue };
                let report = Weighed::new(entry, &self.vocabulary);
                sum += self.compare(&report, number, &[], None).map_or(0.0, |near| near.likelihood);
            }
            #[allow(clippy::cast_precision_loss, reason = "few")]
            let mut likelihood = sum / members.len() as f32;
            if members.len() > 1 && likelihood >= PULLED {
                likelihood = f32::midpoint(likelihood, self.backward(number, other.number));
            }
            if likelihood < PULLED {
                continue;
            }
            for at in members {
                let Some(entry) = self.entries.get(at as usize) else { continue };
                let there = Near { number, ..other.clone() };
                let ground = format!("后来的线索使两件相近;{}", self.ground(entry, words, &there));
                moved.push(Moved { report: entry.report, from, to: into, score: f64::from(likelihood), ground });
                self.put(at, number);
            }
        }
        moved
    }

    /// How likely the last reports of one incident are of another, in the mean.
    fn backward(&self, number: u32, other: u32) -> f32 {
        let members = self.incidents.get(number as usize).map_or(&[][..], |incident| &incident.members);
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for entry in members.iter().rev().take(SMALL).filter_map(|at| self.entries.get(*at as usize)) {
            let report = Weighed::new(entry, &self.vocabulary);
            sum += self.compare(&report, other, &[], None).map_or(0.0, |near| near.likelihood);
            count += 1.0;
        }
        sum / count.max(1.0)
    }

    fn number(&mut self, incident: Uuid) -> u32 {
        let next = u32::try_from(self.incidents.len()).unwrap_or(u32::MAX);
        let incidents = &mut self.incidents;
        *self.by_incident.entry(incident).or_insert_with(|| {
            incidents.push(Incident { id: incident, members: Vec::new() });
            next
        })
    }

    fn keep(&mut self, mut entry: Entry, incident: Uuid, settled: bool) {
        let Ok(at) = u32::try_from(self.entries.len()) else { return };
        entry.incident = self.number(incident);
        entry.settled = settled;
        for (slot, _) in self.sought(&entry) {
            let posted = self.postings.entry(slot).or_default();
            if posted.len() >= 2 * POSTED {
                posted.drain(..POSTED);
            }
            posted.push(at);
        }
        if let Some(incident) = self.incidents.get_mut(entry.incident as usize) {
            incident.members.push(at);
        }
        self.by_report.insert(entry.report, at);
        self.entries.push(entry);
    }
}
