//! The task, the findings and the report upward as papers: filled from the record, and seen by whom the record is seen.

use crate::office::{Asked, Office, inner, office};
use chassis::testing::assert_refused;
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
    let message = pb::RenderEscalationRequest { escalation_id: id.into(), format: Format::Docx.into() };
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
    let as_superior = |id: &str| {
        let message = pb::RenderEscalationRequest { escalation_id: id.into(), format: Format::Docx.into() };
        let request = office.house.ask_as_service("region", &[Role::SuperiorPlatform], message);
        let mut client = office.client.clone();
        async move { inner(client.render_escalation(request)).await }
    };
    assert_refused(as_superior(&drafted.escalation_id).await, Code::NotFound, "ESCALATION_UNKNOWN");
    says(&escalation(&office, office.lead, &drafted.escalation_id).await.unwrap(), &["初报(未批准,已拟稿)", "staff"]);
    let endorsed = office.endorse(office.lead, &drafted).await.unwrap();
    let approved = office.approve(office.principal, &endorsed).await.unwrap();
    let paper = escalation(&office, office.auditor, &approved.escalation_id).await.unwrap();
    says(&paper, &["沙河县人民政府办公室", "初报", "2026-0001", "关于河东供水的报告", "市政府办公室:", "现将有关情况报告如下。"]);
    says(&paper, &["lead", "principal", "2026年11月10日", "主要领导已批准"]);
    assert!(!text(&paper.content).contains("未批准"));
    assert_eq!(paper.file_name, "初报 2026-0001 关于河东供水的报告.docx");
    says(&as_superior(&approved.escalation_id).await.unwrap().paper.unwrap(), &["关于河东供水的报告"]);
    let by_unit = escalation(&office, office.unit_head, &approved.escalation_id).await;
    assert_refused(by_unit, Code::PermissionDenied, "PERMISSION_DENIED");
}
