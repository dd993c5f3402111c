//! 工作要求 (五): the daily reading, regular liaison, the rectification of what an inspection found.

use crate::story::{apart, at, of_duty, only, rule};
use regulation::{Fact, Outcome, Party, State};
use serde_json::json;

fn scheduled(id: &str, civil: &str, person: &str, readers: &[&str]) -> Fact {
    let fields = json!({"duty_date": "2026-11-10", "person_id": person, "reading_body_ids": readers});
    apart(id, "directory.DutyScheduled", civil, fields)
}

fn read(id: &str, civil: &str, body: &str, day: &str, complete: bool) -> Fact {
    let fields = json!({"body_id": body, "reading_date": day, "complete": complete, "found": false, "note": ""});
    apart(id, "intake.ReadingRecorded", civil, fields)
}

#[test]
fn each_body_with_an_information_officer_reads_everything_on_the_day() {
    let facts = [
        scheduled("d", "2026-11-01 09:00", "p-a", &["b-water", "b-town"]),
        read("r0", "2026-11-09 10:00", "b-water", "2026-11-09", true),
        read("r1", "2026-11-10 09:00", "b-water", "2026-11-10", false),
        read("r2", "2026-11-10 10:00", "b-water", "2026-11-10", true),
    ];
    let owed = of_duty(&rule(), &facts, "daily_reading");
    assert_eq!(owed.iter().map(|o| o.debtor.id()).collect::<Vec<_>>(), ["b-town", "b-water"]);
    assert!(owed.iter().all(|o| o.due_time == at("2026-11-11 00:00") && o.clause == "五(一)"));
    assert_eq!(owed[0].state_at(at("2026-11-11 00:00")), State::Breached);
    assert_eq!(owed[1].outcome, Outcome::Discharged { fact_id: "r2".to_owned(), time: at("2026-11-10 10:00") });
}

#[test]
fn a_roster_told_again_asks_for_no_second_reading_and_no_second_register() {
    let compiled = apart(
        "c",
        "intake.DailyRegisterCompiled",
        "2026-11-10 18:00",
        json!({"register_date": "2026-11-10", "item_count": 0, "hours_left": 6}),
    );
    let facts = [
        scheduled("d1", "2026-11-01 09:00", "p-a", &["b-water"]),
        read("r", "2026-11-10 10:00", "b-water", "2026-11-10", true),
        compiled,
        scheduled("d2", "2026-11-10 19:00", "p-a", &["b-water", "b-town"]),
    ];
    let rule = rule();
    let owed = of_duty(&rule, &facts, "daily_reading");
    assert_eq!(
        owed.iter().map(|o| (o.debtor.id(), o.outcome == Outcome::Open)).collect::<Vec<_>>(),
        [("b-water", false), ("b-town", true)]
    );
    assert!(matches!(only(&rule, &facts, "daily_register").outcome, Outcome::Discharged { .. }));
}

#[test]
fn a_body_without_an_information_officer_reads_no_more_and_a_day_filled_in_later_changes_nothing() {
    let facts = [
        scheduled("d1", "2026-11-01 09:00", "p-a", &["b-water", "b-town"]),
        scheduled("d2", "2026-11-05 09:00", "p-a", &["b-town"]),
        scheduled("d3", "2026-11-12 09:00", "p-b", &[]),
    ];
    let owed = of_duty(&rule(), &facts, "daily_reading");
    assert_eq!((owed[0].debtor.id(), &owed[0].outcome), ("b-town", &Outcome::Open));
    assert!(matches!(&owed[1].outcome, Outcome::Ended { fact_id, .. } if fact_id == "d2"));
}

#[test]
fn each_partner_is_spoken_to_again_within_thirty_days() {
    let spoken = |id: &str, civil: &str, partner: &str| {
        apart(id, "directory.LiaisonRecorded", civil, json!({"liaison_id": id, "partner_body_id": partner, "person_id": "p"}))
    };
    let facts = [
        spoken("l1", "2026-09-01 09:00", "b-police"),
        spoken("l2", "2026-09-20 09:00", "b-police"),
        spoken("l3", "2026-09-21 09:00", "b-publicity"),
        spoken("l4", "2026-11-10 09:00", "b-police"),
    ];
    let owed = of_duty(&rule(), &facts, "regular_liaison");
    assert!(owed.iter().all(|o| o.debtor == Party::Role("office_staff".to_owned()) && o.clause == "五(二)"));
    let states: Vec<_> = owed.iter().map(|o| (o.trigger_fact_id.as_str(), o.due_time, o.state_at(at("2026-11-11 00:00")))).collect();
    assert_eq!(
        states,
        [
            ("l1", at("2026-10-01 09:00"), State::Discharged),
            ("l2", at("2026-10-20 09:00"), State::DischargedLate),
            ("l3", at("2026-10-21 09:00"), State::Breached),
            ("l4", at("2026-12-10 09:00"), State::Open),
        ]
    );
}

fn inspected(id: &str, inspection: &str, outcome: &str) -> Fact {
    let fields = json!({"inspection_id": inspection, "item_name": "政务微博", "outcome": outcome, "finding": "三周未更新", "body_id": "b-water",
        "due_time": at("2026-11-13 18:00").to_string()});
    apart(id, "accountability.InspectionRecorded", "2026-11-10 09:00", fields)
}

fn rectification(id: &str, what: &str, civil: &str, revision: i64) -> Fact {
    let fields = json!({"inspection_id": "i-1", "item_name": "政务微博", "body_id": "b-water", "revision": revision, "reason": "未见效果",
        "due_time": at("2026-11-16 18:00").to_string()});
    apart(id, &format!("accountability.Rectification{what}"), civil, fields)
}

#[test]
fn a_finding_is_rectified_by_its_due_time_and_what_was_in_order_asks_nothing() {
    let rule = rule();
    let facts = [
        inspected("f", "i-1", "OUTCOME_FINDING"),
        inspected("g", "i-2", "OUTCOME_IN_ORDER"),
        inspected("h", "i-3", "OUTCOME_FINDING"),
        rectification("s", "Submitted", "2026-11-12 09:00", 1),
    ];
    let owed = of_duty(&rule, &facts, "rectification");
    assert_eq!(owed.len(), 2);
    assert_eq!((owed[0].due_time, &owed[0].debtor), (at("2026-11-13 18:00"), &Party::Body("b-water".to_owned())));
    assert!(matches!(&owed[0].outcome, Outcome::Discharged { fact_id, .. } if fact_id == "s"));
    assert_eq!(owed[1].outcome, Outcome::Open);
}

#[test]
fn a_returned_rectification_is_owed_again_and_the_returned_one_does_not_count() {
    let rule = rule();
    let mut facts = vec![
        inspected("f", "i-1", "OUTCOME_FINDING"),
        // Within one moment, as a test's clock may stand still.
        rectification("s1", "Submitted", "2026-11-12 09:00", 1),
        rectification("r1", "Returned", "2026-11-12 09:00", 1),
    ];
    let again = only(&rule, &facts, "rectification_again");
    assert_eq!((again.outcome, again.due_time), (Outcome::Open, at("2026-11-16 18:00")));
    facts.push(rectification("s2", "Submitted", "2026-11-12 09:00", 2));
    assert!(matches!(only(&rule, &facts, "rectification_again").outcome, Outcome::Discharged { .. }));
    assert_eq!(of_duty(&rule, &facts, "rectification").len(), 1);
}
