//! 规则: the written regulation as data. Parsed strictly from YAML, compiled once, then asked: what
//! level does this incident have and on which ground (二), what is owed by whom until when (三, 四),
//! who is told. Pure: no I/O and no clock; time comes with the facts.

mod appraisal;
mod assessment;
mod calendar;
mod chain;
mod civil;
mod difference;
mod duty;
mod fact;
mod file;
mod formula;
mod notice;
mod parse;
mod party;
mod rule;
mod source;
#[cfg(feature = "testing")]
pub mod testing;
mod thresholds;
mod vocabulary;

pub use appraisal::{Appraisal, Clock, Conduct, Counts, Figure, Reference, Standing};
pub use assessment::{Assessment, Ground, IncidentSignals, Level, ReportSignals};
pub use chain::ChainStep;
pub use difference::{Difference, difference};
pub use duty::{Obligation, Outcome, Reminder, State};
pub use fact::Fact;
pub use notice::NoticePlan;
pub use party::{Party, Recipient};
pub use rule::Rule;
pub use source::{RuleError, Source};
pub use thresholds::Thresholds;
pub use vocabulary::vocabulary;
