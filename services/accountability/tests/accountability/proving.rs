//! What is proven in an accountability case, through the contract, 四(六).

use crate::office::case::{BOTH, NOTHING, after_a_breach};
use chassis::testing::assert_refused;
use huiying_proto::{
    accountability::{
        self as pb,
        accountability_case::{Decision, Part, State},
        proposed_evidence::Kind,
    },
    directory::Role,
    disposal as dp,
};
use tonic::Code;

#[tokio::test]
async fn the_ledgers_show_evidence_in_order_and_in_whose_hands_the_time_passed() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    office.acknowledge(office.house.new_id()).await;
    let back = dp::FindingsReturned {
        incident_id: office.incident.to_string(),
        body_id: people.bureau.to_string(),
        reason: "缺检测报告".into(),
        ..Default::default()
    };
    office.house.tell("disposal", back).await;
    let found = office.proposed().await;
    let told: Vec<(Kind, &str)> = found.evidence.iter().map(|piece| (piece.kind(), piece.words.as_str())).collect();
    let breach = found.evidence.iter().find(|piece| piece.kind() == Kind::Breach).unwrap();
    assert!(breach.words.starts_with("“第一时间签收”(四(一)二)应于2026年11月10日 09:30前完成,"), "{}", breach.words);
    assert_eq!(breach.obligation_id, breached.obligation_id);
    for expected in [(Kind::Knowledge, "接到交办:河东供水"), (Kind::Knowledge, "签收交办"), (Kind::Return, "调查结果被退回:缺检测报告")]
    {
        assert!(told.contains(&expected), "{expected:?}: {told:?}");
    }
    assert!(found.evidence.iter().all(|piece| piece.link.as_ref().is_some_and(|link| link.position > 0)));
    assert!(found.evidence.iter().map(|piece| piece.time.unwrap().seconds).collect::<Vec<_>>().is_sorted());
    // Nobody had been notified of the assignment: until the unit acted, the time was the system's.
    assert_eq!(found.delays[0].obligation_id, breached.obligation_id);
    assert_eq!(found.delays[0].spans[0].words, "通知尚未送达");
    let ask = |by| office.house.ask(by, pb::GetDelayAccountRequest { obligation_id: breached.obligation_id.clone() });
    let account = office.client.clone().get_delay_account(ask(people.handler)).await.unwrap().into_inner().delay_account.unwrap();
    assert_eq!((account.system_minutes, account.unit_minutes), (540, 0));
    assert_refused(office.client.clone().get_delay_account(ask(people.school_head)).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    let message = pb::GetProposedEvidenceRequest {
        incident_id: office.house.new_id().to_string(),
        subject_person_id: people.bureau_head.to_string(),
        subject_body_id: people.bureau.to_string(),
    };
    let unknown = office.client.clone().get_proposed_evidence(office.house.ask(people.head, message)).await;
    assert_refused(unknown, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn a_finding_rests_on_what_a_ledger_holds_and_is_reviewed_by_somebody_uninvolved_after_the_subject_was_heard() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    let link = office.breach_link().await;
    let elsewhere = pb::EvidenceLink { position: link.position + 1, ..link.clone() };
    assert_refused(office.find(people.head, &case, Part::Behaviour, &[elsewhere]).await, Code::NotFound, "EVIDENCE_UNKNOWN");
    assert_refused(office.find(people.head, &case, Part::Behaviour, &[]).await, Code::InvalidArgument, "FIELDS_INVALID");
    let case = office.find(people.leader, &case, Part::Behaviour, &[link.clone()]).await.unwrap();
    assert_refused(office.review(people.other_leader, &case, true).await, Code::FailedPrecondition, "CASE_STATE");
    let case = office.interview(people.leader, &case).await.unwrap();
    assert_refused(office.review(people.other_leader, &case, true).await, Code::FailedPrecondition, "GRAVE_EFFECT_NOT_SHOWN");
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    // What is found after the reply, the subject has not answered.
    office.house.at("2026-11-10 18:30").await;
    let case = office.find(people.leader, &case, Part::GraveEffect, &[link.clone()]).await.unwrap();
    assert_refused(office.review(people.other_leader, &case, true).await, Code::FailedPrecondition, "REPLY_NOT_HEARD");
    office.house.at("2026-11-13 18:30").await;
    for by in [people.head, people.leader] {
        assert_refused(office.review(by, &case, true).await, Code::PermissionDenied, "REVIEWER_INVOLVED");
    }
    let of_the_bureau = office.house.person("both", people.bureau, &[Role::LeaderInCharge]).await;
    assert_refused(office.review(of_the_bureau, &case, true).await, Code::PermissionDenied, "REVIEWER_INVOLVED");
    assert_refused(office.propose(people.head, &case).await, Code::FailedPrecondition, "CASE_STATE");
    let case = office.review(people.other_leader, &case, false).await.unwrap();
    assert_eq!(case.state(), State::Replied);
    let case = office.find(people.leader, &case, Part::GraveEffect, &[link]).await.unwrap();
    assert!(case.review.is_none());
    office.house.at("2026-11-16 18:30").await;
    let case = office.review(people.other_leader, &case, true).await.unwrap();
    let case = office.propose(people.leader, &case).await.unwrap();
    assert_refused(office.close(people.head, &case).await, Code::FailedPrecondition, "CASE_STATE");
    assert_refused(
        office.decide(people.other_leader, &case, Decision::Accountable, BOTH).await,
        Code::PermissionDenied,
        "DECIDER_REVIEWED",
    );
    let another = office.decide(people.principal, &case, Decision::Accountable, ["", "县教育局"]).await;
    assert_refused(another, Code::FailedPrecondition, "NOT_PROPOSED");
    assert!(office.decide(people.principal, &case, Decision::Accountable, NOTHING).await.is_ok());
}

#[tokio::test]
async fn accountability_needs_both_parts_found_a_review_and_a_proposal_and_another_decider() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.leader, office.opening(&[&breached])).await.unwrap();
    let case = office.interview(people.head, &case).await.unwrap();
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    assert_refused(
        office.decide(people.principal, &case, Decision::Accountable, BOTH).await,
        Code::FailedPrecondition,
        "GRAVE_EFFECT_NOT_SHOWN",
    );
    let case = office.find_both(people.leader, &case).await;
    assert_refused(office.decide(people.principal, &case, Decision::Accountable, BOTH).await, Code::FailedPrecondition, "NOT_PROPOSED");
    assert_refused(office.decide(people.leader, &case, Decision::InterviewOnly, BOTH).await, Code::PermissionDenied, "DECIDER_OPENED");
    assert_refused(office.decide(people.head, &case, Decision::InterviewOnly, BOTH).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.decide(people.other_leader, &case, Decision::InterviewOnly, NOTHING).await.is_ok());
}
