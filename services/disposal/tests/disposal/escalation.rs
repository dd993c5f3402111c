//! Reports upward: drafted, endorsed, approved in a series, 四(五).

use crate::office::{inner, office, quiet_office};
use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level,
    directory::Role,
    disposal::{
        self as pb,
        escalation::{Kind, State},
    },
};
use tonic::Code;

#[tokio::test]
async fn a_report_is_drafted_endorsed_and_approved_and_its_text_stays_as_written() {
    let office = office().await;
    let drafted = office.draft(office.staff, Kind::Initial).await.unwrap();
    assert_eq!((drafted.state(), drafted.text.as_str()), (State::Drafted, "  市政府办公室:\n现将有关情况报告如下。\n"));
    let endorsed = office.endorse(office.lead, &drafted).await.unwrap();
    let approved = office.approve(office.principal, &endorsed).await.unwrap();
    assert_eq!((approved.state(), approved.text, approved.attempt_count), (State::Approved, drafted.text, 0));
    assert_eq!((approved.endorse_person_id, approved.approve_person_id), (office.lead.to_string(), office.principal.to_string()));
    assert!(approved.approve_time.is_some());
    let told = office.facts::<pb::EscalationApproved>().await;
    assert_eq!((told[0].kind(), &told[0].person_id), (Kind::Initial, &office.principal.to_string()));
    assert_eq!(office.facts::<pb::EscalationDrafted>().await[0].person_id, office.staff.to_string());
    assert_eq!(office.facts::<pb::EscalationEndorsed>().await[0].person_id, office.lead.to_string());
}

#[tokio::test]
async fn without_a_superior_an_approved_report_says_so_and_waits() {
    let office = office().await;
    let approved = office.approved(Kind::Initial).await;
    let waiting = office.escalation_when(&approved.escalation_id, |escalation| !escalation.last_error.is_empty()).await;
    assert_eq!((waiting.state(), waiting.last_error.as_str(), waiting.attempt_count), (State::Approved, "未配置上级平台", 0));
    let case = office.case().await;
    assert_refused(office.close(office.head, &case).await, Code::FailedPrecondition, "CASE_HAS_OPEN_WORK");
}

#[tokio::test]
async fn the_series_goes_from_initial_over_follow_ups_to_final() {
    let office = office().await;
    let series = |outcome| assert_refused::<pb::Escalation>(outcome, Code::FailedPrecondition, "ESCALATION_SERIES");
    series(office.draft(office.staff, Kind::FollowUp).await);
    series(office.draft(office.staff, Kind::Final).await);
    let sent_back = office.draft(office.staff, Kind::Initial).await.unwrap();
    series(office.draft(office.staff, Kind::Initial).await);
    series(office.draft(office.staff, Kind::FollowUp).await);
    let sent_back = office.send_back(office.lead, &sent_back).await.unwrap();
    assert_eq!((sent_back.state(), sent_back.return_reason.as_str()), (State::Returned, "请补充处置措施"));
    assert_eq!(office.facts::<pb::EscalationReturned>().await[0].reason, "请补充处置措施");
    office.approved(Kind::Initial).await;
    series(office.draft(office.staff, Kind::Initial).await);
    office.approved(Kind::FollowUp).await;
    office.approved(Kind::FollowUp).await;
    office.draft(office.head, Kind::Final).await.unwrap();
    for kind in [Kind::Initial, Kind::FollowUp, Kind::Final] {
        series(office.draft(office.staff, kind).await);
    }
}

#[tokio::test]
async fn only_the_lead_endorses_and_only_lead_or_principal_send_back() {
    let office = office().await;
    let drafted = office.draft(office.staff, Kind::Initial).await.unwrap();
    assert_refused(office.endorse(office.other_leader, &drafted).await, Code::PermissionDenied, "NOT_THE_LEAD");
    assert_refused(office.send_back(office.other_leader, &drafted).await, Code::PermissionDenied, "NOT_THE_LEAD");
    assert_refused(office.endorse(office.principal, &drafted).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.send_back(office.principal, &drafted).await.is_ok());
}

#[tokio::test]
async fn without_a_lead_nobody_endorses() {
    let office = quiet_office(None).await;
    office.classify(Level::Important, &[office.water, office.roads]).await;
    let drafted = office.draft(office.staff, Kind::Initial).await.unwrap();
    assert_refused(office.endorse(office.lead, &drafted).await, Code::FailedPrecondition, "LEAD_MISSING");
}

#[tokio::test]
async fn a_report_goes_its_way_step_by_step() {
    let office = office().await;
    let drafted = office.draft(office.staff, Kind::Initial).await.unwrap();
    assert_refused(office.approve(office.principal, &drafted).await, Code::FailedPrecondition, "ESCALATION_STATE");
    let endorsed = office.endorse(office.lead, &drafted).await.unwrap();
    assert_refused(office.endorse(office.lead, &drafted).await, Code::Aborted, "ESCALATION_STALE");
    assert_refused(office.endorse(office.lead, &endorsed).await, Code::FailedPrecondition, "ESCALATION_STATE");
    let approved = office.approve(office.principal, &endorsed).await.unwrap();
    let approved = office.escalation_when(&approved.escalation_id, |escalation| !escalation.last_error.is_empty()).await;
    assert_refused(office.send_back(office.principal, &approved).await, Code::FailedPrecondition, "ESCALATION_STATE");
    let unknown = pb::Escalation { escalation_id: office.house.new_id().to_string(), ..approved };
    assert_refused(office.approve(office.principal, &unknown).await, Code::NotFound, "ESCALATION_UNKNOWN");
    assert_refused(office.escalation(office.staff, &unknown.escalation_id).await, Code::NotFound, "ESCALATION_UNKNOWN");
}

#[tokio::test]
async fn reports_approved_at_once_are_numbered_without_gaps_also_where_some_are_refused() {
    let office = office().await;
    let initial = office.draft(office.staff, Kind::Initial).await.unwrap();
    let initial = office.endorse(office.lead, &initial).await.unwrap();
    let initial = office.approve(office.principal, &initial).await.unwrap();
    assert_eq!((initial.document_year, initial.document_number), (2026, 1));
    let mut endorsed = Vec::new();
    for _ in 0..6 {
        let draft = office.draft(office.staff, Kind::FollowUp).await.unwrap();
        endorsed.push(office.endorse(office.lead, &draft).await.unwrap());
    }
    // Each twice: the second is refused.
    let calls = endorsed.iter().chain(&endorsed).map(|report| office.approve(office.principal, report));
    let answers = futures::future::join_all(calls).await;
    let mut numbers: Vec<i32> = answers.iter().flatten().map(|approved| approved.document_number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 7]);
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 6);
    // A new year begins anew.
    office.house.at("2027-01-04 09:00").await;
    let draft = office.draft(office.staff, Kind::FollowUp).await.unwrap();
    let next = office.endorse(office.lead, &draft).await.unwrap();
    let next = office.approve(office.principal, &next).await.unwrap();
    assert_eq!((next.document_year, next.document_number), (2027, 1));
}

#[tokio::test]
async fn nobody_approves_a_report_that_they_wrote_or_endorsed() {
    let office = office().await;
    let all = office.house.person("all", office.roads, &[Role::OfficeHead, Role::PrincipalLeader, Role::LeaderInCharge]).await;
    office.delegate(office.lead, all).await;
    let own = office.draft(all, Kind::Initial).await.unwrap();
    assert_refused(office.endorse(all, &own).await, Code::PermissionDenied, "OWN_WORK");
    let endorsed = office.endorse(office.lead, &own).await.unwrap();
    assert_refused(office.approve(all, &endorsed).await, Code::PermissionDenied, "OWN_WORK");
    office.approve(office.principal, &endorsed).await.unwrap();
    let others = office.draft(office.staff, Kind::FollowUp).await.unwrap();
    let endorsed = office.endorse(all, &others).await.unwrap();
    assert_refused(office.approve(all, &endorsed).await, Code::PermissionDenied, "OWN_WORK");
    assert!(office.approve(office.principal, &endorsed).await.is_ok());
}

#[tokio::test]
async fn an_incident_that_was_not_classified_cannot_be_reported_upward() {
    let office = quiet_office(None).await;
    assert_refused(office.draft(office.staff, Kind::Initial).await, Code::NotFound, "CASE_UNKNOWN");
    assert_refused(office.draft(office.lead, Kind::Initial).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.draft(office.staff, Kind::Unspecified).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn the_superior_sees_approved_reports_alone_and_units_see_none() {
    let office = office().await;
    let initial = office.approved(Kind::Initial).await;
    let drafted = office.draft(office.staff, Kind::FollowUp).await.unwrap();
    let superior = office.house.person("city", office.house.new_id(), &[Role::SuperiorPlatform]).await;
    assert!(office.escalation(superior, &initial.escalation_id).await.is_ok());
    assert_refused(office.escalation(superior, &drafted.escalation_id).await, Code::NotFound, "ESCALATION_UNKNOWN");
    let ids = |list: pb::ListEscalationsResponse| list.escalations.into_iter().map(|e| e.escalation_id).collect::<Vec<_>>();
    assert_eq!(ids(office.escalations(superior, "", 0, "").await.unwrap()), [initial.escalation_id.clone()]);
    let message = pb::ListEscalationsRequest::default();
    let request = office.house.ask_as_service("city", &[Role::SuperiorPlatform], message);
    assert_eq!(ids(inner(office.client.clone().list_escalations(request)).await.unwrap()), [initial.escalation_id.clone()]);
    assert_refused(office.escalation(office.handler, &initial.escalation_id).await, Code::PermissionDenied, "PERMISSION_DENIED");

    let page = office.escalations(office.auditor, &office.incident.to_string(), 1, "").await.unwrap();
    let rest = office.escalations(office.auditor, &office.incident.to_string(), 1, &page.next_page_token).await.unwrap();
    assert_eq!((ids(page), ids(rest)), (vec![drafted.escalation_id], vec![initial.escalation_id]));
    assert!(ids(office.escalations(office.auditor, &office.house.new_id().to_string(), 0, "").await.unwrap()).is_empty());
    assert_refused(office.escalations(office.auditor, "x", 0, "").await, Code::InvalidArgument, "FIELDS_INVALID");
}
