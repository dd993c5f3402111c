//! Material, feedback, tracking, and the end of a case: 一, 四(四), 三(一).

use crate::office::{office, quiet_office};
use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level,
    directory::Role,
    disposal::{self as pb, FeedbackRecipient, case, escalation::Kind},
};
use tonic::Code;

#[tokio::test]
async fn a_unit_provides_the_material_that_it_was_asked_for_once() {
    let office = office().await;
    let asked = office.ask_material(office.staff, office.water, "2026-11-10 12:00").await.unwrap();
    assert_eq!((asked.answer.as_str(), asked.answer_time), ("", None));
    let provided = office.provide_material(office.officer, &asked).await.unwrap();
    assert_eq!(provided.answer, "检修三次,见附件");
    assert_refused(office.provide_material(office.handler, &asked).await, Code::FailedPrecondition, "MATERIAL_ALREADY_PROVIDED");
    let requested = office.facts::<pb::MaterialRequested>().await;
    assert_eq!((&requested[0].question, requested[0].due_time), (&asked.question, asked.due_time));
    assert_eq!(office.facts::<pb::MaterialProvided>().await[0].material_request_id, asked.material_request_id);
}

#[tokio::test]
async fn material_is_asked_of_a_known_unit_and_for_a_time_to_come() {
    let office = office().await;
    let refused = office.ask_material(office.staff, office.water, "2026-11-10 09:00").await;
    assert_refused(refused, Code::InvalidArgument, "DUE_TIME_PAST");
    let refused = office.ask_material(office.staff, office.house.new_id(), "2026-11-10 12:00").await;
    assert_refused(refused, Code::NotFound, "BODY_UNKNOWN");
}

#[tokio::test]
async fn a_unit_that_is_not_involved_sees_what_it_was_asked_and_answers_late_too() {
    let office = office().await;
    let asked = office.ask_material(office.lead, office.roads, "2026-11-10 12:00").await.unwrap();
    office.house.at("2026-11-11 08:00").await;
    let seen = office.look(office.roads_handler).await.unwrap();
    assert_eq!((seen.material_requests, seen.assignments), (vec![asked.clone()], vec![]));
    assert!(office.provide_material(office.roads_handler, &asked).await.is_ok());
}

#[tokio::test]
async fn another_unit_cannot_provide_the_material() {
    let office = office().await;
    let asked = office.ask_material(office.staff, office.water, "2026-11-10 12:00").await.unwrap();
    assert_refused(office.provide_material(office.roads_handler, &asked).await, Code::NotFound, "MATERIAL_REQUEST_UNKNOWN");
    office.involve(&[office.water, office.roads]).await;
    assert_refused(office.provide_material(office.roads_handler, &asked).await, Code::PermissionDenied, "NOT_YOUR_UNIT");
    let unknown = pb::MaterialRequest { material_request_id: office.house.new_id().to_string(), ..asked };
    assert_refused(office.provide_material(office.handler, &unknown).await, Code::NotFound, "MATERIAL_REQUEST_UNKNOWN");
}

#[tokio::test]
async fn the_unit_reports_to_the_office_and_the_leader_and_the_lead_to_the_principal() {
    let office = office().await;
    office.assign(office.staff, office.water).await.unwrap();
    let to_office = office.feed_back(office.handler, FeedbackRecipient::Office).await.unwrap();
    let to_leader = office.feed_back(office.unit_head, FeedbackRecipient::LeaderInCharge).await.unwrap();
    let to_principal = office.feed_back(office.lead, FeedbackRecipient::PrincipalLeader).await.unwrap();
    assert_eq!(
        (to_office.body_id, to_leader.body_id, to_principal.body_id),
        (office.water.to_string(), office.water.to_string(), String::new())
    );
    let told: Vec<_> = office.facts::<pb::FeedbackSubmitted>().await.iter().map(|f| (f.recipient(), f.person_id.clone())).collect();
    let expected = [
        (FeedbackRecipient::Office, office.handler.to_string()),
        (FeedbackRecipient::LeaderInCharge, office.unit_head.to_string()),
        (FeedbackRecipient::PrincipalLeader, office.lead.to_string()),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn feedback_to_a_recipient_that_is_not_the_callers_is_refused() {
    let office = office().await;
    office.assign(office.staff, office.water).await.unwrap();
    let refused = office.feed_back(office.handler, FeedbackRecipient::PrincipalLeader).await;
    assert_refused(refused, Code::PermissionDenied, "RECIPIENT_NOT_YOURS");
    for recipient in [FeedbackRecipient::Office, FeedbackRecipient::LeaderInCharge] {
        assert_refused(office.feed_back(office.lead, recipient).await, Code::PermissionDenied, "RECIPIENT_NOT_YOURS");
    }
    let refused = office.feed_back(office.other_leader, FeedbackRecipient::PrincipalLeader).await;
    assert_refused(refused, Code::PermissionDenied, "NOT_THE_LEAD");
    assert_refused(office.feed_back(office.handler, FeedbackRecipient::Unspecified).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.feed_back(office.staff, FeedbackRecipient::Office).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_unit_without_a_task_here_cannot_report() {
    let office = office().await;
    assert_refused(office.feed_back(office.handler, FeedbackRecipient::Office).await, Code::PermissionDenied, "NOT_YOUR_UNIT");
    assert_refused(office.feed_back(office.roads_handler, FeedbackRecipient::Office).await, Code::NotFound, "CASE_UNKNOWN");
}

#[tokio::test]
async fn without_a_lead_nobody_reports_to_the_principal() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.water, office.roads]).await;
    let refused = office.feed_back(office.lead, FeedbackRecipient::PrincipalLeader).await;
    assert_refused(refused, Code::FailedPrecondition, "LEAD_MISSING");
}

#[tokio::test]
async fn watching_is_recorded_by_the_office_and_the_leaders() {
    let office = office().await;
    for by in [office.staff, office.head, office.lead, office.principal] {
        office.track(by, "讨论减少").await.unwrap();
    }
    assert_refused(office.track(office.handler, "讨论减少").await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_eq!(office.look(office.auditor).await.unwrap().tracking.len(), 4);
    assert_eq!(office.facts::<pb::TrackingRecorded>().await[3].text, "讨论减少");
}

#[tokio::test]
async fn a_case_is_closed_when_nothing_is_under_way_and_then_takes_no_more_work() {
    let office = office().await;
    let findings = office.accepted_findings().await;
    let closed = office.close(office.head, &office.case().await).await.unwrap();
    assert_eq!((closed.state(), closed.close_time), (case::State::Closed, closed.open_time));
    assert_eq!(office.facts::<pb::CaseClosed>().await[0].case_id, closed.case_id);
    assert_refused(office.close(office.head, &closed).await, Code::FailedPrecondition, "CASE_CLOSED");
    assert_refused(office.assign(office.staff, office.roads).await, Code::FailedPrecondition, "CASE_CLOSED");
    assert_refused(office.track(office.staff, "平息").await, Code::FailedPrecondition, "CASE_CLOSED");
    assert_refused(office.draft(office.staff, Kind::Initial).await, Code::FailedPrecondition, "CASE_CLOSED");
    assert_refused(office.consolidate(office.staff, vec![findings.findings_id]).await, Code::FailedPrecondition, "CASE_CLOSED");
    let refused = office.ask_material(office.staff, office.water, "2026-11-10 12:00").await;
    assert_refused(refused, Code::FailedPrecondition, "CASE_CLOSED");
}

#[tokio::test]
async fn a_case_with_work_under_way_cannot_be_closed() {
    let office = office().await;
    let case = office.case().await;
    let waiting = office.waiting_findings().await;
    assert_refused(office.close(office.head, &case).await, Code::FailedPrecondition, "CASE_HAS_OPEN_WORK");
    let accepted = office.accept_findings(office.staff, &waiting).await.unwrap();
    let draft = office.consolidate(office.staff, vec![accepted.findings_id]).await.unwrap();
    assert_refused(office.close(office.lead, &case).await, Code::FailedPrecondition, "CASE_HAS_OPEN_WORK");
    office.return_consolidation(office.lead, &draft).await.unwrap();
    let draft = office.draft(office.staff, Kind::Initial).await.unwrap();
    assert_refused(office.close(office.head, &case).await, Code::FailedPrecondition, "CASE_HAS_OPEN_WORK");
    office.send_back(office.lead, &draft).await.unwrap();
    assert!(office.close(office.lead, &case).await.is_ok());
    assert_refused(office.close(office.lead, &case).await, Code::Aborted, "CASE_STALE");
}

#[tokio::test]
async fn a_closed_case_seeks_no_lead() {
    let office = quiet_office(None).await;
    office.classify(Level::Ordinary, &[]).await;
    office.close(office.head, &office.case().await).await.unwrap();
    office.involve(&[office.water]).await;
    let case = office.case().await;
    assert_eq!((case.leader_person_id.as_str(), case.body_ids.clone()), ("", vec![office.water.to_string()]));
    assert_refused(office.designate(office.principal, &case, office.lead).await, Code::FailedPrecondition, "CASE_CLOSED");
}

#[tokio::test]
async fn a_unit_sees_its_own_part_and_the_others_see_all() {
    let office = office().await;
    office.involve(&[office.water, office.roads]).await;
    let findings = office.accepted_findings().await;
    office.consolidate(office.staff, vec![findings.findings_id]).await.unwrap();
    office.assign(office.staff, office.roads).await.unwrap();
    office.ask_material(office.staff, office.roads, "2026-11-10 12:00").await.unwrap();
    office.feed_back(office.handler, FeedbackRecipient::Office).await.unwrap();
    office.feed_back(office.lead, FeedbackRecipient::PrincipalLeader).await.unwrap();
    office.track(office.staff, "讨论减少").await.unwrap();
    let count = |c: &pb::GetCaseResponse| {
        (c.assignments.len(), c.material_requests.len(), c.findings.len(), c.consolidations.len(), c.feedback.len(), c.tracking.len())
    };
    for by in [office.staff, office.head, office.lead, office.other_leader, office.principal, office.auditor] {
        assert_eq!(count(&office.look(by).await.unwrap()), (2, 1, 1, 1, 2, 1));
    }
    assert_eq!(count(&office.look(office.officer).await.unwrap()), (1, 0, 1, 0, 1, 0));
    assert_eq!(count(&office.look(office.roads_handler).await.unwrap()), (1, 1, 0, 0, 0, 0));
    let stranger = office.house.person("stranger", office.house.new_id(), &[Role::UnitHead]).await;
    assert_refused(office.look(stranger).await, Code::NotFound, "CASE_UNKNOWN");
    let administrator = office.house.person("admin", office.water, &[Role::SystemAdministrator]).await;
    assert_refused(office.look(administrator).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn cases_are_listed_newest_first_as_far_as_the_caller_sees() {
    let mut office = office().await;
    let first = office.case().await;
    office.incident = office.house.new_id();
    office.classify(Level::Ordinary, &[office.roads]).await;
    let second = office.case().await;
    let page = office.list_cases(office.auditor, 1, "").await.unwrap();
    assert_eq!(page.cases, [second.clone()]);
    let rest = office.list_cases(office.auditor, 1, &page.next_page_token).await.unwrap();
    assert_eq!((rest.cases, rest.next_page_token.as_str()), (vec![first.clone()], ""));
    assert_eq!(office.list_cases(office.handler, 0, "").await.unwrap().cases, [first]);
    assert_eq!(office.list_cases(office.roads_handler, 0, "").await.unwrap().cases, [second]);
    office.assign(office.staff, office.water).await.unwrap();
    assert_eq!(office.list_cases(office.handler, 0, "").await.unwrap().cases.len(), 2);
}
