//! A report as the index keeps it: its most telling words, packed.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    vocabulary::{SLOT_BITS, Slot, Vocabulary},
    words::{Features, Word},
};

/// Of a report so many words are kept.
pub(super) const KEPT: usize = 80;
/// Steps of a word's weight.
const STEPS: f32 = 24.0;

const NAME: u32 = 1 << 31;
const PLACE: u32 = 1 << 30;
const TITLE: u32 = 1 << 29;
const WEIGHT: u32 = 0x3f;

/// A word of a kept report in four bytes: name, place, title, weight, slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept(u32);

impl Kept {
    fn of(slot: Slot, word: &Word) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight below 64 steps")]
        let weight = (word.weight * STEPS).clamp(0.0, 63.0) as u32;
        let flag = |holds: bool, flag: u32| if holds { flag } else { 0 };
        Self(slot | weight << SLOT_BITS | flag(word.name, NAME) | flag(word.place, PLACE) | flag(word.title, TITLE))
    }

    pub fn slot(self) -> Slot {
        self.0 & ((1 << SLOT_BITS) - 1)
    }

    #[allow(clippy::cast_precision_loss, reason = "six bits")]
    pub fn weight(self) -> f32 {
        (self.0 >> SLOT_BITS & WEIGHT) as f32 / STEPS
    }

    pub fn is_name(self) -> bool {
        self.0 & NAME != 0
    }

    pub fn is_place(self) -> bool {
        self.0 & PLACE != 0
    }

    pub fn in_title(self) -> bool {
        self.0 & TITLE != 0
    }
}

/// A report that is compared with others.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub report: Uuid,
    /// The incident, by its number in the index.
    pub incident: u32,
    pub time: Timestamp,
    /// Whether a person put it where it is.
    pub settled: bool,
    pub topics: u128,
    pub title_topics: u128,
    /// A bit for each district that it names; two may share one.
    pub districts: u64,
    /// Tells whether two letters are of one writer, and no more.
    pub writer: Option<u64>,
    /// In order of slot.
    pub words: Box<[Kept]>,
}

impl Entry {
    /// Keeps the most telling words of a report.
    pub fn new(report: Uuid, incident: u32, time: Timestamp, writer: Option<u64>, features: &Features, vocabulary: &Vocabulary) -> Self {
        let mut telling: Vec<(f32, Kept)> = slots(features)
            .into_iter()
            .map(|(slot, word)| {
                let stress = if word.name { 1.5 } else { 1.0 } * if word.title { 2.0 } else { 1.0 };
                let weight = word.weight * vocabulary.weight(slot) * stress;
                (weight, Kept::of(slot, word))
            })
            .collect();
        telling.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.0.cmp(&b.1.0)));
        telling.truncate(KEPT);
        let mut words: Vec<Kept> = telling.into_iter().map(|(_, word)| word).collect();
        words.sort_unstable_by_key(|word| word.slot());
        words.dedup_by_key(|word| word.slot());
        let districts = features.districts.iter().fold(0, |all, district| all | 1_u64.wrapping_shl(super::vocabulary::slot(district)));
        Self {
            report,
            incident,
            time,
            settled: false,
            topics: features.topics,
            title_topics: features.title_topics,
            districts,
            writer,
            words: words.into_boxed_slice(),
        }
    }
}

/// A report's words and their slots.
pub(super) fn slots(features: &Features) -> Vec<(Slot, &Word)> {
    features.words.iter().map(|word| (super::vocabulary::slot(&word.text), word)).collect()
}
