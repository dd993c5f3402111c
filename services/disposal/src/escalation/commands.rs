//! Use cases of the report to the superior.

use chassis::{Audit, Committed, Ctx, Error, Page, Press, Refusal, Tx, clock::civil_day};
use huiying_proto::{directory::Role, disposal as pb, paper::paper::Format};
use papers::{Paper, Stationery};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Content, Escalation, check_series,
    grpc::{kind_to_wire, to_wire},
    stale, store, unknown,
};
use crate::{
    case::{self, Case},
    permissions::OVERSIGHT,
};

/// 拟制上报, 四(五).
pub(crate) struct Draft {
    pub incident_id: Uuid,
    pub content: Content,
}

/// 审核, 批准, 四(五): names a report as the caller saw it.
pub(crate) struct Decide {
    pub escalation_id: Uuid,
    pub etag: i64,
}

/// 退回.
pub(crate) struct SendBack {
    pub escalation_id: Uuid,
    pub etag: i64,
    pub reason: String,
}

/// 上报报告 or its 办理单 as a paper.
pub(crate) struct Render {
    pub escalation_id: Uuid,
    pub format: Format,
    pub processing_sheet: bool,
}

/// 上报列表.
pub(crate) struct List {
    pub incident_id: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// Drafts a report upward (拟制上报), 四(五). Refuses a closed case and a wrong place in the series.
pub(crate) async fn draft(ctx: &Ctx, command: Draft) -> Result<Committed<pb::DraftEscalationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // The case is locked, so that two drafts do not take one place in the series.
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    case.check_open()?;
    check_series(command.content.kind, &store::series(tx.conn(), case.incident_id).await?)?;
    let escalation = Escalation::draft(tx.id(), case.incident_id, case.number, command.content, by);
    store::insert(tx.conn(), &escalation).await?;
    tx.emit(pb::EscalationDrafted {
        incident_id: escalation.incident_id.to_string(),
        escalation_id: escalation.id.to_string(),
        kind: kind_to_wire(escalation.content.kind).into(),
        title: escalation.content.title.clone(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&escalation), pb::DraftEscalationResponse { escalation: Some(to_wire(&escalation)) }).await
}

/// Endorses a report upward (分管领导审核), 四(五). Refuses anyone but this incident's lead, and the author.
pub(crate) async fn endorse(ctx: &Ctx, command: Decide) -> Result<Committed<pb::EndorseEscalationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut escalation, case) = load(&mut tx, command.escalation_id, command.etag).await?;
    escalation.endorse(by, case.check_lead(|lead| ctx.roster.acts_as(by, lead, ctx.now)))?;
    save(&mut tx, &mut escalation).await?;
    tx.emit(pb::EscalationEndorsed {
        incident_id: escalation.incident_id.to_string(),
        escalation_id: escalation.id.to_string(),
        kind: kind_to_wire(escalation.content.kind).into(),
        title: escalation.content.title.clone(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&escalation), pb::EndorseEscalationResponse { escalation: Some(to_wire(&escalation)) }).await
}

/// Sends a report upward back (退回). Refuses one that is approved, and whoever is neither lead nor principal leader.
pub(crate) async fn send_back(ctx: &Ctx, command: SendBack) -> Result<Committed<pb::ReturnEscalationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut escalation, case) = load(&mut tx, command.escalation_id, command.etag).await?;
    let leader = if ctx.has_role(Role::PrincipalLeader) { Ok(()) } else { case.check_lead(|lead| ctx.roster.acts_as(by, lead, ctx.now)) };
    escalation.send_back(command.reason.clone(), leader)?;
    save(&mut tx, &mut escalation).await?;
    tx.emit(pb::EscalationReturned {
        incident_id: escalation.incident_id.to_string(),
        escalation_id: escalation.id.to_string(),
        kind: kind_to_wire(escalation.content.kind).into(),
        title: escalation.content.title.clone(),
        person_id: by.to_string(),
        reason: escalation.return_reason.clone(),
    });
    let audit = audit(&escalation).reason(command.reason);
    tx.commit(audit, pb::ReturnEscalationResponse { escalation: Some(to_wire(&escalation)) }).await
}

/// Approves a report upward, and so sends it (主要领导批准), 四(五). Refuses one not endorsed, and one's own work.
pub(crate) async fn approve(ctx: &Ctx, command: Decide, approved: &Notify) -> Result<Committed<pb::ApproveEscalationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut escalation, _) = load(&mut tx, command.escalation_id, command.etag).await?;
    escalation.approve(by, ctx.now)?;
    let year = i32::from(civil_day(ctx.now).year());
    escalation.number = Some((year, store::next_number(tx.conn(), year).await?));
    save(&mut tx, &mut escalation).await?;
    tx.emit(pb::EscalationApproved {
        incident_id: escalation.incident_id.to_string(),
        escalation_id: escalation.id.to_string(),
        kind: kind_to_wire(escalation.content.kind).into(),
        title: escalation.content.title.clone(),
        person_id: by.to_string(),
    });
    let committed = tx.commit(audit(&escalation), pb::ApproveEscalationResponse { escalation: Some(to_wire(&escalation)) }).await?;
    approved.notify_one();
    Ok(committed)
}

/// Returns a report upward (查看上报). The superior's platform sees approved ones alone.
pub(crate) async fn get(ctx: &Ctx, escalation_id: Uuid) -> Result<pb::GetEscalationResponse, Error> {
    let escalation = store::find(&mut *ctx.read().await?, escalation_id, sees_approved_only(ctx)).await?.ok_or_else(unknown)?;
    Ok(pb::GetEscalationResponse { escalation: Some(to_wire(&escalation)) })
}

/// Returns a report upward as a paper (上报报告), or the office's own sheet of it (办理单), 四(五). Refuses one that the caller does not
/// see, and the sheet to who sees no more than what was sent.
pub(crate) async fn render(ctx: &Ctx, press: &Press<Stationery>, asked: Render) -> Result<pb::RenderEscalationResponse, Error> {
    let outside = sees_approved_only(ctx);
    if outside && asked.processing_sheet {
        return Err(Refusal::denied("PERMISSION_DENIED", "办理单是本办内部材料。").into());
    }
    let escalation = store::find(&mut *ctx.read().await?, asked.escalation_id, outside).await?.ok_or_else(unknown)?;
    let (paper, sheet) = (escalation.paper(&ctx.roster), asked.processing_sheet);
    let print =
        move |stock: &Stationery| if sheet { paper.sheet(stock.office()) } else { paper.paper(stock.office()) }.map(Paper::into_parts);
    let printed = press.print(asked.format, print).await?;
    Ok(pb::RenderEscalationResponse { paper: Some(printed) })
}

/// Lists reports upward, newest first (上报列表). The superior's platform sees approved ones alone.
pub(crate) async fn list(ctx: &Ctx, List { incident_id, page }: List) -> Result<pb::ListEscalationsResponse, Error> {
    let escalations = store::page(&mut *ctx.read().await?, &page, incident_id, sees_approved_only(ctx)).await?;
    let (escalations, next_page_token) = page.answer(&escalations, |escalation| escalation.id, to_wire);
    Ok(pb::ListEscalationsResponse { escalations, next_page_token })
}

fn sees_approved_only(ctx: &Ctx) -> bool {
    !ctx.has_any_role(OVERSIGHT)
}

/// What the ledger says of a change to a report.
pub(crate) fn audit(escalation: &Escalation) -> Audit {
    Audit::of("escalation", escalation.id).incident(escalation.incident_id).clause("四(五)")
}

async fn load(tx: &mut Tx, id: Uuid, etag: i64) -> Result<(Escalation, Case), Error> {
    let escalation = store::lock(tx.conn(), id).await?.ok_or_else(unknown)?;
    if escalation.version != etag {
        return Err(stale().into());
    }
    let case = case::commands::of_part(tx, escalation.incident_id).await?;
    Ok((escalation, case))
}

/// Saves a report, or says that somebody was faster.
pub(crate) async fn save(tx: &mut Tx, escalation: &mut Escalation) -> Result<(), Error> {
    if store::save(tx.conn(), escalation).await? { Ok(()) } else { Err(stale().into()) }
}
