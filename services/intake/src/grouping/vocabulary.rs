//! How rare a word is: in general writing before anything is seen, and more and more in what was seen.

use std::collections::HashMap;

use super::words::{Features, general_frequency};

/// So many imagined reports of general writing stand behind the first real ones.
const PRIOR: f32 = 400.0;
/// Words of such an imagined report.
const PRIOR_LENGTH: f64 = 120.0;
const GENERAL_TOTAL: f64 = 60_000_000.0;

/// A word's number.
pub(super) type WordId = u32;

#[derive(Debug)]
struct Known {
    word: String,
    place: bool,
    prior: f32,
    seen: f32,
}

/// The words seen so far.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    ids: HashMap<String, WordId>,
    known: Vec<Known>,
    reports: f32,
}

impl Vocabulary {
    /// Counts a report's words.
    pub fn observe(&mut self, features: &Features) {
        self.reports += 1.0;
        for (word, _, place) in &features.words {
            let id = self.id(word, *place);
            if let Some(known) = self.known.get_mut(id as usize) {
                known.seen += 1.0;
            }
        }
    }

    /// The numbers and weights of a report's words, in order of number.
    pub fn vector(&mut self, features: &Features) -> Vec<(WordId, f32)> {
        let mut vector: Vec<(WordId, f32)> = features.words.iter().map(|(word, weight, place)| (self.id(word, *place), *weight)).collect();
        vector.sort_unstable_by_key(|(id, _)| *id);
        vector
    }

    fn id(&mut self, word: &str, place: bool) -> WordId {
        if let Some(id) = self.ids.get(word) {
            return *id;
        }
        let id = WordId::try_from(self.known.len()).unwrap_or(WordId::MAX);
        let share = 1.0 - (-PRIOR_LENGTH * general_frequency(word) / GENERAL_TOTAL).exp();
        #[allow(clippy::cast_possible_truncation, reason = "a weight")]
        self.known.push(Known { word: word.to_owned(), place, prior: share as f32, seen: 0.0 });
        self.ids.insert(word.to_owned(), id);
        id
    }

    /// How much a word tells: the rarer the more.
    pub fn rarity(&self, id: WordId) -> f32 {
        let Some(known) = self.known.get(id as usize) else { return 0.0 };
        ((self.reports + PRIOR + 1.0) / (known.seen + PRIOR * known.prior + 0.5)).ln().max(0.0)
    }

    /// The share of reports that hold a word.
    pub fn spread(&self, id: WordId) -> f32 {
        self.known.get(id as usize).map_or(0.0, |known| (known.seen + PRIOR * known.prior) / (self.reports + PRIOR))
    }

    /// The word of a number, and whether it names a place.
    pub fn word(&self, id: WordId) -> (&str, bool) {
        self.known.get(id as usize).map_or(("", false), |known| (known.word.as_str(), known.place))
    }
}
