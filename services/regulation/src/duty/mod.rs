//! 责任: what the rule says is owed, and what follows from the facts.

mod obligation;

pub use obligation::{Obligation, Outcome, Reminder, State};
