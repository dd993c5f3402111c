//! 媒体采访 (四(二)): a request for an interview is owed an answer by the body that serves it, until the time that it names.

use crate::story::{at, fact, of_duty, only, rule};
use regulation::{Fact, Outcome, Party, State};
use rstest::rstest;
use serde_json::{Value, json};

fn interview(id: &str, what: &str, civil: &str, interview: &str, more: &Value) -> Fact {
    let mut fields = json!({"media_interview_id": interview, "body_id": "b-water", "title": "某小区停水", "outlet_name": "省电视台",
        "subject": "何时恢复供水"});
    for (key, value) in more.as_object().unwrap() {
        fields[key] = value.clone();
    }
    fact(id, &format!("disposal.MediaInterview{what}"), civil, fields)
}

fn requested(id: &str, civil: &str, about: &str, due: &str) -> Fact {
    interview(id, "Requested", civil, about, &json!({"due_time": at(due).to_string()}))
}

#[test]
fn an_interview_is_owed_by_the_body_that_serves_it_until_the_time_that_the_request_names() {
    let owed = only(&rule(), &[requested("f", "2026-11-10 09:00", "v-1", "2026-11-10 18:00")], "media_interview");
    assert_eq!((owed.due_time, owed.clause.as_str()), (at("2026-11-10 18:00"), "四(二)"));
    assert_eq!((owed.debtor, owed.creditor), (Party::Body("b-water".to_owned()), Some(Party::Role("office_head".to_owned()))));
    assert_eq!(owed.outcome, Outcome::Open);
    let reminded: Vec<_> = owed.reminders.iter().map(|r| (r.stage.as_str(), r.at)).collect();
    assert_eq!(
        reminded,
        [("before_due", at("2026-11-10 17:30")), ("at_due", at("2026-11-10 18:00")), ("after_due", at("2026-11-10 19:00"))]
    );
}

#[rstest]
#[case::answered("Answered", "2026-11-10 17:00", State::Discharged)]
#[case::answered_late("Answered", "2026-11-10 18:01", State::DischargedLate)]
#[case::declined("Declined", "2026-11-10 17:00", State::Discharged)]
#[case::declined_late("Declined", "2026-11-10 18:01", State::DischargedLate)]
fn an_answer_or_a_refusal_discharges_its_own_interview_alone(#[case] what: &str, #[case] civil: &str, #[case] state: State) {
    let facts = [
        requested("f1", "2026-11-10 09:00", "v-1", "2026-11-10 18:00"),
        requested("f2", "2026-11-10 09:00", "v-2", "2026-11-10 18:00"),
        interview("x", what, civil, "v-2", &json!({"reason": "事实正在核实", "line_id": "l-1"})),
    ];
    let owed = of_duty(&rule(), &facts, "media_interview");
    let states: Vec<_> = owed.iter().map(|o| (o.trigger_fact_id.as_str(), o.state_at(at("2026-11-10 20:00")))).collect();
    assert_eq!(states, [("f1", State::Breached), ("f2", state)]);
}

#[test]
fn an_interview_that_is_still_open_when_the_case_is_closed_is_owed_no_more() {
    let closed = fact("c", "disposal.CaseClosed", "2026-11-10 12:00", json!({"case_id": "c-1", "title": "某小区停水"}));
    let owed = only(&rule(), &[requested("f", "2026-11-10 09:00", "v-1", "2026-11-10 18:00"), closed], "media_interview");
    assert!(matches!(&owed.outcome, Outcome::Ended { fact_id, .. } if fact_id == "c"), "{:?}", owed.outcome);
}

#[test]
fn the_body_is_told_what_to_answer_until_when_and_has_to_acknowledge() {
    let mut plans = rule().notices(&requested("f", "2026-11-10 09:00", "v-1", "2026-11-10 18:00"));
    let plan = plans.remove(0).unwrap();
    assert!(plans.is_empty());
    assert_eq!((plan.to.as_slice(), plan.clause.as_str()), (&[Party::Body("b-water".to_owned())][..], "四(二)"));
    // Its clock reminds; nobody chases besides.
    assert!(plan.urgent && plan.needs_ack && plan.chase.is_empty());
    assert_eq!(plan.title, "【媒体采访】某小区停水");
    for part in ["省电视台", "何时恢复供水", "2026年11月10日18时", "只用已发布的回应或现行口径"] {
        assert!(plan.text.contains(part), "{part}: {}", plan.text);
    }
}

#[rstest]
#[case::answered("Answered", &["office_staff", "office_head"], false)]
#[case::declined("Declined", &["office_staff", "office_head"], true)]
fn the_office_is_told_how_it_ended_and_the_body_when_it_need_not_answer(#[case] what: &str, #[case] roles: &[&str], #[case] body: bool) {
    let ended = interview("x", what, "2026-11-10 12:00", "v-1", &json!({"reason": "事实正在核实"}));
    let plan = rule().notices(&ended).remove(0).unwrap();
    let told = |party: Party| plan.to.contains(&party);
    assert!(roles.iter().all(|role| told(Party::Role((*role).to_owned()))));
    assert_eq!(told(Party::Body("b-water".to_owned())), body);
    assert_eq!(plan.text.contains("事实正在核实"), body);
}
