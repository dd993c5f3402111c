//! Use cases of findings.

use chassis::{Audit, Committed, Ctx, Error, Press, Tx};
use huiying_proto::{disposal as pb, paper::paper::Format};
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{Content, Findings, grpc::to_wire, stale, store, unknown};
use crate::{
    assignment::{self, Assignment},
    case,
    permissions::INVESTIGATORS,
};

/// 报送调查结果, 四(三).
pub(crate) struct Submit {
    pub assignment_id: Uuid,
    pub etag: i64,
    pub content: Content,
}

/// 退回补充.
pub(crate) struct SendBack {
    pub findings_id: Uuid,
    pub etag: i64,
    pub reason: String,
}

/// 采纳.
pub(crate) struct Accept {
    pub findings_id: Uuid,
    pub etag: i64,
}

/// Submits what the unit found (报送调查结果), 四(三). Refuses anyone but the unit, and verified or refuted facts without
/// evidence, 三(二).
pub(crate) async fn submit(ctx: &Ctx, command: Submit) -> Result<Committed<pb::SubmitFindingsResponse>, Error> {
    let by = ctx.require_person()?;
    command.content.check_evidence()?;
    let mut tx = ctx.begin().await?;
    let mut assignment = assignment::store::lock(tx.conn(), command.assignment_id).await?.ok_or_else(assignment::unknown)?;
    let case = case::commands::seen_part(&mut tx, ctx, assignment.incident_id, assignment::unknown).await?;
    if assignment.version != command.etag {
        return Err(assignment::stale().into());
    }
    assignment.submit(&ctx.bodies_as(INVESTIGATORS))?;
    // The task is locked, so that two submissions do not get one revision.
    let revision = store::last_revision(tx.conn(), assignment.id).await? + 1;
    let findings = Findings::submit(tx.id(), &assignment, revision, command.content, by, ctx.now);
    store::insert(tx.conn(), &findings).await?;
    assignment::commands::save(&mut tx, &mut assignment).await?;
    tx.emit(pb::FindingsSubmitted {
        incident_id: findings.incident_id.to_string(),
        title: case.title,
        findings_id: findings.id.to_string(),
        assignment_id: findings.assignment_id.to_string(),
        body_id: findings.body.to_string(),
        revision: findings.revision,
    });
    let audit = Audit::of("findings", findings.id).incident(findings.incident_id).clause("四(三)");
    tx.commit(audit, pb::SubmitFindingsResponse { findings: Some(to_wire(&findings)) }).await
}

/// Sends findings back for rework (退回补充). Refuses findings not waiting, and their author.
pub(crate) async fn send_back(ctx: &Ctx, command: SendBack) -> Result<Committed<pb::ReturnFindingsResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut findings, mut assignment) = load(&mut tx, command.findings_id, command.etag).await?;
    findings.send_back(by, command.reason.clone())?;
    assignment.send_back()?;
    save(&mut tx, &mut findings, &mut assignment).await?;
    let case = case::commands::of_part(&mut tx, findings.incident_id).await?;
    tx.emit(pb::FindingsReturned {
        incident_id: findings.incident_id.to_string(),
        title: case.title,
        findings_id: findings.id.to_string(),
        assignment_id: findings.assignment_id.to_string(),
        body_id: findings.body.to_string(),
        reason: findings.return_reason.clone(),
    });
    let audit = Audit::of("findings", findings.id).incident(findings.incident_id).clause("四(三)").reason(command.reason);
    tx.commit(audit, pb::ReturnFindingsResponse { findings: Some(to_wire(&findings)) }).await
}

/// Accepts findings (采纳). Refuses findings not waiting, and their author.
pub(crate) async fn accept(ctx: &Ctx, command: Accept) -> Result<Committed<pb::AcceptFindingsResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut findings, mut assignment) = load(&mut tx, command.findings_id, command.etag).await?;
    findings.accept(by)?;
    assignment.accept()?;
    save(&mut tx, &mut findings, &mut assignment).await?;
    tx.emit(pb::FindingsAccepted {
        incident_id: findings.incident_id.to_string(),
        findings_id: findings.id.to_string(),
        assignment_id: findings.assignment_id.to_string(),
        body_id: findings.body.to_string(),
    });
    let audit = Audit::of("findings", findings.id).incident(findings.incident_id).clause("四(三)");
    tx.commit(audit, pb::AcceptFindingsResponse { findings: Some(to_wire(&findings)) }).await
}

async fn load(tx: &mut Tx, findings_id: Uuid, etag: i64) -> Result<(Findings, Assignment), Error> {
    let findings = store::lock(tx.conn(), findings_id).await?.ok_or_else(unknown)?;
    if findings.version != etag {
        return Err(stale().into());
    }
    case::commands::of_part(tx, findings.incident_id).await?;
    let assignment = assignment::store::lock(tx.conn(), findings.assignment_id).await?;
    let assignment = assignment.ok_or_else(|| Error::fault(format!("findings {findings_id} without a task")))?;
    Ok((findings, assignment))
}

async fn save(tx: &mut Tx, findings: &mut Findings, assignment: &mut Assignment) -> Result<(), Error> {
    if !store::save(tx.conn(), findings).await? {
        return Err(stale().into());
    }
    assignment::commands::save(tx, assignment).await
}

/// Returns findings as a paper (处置报告单), 四(三). Refuses those that the caller does not see.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderDisposalReportResponse, Error> {
    let (scope, mut connection) = (case::commands::scope(ctx), ctx.read().await?);
    let findings = store::find(&mut connection, id, &scope).await?.ok_or_else(unknown)?;
    let of = assignment::store::find(&mut connection, findings.assignment_id, &scope).await?.ok_or_else(unknown)?;
    let case = case::store::find(&mut connection, findings.incident_id, &scope).await?.ok_or_else(unknown)?;
    drop(connection);
    let paper = findings.paper(&case, &of, &ctx.roster);
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderDisposalReportResponse { paper: Some(printed) })
}
