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
pub mod replay;
mod rule;
mod rule_book;
mod source;
mod subject;
#[cfg(feature = "testing")]
pub mod testing;
mod thresholds;
mod trend;
mod vocabulary;
mod warning;

pub use appraisal::{Appraisal, Clock, Conduct, Counts, Figure, Reference, Standing};
pub use assessment::{Assessment, Ground, IncidentSignals, Level, ReportSignals};
pub use chain::ChainStep;
pub use difference::{Difference, difference};
pub use duty::{Extension, Obligation, Outcome, Relief, Reminder, State};
pub use fact::Fact;
pub use notice::{ChaseStep, NoticePlan};
pub use party::{Party, Recipient, role_name};
pub use rule::Rule;
pub use rule_book::RuleBook;
pub use source::{RuleError, Source};
pub use subject::{MalformedId, Subject, incidents_of};
pub use thresholds::Thresholds;
pub use trend::TrendRule;
pub use vocabulary::{report_words, vocabulary};
