//! Tasks, findings and the consolidated report, 四(三).

use crate::office::{office, quiet_office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::{
    assessment::Level,
    directory::Role,
    disposal::{self as pb, assignment, consolidation, findings},
};
use tonic::Code;

#[tokio::test]
async fn an_incident_is_handled_from_the_task_to_the_approval_with_rework_on_the_way() {
    let office = office().await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    assert_eq!(assignment.state(), assignment::State::Assigned);
    let assignment = office.acknowledge(office.officer, &assignment).await.unwrap();
    assert_eq!(assignment.state(), assignment::State::Acknowledged);
    assert_eq!(assignment.acknowledge_time, assignment.assign_time);
    let first = office.submit(office.handler, &assignment).await.unwrap();
    assert_eq!((first.revision, first.facts.len(), first.state()), (1, 2, findings::State::Submitted));

    let returned = office.return_findings(office.staff, &first).await.unwrap();
    assert_eq!((returned.state(), returned.return_reason.as_str()), (findings::State::Returned, "请补充影响户数"));
    let assignment = office.assignment().await;
    assert_eq!(assignment.state(), assignment::State::Returned);
    let second = office.submit(office.unit_head, &assignment).await.unwrap();
    assert_eq!(second.revision, 2);
    let accepted = office.accept_findings(office.head, &second).await.unwrap();
    assert_eq!(accepted.state(), findings::State::Accepted);
    assert_eq!(office.assignment().await.state(), assignment::State::Accepted);

    let draft = office.consolidate(office.staff, vec![accepted.findings_id.clone()]).await.unwrap();
    let endorsed = office.endorse_consolidation(office.lead, &draft).await.unwrap();
    let returned = office.return_consolidation(office.principal, &endorsed).await.unwrap();
    assert_eq!((returned.state(), returned.return_reason.as_str()), (consolidation::State::Returned, "请写明恢复时间"));
    let again = office.consolidate(office.head, vec![accepted.findings_id]).await.unwrap();
    let endorsed = office.endorse_consolidation(office.lead, &again).await.unwrap();
    let approved = office.approve_consolidation(office.principal, &endorsed).await.unwrap();
    assert_eq!(approved.state(), consolidation::State::Approved);
    assert_eq!((approved.endorse_person_id, approved.approve_person_id), (office.lead.to_string(), office.principal.to_string()));

    let told = (
        office.facts::<pb::UnitAssigned>().await.len(),
        office.facts::<pb::AssignmentAcknowledged>().await.len(),
        office.facts::<pb::FindingsSubmitted>().await.iter().map(|f| (f.revision, f.title.clone())).collect::<Vec<_>>(),
        office.facts::<pb::FindingsReturned>().await.iter().map(|f| f.reason.clone()).collect::<Vec<_>>(),
        office.facts::<pb::FindingsAccepted>().await.len(),
        office.facts::<pb::FindingsConsolidated>().await.len(),
        office.facts::<pb::ConsolidationEndorsed>().await.len(),
        office.facts::<pb::ConsolidationReturned>().await.len(),
        office.facts::<pb::ConsolidationApproved>().await.iter().map(|f| f.person_id.clone()).collect::<Vec<_>>(),
    );
    let submitted = vec![(1, "河东供水".to_owned()), (2, "河东供水".to_owned())];
    assert_eq!(told, (1, 1, submitted, vec!["请补充影响户数".to_owned()], 1, 2, 2, 1, vec![office.principal.to_string()]));
}

#[tokio::test]
async fn a_unit_has_one_open_task_in_a_case() {
    let office = office().await;
    office.assign(office.staff, office.water).await.unwrap();
    assert_refused(office.assign(office.lead, office.water).await, Code::FailedPrecondition, "BODY_ALREADY_ASSIGNED");
    office.assign(office.lead, office.roads).await.unwrap();
    assert_refused(office.assign(office.staff, office.house.new_id()).await, Code::NotFound, "BODY_UNKNOWN");
    assert_refused(office.assign(office.handler, office.water).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_unit_whose_findings_were_accepted_can_have_another_task() {
    let office = office().await;
    office.accepted_findings().await;
    let next = office.assign(office.head, office.water).await.unwrap();
    let next = office.acknowledge(office.handler, &next).await.unwrap();
    assert_eq!(office.submit(office.handler, &next).await.unwrap().revision, 1);
}

#[tokio::test]
async fn an_incident_that_was_not_classified_has_no_tasks() {
    let office = quiet_office(None).await;
    assert_refused(office.assign(office.staff, office.water).await, Code::NotFound, "CASE_UNKNOWN");
}

#[tokio::test]
async fn another_unit_cannot_acknowledge_or_answer() {
    let office = office().await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    // The roads bureau does not see this case at all.
    assert_refused(office.acknowledge(office.roads_handler, &assignment).await, Code::NotFound, "ASSIGNMENT_UNKNOWN");
    // Involved, it sees the case, but the task is another's.
    office.involve(&[office.water, office.roads]).await;
    assert_refused(office.acknowledge(office.roads_handler, &assignment).await, Code::PermissionDenied, "NOT_YOUR_UNIT");
    let acknowledged = office.acknowledge(office.handler, &assignment).await.unwrap();
    assert_refused(office.submit(office.roads_handler, &acknowledged).await, Code::PermissionDenied, "NOT_YOUR_UNIT");
    // The information officer acknowledges, but does not investigate.
    assert_refused(office.submit(office.officer, &acknowledged).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_task_goes_its_way_step_by_step() {
    let office = office().await;
    let assigned = office.assign(office.staff, office.water).await.unwrap();
    assert_refused(office.submit(office.handler, &assigned).await, Code::FailedPrecondition, "ASSIGNMENT_STATE");
    let acknowledged = office.acknowledge(office.handler, &assigned).await.unwrap();
    assert_refused(office.acknowledge(office.handler, &assigned).await, Code::Aborted, "ASSIGNMENT_STALE");
    assert_refused(office.acknowledge(office.handler, &acknowledged).await, Code::FailedPrecondition, "ASSIGNMENT_STATE");
    office.submit(office.handler, &acknowledged).await.unwrap();
    assert_refused(office.submit(office.handler, &acknowledged).await, Code::Aborted, "ASSIGNMENT_STALE");
    let submitted = office.assignment().await;
    assert_refused(office.submit(office.handler, &submitted).await, Code::FailedPrecondition, "ASSIGNMENT_STATE");
    let unknown = pb::Assignment { assignment_id: office.house.new_id().to_string(), ..submitted };
    assert_refused(office.submit(office.handler, &unknown).await, Code::NotFound, "ASSIGNMENT_UNKNOWN");
}

#[tokio::test]
async fn findings_are_settled_once() {
    let office = office().await;
    let waiting = office.waiting_findings().await;
    let accepted = office.accept_findings(office.staff, &waiting).await.unwrap();
    assert_refused(office.return_findings(office.head, &waiting).await, Code::Aborted, "FINDINGS_STALE");
    assert_refused(office.return_findings(office.head, &accepted).await, Code::FailedPrecondition, "FINDINGS_STATE");
    assert_refused(office.accept_findings(office.head, &accepted).await, Code::FailedPrecondition, "FINDINGS_STATE");
    let unknown = pb::Findings { findings_id: office.house.new_id().to_string(), ..accepted };
    assert_refused(office.accept_findings(office.head, &unknown).await, Code::NotFound, "FINDINGS_UNKNOWN");
}

#[tokio::test]
async fn nobody_judges_findings_that_they_wrote() {
    let office = office().await;
    let both = office.house.person("both", office.water, &[Role::UnitHandler, Role::OfficeStaff]).await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    let assignment = office.acknowledge(both, &assignment).await.unwrap();
    let findings = office.submit(both, &assignment).await.unwrap();
    assert_refused(office.accept_findings(both, &findings).await, Code::PermissionDenied, "OWN_WORK");
    assert_refused(office.return_findings(both, &findings).await, Code::PermissionDenied, "OWN_WORK");
}

#[tokio::test]
async fn a_report_rests_on_accepted_findings_of_its_incident() {
    let office = office().await;
    let waiting = office.waiting_findings().await;
    let refused = office.consolidate(office.staff, vec![waiting.findings_id.clone()]).await;
    assert_refused(refused, Code::FailedPrecondition, "FINDINGS_NOT_ACCEPTED");
    let refused = office.consolidate(office.staff, vec![office.house.new_id().to_string()]).await;
    assert_refused(refused, Code::NotFound, "FINDINGS_UNKNOWN");
    assert_refused(office.consolidate(office.staff, vec![]).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.consolidate(office.lead, vec![waiting.findings_id]).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn only_the_lead_or_a_stand_in_endorses() {
    let office = office().await;
    let findings = office.accepted_findings().await;
    let draft = office.consolidate(office.staff, vec![findings.findings_id]).await.unwrap();
    assert_refused(office.endorse_consolidation(office.other_leader, &draft).await, Code::PermissionDenied, "NOT_THE_LEAD");
    assert_refused(office.return_consolidation(office.other_leader, &draft).await, Code::PermissionDenied, "NOT_THE_LEAD");
    office.delegate(office.lead, office.other_leader).await;
    let endorsed = office.endorse_consolidation(office.other_leader, &draft).await.unwrap();
    assert_eq!(endorsed.endorse_person_id, office.other_leader.to_string());
}

#[tokio::test]
async fn without_a_lead_nobody_endorses() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.water, office.roads]).await;
    let findings = office.accepted_findings().await;
    let draft = office.consolidate(office.staff, vec![findings.findings_id]).await.unwrap();
    assert_refused(office.endorse_consolidation(office.lead, &draft).await, Code::FailedPrecondition, "LEAD_MISSING");
}

#[tokio::test]
async fn a_report_is_endorsed_before_it_is_approved_and_then_stands() {
    let office = office().await;
    let findings = office.accepted_findings().await;
    let draft = office.consolidate(office.staff, vec![findings.findings_id]).await.unwrap();
    assert_refused(office.approve_consolidation(office.principal, &draft).await, Code::FailedPrecondition, "CONSOLIDATION_STATE");
    let endorsed = office.endorse_consolidation(office.lead, &draft).await.unwrap();
    assert_refused(office.endorse_consolidation(office.lead, &draft).await, Code::Aborted, "CONSOLIDATION_STALE");
    assert_refused(office.endorse_consolidation(office.lead, &endorsed).await, Code::FailedPrecondition, "CONSOLIDATION_STATE");
    let approved = office.approve_consolidation(office.principal, &endorsed).await.unwrap();
    assert_refused(office.return_consolidation(office.principal, &approved).await, Code::FailedPrecondition, "CONSOLIDATION_STATE");
    let unknown = pb::Consolidation { consolidation_id: office.house.new_id().to_string(), ..approved };
    assert_refused(office.approve_consolidation(office.principal, &unknown).await, Code::NotFound, "CONSOLIDATION_UNKNOWN");
}

#[tokio::test]
async fn nobody_approves_a_report_that_they_wrote_or_endorsed() {
    let office = office().await;
    let findings = office.accepted_findings().await;
    let all = office.house.person("all", office.roads, &[Role::OfficeHead, Role::PrincipalLeader, Role::LeaderInCharge]).await;
    office.delegate(office.lead, all).await;
    let own = office.consolidate(all, vec![findings.findings_id.clone()]).await.unwrap();
    assert_refused(office.endorse_consolidation(all, &own).await, Code::PermissionDenied, "OWN_WORK");
    let endorsed = office.endorse_consolidation(office.lead, &own).await.unwrap();
    assert_refused(office.approve_consolidation(all, &endorsed).await, Code::PermissionDenied, "OWN_WORK");
    let others = office.consolidate(office.staff, vec![findings.findings_id]).await.unwrap();
    let endorsed = office.endorse_consolidation(all, &others).await.unwrap();
    assert_refused(office.approve_consolidation(all, &endorsed).await, Code::PermissionDenied, "OWN_WORK");
    assert!(office.approve_consolidation(office.principal, &endorsed).await.is_ok());
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer_and_adds_nothing() {
    let office = office().await;
    let message = pb::AssignUnitRequest {
        request_id: request_id(),
        incident_id: office.incident.to_string(),
        body_id: office.water.to_string(),
        task: "核实".into(),
        due_time: None,
    };
    let first = office.client.clone().assign_unit(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
    let second = office.client.clone().assign_unit(office.house.ask(office.staff, message)).await.unwrap().into_inner();
    assert_eq!(first, second);
    assert_eq!(office.look(office.staff).await.unwrap().assignments.len(), 1);
}
