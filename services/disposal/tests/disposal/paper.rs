//! The task, the findings and the report upward as papers: filled from the record, and seen by whom the record is seen.

use crate::office::{Asked, Office, inner, office};
use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::{
    directory::Role,
    disposal::{self as pb, escalation::Kind},
    paper::{Paper, paper::Format},
};
use papers::testing::text;
use tonic::Code;
use uuid::Uuid;

async fn slip(office: &Office, by: Uuid, id: &str, format: Format) -> Asked<Paper> {
    let message = pb::RenderAssignmentSlipRequest { assignment_id: id.into(), format: format.into() };
    Ok(inner(office.client.clone().render_assignment_slip(office.house.ask(by, message))).await?.paper.unwrap())
}

async fn report(office: &Office, by: Uuid, id: &str) -> Asked<Paper> {
    let message = pb::RenderDisposalReportRequest { findings_id: id.into(), format: Format::Docx.into() };
    Ok(inner(office.client.clone().render_disposal_report(office.house.ask(by, message))).await?.paper.unwrap())
}

async fn escalation(office: &Office, by: Uuid, id: &str) -> Asked<Paper> {
    rendered(office, by, id, false).await
}

async fn rendered(office: &Office, by: Uuid, id: &str, processing_sheet: bool) -> Asked<Paper> {
    let message = pb::RenderEscalationRequest { escalation_id: id.into(), format: Format::Docx.into(), processing_sheet };
    Ok(inner(office.client.clone().render_escalation(office.house.ask(by, message))).await?.paper.unwrap())
}

fn says(paper: &Paper, parts: &[&str]) {
    let said = text(&paper.content);
    for part in parts {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[tokio::test]
async fn a_slip_holds_the_task_and_is_the_unit_s_and_the_office_s() {
    let office = office().await;
    let assigned = office.assign(office.staff, office.water).await.unwrap();
    let paper = slip(&office, office.staff, &assigned.assignment_id, Format::Docx).await.unwrap();
    says(
        &paper,
        &["政务舆情交办单", "2026-0001", "河东供水", "重要", "lead", "县水务局", "核实停水原因", "staff", "已交办", "2026年11月10日 09:00"],
    );
    office.acknowledge(office.officer, &assigned).await.unwrap();
    says(&slip(&office, office.handler, &assigned.assignment_id, Format::Unspecified).await.unwrap(), &["已签收"]);
    let elsewhere = slip(&office, office.roads_handler, &assigned.assignment_id, Format::Docx).await;
    assert_refused(elsewhere, Code::NotFound, "ASSIGNMENT_UNKNOWN");
    // A unit that is in the case sees its own task, and not another's.
    office.assign(office.staff, office.roads).await.unwrap();
    let other = slip(&office, office.roads_handler, &assigned.assignment_id, Format::Docx).await;
    assert_refused(other, Code::NotFound, "ASSIGNMENT_UNKNOWN");
    let pdf = slip(&office, office.staff, &assigned.assignment_id, Format::Pdf).await;
    assert_refused(pdf, Code::FailedPrecondition, "CONVERTER_MISSING");
    assert_refused(slip(&office, office.staff, "1", Format::Docx).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_disposal_report_holds_every_fact_with_its_evidence_and_why_it_was_sent_back() {
    let office = office().await;
    let findings = office.waiting_findings().await;
    let returned = office.return_findings(office.staff, &findings).await.unwrap();
    let paper = report(&office, office.unit_head, &returned.findings_id).await.unwrap();
    says(
        &paper,
        &["政务舆情处置报告单", "县水务局", "核实停水原因", "第1稿", "11月9日20时停水", "已核实", "调度日志", "影响户数", "核实中"],
    );
    says(&paper, &["管网爆管", "抢修并送水", "handler", "已退回", "请补充影响户数"]);
    says(&report(&office, office.auditor, &returned.findings_id).await.unwrap(), &["已退回"]);
    assert_refused(report(&office, office.roads_handler, &returned.findings_id).await, Code::NotFound, "FINDINGS_UNKNOWN");
    let nothing = office.house.new_id().to_string();
    assert_refused(report(&office, office.staff, &nothing).await, Code::NotFound, "FINDINGS_UNKNOWN");
}

#[tokio::test]
async fn a_report_upward_tells_who_approved_it_and_the_superior_sees_it_only_then() {
    let office = office().await;
    let drafted = office.draft(office.staff, Kind::Initial).await.unwrap();
    let as_superior = |id: &str, processing_sheet: bool| {
        let message = pb::RenderEscalationRequest { escalation_id: id.into(), format: Format::Docx.into(), processing_sheet };
        let request = office.house.ask_as_service("region", &[Role::SuperiorPlatform], message);
        let mut client = office.client.clone();
        async move { inner(client.render_escalation(request)).await }
    };
    assert_refused(as_superior(&drafted.escalation_id, false).await, Code::NotFound, "ESCALATION_UNKNOWN");
    says(&escalation(&office, office.lead, &drafted.escalation_id).await.unwrap(), &["初报（未批准，已拟稿）"]);
    assert_eq!((drafted.document_year, drafted.document_number), (0, 0));
    let endorsed = office.endorse(office.lead, &drafted).await.unwrap();
    let approved = office.approve(office.principal, &endorsed).await.unwrap();
    let paper = escalation(&office, office.auditor, &approved.escalation_id).await.unwrap();
    says(&paper, &["沙河县人民政府办公室", "初报", "2026-0001", "关于河东供水的报告", "市政府办公室:", "现将有关情况报告如下。"]);
    assert_eq!((approved.document_year, approved.document_number), (2026, 1));
    says(&paper, &["〔2026〕1号", "签发人：principal", "2026年11月10日"]);
    // Who drafted and endorsed it is not the superior's matter, and stands on a sheet of its own.
    assert!(!["未批准", "lead", "主要领导已批准", "送达尝试"].iter().any(|part| text(&paper.content).contains(part)));
    let sheet = rendered(&office, office.auditor, &approved.escalation_id, true).await.unwrap();
    says(&sheet, &["政务舆情上报办理单", "〔2026〕1号", "staff", "lead", "principal", "主要领导已批准"]);
    assert_refused(as_superior(&approved.escalation_id, true).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_eq!(paper.file_name, "初报 2026-0001 关于河东供水的报告.docx");
    says(&as_superior(&approved.escalation_id, false).await.unwrap().paper.unwrap(), &["关于河东供水的报告"]);
    let by_unit = escalation(&office, office.unit_head, &approved.escalation_id).await;
    assert_refused(by_unit, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_task_may_have_a_due_time_that_is_to_come_and_the_slip_says_it_with_its_clauses() {
    let office = office().await;
    let ask = |due: &str| pb::AssignUnitRequest {
        request_id: request_id(),
        incident_id: office.incident.to_string(),
        body_id: office.water.to_string(),
        task: "核实停水原因".into(),
        due_time: Some(wire_time(moment(due))),
    };
    let refused = inner(office.client.clone().assign_unit(office.house.ask(office.staff, ask("2026-11-10 09:00")))).await;
    assert_refused(refused, Code::InvalidArgument, "DUE_TIME_PAST");
    let assigned = inner(office.client.clone().assign_unit(office.house.ask(office.staff, ask("2026-11-10 18:00")))).await.unwrap();
    let assigned = assigned.assignment.unwrap();
    assert_eq!(assigned.due_time, Some(wire_time(moment("2026-11-10 18:00"))));
    let paper = slip(&office, office.handler, &assigned.assignment_id, Format::Docx).await.unwrap();
    says(&paper, &["办理时限", "2026年11月10日 18:00", "四(一)二、四(三)、四(四)"]);
}
