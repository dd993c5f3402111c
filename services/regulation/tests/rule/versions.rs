//! 制度沿革: what a version brought about stays under it, or is computed anew, as the next version says.

use crate::story::{NATIONAL, TOKSUN, YEAR_2026, assigned, at, fact, source};
use regulation::{Fact, Obligation, Outcome, Rule, RuleBook};
use serde_json::json;

fn parsed(text: &str) -> Rule {
    Rule::parse(source("toksun.yaml", text), &[source("national.yaml", NATIONAL)], &[source("2026.yaml", YEAR_2026)]).unwrap()
}

/// The county's rule, and from 2026-11-11 on one that gives 24 hours for findings instead of 72.
fn book(transition: &str) -> RuleBook {
    let next = TOKSUN
        .replacen("effective: 2023-01-01", "effective: 2026-11-11", 1)
        .replacen("transition: keep", &format!("transition: {transition}"), 1)
        .replacen("due: {hours: 72}", "due: {hours: 24}", 1);
    RuleBook::new(parsed(TOKSUN), vec![parsed(&next)]).unwrap()
}

fn findings_owed(book: &RuleBook, facts: &[Fact], now: &str) -> Vec<Obligation> {
    let mut owed = book.obligations(facts, at(now)).unwrap();
    owed.retain(|obligation| obligation.duty_id == "unit_findings");
    owed
}

#[test]
fn a_new_version_governs_what_begins_under_it_and_keeps_what_was_open() {
    let book = book("keep");
    let facts = [assigned("u", "2026-11-10 10:00", "a-1", "b-water"), assigned("v", "2026-11-11 10:00", "a-2", "b-town")];
    let owed = findings_owed(&book, &facts, "2026-11-11 12:00");
    assert_eq!(owed.iter().map(|o| o.due_time).collect::<Vec<_>>(), [at("2026-11-13 10:00"), at("2026-11-12 10:00")]);
    let versions: Vec<&str> = book.rules().map(Rule::version).collect();
    assert_eq!(owed.iter().map(|o| o.rule_version.as_str()).collect::<Vec<_>>(), versions);
}

#[test]
fn a_version_that_is_not_in_force_yet_changes_nothing() {
    let facts = [assigned("u", "2026-11-10 10:00", "a-1", "b-water")];
    let before = findings_owed(&book("recompute"), &facts, "2026-11-10 23:59");
    assert_eq!(before[0].due_time, at("2026-11-13 10:00"));
    assert_eq!(book("recompute").next_change(at("2026-11-10 23:59")), Some(at("2026-11-11 00:00")));
}

#[test]
fn a_version_that_recomputes_moves_what_is_open_and_says_so() {
    let facts = [assigned("u", "2026-11-10 10:00", "a-1", "b-water")];
    let owed = findings_owed(&book("recompute"), &facts, "2026-11-11 00:00");
    assert_eq!(owed[0].due_time, at("2026-11-11 10:00"));
    let step = owed[0].derivation.last().unwrap();
    assert!(step.contains("11月13日10时") && step.contains("11月11日10时"), "{step}");
}

#[test]
fn nobody_becomes_late_or_punctual_by_a_version_that_did_not_hold_yet() {
    // Under the new version it would have been due before the version itself.
    let open = [assigned("u", "2026-11-09 10:00", "a-1", "b-water")];
    let owed = findings_owed(&book("recompute"), &open, "2026-11-11 00:00");
    assert_eq!(owed[0].due_time, at("2026-11-11 00:00"));
    // Late already: it stays late.
    let late = [assigned("u", "2026-11-07 10:00", "a-1", "b-water")];
    assert_eq!(findings_owed(&book("recompute"), &late, "2026-11-12 00:00")[0].due_time, at("2026-11-10 10:00"));
    // Settled before: it stays settled.
    let submitted = json!({"findings_id": "f", "assignment_id": "a-1", "body_id": "b-water"});
    let settled =
        [assigned("u", "2026-11-09 10:00", "a-1", "b-water"), fact("s", "disposal.FindingsSubmitted", "2026-11-10 20:00", submitted)];
    let owed = findings_owed(&book("recompute"), &settled, "2026-11-12 00:00");
    assert!(matches!(owed[0].outcome, Outcome::Discharged { .. }));
}

#[test]
fn a_duty_that_is_new_is_owed_only_for_what_happens_from_then_on() {
    let without = TOKSUN.replacen("  - id: same_day_escalation\n", "  - id: escalation_at_once\n", 1);
    let with = TOKSUN.replacen("effective: 2023-01-01", "effective: 2026-11-11", 1);
    let book = RuleBook::new(parsed(&without), vec![parsed(&with)]).unwrap();
    let drafted = |id: &str, civil: &str| fact(id, "disposal.EscalationDrafted", civil, json!({"escalation_id": "e-1", "title": "停水"}));
    let facts = [drafted("u", "2026-11-10 10:00"), drafted("v", "2026-11-11 10:00")];
    let mut owed = book.obligations(&facts, at("2026-11-12 00:00")).unwrap();
    owed.retain(|o| o.duty_id == "same_day_escalation");
    assert_eq!(owed.iter().map(|o| o.trigger_fact_id.as_str()).collect::<Vec<_>>(), ["v"]);
}

#[test]
fn two_versions_of_one_day_are_refused() {
    let error = RuleBook::new(parsed(TOKSUN), vec![parsed(TOKSUN)]).unwrap_err();
    assert!(error.message.contains("施行日期相同"), "{error}");
}
