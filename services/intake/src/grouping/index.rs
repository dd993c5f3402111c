//! The incidents seen so far, and which of them a report is most like.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Placement,
    vocabulary::{Vocabulary, WordId},
    words::Features,
};

/// Reports that appeared further apart are not compared.
const WINDOW: SignedDuration = SignedDuration::from_hours(45 * 24);
/// Words in more than this share of reports find no candidates.
const COMMON: f32 = 0.06;
/// So many reports are looked at closely.
const CANDIDATES: usize = 80;
/// Of an incident's reports the most alike count.
const NEAREST: usize = 3;
/// From here two texts are copies, whatever places they name.
const COPY: f32 = 0.85;

fn p(n: &str, d: f32) -> f32 { std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d) }

#[derive(Debug)]
struct Entry {
    incident: Uuid,
    time: Timestamp,
    vector: Vec<(WordId, f32)>,
    districts: Vec<String>,
    topics: Vec<u8>,
}

/// The reports seen so far, by their words.
#[derive(Debug, Default)]
pub struct MatterIndex {
    vocabulary: Vocabulary,
    entries: Vec<Entry>,
    places: HashMap<Uuid, usize>,
    postings: HashMap<WordId, Vec<u32>>,
    matters: HashMap<Uuid, Vec<usize>>,
}

impl MatterIndex {
    /// An index of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the words of a report that is to be placed, so that what many of them say weighs little.
    pub fn observe(&mut self, features: &Features) {
        self.vocabulary.observe(features);
    }

    fn weight(&self, w: &(WordId, f32), name: f32) -> f32 {
        w.1 * self.vocabulary.rarity(w.0) * if self.vocabulary.word(w.0).1 { name } else { 1.0 }
    }

    /// Finds the incident of a report.
    pub fn place(&mut self, features: &Features, time: Timestamp) -> Placement {
        let name = p("NAME", 1.5);
        let vector = self.vocabulary.vector(features);
        let mine: HashMap<WordId, f32> = vector.iter().map(|w| (w.0, self.weight(w, name))).collect();
        let my_len = mine.values().map(|v| v * v).sum::<f32>().sqrt();
        let mut by_incident: BTreeMap<Uuid, Vec<(f32, usize)>> = BTreeMap::new();
        for at in self.candidates(&vector, time) {
            if let Some(entry) = self.entries.get(at) {
                by_incident.entry(entry.incident).or_default().push((self.likeness(&mine, my_len, &entry.vector, name), at));
            }
        }
        let mut best: Option<(f32, Uuid, usize, Vec<WordId>)> = None;
        for (incident, mut reports) in by_incident {
            reports.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            reports.truncate(NEAREST);
            let mean = reports.iter().map(|r| r.0).sum::<f32>() / reports.len() as f32;
            let (nearest, at) = reports[0];
            if self.excluded(features, at, nearest) { continue; }
            // profile
            let members = &self.matters[&incident];
            let mut profile: HashMap<WordId, f32> = HashMap::new();
            let mut n = 0.0f32;
            let mut count: HashMap<WordId, f32> = HashMap::new();
            for m in members.iter().rev().take(50) {
                let e = &self.entries[*m];
                let len = e.vector.iter().map(|w| self.weight(w, name).powi(2)).sum::<f32>().sqrt();
                for w in &e.vector { *profile.entry(w.0).or_default() += self.weight(w, name) / len; *count.entry(w.0).or_default() += 1.0; }
                n += 1.0;
            }
            let plen = profile.values().map(|v| v * v).sum::<f32>().sqrt();
            let centroid = mine.iter().filter_map(|(w, v)| profile.get(w).map(|q| q * v)).sum::<f32>() / (plen * my_len);
            let _ = n;
            // shared telling words with the matter: names and subjects
            let mut shared: Vec<WordId> = mine.keys().copied().filter(|w| count.get(w).is_some_and(|c| *c >= 1.0 && (*c / n) >= p("CORE", 0.1)) && self.vocabulary.spread(*w) <= COMMON).collect();
            shared.sort_by(|a, b| (mine[b] * profile[b]).total_cmp(&(mine[a] * profile[a])).then(a.cmp(b)));
            let all = shared.clone();
            shared.retain(|w| { let t = self.vocabulary.word(*w).0; !all.iter().any(|o| o != w && { let l = self.vocabulary.word(*o).0; l.len() > t.len() && l.contains(t) }) });
            let mut topic_count: HashMap<u8, f32> = HashMap::new();
            for m in members.iter().rev().take(50) { for t in &self.entries[*m].topics { *topic_count.entry(*t).or_default() += 1.0; } }
            let same_topic = features.topics.iter().any(|t| topic_count.get(t).is_some_and(|c| c / n >= p("TC", 0.25)));
            let other_topic = !same_topic && !features.topics.is_empty() && topic_count.values().any(|c| c / n >= 0.5);
            let names = shared.iter().filter(|w| self.vocabulary.word(**w).1).count();
            let subjects = shared.iter().filter(|w| !self.vocabulary.word(**w).1).count();
            let a = p("A", 0.5);
            let score = a * mean + (1.0 - a) * centroid;
            let enough = if names >= 1 && same_topic { p("T0", 0.12) } else if other_topic { p("T3", 0.4) } else if names >= 1 && subjects >= 1 { p("T1", 0.2) } else { p("T2", 0.4) };
            let margin = score / enough;
            if best.as_ref().is_none_or(|(s, ..)| margin > *s) {
                best = Some((margin, incident, at, shared));
            }
        }
        match best {
            Some((margin, incident, _, shared)) if margin >= 1.0 => {
                let shared: Vec<String> = shared.into_iter().take(6).map(|id| { let (w, n) = self.vocabulary.word(id); if n { format!("*{w}") } else { w.to_owned() } }).collect();
                Placement { incident: Some(incident), score: margin.into(), ground: format!("共同词 {}", shared.join(" ")) }
            }
            Some((margin, .., shared)) => Placement { incident: None, score: margin.into(), ground: format!("没有足够相近的事件 {}", shared.into_iter().take(6).map(|id| { let (w, n) = self.vocabulary.word(id); if n { format!("*{w}") } else { w.to_owned() } }).collect::<Vec<_>>().join(" ")) },
            None => Placement { incident: None, score: 0.0, ground: "没有足够相近的事件".to_owned() },
        }
    }

    fn likeness(&self, mine: &HashMap<WordId, f32>, my_len: f32, other: &[(WordId, f32)], name: f32) -> f32 {
        let (mut dot, mut len) = (0.0, 0.0);
        for w in other {
            let v = self.weight(w, name);
            len += v * v;
            if let Some(m) = mine.get(&w.0) { dot += m * v; }
        }
        dot / (my_len * len.sqrt()).max(f32::EPSILON)
    }

    /// The reports within the time window that share the most telling words.
    fn candidates(&self, vector: &[(WordId, f32)], time: Timestamp) -> Vec<usize> {
        let mut overlap: HashMap<u32, f32> = HashMap::new();
        for (word, weight) in vector.iter().filter(|(word, _)| self.vocabulary.spread(*word) <= COMMON) {
            let rarity = self.vocabulary.rarity(*word);
            for at in self.postings.get(word).into_iter().flatten() {
                *overlap.entry(*at).or_default() += weight * rarity * rarity;
            }
        }
        let mut found: Vec<(f32, usize)> = overlap
            .into_iter()
            .map(|(at, overlap)| (overlap, at as usize))
            .filter(|(_, at)| self.entries.get(*at).is_some_and(|e| e.time.duration_since(time).abs() <= WINDOW))
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(CANDIDATES);
        found.into_iter().map(|(_, at)| at).collect()
    }

    /// Whether two texts name districts or towns, and none in common: then only copies are of one matter.
    fn excluded(&self, features: &Features, at: usize, likeness: f32) -> bool {
        let Some(entry) = self.entries.get(at) else { return true };
        likeness < COPY && !features.districts.is_empty() && !entry.districts.is_empty() && !features.districts.iter().any(|d| entry.districts.contains(d))
    }

    /// Adds a report that was placed in an incident.
    pub fn add(&mut self, report: Uuid, incident: Uuid, features: &Features, time: Timestamp) {
        let at = self.entries.len();
        let Ok(number) = u32::try_from(at) else { return };
        let vector = self.vocabulary.vector(features);
        for (word, _) in &vector {
            self.postings.entry(*word).or_default().push(number);
        }
        self.entries.push(Entry { incident, time, vector, districts: features.districts.clone(), topics: features.topics.clone() });
        self.places.insert(report, at);
        self.matters.entry(incident).or_default().push(at);
    }
}
