//! How much a word tells: rare in general writing before anything is seen, and more and more rare in what was seen.

use std::collections::HashMap;

use super::words::{Features, general_frequency};

/// So many imagined reports of general writing stand behind the first real ones.
const PRIOR: f32 = 400.0;
/// Words of such an imagined report.
const PRIOR_LENGTH: f64 = 120.0;
/// Words that the general frequencies were counted in.
const GENERAL_TOTAL: f64 = 60_000_000.0;
/// A name tells so much more than another word.
const NAME: f32 = 2.0;

/// A word's number.
pub(super) type WordId = u32;

#[derive(Debug)]
struct Known {
    word: String,
    name: bool,
    prior: f32,
    seen: f32,
    weight: f32,
}

/// The words seen so far.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, WordId>,
    known: Vec<Known>,
    reports: f32,
    weighed_at: f32,
}

impl Vocabulary {
    /// Counts a report's words.
    pub fn observe(&mut self, features: &Features) {
        self.reports += 1.0;
        for word in &features.words {
            let id = self.id(&word.text, word.name);
            if let Some(known) = self.known.get_mut(id as usize) {
                known.seen += 1.0;
            }
        }
    }

    /// Weighs every word anew when enough was seen since the last time.
    pub fn weigh(&mut self) {
        if self.reports <= self.weighed_at * 1.01 {
            return;
        }
        self.weighed_at = self.reports;
        let reports = self.reports;
        for known in &mut self.known {
            known.weight = weight(known, reports);
        }
    }

    /// The numbers of a report's words and how often they stand there, in order of number.
    pub fn vector(&mut self, features: &Features) -> Vec<(WordId, f32)> {
        let mut vector: Vec<(WordId, f32)> = features.words.iter().map(|word| (self.id(&word.text, word.name), word.weight)).collect();
        vector.sort_unstable_by_key(|(id, _)| *id);
        vector
    }

    fn id(&mut self, word: &str, name: bool) -> WordId {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = WordId::try_from(self.known.len()).unwrap_or(WordId::MAX);
        let share = 1.0 - (-PRIOR_LENGTH * general_frequency(word) / GENERAL_TOTAL).exp();
        #[allow(clippy::cast_possible_truncation, reason = "a weight")]
        let mut known = Known { word: word.to_owned(), name, prior: share as f32, seen: 1.0, weight: 0.0 };
        known.weight = weight(&known, self.reports);
        known.seen = 0.0;
        self.known.push(known);
        self.ids.insert(word.to_owned(), id);
        id
    }

    /// How much a word tells.
    pub fn weight(&self, id: WordId) -> f32 {
        self.known.get(id as usize).map_or(0.0, |known| known.weight)
    }

    /// The share of reports that hold a word.
    pub fn spread(&self, id: WordId) -> f32 {
        self.known.get(id as usize).map_or(0.0, |known| (known.seen + PRIOR * known.prior) / (self.reports + PRIOR))
    }

    /// The word of a number.
    pub fn word(&self, id: WordId) -> &str {
        self.known.get(id as usize).map_or("", |known| known.word.as_str())
    }

    /// Whether a word names somebody or some place.
    pub fn is_name(&self, id: WordId) -> bool {
        self.known.get(id as usize).is_some_and(|known| known.name)
    }

    /// Words in it.
    pub fn len(&self) -> usize {
        self.known.len()
    }
}

fn weight(known: &Known, reports: f32) -> f32 {
    let rarity = ((reports + PRIOR + 1.0) / (known.seen + PRIOR * known.prior + 0.5)).ln().max(0.0);
    if known.name { rarity * NAME } else { rarity }
}
