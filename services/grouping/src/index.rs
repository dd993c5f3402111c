//! The incidents seen so far, and which of them a report is most like.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Placement,
    matter::Matter,
    topics::topic,
    vocabulary::{Vocabulary, WordId},
    words::Features,
};

/// Reports that appeared further apart are not compared.
const WINDOW: SignedDuration = SignedDuration::from_hours(45 * 24);
/// Words in more than this share of reports find no candidates.
const COMMON: f32 = 0.06;
/// So many reports are looked at closely.
const CANDIDATES: usize = 80;
/// So many incidents are looked at closely.
const MATTERS: usize = 12;
/// Of an incident's reports the most alike count.
const NEAREST: usize = 3;
/// An incident is known by so many of its last reports.
const MEMBERS: usize = 50;

/// A report that is to be placed.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The report.
    pub report: Uuid,
    /// What it says.
    pub features: Features,
    /// When it appeared.
    pub time: Timestamp,
    /// The incident that a person named; else it is found by likeness.
    pub chosen: Option<Uuid>,
    /// The incident that it opens when it is like none.
    pub opens: Uuid,
}

#[derive(Debug)]
pub(super) struct Entry {
    incident: Uuid,
    time: Timestamp,
    pub vector: Vec<(WordId, f32)>,
    districts: Vec<String>,
    pub topics: Vec<u8>,
}

/// The reports seen so far, by their words.
#[derive(Debug, Default)]
pub struct MatterIndex {
    vocabulary: Vocabulary,
    entries: Vec<Entry>,
    by_report: HashMap<Uuid, usize>,
    by_incident: HashMap<Uuid, Vec<usize>>,
    postings: HashMap<WordId, Vec<u32>>,
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

    /// Places reports that came together, and keeps them. What opened an incident here and stayed alone is looked at once
    /// more when all are known: the first to write of a matter rarely has its words.
    pub fn place_all(&mut self, arrivals: &[Arrival]) -> Vec<Placement> {
        for arrival in arrivals {
            self.vocabulary.observe(&arrival.features);
        }
        self.vocabulary.weigh();
        let mut placements = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let placement = match arrival.chosen {
                Some(incident) => Placement { incident: Some(incident), score: 1.0, ground: "人工归并".to_owned() },
                None => self.place(&arrival.features, arrival.time, None),
            };
            self.keep(arrival.report, placement.incident.unwrap_or(arrival.opens), &arrival.features, arrival.time);
            placements.push(placement);
        }
        for (arrival, placement) in arrivals.iter().zip(&mut placements) {
            if placement.incident.is_none() && self.by_incident.get(&arrival.opens).is_some_and(|members| members.len() == 1) {
                let again = self.place(&arrival.features, arrival.time, Some(arrival.opens));
                if let Some(incident) = again.incident {
                    self.transfer(arrival.report, incident);
                    *placement = again;
                }
            }
        }
        placements
    }

    /// Adds a report that was placed before.
    pub fn add(&mut self, report: Uuid, incident: Uuid, features: &Features, time: Timestamp) {
        self.vocabulary.observe(features);
        self.keep(report, incident, features, time);
    }

    /// Moves a report to another incident.
    pub fn transfer(&mut self, report: Uuid, to: Uuid) {
        let Some(at) = self.by_report.get(&report).copied() else { return };
        let Some(entry) = self.entries.get_mut(at) else { return };
        let from = std::mem::replace(&mut entry.incident, to);
        if let Some(members) = self.by_incident.get_mut(&from) {
            members.retain(|member| *member != at);
        }
        self.by_incident.entry(to).or_default().push(at);
    }

    /// Finds the incident of a report, other than one.
    fn place(&mut self, features: &Features, time: Timestamp, other_than: Option<Uuid>) -> Placement {
        let vector = self.vocabulary.vector(features);
        let mut mine = vec![0.0; self.vocabulary.len()];
        for (word, count) in &vector {
            if let Some(place) = mine.get_mut(*word as usize) {
                *place = count * self.vocabulary.weight(*word);
            }
        }
        let length = mine.iter().map(|w| w * w).sum::<f32>().sqrt().max(f32::EPSILON);
        let mut near: BTreeMap<Uuid, Vec<(f32, usize)>> = BTreeMap::new();
        for at in self.candidates(&vector, time) {
            if let Some(entry) = self.entries.get(at).filter(|e| Some(e.incident) != other_than) {
                near.entry(entry.incident).or_default().push((self.likeness(&mine, entry) / length, at));
            }
        }
        let mut near: Vec<(f32, Uuid)> =
            near.into_iter().filter_map(|(incident, reports)| Some((self.nearest(features, reports)?, incident))).collect();
        near.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        near.truncate(MATTERS);
        let judged = near.iter().map(|(nearest, incident)| (*incident, self.judge(features, &vector, &mine, length, *nearest, *incident)));
        let best = judged.max_by(|(_, a), (_, b)| (a.likeness / a.enough).total_cmp(&(b.likeness / b.enough)));
        let Some((incident, best)) = best else {
            return Placement { incident: None, score: 0.0, ground: "没有相近的事件".to_owned() };
        };
        let score = f64::from(best.likeness.clamp(0.0, 1.0));
        if best.likeness < best.enough {
            return Placement { incident: None, score, ground: "没有足够相近的事件".to_owned() };
        }
        Placement { incident: Some(incident), score, ground: best.ground }
    }

    /// The reports within the time window that share the most telling words.
    fn candidates(&self, vector: &[(WordId, f32)], time: Timestamp) -> Vec<usize> {
        let mut overlap = vec![0.0_f32; self.entries.len()];
        let mut touched: Vec<usize> = Vec::new();
        for (word, count) in vector.iter().filter(|(word, _)| self.vocabulary.spread(*word) <= COMMON) {
            let weight = count * self.vocabulary.weight(*word).powi(2);
            for at in self.postings.get(word).into_iter().flatten().map(|at| *at as usize) {
                let Some(sum) = overlap.get_mut(at) else { continue };
                if *sum <= 0.0 {
                    touched.push(at);
                }
                *sum += weight;
            }
        }
        let mut found: Vec<(f32, usize)> = touched
            .into_iter()
            .filter_map(|at| Some((overlap.get(at).copied()?, at)))
            .filter(|(_, at)| self.entries.get(*at).is_some_and(|e| e.time.duration_since(time).abs() <= WINDOW))
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(CANDIDATES);
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// Cosine of a text and a report, but for the length of the text.
    fn likeness(&self, mine: &[f32], entry: &Entry) -> f32 {
        let (mut product, mut length) = (0.0, 0.0);
        for (word, count) in &entry.vector {
            let weight = count * self.vocabulary.weight(*word);
            length += weight * weight;
            product += weight * mine.get(*word as usize).copied().unwrap_or(0.0);
        }
        product / length.sqrt().max(f32::EPSILON)
    }

    /// The mean likeness to an incident's nearest reports; none when they are of other towns.
    fn nearest(&self, features: &Features, mut reports: Vec<(f32, usize)>) -> Option<f32> {
        reports.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let (_, at) = reports.first().copied()?;
        let districts = &self.entries.get(at)?.districts;
        let apart = !features.districts.is_empty() && !districts.is_empty() && !features.districts.iter().any(|d| districts.contains(d));
        if apart {
            return None;
        }
        reports.truncate(NEAREST);
        #[allow(clippy::cast_precision_loss, reason = "three at the most")]
        Some(reports.iter().map(|r| r.0).sum::<f32>() / reports.len() as f32)
    }

    /// How like an incident a report is, and how like it must be.
    fn judge(&self, features: &Features, vector: &[(WordId, f32)], mine: &[f32], length: f32, nearest: f32, incident: Uuid) -> Judgement {
        let members = self.by_incident.get(&incident).into_iter().flatten().rev().take(MEMBERS).filter_map(|at| self.entries.get(*at));
        let matter = Matter::of(members, &self.vocabulary);
        let likeness = f32::midpoint(nearest, matter.likeness(mine, length));
        let telling = vector.iter().map(|(word, _)| *word).filter(|word| self.vocabulary.spread(*word) <= COMMON);
        let mut shared: Vec<(WordId, f32)> =
            telling.filter_map(|word| Some((word, matter.core(word)? * mine.get(word as usize)?))).collect();
        shared.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let shared = self.longest(shared.into_iter().map(|(word, _)| word).collect());
        let named = shared.iter().any(|word| self.vocabulary.is_name(*word));
        let other_words = shared.iter().any(|word| !self.vocabulary.is_name(*word));
        let names = vector.iter().map(|(word, _)| *word).filter(|word| self.vocabulary.is_name(*word));
        let enough = matter.enough(&features.topics, named, other_words, matter.is_elsewhere(names, &self.vocabulary));
        let words: Vec<&str> = shared.iter().take(6).map(|word| self.vocabulary.word(*word)).collect();
        let mut ground = format!("共同词 {}", words.join(" "));
        if let Some(same) = matter.same_topic(&features.topics) {
            ground = format!("{ground};同属 {}", topic(same));
        }
        Judgement { likeness, enough, ground }
    }

    /// Without the words that are parts of others.
    fn longest(&self, words: Vec<WordId>) -> Vec<WordId> {
        let mut by_length = words.clone();
        by_length.sort_by_key(|word| Reverse(self.vocabulary.word(*word).len()));
        let is_part = |word: WordId| {
            let text = self.vocabulary.word(word);
            by_length
                .iter()
                .map(|other| self.vocabulary.word(*other))
                .take_while(|other| other.len() > text.len())
                .any(|other| other.contains(text))
        };
        words.into_iter().filter(|word| !is_part(*word)).collect()
    }

    fn keep(&mut self, report: Uuid, incident: Uuid, features: &Features, time: Timestamp) {
        let at = self.entries.len();
        let Ok(number) = u32::try_from(at) else { return };
        let vector = self.vocabulary.vector(features);
        for (word, _) in &vector {
            self.postings.entry(*word).or_default().push(number);
        }
        self.entries.push(Entry { incident, time, vector, districts: features.districts.clone(), topics: features.topics.clone() });
        self.by_report.insert(report, at);
        self.by_incident.entry(incident).or_default().push(at);
    }
}

struct Judgement {
    likeness: f32,
    enough: f32,
    ground: String,
}
