//! Grouping (归并): which incident a report is of, by likeness of words. Pure: no store, no clock.
//!
//! [`words`] turns a text into weighted words and the places it names, [`vocabulary`] knows how rare a word is, and
//! [`index`] finds the incident whose reports are most alike. Precise rather than greedy: a report that stays alone is
//! seen by a person; one in the wrong incident is not.

mod index;
mod matter;
mod places;
mod topics;
mod vocabulary;
mod words;

use uuid::Uuid;

pub use index::{Arrival, MatterIndex};
pub use words::Features;
pub use words::JIEBA;

/// Where a report belongs (归并结果).
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The incident; none when nothing is alike enough.
    pub incident: Option<Uuid>,
    /// Likeness to it, 0 to 1; to the nearest one when none is alike enough.
    pub score: f64,
    /// Why, in words (归并依据).
    pub ground: String,
}
