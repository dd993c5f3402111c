//! 责任: what is owed, discharged, breached, ended, kept.

use crate::story::{apart, assigned, at, classified, fact, feedback, findings, graded, important, of_duty, only, released, rule};
use regulation::{Fact, Outcome, Party, State};
use rstest::rstest;
use serde_json::json;

fn body(id: &str) -> Party {
    Party::Body(id.to_owned())
}

fn bulletin(id: &str, civil: &str, kind: &str, incidents: &[&str]) -> Fact {
    let fields = json!({"bulletin_id": id, "kind": kind, "year": 2026, "number": 3, "title": "舆情", "incident_ids": incidents});
    apart(id, "intake.BulletinIssued", civil, fields)
}

#[test]
fn an_important_incident_opens_its_clocks_at_once() {
    let owed = rule().obligations(&[important("f", "2026-11-10 09:00")]).unwrap();
    let mut duties: Vec<(&str, &str)> = owed.iter().map(|o| (o.duty_id.as_str(), o.clause.as_str())).collect();
    duties.sort_unstable();
    assert_eq!(
        duties,
        [("important_bulletin", "四(一)一"), ("national_response", "61号"), ("same_day_action", "三(一)"), ("same_day_response", "四(三)"),]
    );
    let effective = owed.iter().filter(|o| o.duty_id.ends_with("response")).map(|o| o.due_time).min();
    assert_eq!(effective, Some(at("2026-11-11 00:00")));
    for obligation in &owed {
        assert_eq!(obligation.incident_id.as_deref(), Some("i-1"));
        assert!(!obligation.basis.is_empty() && !obligation.derivation.is_empty());
        assert_eq!(obligation.key, format!("{}:f:{}", obligation.duty_id, obligation.debtor));
    }
}

#[test]
fn an_ordinary_incident_owes_only_the_weekly_bulletin() {
    let rule = rule();
    let ordinary = classified("f", "2026-11-10 09:00", "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED");
    let other = bulletin("b1", "2026-11-12 09:00", "KIND_WEEKLY", &["i-2"]);
    assert_eq!(rule.obligations(&[ordinary.clone(), other.clone()]).unwrap().len(), 1);
    assert_eq!(only(&rule, &[ordinary.clone(), other.clone()], "weekly_bulletin").outcome, Outcome::Open);
    let mine = bulletin("b2", "2026-11-13 09:00", "KIND_WEEKLY", &["i-2", "i-1"]);
    let owed = only(&rule, &[ordinary, other, mine], "weekly_bulletin");
    assert_eq!(owed.state_at(at("2026-11-13 09:00")), State::Discharged);
}

#[rstest]
#[case::holding("KIND_HOLDING", true)]
#[case::full("KIND_FULL", true)]
#[case::a_correction_answers_nothing("KIND_CORRECTION", false)]
fn a_statement_of_some_kinds_is_a_response(#[case] kind: &str, #[case] answers: bool) {
    let facts = [important("f", "2026-11-10 09:00"), released("s", "2026-11-10 20:00", kind)];
    for duty in ["same_day_response", "national_response"] {
        let settled = only(&rule(), &facts, duty).outcome != Outcome::Open;
        assert_eq!(settled, answers, "{duty}");
    }
}

#[test]
fn what_comes_late_is_late_and_what_does_not_come_is_breached() {
    let rule = rule();
    let facts = [important("f", "2026-11-10 09:00"), released("s", "2026-11-11 08:00", "KIND_HOLDING")];
    let owed = only(&rule, &facts, "same_day_response");
    assert_eq!(owed.outcome, Outcome::DischargedLate { fact_id: "s".to_owned(), time: at("2026-11-11 08:00") });
    // The past stays what it was.
    assert_eq!(owed.state_at(at("2026-11-10 12:00")), State::Open);
    assert_eq!(owed.state_at(at("2026-11-11 00:00")), State::Breached);
    assert_eq!(owed.state_at(at("2026-11-11 07:59")), State::Breached);
    assert_eq!(owed.state_at(at("2026-11-11 08:00")), State::DischargedLate);
    let never = only(&rule, &facts[..1], "same_day_response");
    assert_eq!(never.state_at(at("2026-12-01 00:00")), State::Breached);
}

#[test]
fn the_first_moment_after_the_day_is_too_late() {
    let rule = rule();
    let on = |civil| only(&rule, &[important("f", "2026-11-10 09:00"), released("s", civil, "KIND_FULL")], "same_day_response");
    assert_eq!(on("2026-11-10 23:59").state_at(at("2026-12-01 00:00")), State::Discharged);
    assert_eq!(on("2026-11-11 00:00").state_at(at("2026-12-01 00:00")), State::DischargedLate);
}

#[test]
fn a_response_before_the_classification_answers_the_clock_that_began_with_the_first_report() {
    let facts = [
        released("s", "2026-11-10 08:00", "KIND_HOLDING"),
        graded("f", "2026-11-10 09:00", "LEVEL_IMPORTANT", "LEVEL_ORDINARY", "EVENT_GRADE_NONE", "2026-11-09 20:00"),
    ];
    let rule = rule();
    assert!(matches!(only(&rule, &facts, "national_response").outcome, Outcome::Discharged { .. }));
    assert_eq!(only(&rule, &facts, "same_day_response").outcome, Outcome::Open);
}

#[test]
fn each_assignment_is_acknowledged_within_half_an_hour_of_its_own() {
    let acknowledged = fact(
        "k",
        "disposal.AssignmentAcknowledged",
        "2026-11-10 10:20",
        json!({"assignment_id": "a-1", "body_id": "b-water", "person_id": "p-1"}),
    );
    let facts = [assigned("u1", "2026-11-10 10:00", "a-1", "b-water"), assigned("u2", "2026-11-10 10:05", "a-2", "b-water"), acknowledged];
    let owed = of_duty(&rule(), &facts, "unit_acknowledgement");
    assert_eq!(owed.len(), 2);
    assert_eq!(owed[0].state_at(at("2026-11-10 11:00")), State::Discharged);
    assert_eq!(owed[1].due_time, at("2026-11-10 10:35"));
    assert_eq!(owed[1].state_at(at("2026-11-10 11:00")), State::Breached);
}

#[test]
fn a_unit_reports_to_the_office_and_separately_to_the_leader() {
    let facts = [
        important("f", "2026-11-10 09:00"),
        assigned("u", "2026-11-10 10:00", "a-1", "b-water"),
        feedback("x", "2026-11-10 15:00", "b-town", "p-9", "OFFICE"),
        feedback("y", "2026-11-10 16:00", "b-water", "p-2", "OFFICE"),
    ];
    let rule = rule();
    let office = only(&rule, &facts, "unit_feedback_office");
    assert_eq!(office.debtor, body("b-water"));
    assert_eq!(office.outcome, Outcome::Discharged { fact_id: "y".to_owned(), time: at("2026-11-10 16:00") });
    let leader = only(&rule, &facts, "unit_feedback_leader");
    assert_eq!(leader.outcome, Outcome::Open);
    assert_eq!(leader.creditor, Some(Party::Role("leader_in_charge".to_owned())));
}

#[test]
fn units_assigned_before_the_classification_owe_feedback_from_it() {
    let facts = [assigned("u", "2026-11-09 10:00", "a-1", "b-water"), important("f", "2026-11-10 09:00")];
    let owed = only(&rule(), &facts, "unit_feedback_office");
    assert_eq!((owed.debtor, owed.due_time), (body("b-water"), at("2026-11-11 00:00")));
}

#[test]
fn an_ordinary_incident_asks_no_feedback() {
    let facts =
        [classified("f", "2026-11-10 09:00", "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED"), assigned("u", "2026-11-10 10:00", "a-1", "b-water")];
    assert!(of_duty(&rule(), &facts, "unit_feedback_office").is_empty());
    assert_eq!(of_duty(&rule(), &facts, "unit_findings").len(), 1);
}

fn designated(id: &str, civil: &str, person: &str) -> Fact {
    let fields = json!({"leader_person_id": person, "manner": "LEAD_MANNER_PRINCIPAL", "title": "某小区停水"});
    fact(id, "disposal.LeadDesignated", civil, fields)
}

#[test]
fn the_lead_reports_to_the_principal_leader_the_same_day() {
    let facts = [
        important("f", "2026-11-10 09:00"),
        designated("l", "2026-11-10 09:30", "p-deputy"),
        feedback("x", "2026-11-10 20:00", "", "p-other", "PRINCIPAL_LEADER"),
        feedback("y", "2026-11-10 21:00", "", "p-deputy", "PRINCIPAL_LEADER"),
    ];
    let owed = only(&rule(), &facts, "leader_report");
    assert_eq!(owed.debtor, Party::Person("p-deputy".to_owned()));
    assert_eq!(owed.outcome, Outcome::Discharged { fact_id: "y".to_owned(), time: at("2026-11-10 21:00") });
}

#[test]
fn a_new_lead_takes_the_report_over() {
    let facts =
        [important("f", "2026-11-10 09:00"), designated("l1", "2026-11-10 09:30", "p-a"), designated("l2", "2026-11-10 11:00", "p-b")];
    let owed = of_duty(&rule(), &facts, "leader_report");
    assert_eq!(owed.len(), 2);
    assert_eq!(owed[0].state_at(at("2026-11-10 11:00")), State::Ended);
    assert_eq!(owed[1].state_at(at("2026-11-10 11:00")), State::Open);
}

#[test]
fn an_undetermined_lead_is_named_within_two_hours() {
    let undetermined =
        fact("n", "disposal.LeadUndetermined", "2026-11-10 09:00", json!({"title": "某小区停水", "candidate_person_ids": ["p-a", "p-b"]}));
    let owed = only(&rule(), std::slice::from_ref(&undetermined), "name_lead");
    assert_eq!((owed.due_time, &owed.clause[..]), (at("2026-11-10 11:00"), "三(四)"));
    let owed = only(&rule(), &[undetermined, designated("l", "2026-11-10 10:59", "p-a")], "name_lead");
    assert!(matches!(owed.outcome, Outcome::Discharged { .. }));
}

#[test]
fn returned_findings_are_owed_again_and_the_returned_ones_do_not_count() {
    let rule = rule();
    let mut facts = vec![
        assigned("u", "2026-11-10 10:00", "a-1", "b-water"),
        // Within one moment, as a test's clock may stand still.
        findings("s1", "Submitted", "2026-11-10 15:00", "d-1", "a-1"),
        findings("r1", "Returned", "2026-11-10 15:00", "d-1", "a-1"),
    ];
    assert!(matches!(only(&rule, &facts, "unit_findings").outcome, Outcome::Discharged { .. }));
    let again = only(&rule, &facts, "findings_again");
    assert_eq!((again.outcome, again.due_time), (Outcome::Open, at("2026-11-11 15:00")));
    facts.push(findings("s2", "Submitted", "2026-11-11 09:00", "d-2", "a-1"));
    facts.push(findings("r2", "Returned", "2026-11-11 10:00", "d-2", "a-1"));
    let owed = of_duty(&rule, &facts, "findings_again");
    assert_eq!(owed.len(), 2);
    assert!(matches!(&owed[0].outcome, Outcome::Discharged { fact_id, .. } if fact_id == "s2"));
    assert_eq!(owed[1].outcome, Outcome::Open);
}

#[test]
fn an_escalation_is_delivered_the_same_day() {
    let step = |id: &str, kind: &str, civil: &str, escalation: &str| {
        let fields = json!({"escalation_id": escalation, "kind": "KIND_INITIAL", "title": "初报", "person_id": "p", "receipt_id": "h"});
        fact(id, &format!("disposal.Escalation{kind}"), civil, fields)
    };
    let facts = [
        step("d1", "Drafted", "2026-11-10 16:00", "e-1"),
        step("d2", "Drafted", "2026-11-10 17:00", "e-2"),
        step("ok", "Approved", "2026-11-10 18:00", "e-1"),
        step("v", "Delivered", "2026-11-10 18:30", "e-1"),
    ];
    let owed = of_duty(&rule(), &facts, "same_day_escalation");
    assert_eq!(owed.len(), 2);
    assert!(matches!(&owed[0].outcome, Outcome::Discharged { fact_id, .. } if fact_id == "v"));
    assert_eq!(owed[1].outcome, Outcome::Open);
}

#[test]
fn important_again_keeps_the_earliest_clock_and_says_so() {
    let again = classified("g", "2026-11-10 15:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT");
    let owed = only(&rule(), &[important("f", "2026-11-10 09:00"), again], "important_bulletin");
    assert_eq!((owed.trigger_fact_id.as_str(), owed.due_time), ("f", at("2026-11-10 11:00")));
    assert!(owed.derivation.join("\n").contains("维持最早时限"), "{:?}", owed.derivation);
}

#[test]
fn important_again_after_the_response_asks_for_no_second_one() {
    let facts = [
        important("f", "2026-11-10 09:00"),
        released("s", "2026-11-10 11:00", "KIND_HOLDING"),
        classified("g", "2026-11-11 15:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT"),
    ];
    let owed = only(&rule(), &facts, "same_day_response");
    assert!(matches!(owed.outcome, Outcome::Discharged { .. }));
}

#[test]
fn an_earlier_first_report_found_later_moves_the_clock_with_its_cause() {
    let facts = [
        graded("f", "2026-11-10 09:00", "LEVEL_IMPORTANT", "LEVEL_UNSPECIFIED", "EVENT_GRADE_NONE", "2026-11-10 08:00"),
        graded("g", "2026-11-10 12:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT", "EVENT_GRADE_NONE", "2026-11-09 20:00"),
    ];
    let owed = only(&rule(), &facts, "national_response");
    assert_eq!((owed.trigger_fact_id.as_str(), owed.due_time), ("f", at("2026-11-11 20:00")));
    assert!(owed.derivation.join("\n").contains("时限提前"));
}

#[test]
fn nobody_is_late_by_a_first_report_that_nobody_knew() {
    let facts = [
        graded("f", "2026-11-10 09:00", "LEVEL_IMPORTANT", "LEVEL_UNSPECIFIED", "EVENT_GRADE_NONE", "2026-11-10 08:00"),
        graded("g", "2026-11-12 06:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT", "EVENT_GRADE_NONE", "2026-11-09 20:00"),
    ];
    let owed = only(&rule(), &facts, "national_response");
    assert_eq!(owed.due_time, at("2026-11-12 06:00"));
    assert_eq!(owed.state_at(at("2026-11-12 05:59")), State::Open);
    assert_eq!(owed.state_at(at("2026-11-12 06:00")), State::Breached);
    let answered = [&facts[..], &[released("s", "2026-11-11 09:00", "KIND_HOLDING")]].concat();
    let owed = only(&rule(), &answered, "national_response");
    assert_eq!((owed.due_time, owed.state_at(at("2026-11-13 00:00"))), (at("2026-11-12 08:00"), State::Discharged));
}

#[test]
fn ordinary_again_ends_what_only_the_important_owe_and_important_again_opens_anew() {
    let rule = rule();
    let mut facts = vec![
        important("f", "2026-11-10 09:00"),
        assigned("u", "2026-11-10 09:10", "a-1", "b-water"),
        classified("g", "2026-11-10 10:00", "LEVEL_ORDINARY", "LEVEL_IMPORTANT"),
    ];
    for duty in ["same_day_response", "important_bulletin", "national_response", "unit_feedback_office"] {
        let owed = only(&rule, &facts, duty);
        assert!(matches!(&owed.outcome, Outcome::Ended { reason, .. } if reason == "改定为一般舆情"), "{duty}");
        assert_eq!(owed.state_at(at("2026-11-10 09:30")), State::Open);
    }
    assert_eq!(of_duty(&rule, &facts, "unit_findings")[0].outcome, Outcome::Open, "调查不因降级而免");
    assert_eq!(of_duty(&rule, &facts, "weekly_bulletin").len(), 1);
    facts.push(classified("h", "2026-11-11 09:00", "LEVEL_IMPORTANT", "LEVEL_ORDINARY"));
    let owed = of_duty(&rule, &facts, "same_day_response");
    assert_eq!(owed.len(), 2);
    assert_eq!((owed[1].trigger_fact_id.as_str(), owed[1].due_time), ("h", at("2026-11-12 00:00")));
    assert_eq!(of_duty(&rule, &facts, "unit_feedback_office").len(), 2);
    assert!(matches!(only(&rule, &facts, "weekly_bulletin").outcome, Outcome::Ended { .. }));
}

#[test]
fn a_response_after_a_reopening_answers_the_clock_that_runs_and_not_the_one_that_ended() {
    let facts = [
        important("f", "2026-11-10 09:00"),
        classified("g", "2026-11-10 10:00", "LEVEL_ORDINARY", "LEVEL_IMPORTANT"),
        classified("h", "2026-11-11 09:00", "LEVEL_IMPORTANT", "LEVEL_ORDINARY"),
        released("s", "2026-11-11 11:00", "KIND_HOLDING"),
    ];
    let owed = of_duty(&rule(), &facts, "same_day_response");
    let states: Vec<State> = owed.iter().map(|owed| owed.state_at(at("2026-11-11 12:00"))).collect();
    assert_eq!(states, [State::Ended, State::Discharged]);
}

#[test]
fn a_breach_is_not_forgiven_by_a_later_end() {
    let facts = [important("f", "2026-11-10 09:00"), classified("g", "2026-11-12 10:00", "LEVEL_ORDINARY", "LEVEL_IMPORTANT")];
    let owed = only(&rule(), &facts, "same_day_response");
    assert_eq!(owed.state_at(at("2026-11-11 12:00")), State::Breached);
    assert_eq!(owed.state_at(at("2026-11-12 10:00")), State::Ended);
}

#[test]
fn closing_the_case_ends_what_is_open_but_not_the_public_response() {
    let closed = fact("c", "disposal.CaseClosed", "2026-11-10 12:00", json!({"case_id": "k", "title": "某小区停水"}));
    let facts = [important("f", "2026-11-10 09:00"), assigned("u", "2026-11-10 10:00", "a-1", "b-water"), closed];
    let rule = rule();
    assert!(matches!(only(&rule, &facts, "unit_findings").outcome, Outcome::Ended { .. }));
    assert_eq!(only(&rule, &facts, "same_day_response").outcome, Outcome::Open);
}

#[test]
fn a_grade_that_rises_adds_the_national_clocks_and_one_that_falls_ends_them() {
    let rule = rule();
    let mut facts = vec![
        important("f", "2026-11-10 09:00"),
        graded("g", "2026-11-10 10:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT", "EVENT_GRADE_SPECIAL_MAJOR", "2026-11-10 09:00"),
    ];
    let owed = only(&rule, &facts, "national_authoritative_information");
    assert_eq!((owed.clause.as_str(), owed.due_time), ("80号", at("2026-11-10 14:00")));
    assert!(owed.basis.contains("国办发〔2016〕80号"));
    assert_eq!(only(&rule, &facts, "national_press_conference").due_time, at("2026-11-11 09:00"));
    facts.push(graded("h", "2026-11-10 11:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT", "EVENT_GRADE_LARGER", "2026-11-10 09:00"));
    assert!(matches!(only(&rule, &facts, "national_press_conference").outcome, Outcome::Ended { .. }));
    assert_eq!(only(&rule, &facts, "same_day_response").outcome, Outcome::Open);
}

#[test]
fn a_day_with_nothing_is_registered_as_nothing_and_a_swap_moves_the_duty() {
    let scheduled = |id: &str, civil: &str, person: &str| {
        apart(id, "directory.DutyScheduled", civil, json!({"duty_date": "2026-11-10", "person_id": person}))
    };
    let compiled = apart(
        "r",
        "intake.DailyRegisterCompiled",
        "2026-11-10 18:00",
        json!({"register_date": "2026-11-10", "collector_person_id": "p-b", "item_count": 0, "hours_left": 6}),
    );
    let other_day = apart(
        "r0",
        "intake.DailyRegisterCompiled",
        "2026-11-09 18:00",
        json!({"register_date": "2026-11-09", "collector_person_id": "p-b", "item_count": 4, "hours_left": 6}),
    );
    let facts = [scheduled("d1", "2026-11-01 09:00", "p-a"), scheduled("d2", "2026-11-02 09:00", "p-b"), other_day, compiled];
    let owed = of_duty(&rule(), &facts, "daily_register");
    assert_eq!(owed.len(), 2);
    assert!(matches!(owed[0].outcome, Outcome::Ended { .. }));
    assert_eq!(owed[1].debtor, Party::Person("p-b".to_owned()));
    assert!(matches!(&owed[1].outcome, Outcome::Discharged { fact_id, .. } if fact_id == "r"));
}

#[test]
fn a_register_that_was_compiled_in_the_morning_leaves_the_day_owed_until_it_is_supplemented() {
    let scheduled = apart("d", "directory.DutyScheduled", "2026-11-01 09:00", json!({"duty_date": "2026-11-10", "person_id": "p-a"}));
    let compiled = |id: &str, civil: &str, left: i64| {
        let register = json!({"register_date": "2026-11-10", "collector_person_id": "p-a", "item_count": 0, "hours_left": left});
        apart(id, "intake.DailyRegisterCompiled", civil, register)
    };
    let mut facts = vec![scheduled, compiled("early", "2026-11-10 00:01", 24), compiled("noon", "2026-11-10 12:00", 12)];
    assert_eq!(only(&rule(), &facts, "daily_register").outcome, Outcome::Open);
    facts.push(compiled("whole", "2026-11-10 16:00", 8));
    assert!(matches!(&only(&rule(), &facts, "daily_register").outcome, Outcome::Discharged { fact_id, .. } if fact_id == "whole"));
}

#[test]
fn a_day_without_a_collector_is_owed_by_the_disposal_office_until_somebody_is_named() {
    let unfilled = |day: &str| apart(day, "directory.DutyUnfilled", &format!("{day} 00:00"), json!({"duty_date": day}));
    let compiled = |day: &str| json!({"register_date": day, "collector_person_id": "p-b", "item_count": 0, "hours_left": 6});
    let facts = [
        unfilled("2026-11-10"),
        apart("r", "intake.DailyRegisterCompiled", "2026-11-10 18:00", compiled("2026-11-10")),
        unfilled("2026-11-11"),
        apart("d", "directory.DutyScheduled", "2026-11-11 09:00", json!({"duty_date": "2026-11-11", "person_id": "p-a"})),
        unfilled("2026-11-12"),
    ];
    let owed = of_duty(&rule(), &facts, "daily_register");
    let of = |debtor: &Party| owed.iter().filter(|o| o.debtor == *debtor).collect::<Vec<_>>();
    let office = of(&Party::Role("office_staff".to_owned()));
    assert_eq!(office.len(), 3);
    assert!(matches!(&office[0].outcome, Outcome::Discharged { fact_id, .. } if fact_id == "r"));
    assert!(matches!(office[1].outcome, Outcome::Ended { .. }) && matches!(office[2].outcome, Outcome::Open));
    assert_eq!(of(&Party::Person("p-a".to_owned())).len(), 1);
    assert_eq!(office[2].due_time, at("2026-11-13 00:00"));
}

#[test]
fn facts_of_unknown_kinds_pass() {
    let rule = rule();
    let strange = fact("z", "future.SomethingNew", "2026-11-10 09:00", json!({"x": 1}));
    assert!(!rule.heeds("future.SomethingNew"));
    assert!(rule.heeds("assessment.IncidentClassified") && rule.heeds("disposal.LeadDesignated"));
    assert!(rule.obligations(&[strange]).unwrap().is_empty());
}
