//! Grouping (归并): which incident a report is of. Pure: no store, no clock.

pub mod duplicate;
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

pub use index::{AUTOMATIC, Arrival, MatterIndex, Moved, Near, SUGGESTED};
pub use likeness::{NAMES, SIGNALS};
pub use words::{Features, plain_text, words_of};

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
