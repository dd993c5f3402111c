//! Use cases of the case.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, Tx};
use huiying_proto::{directory::Role, disposal as pb};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Case, OpenWork, Scope, Sought, grpc::to_wire, stale, store, unknown};
use crate::{assignment, consolidation, escalation, feedback, findings, material, permissions::OVERSIGHT, tracking};

/// 委托牵头, 三(四).
pub(crate) struct DesignateLead {
    pub incident_id: Uuid,
    pub etag: i64,
    pub leader: Uuid,
}

/// 办结.
pub(crate) struct Close {
    pub incident_id: Uuid,
    pub etag: i64,
}

/// How much a caller sees.
pub(crate) fn scope(ctx: &Ctx) -> Scope {
    if ctx.has_any_role(OVERSIGHT) { Scope::All } else { Scope::Bodies(ctx.bodies()) }
}

/// The case of an incident, locked, for a change by those who see all. Refuses one of an incident that was merged, as the two below do.
pub(crate) async fn lock(tx: &mut Tx, incident_id: Uuid) -> Result<Case, Error> {
    let case = store::lock(tx.conn(), incident_id).await?.ok_or_else(unknown)?;
    case.check_standing()?;
    Ok(case)
}

/// The case of an incident that another noun belongs to: it is there, or the store is broken.
pub(crate) async fn of_part(tx: &mut Tx, incident_id: Uuid) -> Result<Case, Error> {
    let case = store::find(tx.conn(), incident_id, &Scope::All).await?;
    let case = case.ok_or_else(|| Error::fault(format!("no case of incident {incident_id}")))?;
    case.check_standing()?;
    Ok(case)
}

/// The case of an incident that a task or request of a unit belongs to, as far as the caller may see it; the refusal says what
/// is not there.
pub(crate) async fn seen_part(tx: &mut Tx, ctx: &Ctx, incident_id: Uuid, unknown: fn() -> Refusal) -> Result<Case, Error> {
    let case = store::find(tx.conn(), incident_id, &scope(ctx)).await?.ok_or_else(unknown)?;
    case.check_standing()?;
    Ok(case)
}

/// Looks for the lead by portfolio and tells what came of it, 三(四).
pub(crate) fn seek_lead(tx: &mut Tx, case: &mut Case, time: Timestamp) {
    let holders = tx.roster().portfolio_holders(&case.bodies, time);
    match case.seek_lead(holders) {
        None => {}
        Some(Sought::Designated(leader)) => tx.emit(pb::LeadDesignated {
            incident_id: case.incident_id.to_string(),
            title: case.title.clone(),
            leader_person_id: leader.to_string(),
            manner: pb::LeadManner::Portfolio.into(),
        }),
        Some(Sought::Undetermined(candidates)) => tx.emit(pb::LeadUndetermined {
            incident_id: case.incident_id.to_string(),
            title: case.title.clone(),
            candidate_person_ids: chassis::wire_ids(&candidates),
        }),
    }
}

/// Returns a case with what is in it, as far as the caller may see (查看处置). A unit sees its own part alone.
pub(crate) async fn get(ctx: &Ctx, incident_id: Uuid) -> Result<pb::GetCaseResponse, Error> {
    let scope = scope(ctx);
    let mut connection = ctx.read().await?;
    let case = store::find(&mut connection, incident_id, &scope).await?.ok_or_else(unknown)?;
    let assignments = assignment::store::of_incident(&mut connection, incident_id, &scope).await?;
    let material_requests = material::store::of_incident(&mut connection, incident_id, &scope).await?;
    let findings = findings::store::of_incident(&mut connection, incident_id, &scope).await?;
    let feedback = feedback::store::of_incident(&mut connection, incident_id, &scope).await?;
    let (consolidations, tracking) = match scope {
        Scope::All => (
            consolidation::store::of_incident(&mut connection, incident_id).await?,
            tracking::store::of_incident(&mut connection, incident_id).await?,
        ),
        Scope::Bodies(_) => (Vec::new(), Vec::new()),
    };
    Ok(pb::GetCaseResponse {
        case: Some(to_wire(&case)),
        assignments: assignments.iter().map(assignment::grpc::to_wire).collect(),
        material_requests: material_requests.iter().map(material::grpc::to_wire).collect(),
        findings: findings.iter().map(findings::grpc::to_wire).collect(),
        consolidations: consolidations.iter().map(consolidation::grpc::to_wire).collect(),
        feedback: feedback.iter().map(feedback::grpc::to_wire).collect(),
        tracking: tracking.iter().map(tracking::grpc::to_wire).collect(),
    })
}

/// Lists the cases that the caller may see, newest first (处置列表).
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListCasesResponse, Error> {
    let cases = store::page(&mut *ctx.read().await?, &page, &scope(ctx)).await?;
    let (cases, next_page_token) = page.answer(&cases, |case| case.id, to_wire);
    Ok(pb::ListCasesResponse { cases, next_page_token })
}

/// Names the leader in charge of an incident that touches several portfolios, or none (委托牵头), 三(四).
pub(crate) async fn designate_lead(ctx: &Ctx, command: DesignateLead) -> Result<Committed<pb::DesignateLeadResponse>, Error> {
    ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut case = lock(&mut tx, command.incident_id).await?;
    if case.version != command.etag {
        return Err(stale().into());
    }
    // A stand-in acts for a leader, but is none.
    let leads =
        ctx.roster.positions_of(command.leader, ctx.now).any(|p| p.person == command.leader && p.roles.contains(&Role::LeaderInCharge));
    case.designate(command.leader, leads)?;
    save(&mut tx, &mut case).await?;
    tx.emit(pb::LeadDesignated {
        incident_id: case.incident_id.to_string(),
        title: case.title.clone(),
        leader_person_id: command.leader.to_string(),
        manner: pb::LeadManner::Principal.into(),
    });
    let audit = Audit::of("case", case.id).incident(case.incident_id).clause("三(四)");
    tx.commit(audit, pb::DesignateLeadResponse { case: Some(to_wire(&case)) }).await
}

/// Closes a case (办结). Refuses one with tasks or reports under way.
pub(crate) async fn close(ctx: &Ctx, command: Close) -> Result<Committed<pb::CloseCaseResponse>, Error> {
    ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut case = lock(&mut tx, command.incident_id).await?;
    if case.version != command.etag {
        return Err(stale().into());
    }
    let open = OpenWork {
        assignments: assignment::store::count_open(tx.conn(), case.incident_id).await?,
        consolidations: consolidation::store::count_open(tx.conn(), case.incident_id).await?,
        escalations: escalation::store::count_open(tx.conn(), case.incident_id).await?,
    };
    case.close(open, ctx.now)?;
    save(&mut tx, &mut case).await?;
    tx.emit(pb::CaseClosed { incident_id: case.incident_id.to_string(), case_id: case.id.to_string(), title: case.title.clone() });
    let audit = Audit::of("case", case.id).incident(case.incident_id).clause("四(三)");
    tx.commit(audit, pb::CloseCaseResponse { case: Some(to_wire(&case)) }).await
}

async fn save(tx: &mut Tx, case: &mut Case) -> Result<(), Error> {
    if store::save(tx.conn(), case).await? { Ok(()) } else { Err(stale().into()) }
}
