//! The rule through its public face, in sentences.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod appraising;
mod assessing;
mod calendars;
mod comparing;
mod due_times;
mod files;
mod interviewing;
mod merging;
mod noticing;
mod order;
mod owing;
mod relieving;
mod replaying;
mod replaying_units;
mod replaying_versions;
mod story;
mod strictness;
mod versions;
mod warnings;
mod working;
