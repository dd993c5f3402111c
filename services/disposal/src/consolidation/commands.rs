//! Use cases of the consolidated report.

use chassis::{Audit, Committed, Ctx, Error, Refusal, Tx};
use huiying_proto::{directory::Role, disposal as pb};
use uuid::Uuid;

use super::{Consolidation, grpc::to_wire, stale, store, unknown};
use crate::{
    case::{self, Case},
    findings,
};

/// 综合, 四(三).
pub(crate) struct Consolidate {
    pub incident_id: Uuid,
    pub findings_ids: Vec<Uuid>,
    pub text: String,
}

/// 审核, 同意, 四(三): names a report as the caller saw it.
pub(crate) struct Decide {
    pub consolidation_id: Uuid,
    pub etag: i64,
}

/// 退回.
pub(crate) struct SendBack {
    pub consolidation_id: Uuid,
    pub etag: i64,
    pub reason: String,
}

/// Writes the consolidated report (综合), 四(三). Refuses findings that were not accepted.
pub(crate) async fn consolidate(ctx: &Ctx, command: Consolidate) -> Result<Committed<pb::ConsolidateFindingsResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    let known = findings::store::of_incident(tx.conn(), case.incident_id, &case::Scope::All).await?;
    let used = command.findings_ids.iter().map(|id| known.iter().find(|findings| findings.id == *id).ok_or_else(findings::unknown));
    let used = used.collect::<Result<Vec<_>, Refusal>>()?;
    case.check_open()?;
    used.into_iter().try_for_each(findings::Findings::check_accepted)?;
    let consolidation = Consolidation::write(tx.id(), case.incident_id, command.findings_ids, command.text, by);
    store::insert(tx.conn(), &consolidation).await?;
    tx.emit(pb::FindingsConsolidated {
        incident_id: consolidation.incident_id.to_string(),
        title: case.title,
        consolidation_id: consolidation.id.to_string(),
    });
    let audit = audit(&consolidation);
    tx.commit(audit, pb::ConsolidateFindingsResponse { consolidation: Some(to_wire(&consolidation)) }).await
}

/// Endorses the consolidated report (分管领导审核), 四(三). Refuses anyone but this incident's lead, and the author.
pub(crate) async fn endorse(ctx: &Ctx, command: Decide) -> Result<Committed<pb::EndorseConsolidationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut consolidation, case) = load(&mut tx, command.consolidation_id, command.etag).await?;
    consolidation.endorse(by, case.check_lead(|lead| ctx.roster.acts_as(by, lead, ctx.now)))?;
    save(&mut tx, &mut consolidation).await?;
    tx.emit(pb::ConsolidationEndorsed {
        incident_id: consolidation.incident_id.to_string(),
        title: case.title,
        consolidation_id: consolidation.id.to_string(),
        person_id: by.to_string(),
    });
    let audit = audit(&consolidation);
    tx.commit(audit, pb::EndorseConsolidationResponse { consolidation: Some(to_wire(&consolidation)) }).await
}

/// Sends the consolidated report back (退回). Refuses one that is approved, and whoever is neither lead nor principal leader.
pub(crate) async fn send_back(ctx: &Ctx, command: SendBack) -> Result<Committed<pb::ReturnConsolidationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut consolidation, case) = load(&mut tx, command.consolidation_id, command.etag).await?;
    let leader = if ctx.has_role(Role::PrincipalLeader) { Ok(()) } else { case.check_lead(|lead| ctx.roster.acts_as(by, lead, ctx.now)) };
    consolidation.send_back(command.reason.clone(), leader)?;
    save(&mut tx, &mut consolidation).await?;
    tx.emit(pb::ConsolidationReturned {
        incident_id: consolidation.incident_id.to_string(),
        title: case.title,
        consolidation_id: consolidation.id.to_string(),
        person_id: by.to_string(),
        reason: consolidation.return_reason.clone(),
    });
    let audit = audit(&consolidation).reason(command.reason);
    tx.commit(audit, pb::ReturnConsolidationResponse { consolidation: Some(to_wire(&consolidation)) }).await
}

/// Agrees to the consolidated report (主要领导同意), 四(三). Refuses one not endorsed, and one's own work.
pub(crate) async fn approve(ctx: &Ctx, command: Decide) -> Result<Committed<pb::ApproveConsolidationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut consolidation, case) = load(&mut tx, command.consolidation_id, command.etag).await?;
    consolidation.approve(by)?;
    save(&mut tx, &mut consolidation).await?;
    tx.emit(pb::ConsolidationApproved {
        incident_id: consolidation.incident_id.to_string(),
        title: case.title,
        consolidation_id: consolidation.id.to_string(),
        person_id: by.to_string(),
    });
    let audit = audit(&consolidation);
    tx.commit(audit, pb::ApproveConsolidationResponse { consolidation: Some(to_wire(&consolidation)) }).await
}

fn audit(consolidation: &Consolidation) -> Audit {
    Audit::of("consolidation", consolidation.id).incident(consolidation.incident_id).clause("四(三)")
}

async fn load(tx: &mut Tx, id: Uuid, etag: i64) -> Result<(Consolidation, Case), Error> {
    let consolidation = store::lock(tx.conn(), id).await?.ok_or_else(unknown)?;
    if consolidation.version != etag {
        return Err(stale().into());
    }
    let case = case::commands::of_part(tx, consolidation.incident_id).await?;
    Ok((consolidation, case))
}

async fn save(tx: &mut Tx, consolidation: &mut Consolidation) -> Result<(), Error> {
    if store::save(tx.conn(), consolidation).await? { Ok(()) } else { Err(stale().into()) }
}
