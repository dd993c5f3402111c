//! How much a word tells: rare in general writing before anything is seen, and more and more rare in what was seen. Counted are the
//! matters that hold it, not their reports: in a flood the words of one matter are in most reports, and tell as much as before.
//!
//! A word is known by a slot of a table of fixed size, not by its letters: a million reports hold millions of words, most
//! of them once. Two words that fall on one slot are taken for one; with some two million words that befalls every third
//! rare word, and it takes two such in one pair of reports to mislead.

use super::words::{Word, general_frequency};

/// So many imagined reports of general writing stand behind the first real ones.
const PRIOR: f32 = 400.0;
/// Words of such an imagined report.
const PRIOR_LENGTH: f64 = 120.0;
/// Words that the general frequencies were counted in.
const GENERAL_TOTAL: f64 = 60_000_000.0;
/// Bits of a slot's number.
pub(super) const SLOT_BITS: u32 = 22;

/// A word's slot.
pub(super) type Slot = u32;

/// The words seen so far: 8 bytes a slot, 32 MiB whatever was seen.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// By slot; nothing until the first report, so that a vocabulary of nothing costs nothing.
    words: Vec<Known>,
    reports: f32,
}

/// How many matters hold a word, and the share of general writings that do.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    seen: f32,
    share: f32,
}

impl Vocabulary {
    /// Counts a report's words, as of a matter of its own.
    pub fn observe(&mut self, words: &[(Slot, &Word)]) {
        if self.words.is_empty() {
            self.words = vec![Known::default(); 1 << SLOT_BITS];
        }
        self.reports += 1.0;
        for (slot, word) in words {
            if let Some(known) = self.words.get_mut(*slot as usize) {
                known.seen += 1.0;
                if known.share <= 0.0 {
                    known.share = general_share(&word.text);
                }
            }
        }
    }

    /// Takes back that a report was one of its own, and that it holds some words: others of its incident hold them. So what one matter
    /// repeats, however often, stays as rare as it is.
    pub fn take_back(&mut self, slots: impl Iterator<Item = Slot>) {
        self.reports = (self.reports - 1.0).max(0.0);
        for slot in slots {
            if let Some(known) = self.words.get_mut(slot as usize) {
                known.seen = (known.seen - 1.0).max(0.0);
            }
        }
    }

    /// How much a word tells.
    pub fn weight(&self, slot: Slot) -> f32 {
        ((self.reports + PRIOR + 1.0) / (self.behind(slot) + 0.5)).ln().max(0.0)
    }

    /// The share of matters that hold a word.
    pub fn spread(&self, slot: Slot) -> f32 {
        self.behind(slot) / (self.reports + PRIOR)
    }

    fn behind(&self, slot: Slot) -> f32 {
        self.words.get(slot as usize).map_or(0.0, |known| known.seen + PRIOR * known.share)
    }
}

/// The slot of a word, the same in every process and release: FNV-1a, folded.
pub(super) fn slot(word: &str) -> Slot {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Slot::try_from((hash ^ (hash >> SLOT_BITS) ^ (hash >> (2 * SLOT_BITS))) & ((1 << SLOT_BITS) - 1)).unwrap_or(0)
}

/// The share of general writings of a report's length that hold a word.
fn general_share(word: &str) -> f32 {
    let share = 1.0 - (-PRIOR_LENGTH * general_frequency(word) / GENERAL_TOTAL).exp();
    #[allow(clippy::cast_possible_truncation, reason = "a share")]
    let share = share as f32;
    share.max(f32::MIN_POSITIVE)
}
