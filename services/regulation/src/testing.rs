//! The rule as it ships, for tests of the services that carry it out.
#![allow(clippy::panic, missing_docs, reason = "tests fail by panicking")]

use crate::{Rule, Source};

/// The county's rule with the national overlay and the calendar.
#[must_use]
pub fn toksun() -> Rule {
    let base = Source { name: "toksun.yaml", text: include_str!("../../../deploy/regulation/toksun.yaml") };
    let overlay = Source { name: "national.yaml", text: include_str!("../../../deploy/regulation/national.yaml") };
    let calendar = Source { name: "2026.yaml", text: include_str!("../../../deploy/calendar/2026.yaml") };
    Rule::parse(base, &[overlay], &[calendar]).unwrap_or_else(|errors| panic!("the shipped rule does not parse: {errors:?}"))
}
