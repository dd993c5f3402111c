//! 延期与免除: a grant moves or ends a clock, and the past before it stays what it was.

use crate::story::{assigned, at, fact, findings, only, rule};
use regulation::{Fact, Obligation, Outcome, State};
use serde_json::json;

fn granted(id: &str, civil: &str, asked: &str, due: Option<&str>) -> Fact {
    let mut fields = json!({"duty_id": "unit_findings", "trigger_event_id": "u", "debtor_body_id": "b-water",
        "ask_time": at(asked).to_string(), "reason": "须作水质检测", "person_id": "p-leader"});
    if let Some(due) = due {
        fields["due_time"] = json!(at(due).to_string());
    }
    let kind = if due.is_some() { "accountability.ExtensionGranted" } else { "accountability.WaiverGranted" };
    fact(id, kind, civil, fields)
}

/// The findings that are due on the 13th at 10:00.
fn owed(facts: &[Fact]) -> Obligation {
    let mut all = vec![assigned("u", "2026-11-10 10:00", "a-1", "b-water")];
    all.extend_from_slice(facts);
    only(&rule(), &all, "unit_findings")
}

#[test]
fn a_grant_moves_the_due_time_and_says_from_when_to_when_and_why() {
    let owed = owed(&[granted("x", "2026-11-12 09:00", "2026-11-12 08:00", Some("2026-11-14 10:00"))]);
    assert_eq!(owed.due_time, at("2026-11-14 10:00"));
    assert_eq!(owed.extensions.len(), 1);
    let step = owed.derivation.last().unwrap();
    assert!(
        step.contains("批准延期") && step.contains("11月13日10时") && step.contains("11月14日10时") && step.contains("须作水质检测"),
        "{step}"
    );
    assert!(owed.reminders.iter().any(|reminder| reminder.at == at("2026-11-14 10:00")), "{:?}", owed.reminders);
    // Before the grant nobody knew of it.
    assert_eq!(owed.due_at(at("2026-11-12 08:59")), at("2026-11-13 10:00"));
    assert_eq!(owed.state_at(at("2026-11-12 08:59")), State::Open);
    assert_eq!(owed.state_at(at("2026-11-12 09:00")), State::Extended);
    assert_eq!(owed.state_at(at("2026-11-13 12:00")), State::Extended);
    assert_eq!(owed.state_at(at("2026-11-14 10:00")), State::Breached);
}

#[test]
fn what_is_granted_after_the_due_time_leaves_the_hours_between_overdue() {
    let owed = owed(&[granted("x", "2026-11-13 15:00", "2026-11-13 09:00", Some("2026-11-14 10:00"))]);
    assert_eq!(owed.state_at(at("2026-11-13 12:00")), State::Breached);
    assert_eq!(owed.state_at(at("2026-11-13 15:00")), State::Extended);
}

#[test]
fn what_was_asked_too_late_or_would_shorten_moves_nothing() {
    let late = granted("x", "2026-11-13 12:00", "2026-11-13 11:00", Some("2026-11-14 10:00"));
    let shorter = granted("y", "2026-11-11 12:00", "2026-11-11 11:00", Some("2026-11-12 10:00"));
    let owed = owed(&[late, shorter]);
    assert_eq!((owed.due_time, owed.extensions.len()), (at("2026-11-13 10:00"), 0));
}

#[test]
fn what_comes_within_the_extension_is_in_time() {
    let extension = granted("x", "2026-11-12 09:00", "2026-11-12 08:00", Some("2026-11-14 10:00"));
    let submitted = findings("s", "Submitted", "2026-11-14 09:00", "f-1", "a-1");
    assert!(matches!(owed(&[extension, submitted]).outcome, Outcome::Discharged { .. }));
}

#[test]
fn a_waiver_ends_the_clock_unless_it_was_settled_before() {
    let waiver = granted("x", "2026-11-12 09:00", "2026-11-12 08:00", None);
    let waived = owed(std::slice::from_ref(&waiver));
    assert_eq!(waived.outcome, Outcome::Waived { fact_id: "x".into(), time: at("2026-11-12 09:00") });
    assert_eq!(waived.state_at(at("2026-11-12 08:00")), State::Open);
    assert_eq!(waived.state_at(at("2026-12-12 08:00")), State::Waived);
    let submitted = findings("s", "Submitted", "2026-11-11 09:00", "f-1", "a-1");
    assert!(matches!(owed(&[waiver, submitted]).outcome, Outcome::Discharged { .. }));
}

#[test]
fn a_grant_for_another_debtor_or_another_clock_moves_nothing() {
    let mut other = granted("x", "2026-11-12 09:00", "2026-11-12 08:00", Some("2026-11-14 10:00"));
    other.fields.insert("debtor_body_id".into(), json!("b-town"));
    let mut unknown = granted("y", "2026-11-12 09:00", "2026-11-12 08:00", Some("2026-11-14 10:00"));
    unknown.fields.insert("trigger_event_id".into(), json!("u-2"));
    assert_eq!(owed(&[other, unknown]).due_time, at("2026-11-13 10:00"));
}

#[test]
fn any_order_and_repetition_of_grants_gives_the_same_clock() {
    let first = granted("x", "2026-11-11 09:00", "2026-11-11 08:00", Some("2026-11-14 10:00"));
    let second = granted("y", "2026-11-12 09:00", "2026-11-12 08:00", Some("2026-11-15 10:00"));
    let forward = owed(&[first.clone(), second.clone()]);
    assert_eq!(forward.extensions.len(), 2);
    assert_eq!(forward, owed(&[second.clone(), first.clone(), second, first]));
}
