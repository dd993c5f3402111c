//! The clocks, through the contract: what is owed, reminded, discharged, breached.

use crate::office::{State, office};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    accountability::{self as pb},
    directory::DutyScheduled,
    disposal as dp,
    intake::DailyRegisterCompiled,
};
use tonic::Code;

#[tokio::test]
async fn a_fact_that_fits_discharges_an_obligation_in_time() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.classify().await;
    let owed = office.owed("same_day_response").await;
    assert_eq!((owed.state(), owed.debtor_role.as_str(), owed.clause.as_str()), (State::Open, "office_staff", "四(三)"));
    assert_eq!(owed.due_time, Some(wire_time(moment("2026-11-11 00:00"))));
    assert!(owed.derivation.iter().any(|step| step.contains("24时")), "{:?}", owed.derivation);
    assert_eq!(owed.rule_version.len(), 64);
    office.house.at("2026-11-10 15:00").await;
    office.release().await;
    let owed = office.owed("same_day_response").await;
    assert_eq!((owed.state(), owed.discharge_time), (State::Discharged, Some(wire_time(moment("2026-11-10 15:00")))));
    assert!(!owed.discharge_event_id.is_empty());
    let told = office.told::<pb::ObligationDischarged>().await;
    let told = told.iter().find(|told| told.obligation_id == owed.obligation_id).unwrap();
    assert!(!told.late && told.discharge_event_id == owed.discharge_event_id);
}

#[tokio::test]
async fn an_obligation_is_reminded_then_breached_then_discharged_late() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    let assignment = office.assign().await;
    assert_eq!(office.owed("unit_acknowledgement").await.state(), State::Open);
    office.house.at("2026-11-10 10:20").await;
    office.quiet().await;
    let stages = |told: Vec<pb::ObligationReminded>| {
        told.into_iter().filter(|t| t.duty_id == "unit_acknowledgement").map(|t| t.stage).collect::<Vec<_>>()
    };
    assert_eq!(stages(office.told().await), ["before_due"]);
    let breached = office.at_with_breaches("2026-11-10 10:30", 1).await;
    assert_eq!(breached[0].debtor_body_id, office.people.bureau.to_string());
    assert_eq!(breached[0].due_time, Some(wire_time(moment("2026-11-10 10:30"))));
    assert_eq!(office.owed("unit_acknowledgement").await.state(), State::Breached);
    assert_eq!(stages(office.told().await), ["before_due", "at_due"]);
    office.house.at("2026-11-10 10:45").await;
    office.acknowledge(assignment).await;
    let owed = office.owed("unit_acknowledgement").await;
    assert_eq!((owed.state(), owed.discharge_time), (State::DischargedLate, Some(wire_time(moment("2026-11-10 10:45")))));
    assert!(office.told::<pb::ObligationDischarged>().await.iter().any(|told| told.obligation_id == owed.obligation_id && told.late));
    // Nothing is reminded of what is settled.
    office.house.at("2026-11-10 12:00").await;
    office.quiet().await;
    assert_eq!(stages(office.told().await), ["before_due", "at_due"]);
    assert_eq!(office.told::<pb::ObligationBreached>().await.len(), 1);
}

#[tokio::test]
async fn a_clock_that_jumps_settles_everything_that_fell_due_meanwhile_once_and_in_order() {
    let office = office().await;
    office.classify().await;
    office.assign().await;
    let breached = office.at_with_breaches("2026-11-11 11:00", 5).await;
    let due: Vec<_> = breached.iter().map(|told| told.due_time.unwrap()).map(|time| (time.seconds, time.nanos)).collect();
    assert!(due.is_sorted(), "{breached:?}");
    let mut duties: Vec<_> = breached.iter().map(|told| told.duty_id.as_str()).collect();
    duties.sort_unstable();
    let expected = ["important_bulletin", "same_day_response", "unit_acknowledgement", "unit_feedback_leader", "unit_feedback_office"];
    assert_eq!(duties, expected);
    let reminded = office.told::<pb::ObligationReminded>().await;
    let mut once: Vec<_> = reminded.iter().map(|told| (&told.obligation_id, &told.stage)).collect();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), reminded.len());
    office.house.at("2026-11-11 11:01").await;
    office.quiet().await;
    assert_eq!(office.told::<pb::ObligationBreached>().await, breached);
}

#[tokio::test]
async fn a_fact_that_comes_late_but_happened_in_time_takes_the_breach_back() {
    let office = office().await;
    let assignment = office.assign().await;
    office.at_with_breaches("2026-11-10 09:40", 1).await;
    assert_eq!(office.owed("unit_acknowledgement").await.state(), State::Breached);
    // The unit's fact of 09:20 was under way while the clock struck.
    office.house.at("2026-11-10 09:20").await;
    office.acknowledge(assignment).await;
    office.house.at("2026-11-10 09:41").await;
    let owed = office.owed("unit_acknowledgement").await;
    assert_eq!((owed.state(), owed.discharge_time), (State::Discharged, Some(wire_time(moment("2026-11-10 09:20")))));
    assert!(office.told::<pb::ObligationDischarged>().await.iter().any(|told| told.obligation_id == owed.obligation_id && !told.late));
}

#[tokio::test]
async fn an_obligation_discharged_late_is_told_as_breached_first_though_the_clock_keeper_slept() {
    let office = office().await;
    let assignment = office.house.new_id();
    // The acknowledgement is heard before the task that it answers.
    office.house.at("2026-11-10 10:00").await;
    office.acknowledge(assignment).await;
    office.house.clock.set(moment("2026-11-10 09:00")).unwrap();
    office.house.tell("disposal", office.assigned(office.incident, assignment)).await;
    office.house.at("2026-11-10 10:00").await;
    assert_eq!(office.owed("unit_acknowledgement").await.state(), State::DischargedLate);
    let kinds: Vec<String> =
        office.ledger().await.into_iter().flat_map(|r| r.events).map(|e| e.r#type.rsplit('.').next().unwrap().to_owned()).collect();
    let of = |kind: &str| kinds.iter().filter(|k| *k == kind).count();
    assert_eq!((of("ObligationBreached"), of("ObligationDischarged"), of("ObligationReminded")), (1, 1, 0), "{kinds:?}");
}

#[tokio::test]
async fn a_fact_that_takes_the_ground_away_ends_an_obligation() {
    let office = office().await;
    office.classify().await;
    office.house.at("2026-11-10 11:30").await;
    office.demote().await;
    let owed = office.owed("same_day_response").await;
    assert_eq!((owed.state(), owed.discharge_time), (State::Ended, None));
    let ended = office.told::<pb::ObligationEnded>().await;
    assert_eq!(ended.iter().find(|told| told.obligation_id == owed.obligation_id).unwrap().reason, "改定为一般舆情");
    office.house.at("2026-11-11 09:00").await;
    office.quiet().await;
    assert!(office.told::<pb::ObligationBreached>().await.iter().all(|told| told.duty_id != "same_day_response"));
}

#[tokio::test]
async fn a_house_that_was_closed_settles_what_fell_due_meanwhile_once() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.assign().await;
    office.house.at("2026-11-10 10:20").await;
    office.quiet().await;
    let office = office.restart("2026-11-14 09:00").await;
    let breached = office.at_with_breaches("2026-11-14 09:00", 2).await;
    let duties: Vec<_> = breached.iter().map(|told| told.duty_id.as_str()).collect();
    assert_eq!(duties, ["unit_acknowledgement", "unit_findings"]);
    let stages = |told: &[pb::ObligationReminded]| {
        told.iter().filter(|t| t.duty_id == "unit_acknowledgement").map(|t| t.stage.clone()).collect::<Vec<_>>()
    };
    let reminded = office.told::<pb::ObligationReminded>().await;
    assert_eq!(stages(&reminded), ["before_due", "at_due", "after_due"]);
    let office = office.restart("2026-11-14 10:00").await;
    office.quiet().await;
    assert_eq!(office.told::<pb::ObligationBreached>().await, breached);
    assert_eq!(stages(&office.told::<pb::ObligationReminded>().await), stages(&reminded));
}

#[tokio::test]
async fn the_daily_register_is_owed_without_an_incident() {
    let office = office().await;
    let duty =
        DutyScheduled { duty_date: "2026-11-10".into(), person_id: office.people.collector.to_string(), reading_body_ids: Vec::new() };
    office.house.tell("directory", duty).await;
    let of_the_collector = || async {
        let mut all = office.list(office.people.collector, pb::ListObligationsRequest::default()).await.unwrap().obligations;
        assert_eq!(all.len(), 1);
        all.remove(0)
    };
    let owed = of_the_collector().await;
    assert_eq!((owed.duty_id.as_str(), owed.incident_id.as_str(), owed.state()), ("daily_register", "", State::Open));
    office.house.at("2026-11-10 18:00").await;
    let register = DailyRegisterCompiled {
        register_date: "2026-11-10".into(),
        collector_person_id: office.people.collector.to_string(),
        item_count: 0,
        text: "无".into(),
        hours_left: 6,
    };
    office.house.tell("intake", register).await;
    assert_eq!(of_the_collector().await.state(), State::Discharged);
}

#[tokio::test]
async fn a_bulletin_discharges_in_each_incident_that_it_names() {
    let mut office = office().await;
    let (first, second) = (office.incident, office.open_incident().await);
    office.classify().await;
    office.incident = second;
    office.classify().await;
    office.house.at("2026-11-10 10:00").await;
    office.house.tell("intake", office.bulletin(&[first, second])).await;
    for incident in [first, second] {
        office.incident = incident;
        assert_eq!(office.owed("important_bulletin").await.state(), State::Discharged);
    }
}

#[tokio::test]
async fn a_unit_sees_what_it_owes_itself_and_the_office_sees_all() {
    let office = office().await;
    office.classify().await;
    office.assign().await;
    let response = office.owed("same_day_response").await;
    let feedback = office.owed("unit_feedback_office").await;
    for by in [office.people.staff, office.people.leader, office.people.auditor, office.people.principal] {
        assert_eq!(office.get(by, &response.obligation_id).await.unwrap(), response);
    }
    assert_eq!(office.get(office.people.handler, &feedback.obligation_id).await.unwrap(), feedback);
    for (by, id) in [(office.people.handler, &response.obligation_id), (office.people.school_head, &feedback.obligation_id)] {
        assert_refused(office.get(by, id).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    }
    let unknown = office.house.new_id().to_string();
    assert_refused(office.get(office.people.head, &unknown).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    let of = |by| office.list(by, pb::ListObligationsRequest::default());
    assert!(of(office.people.handler).await.unwrap().obligations.iter().all(|o| o.debtor_body_id == office.people.bureau.to_string()));
    assert_eq!(of(office.people.handler).await.unwrap().obligations.len(), 4);
    assert!(of(office.people.school_head).await.unwrap().obligations.is_empty());
}

#[tokio::test]
async fn obligations_are_listed_by_due_time_page_by_page_and_by_state() {
    let office = office().await;
    office.classify().await;
    office.assign().await;
    let all = office.obligations(office.incident).await;
    let mut paged = Vec::new();
    let mut message = pb::ListObligationsRequest { page_size: 2, ..Default::default() };
    loop {
        let page = office.list(office.people.staff, message.clone()).await.unwrap();
        assert!(page.obligations.len() <= 2);
        paged.extend(page.obligations);
        if page.next_page_token.is_empty() {
            break;
        }
        message.page_token = page.next_page_token;
    }
    assert_eq!(paged, all);
    assert!(all.iter().map(|o| o.due_time.unwrap().seconds).collect::<Vec<_>>().is_sorted());
    office.house.at("2026-11-10 12:00").await;
    office.house.tell("disposal", office.fed_back(office.incident, dp::FeedbackRecipient::Office)).await;
    let in_state = |state: State| {
        let message = pb::ListObligationsRequest { state: state.into(), ..Default::default() };
        let office = &office;
        async move { office.list(office.people.staff, message).await.unwrap().obligations }
    };
    let mut counted = 0;
    for state in [State::Open, State::Breached, State::Discharged, State::DischargedLate, State::Ended] {
        let found = in_state(state).await;
        assert!(found.iter().all(|o| o.state() == state), "{state:?}: {found:?}");
        counted += found.len();
    }
    assert_eq!(counted, all.len());
    assert_eq!(in_state(State::Breached).await.len(), 2);
    let bad = pb::ListObligationsRequest { state: 99, incident_id: "x".into(), ..Default::default() };
    assert_refused(office.list(office.people.staff, bad).await, Code::InvalidArgument, "FIELDS_INVALID");
    let bad = pb::ListObligationsRequest { page_token: "x".into(), ..Default::default() };
    assert_refused(office.list(office.people.staff, bad).await, Code::InvalidArgument, "FIELDS_INVALID");
}
