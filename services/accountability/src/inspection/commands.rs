//! Use cases of inspections, 五(三)甲.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, Tx, wire_time};
use huiying_proto::{
    accountability as pb,
    directory::Role::{Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Finding, Inspection, Item, grpc::to_wire, stale, store, unknown};
use crate::permissions::RESPONSIBLE;

/// 督查, 五(三)甲.
pub(crate) struct Record {
    pub item: Item,
    pub inspect_time: Timestamp,
    pub finding: Option<Finding>,
}

/// 报送整改, 五(三)甲.
pub(crate) struct Submit {
    pub inspection: Version,
    pub rectification: String,
}

/// 退回整改, 五(三)甲.
pub(crate) struct SendBack {
    pub inspection: Version,
    pub reason: String,
    pub due_time: Timestamp,
}

/// An inspection as the caller saw it.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    pub id: Uuid,
    pub etag: i64,
}

/// 督查列表: which page of which inspections.
pub(crate) struct Asked {
    pub body: Option<Uuid>,
    /// The state in the store's word; none for all.
    pub state: Option<&'static str>,
    pub page: Page<Uuid>,
}

/// Records a look at the own portal and accounts (督查), 五(三)甲.
pub(crate) async fn record(ctx: &Ctx, command: Record) -> Result<Committed<pb::RecordInspectionResponse>, Error> {
    let by = ctx.require_person()?;
    if ctx.roster.body(command.item.body).is_none() {
        return Err(Refusal::not_found("BODY_UNKNOWN", "没有这个单位。").into());
    }
    let mut tx = ctx.begin().await?;
    let inspection = Inspection::record(tx.id(), command.item, command.inspect_time, command.finding, by, ctx.now)?;
    store::insert(tx.conn(), &inspection).await?;
    let wire = to_wire(&inspection);
    tx.emit(pb::InspectionRecorded {
        inspection_id: wire.inspection_id.clone(),
        platform: wire.platform,
        item_name: wire.item_name.clone(),
        item_address: wire.item_address.clone(),
        outcome: wire.outcome,
        finding: wire.finding.clone(),
        body_id: wire.body_id.clone(),
        due_time: wire.due_time,
        inspect_time: wire.inspect_time,
        person_id: by.to_string(),
    });
    tx.commit(audit(&inspection), pb::RecordInspectionResponse { inspection: Some(wire) }).await
}

/// Submits what was done about a finding (报送整改), 五(三)甲.
pub(crate) async fn submit(ctx: &Ctx, command: Submit) -> Result<Committed<pb::SubmitRectificationResponse>, Error> {
    let by = ctx.require_person()?;
    let (mut tx, mut inspection) = load(ctx, command.inspection).await?;
    inspection.submit(command.rectification, by, &ctx.bodies_as(RESPONSIBLE), ctx.now)?;
    let wire = save(&mut tx, &mut inspection).await?;
    tx.emit(pb::RectificationSubmitted {
        inspection_id: wire.inspection_id.clone(),
        item_name: wire.item_name.clone(),
        body_id: wire.body_id.clone(),
        revision: wire.revision,
        person_id: by.to_string(),
    });
    tx.commit(audit(&inspection), pb::SubmitRectificationResponse { inspection: Some(wire) }).await
}

/// Accepts a rectification (整改通过), 五(三)甲.
pub(crate) async fn accept(ctx: &Ctx, version: Version) -> Result<Committed<pb::AcceptRectificationResponse>, Error> {
    let by = ctx.require_person()?;
    let (mut tx, mut inspection) = load(ctx, version).await?;
    inspection.accept(by, own(ctx, by, &inspection), ctx.now)?;
    let wire = save(&mut tx, &mut inspection).await?;
    tx.emit(pb::RectificationAccepted {
        inspection_id: wire.inspection_id.clone(),
        item_name: wire.item_name.clone(),
        body_id: wire.body_id.clone(),
        revision: wire.revision,
        person_id: by.to_string(),
    });
    tx.commit(audit(&inspection), pb::AcceptRectificationResponse { inspection: Some(wire) }).await
}

/// Sends a rectification back with a new due time (退回整改), 五(三)甲.
pub(crate) async fn send_back(ctx: &Ctx, command: SendBack) -> Result<Committed<pb::ReturnRectificationResponse>, Error> {
    let by = ctx.require_person()?;
    let (mut tx, mut inspection) = load(ctx, command.inspection).await?;
    inspection.send_back(command.due_time, command.reason.clone(), by, own(ctx, by, &inspection), ctx.now)?;
    let wire = save(&mut tx, &mut inspection).await?;
    tx.emit(pb::RectificationReturned {
        inspection_id: wire.inspection_id.clone(),
        item_name: wire.item_name.clone(),
        body_id: wire.body_id.clone(),
        revision: wire.revision,
        reason: command.reason.clone(),
        due_time: Some(wire_time(command.due_time)),
        person_id: by.to_string(),
    });
    tx.commit(audit(&inspection).reason(command.reason), pb::ReturnRectificationResponse { inspection: Some(wire) }).await
}

/// Returns an inspection (查看督查), 五(三)甲.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetInspectionResponse, Error> {
    let inspection = store::find(&mut *ctx.read().await?, id).await?.filter(|inspection| sees(ctx, inspection)).ok_or_else(unknown)?;
    Ok(pb::GetInspectionResponse { inspection: Some(to_wire(&inspection)) })
}

/// Lists inspections, newest first (督查列表), 五(三)甲: all, or those of one's own bodies.
pub(crate) async fn list(ctx: &Ctx, asked: Asked) -> Result<pb::ListInspectionsResponse, Error> {
    let own = (!sees_all(ctx)).then(|| ctx.bodies());
    let inspections = store::page(&mut *ctx.read().await?, &asked, own.as_deref()).await?;
    let (inspections, next_page_token) = asked.page.answer(&inspections, |inspection| inspection.id, to_wire);
    Ok(pb::ListInspectionsResponse { inspections, next_page_token })
}

fn audit(inspection: &Inspection) -> Audit {
    Audit::of("inspection", inspection.id).clause("五(三)甲")
}

fn sees_all(ctx: &Ctx) -> bool {
    ctx.has_any_role(&[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor])
}

fn sees(ctx: &Ctx, inspection: &Inspection) -> bool {
    sees_all(ctx) || ctx.bodies().contains(&inspection.item.body)
}

/// Whether somebody submitted the rectification, or stands in for who did.
fn own(ctx: &Ctx, by: Uuid, inspection: &Inspection) -> bool {
    inspection.rectification.as_ref().is_some_and(|done| ctx.roster.acts_as(by, done.by, ctx.now))
}

/// An inspection that the caller sees, in the version that the caller saw.
async fn load(ctx: &Ctx, version: Version) -> Result<(Tx, Inspection), Error> {
    let mut tx = ctx.begin().await?;
    let found = store::find(tx.conn(), version.id).await?;
    let inspection = found.filter(|inspection| sees(ctx, inspection)).ok_or_else(unknown)?;
    if inspection.version != version.etag {
        return Err(stale().into());
    }
    Ok((tx, inspection))
}

async fn save(tx: &mut Tx, inspection: &mut Inspection) -> Result<pb::Inspection, Error> {
    if !store::save(tx.conn(), inspection).await? {
        return Err(stale().into());
    }
    Ok(to_wire(inspection))
}
