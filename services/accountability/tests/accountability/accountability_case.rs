//! Accountability cases, through the contract, 四(六).

use crate::office::case::{BOTH, NOTHING, after_a_breach};
use chassis::testing::assert_refused;
use huiying_proto::{
    accountability::{
        self as pb,
        accountability_case::{Decision, State},
    },
    directory::Role,
};
use tonic::Code;

#[tokio::test]
async fn a_case_runs_from_opening_over_interview_and_reply_to_a_decision() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    assert_eq!((case.state(), case.open_person_id.as_str()), (State::Opened, people.head.to_string().as_str()));
    let case = office.find_both(people.head, &case).await;
    assert_eq!((case.findings.len(), case.grave_effect_evidence.as_str()), (2, BOTH[0]));
    let case = office.interview(people.leader, &case).await.unwrap();
    assert_eq!((case.state(), case.interview_record.as_str()), (State::Interviewed, "约谈记录"));
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    assert_eq!((case.state(), case.reply.as_str()), (State::Replied, "申辩"));
    let case = office.tolerate(people.bureau_head, &case).await.unwrap();
    assert_eq!(case.tolerance_grounds[0].person_id, people.bureau_head.to_string());
    let case = office.review(people.other_leader, &case, true).await.unwrap();
    assert_eq!((case.state(), case.review.as_ref().unwrap().agreed), (State::Reviewed, true));
    let case = office.propose(people.head, &case).await.unwrap();
    assert_eq!((case.state(), case.competent_body.as_str()), (State::Proposed, BOTH[1]));
    let case = office.decide(people.principal, &case, Decision::Accountable, BOTH).await.unwrap();
    assert_eq!((case.state(), case.decision(), case.competent_body.as_str()), (State::Decided, Decision::Accountable, BOTH[1]));
    assert_eq!(case.decide_person_id, people.principal.to_string());
    let case = office.close(people.head, &case).await.unwrap();
    assert_eq!((case.state(), case.closing.as_str()), (State::Closed, "处理决定已执行"));
    assert_eq!(office.see(people.auditor, &case).await.unwrap(), case);
    office.house.settle().await;
    assert_eq!(office.told::<pb::CaseOpened>().await[0].person_id, people.head.to_string());
    assert_eq!(office.told::<pb::InterviewHeld>().await[0].person_id, people.leader.to_string());
    assert_eq!(office.told::<pb::ReplySubmitted>().await[0].subject_person_id, people.bureau_head.to_string());
    assert_eq!(office.told::<pb::FindingRecorded>().await.len(), 2);
    assert_eq!(office.told::<pb::ToleranceRecorded>().await[0].person_id, people.bureau_head.to_string());
    assert_eq!(office.told::<pb::CaseReviewed>().await[0].person_id, people.other_leader.to_string());
    assert_eq!(office.told::<pb::CaseProposed>().await[0].competent_body, BOTH[1]);
    assert_eq!(office.told::<pb::CaseDecided>().await[0].decision(), Decision::Accountable);
    assert_eq!(office.told::<pb::CaseClosed>().await[0].person_id, people.head.to_string());
    let timeline = office.timeline(people.head, office.incident).await.unwrap();
    assert!(timeline.iter().any(|entry| entry.what == "接受约谈" && entry.person_id == people.bureau_head.to_string()));
    for again in [
        office.interview(people.leader, &case).await,
        office.reply(people.bureau_head, &case).await,
        office.tolerate(people.bureau_head, &case).await,
        office.review(people.other_leader, &case, true).await,
        office.propose(people.head, &case).await,
        office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await,
        office.close(people.head, &case).await,
    ] {
        assert_refused(again, Code::FailedPrecondition, "CASE_STATE");
    }
}

#[tokio::test]
async fn a_case_rests_on_obligations_of_the_incident_that_fell_overdue() {
    let (office, breached) = after_a_breach().await;
    let head = office.people.head;
    let open = office.owed("unit_findings").await;
    assert_refused(office.open(head, office.opening(&[&breached, &open])).await, Code::FailedPrecondition, "OBLIGATION_NOT_BREACHED");
    let unknown = pb::Obligation { obligation_id: office.house.new_id().to_string(), ..Default::default() };
    assert_refused(office.open(head, office.opening(&[&unknown])).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    let elsewhere = office.open_incident().await;
    let message = pb::OpenAccountabilityCaseRequest { incident_id: elsewhere.to_string(), ..office.opening(&[&breached]) };
    assert_refused(office.open(head, message).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    let message = pb::OpenAccountabilityCaseRequest { incident_id: office.house.new_id().to_string(), ..office.opening(&[]) };
    assert_refused(office.open(head, message).await, Code::NotFound, "INCIDENT_UNKNOWN");
    let message = pb::OpenAccountabilityCaseRequest { behaviour: 0, behaviour_evidence: " ".into(), ..office.opening(&[]) };
    assert_refused(office.open(head, message).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert!(office.open(head, office.opening(&[&breached])).await.is_ok());
}

#[tokio::test]
async fn only_a_unit_s_principal_or_a_section_head_is_answerable() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    for (person, body) in [
        (people.handler, people.bureau),
        (people.bureau_head, people.school),
        (people.head, people.section),
        (office.house.new_id(), people.bureau),
    ] {
        let message = pb::OpenAccountabilityCaseRequest {
            subject_person_id: person.to_string(),
            subject_body_id: body.to_string(),
            ..office.opening(&[&breached])
        };
        assert_refused(office.open(people.leader, message).await, Code::FailedPrecondition, "SUBJECT_NOT_ANSWERABLE");
    }
    let message = pb::OpenAccountabilityCaseRequest {
        subject_person_id: people.section_head.to_string(),
        subject_body_id: people.section.to_string(),
        ..office.opening(&[])
    };
    assert!(office.open(people.leader, message).await.is_ok());
}

#[tokio::test]
async fn the_subject_takes_no_part_in_handling_their_own_case() {
    let (office, _) = after_a_breach().await;
    let people = office.people;
    let message = pb::OpenAccountabilityCaseRequest {
        subject_person_id: people.section_head.to_string(),
        subject_body_id: people.section.to_string(),
        ..office.opening(&[])
    };
    assert_refused(office.open(people.section_head, message.clone()).await, Code::PermissionDenied, "SUBJECT_INVOLVED");
    let case = office.open(people.leader, message).await.unwrap();
    assert_refused(office.interview(people.section_head, &case).await, Code::PermissionDenied, "SUBJECT_INVOLVED");
    // One who leads and is a unit's principal at once.
    let both = office.house.person("both", people.school, &[Role::UnitHead, Role::LeaderInCharge]).await;
    let message = pb::OpenAccountabilityCaseRequest {
        subject_person_id: both.to_string(),
        subject_body_id: people.school.to_string(),
        ..office.opening(&[])
    };
    let case = office.open(people.head, message).await.unwrap();
    let case = office.interview(people.leader, &case).await.unwrap();
    let case = office.reply(both, &case).await.unwrap();
    assert_refused(office.decide(both, &case, Decision::NotEstablished, NOTHING).await, Code::PermissionDenied, "SUBJECT_INVOLVED");
}

#[tokio::test]
async fn only_the_subject_replies() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    assert_refused(office.reply(people.head, &case).await, Code::PermissionDenied, "NOT_THE_SUBJECT");
    assert_refused(office.reply(people.handler, &case).await, Code::NotFound, "CASE_UNKNOWN");
    // A subject who replies at once may still be interviewed, and must be before anything is decided.
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    assert_refused(office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await, Code::FailedPrecondition, "CASE_STATE");
    let case = office.interview(people.leader, &case).await.unwrap();
    assert_eq!(case.state(), State::Replied);
    assert!(office.decide(people.principal, &case, Decision::InterviewOnly, NOTHING).await.is_ok());
}

#[tokio::test]
async fn a_subject_is_heard_or_has_had_three_days() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    assert_refused(office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await, Code::FailedPrecondition, "CASE_STATE");
    let case = office.interview(people.leader, &case).await.unwrap();
    office.house.at("2026-11-13 17:59").await;
    assert_refused(
        office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await,
        Code::FailedPrecondition,
        "REPLY_NOT_HEARD",
    );
    office.house.at("2026-11-13 18:00").await;
    let case = office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await.unwrap();
    assert_eq!((case.state(), case.decision(), case.reply.as_str()), (State::Decided, Decision::NotEstablished, ""));
}

#[tokio::test]
async fn what_was_changed_meanwhile_or_does_not_exist_is_refused() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    office.interview(people.leader, &case).await.unwrap();
    assert_refused(office.interview(people.leader, &case).await, Code::Aborted, "CASE_STALE");
    assert_refused(office.reply(people.bureau_head, &case).await, Code::Aborted, "CASE_STALE");
    assert_refused(office.decide(people.principal, &case, Decision::InterviewOnly, NOTHING).await, Code::Aborted, "CASE_STALE");
    let unknown = pb::AccountabilityCase { case_id: office.house.new_id().to_string(), etag: "1".into(), ..Default::default() };
    assert_refused(office.interview(people.leader, &unknown).await, Code::NotFound, "CASE_UNKNOWN");
    let malformed = pb::AccountabilityCase { case_id: "x".into(), ..Default::default() };
    assert_refused(office.interview(people.leader, &malformed).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(
        office.decide(people.principal, &unknown, Decision::Unspecified, NOTHING).await,
        Code::InvalidArgument,
        "FIELDS_INVALID",
    );
}

#[tokio::test]
async fn the_subject_sees_their_own_case_and_others_of_the_units_and_the_office_do_not() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let first = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    let second = pb::OpenAccountabilityCaseRequest {
        subject_person_id: people.section_head.to_string(),
        subject_body_id: people.section.to_string(),
        ..office.opening(&[])
    };
    let second = office.open(people.head, second).await.unwrap();
    assert_eq!(office.see(people.bureau_head, &first).await.unwrap(), first);
    for by in [people.handler, people.school_head, people.staff, people.collector] {
        assert_refused(office.see(by, &first).await, Code::NotFound, "CASE_UNKNOWN");
        assert!(office.cases(by).await.is_empty());
    }
    assert_refused(office.see(people.bureau_head, &second).await, Code::NotFound, "CASE_UNKNOWN");
    assert_eq!(office.cases(people.bureau_head).await, [first.clone()]);
    for by in [people.head, people.leader, people.principal, people.auditor] {
        assert_eq!(office.cases(by).await, [second.clone(), first.clone()]);
    }
    assert_refused(office.open(people.staff, office.opening(&[&breached])).await, Code::PermissionDenied, "PERMISSION_DENIED");
}
