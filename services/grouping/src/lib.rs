//! Grouping (归并): which incident a report is of, and whether its text was there before. Pure: no store, no clock.
//!
//! [`words`] turns a text into weighted words, [`places`] finds the places and bodies that it names, [`topics`] what it is
//! about; [`vocabulary`] knows how rare a word is. [`index`] keeps the reports and finds by shared rare words those that a new
//! one may be of; [`likeness`] compares it with an incident by signals that a person can read, weighed by one table. A report
//! joins by itself from [`AUTOMATIC`] on; between [`SUGGESTED`] and that it opens an incident and a person is asked. What stands
//! alone or nearly so goes into an incident that later reports show it to be of, and each such move is told.
//!
//! A million reports take 0.6 GB: at most 80 words of four bytes a report, 32 MiB of word counts, and at most 1,200 reports
//! in the list of a word. The writer of a letter is a signal within a pair alone, by a key that the caller passes; nothing is
//! kept or found by it. How well it does: `examples/grouping.rs`.

pub mod category;
mod duplicate;
mod entry;
mod index;
mod likeness;
mod places;
mod stop;
#[cfg(test)]
mod tests;
mod topics;
mod vocabulary;
mod words;

use uuid::Uuid;

pub use duplicate::{original_form, simplified};
pub use index::{AUTOMATIC, Arrival, MatterIndex, Moved, Near, SUGGESTED};
pub use likeness::{SIGNALS, WEIGHTS};
pub use words::{Features, JIEBA, plain_text, words_of};

/// What the ground of a placement begins with when a person decided it.
pub const BY_A_PERSON: &str = "人工归并";

/// What becomes of a report (归并结果).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It joins an incident by itself (自动归并).
    Joins(Uuid),
    /// It opens an incident of its own, and a person is asked whether it is of this one (建议归并).
    Suggests(Uuid),
    /// It opens an incident of its own; none is near.
    Opens,
}

/// Where a report belongs (归并结果).
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// What becomes of it.
    pub verdict: Verdict,
    /// How likely it is of the nearest incident, 0 to 1.
    pub score: f64,
    /// Why, in words (归并依据).
    pub ground: String,
}
