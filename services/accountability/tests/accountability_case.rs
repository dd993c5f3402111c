//! Accountability cases, through the contract, 四(六).
#![allow(clippy::unwrap_used, clippy::panic, clippy::cloned_ref_to_slice_refs, reason = "tests fail by panicking")]

mod office;

use chassis::testing::{assert_refused, request_id};
use huiying_proto::{
    accountability::{
        self as pb,
        accountability_case::{Behaviour, Decision, State},
    },
    directory::Role,
};
use office::{Office, office};
use tonic::{Code, Status};
use uuid::Uuid;

type Answer = Result<pb::AccountabilityCase, Status>;

/// The office in the evening, and the obligation that the bureau breached.
async fn after_a_breach() -> (Office, pb::Obligation) {
    let office = office().await;
    office.assign().await;
    office.house.at("2026-11-10 18:00").await;
    let breached = office.owed("unit_acknowledgement").await;
    (office, breached)
}

impl Office {
    fn opening(&self, obligations: &[&pb::Obligation]) -> pb::OpenAccountabilityCaseRequest {
        pb::OpenAccountabilityCaseRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            behaviour: Behaviour::Delay.into(),
            subject_person_id: self.people.bureau_head.to_string(),
            subject_body_id: self.people.bureau.to_string(),
            obligation_ids: obligations.iter().map(|o| o.obligation_id.clone()).collect(),
            behaviour_evidence: "交办后半日未签收".into(),
        }
    }

    async fn open(&self, by: Uuid, message: pb::OpenAccountabilityCaseRequest) -> Answer {
        Ok(self.client.clone().open_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    async fn interview(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::RecordInterviewRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            record: "约谈记录".into(),
        };
        Ok(self.client.clone().record_interview(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    async fn reply(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::SubmitReplyRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            reply: "申辩".into(),
        };
        Ok(self.client.clone().submit_reply(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    async fn decide(&self, by: Uuid, case: &pb::AccountabilityCase, decision: Decision, shown: [&str; 2]) -> Answer {
        let message = pb::DecideAccountabilityCaseRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            decision: decision.into(),
            reason: "事实清楚".into(),
            grave_effect_evidence: shown[0].into(),
            competent_body: shown[1].into(),
        };
        Ok(self.client.clone().decide_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    async fn see(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::GetAccountabilityCaseRequest { case_id: case.case_id.clone() };
        Ok(self.client.clone().get_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    async fn cases(&self, by: Uuid) -> Vec<pb::AccountabilityCase> {
        let message = pb::ListAccountabilityCasesRequest::default();
        self.client.clone().list_accountability_cases(self.house.ask(by, message)).await.unwrap().into_inner().accountability_cases
    }
}

const NOTHING: [&str; 2] = ["", ""];
const BOTH: [&str; 2] = ["停水引发群体聚集", "县纪委监委"];

#[tokio::test]
async fn a_case_runs_from_opening_over_interview_and_reply_to_a_decision() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    assert_eq!((case.state(), case.open_person_id.as_str()), (State::Opened, people.head.to_string().as_str()));
    let case = office.interview(people.leader, &case).await.unwrap();
    assert_eq!((case.state(), case.interview_record.as_str()), (State::Interviewed, "约谈记录"));
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    assert_eq!((case.state(), case.reply.as_str()), (State::Replied, "申辩"));
    let case = office.decide(people.principal, &case, Decision::Accountable, BOTH).await.unwrap();
    assert_eq!((case.state(), case.decision(), case.competent_body.as_str()), (State::Decided, Decision::Accountable, BOTH[1]));
    assert_eq!(case.decide_person_id, people.principal.to_string());
    assert_eq!(office.see(people.auditor, &case).await.unwrap(), case);
    office.house.settle().await;
    assert_eq!(office.told::<pb::CaseOpened>().await[0].person_id, people.head.to_string());
    assert_eq!(office.told::<pb::InterviewHeld>().await[0].person_id, people.leader.to_string());
    assert_eq!(office.told::<pb::ReplySubmitted>().await[0].subject_person_id, people.bureau_head.to_string());
    assert_eq!(office.told::<pb::CaseDecided>().await[0].decision(), Decision::Accountable);
    let timeline = office.timeline(people.head, office.incident).await.unwrap();
    assert!(timeline.iter().any(|entry| entry.what == "接受约谈" && entry.person_id == people.bureau_head.to_string()));
    for again in [
        office.interview(people.leader, &case).await,
        office.reply(people.bureau_head, &case).await,
        office.decide(people.principal, &case, Decision::NotEstablished, NOTHING).await,
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
async fn accountability_needs_the_grave_effect_and_the_competent_body_and_another_decider() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.leader, office.opening(&[&breached])).await.unwrap();
    let case = office.interview(people.head, &case).await.unwrap();
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    for shown in [NOTHING, [BOTH[0], ""], ["", BOTH[1]]] {
        assert_refused(
            office.decide(people.principal, &case, Decision::Accountable, shown).await,
            Code::FailedPrecondition,
            "GRAVE_EFFECT_NOT_SHOWN",
        );
    }
    assert_refused(office.decide(people.leader, &case, Decision::Accountable, BOTH).await, Code::PermissionDenied, "DECIDER_OPENED");
    assert_refused(office.decide(people.head, &case, Decision::Accountable, BOTH).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.decide(people.other_leader, &case, Decision::Accountable, BOTH).await.is_ok());
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
