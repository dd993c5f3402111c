//! Use cases of reliefs: ask, grant, refuse, list.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, Tx, wire_id, wire_time};
use huiying_proto::{
    accountability as pb,
    directory::Role::{Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader},
    fact_fields, fact_kind,
};
use prost::Name;
use regulation::{Fact, RuleBook};
use uuid::Uuid;

use super::{By, Kind, Relief, State, grpc::to_wire, store};
use crate::{
    fact,
    obligation::{self, Obligation, commands as clocks, events::debtor},
};

/// 申请延期、免除.
pub(crate) struct Ask {
    pub obligation_id: Uuid,
    pub kind: Kind,
    pub reason: String,
}

/// 批准 or 不予批准.
pub(crate) struct Decide {
    pub relief_id: Uuid,
    pub etag: i64,
    pub reason: String,
}

/// 延期、免除列表.
pub(crate) struct Asked {
    pub obligation_id: Option<Uuid>,
    pub state: Option<State>,
    pub page: Page<Uuid>,
}

fn unknown() -> Refusal {
    Refusal::not_found("RELIEF_UNKNOWN", "没有这个延期或免除申请。")
}

fn stale() -> Refusal {
    Refusal::stale("RELIEF_STALE", "该申请刚被他人更改,请刷新后再试。")
}

/// Asks for relief (申请延期、免除). The clock goes on until it is granted.
pub(crate) async fn ask(ctx: &Ctx, command: Ask) -> Result<Committed<pb::AskReliefResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let obligation = lock(&mut tx, command.obligation_id).await?;
    let obligation = obligation.filter(|found| clocks::Sight::of(ctx).shows(found)).ok_or_else(obligation::unknown)?;
    let by = by(ctx, &obligation, "")?;
    let relief = Relief::ask(tx.id(), &obligation, command.kind, command.reason, by, ctx.now)?;
    if !store::insert(tx.conn(), &relief).await? {
        return Err(Refusal::exists("RELIEF_PENDING", "该项已有待批的延期或免除申请。").into());
    }
    let wire = to_wire(&relief);
    let owed = &obligation.owed;
    tx.emit(pb::ReliefAsked {
        relief_id: wire.relief_id.clone(),
        obligation_id: wire.obligation_id.clone(),
        incident_id: wire.incident_id.clone(),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        kind: wire.kind,
        ask_person_id: wire.ask_person_id.clone(),
        granter_role: wire.granter_role.clone(),
        reason: wire.reason.clone(),
        due_time: wire.due_time,
    });
    tx.commit(audit(&relief).reason(relief.reason.clone()), pb::AskReliefResponse { relief: Some(wire) }).await
}

/// Grants relief (批准延期、免除): the grant is a fact, from which the rule computes the clock anew in the same transaction.
pub(crate) async fn grant(ctx: &Ctx, book: &RuleBook, command: Decide) -> Result<Committed<pb::GrantReliefResponse>, Error> {
    let (mut tx, mut relief, obligation) = load(ctx, &command).await?;
    let by = by(ctx, &obligation, &relief.granter_role)?;
    relief.grant(&obligation, by, command.reason.clone(), ctx.now)?;
    let wire = save(&mut tx, &mut relief).await?;
    match relief.kind {
        Kind::Extension(due) => tell(&mut tx, book, &obligation, extended(&obligation, &relief, by.person, &command.reason, due)).await?,
        Kind::Waiver => tell(&mut tx, book, &obligation, waived(&obligation, &relief, by.person, &command.reason)).await?,
    }
    tx.commit(audit(&relief).reason(command.reason), pb::GrantReliefResponse { relief: Some(wire) }).await
}

/// Refuses relief (不予延期、免除).
pub(crate) async fn refuse(ctx: &Ctx, command: Decide) -> Result<Committed<pb::RefuseReliefResponse>, Error> {
    let (mut tx, mut relief, obligation) = load(ctx, &command).await?;
    let by = by(ctx, &obligation, &relief.granter_role)?;
    relief.refuse(by, command.reason.clone(), ctx.now)?;
    let wire = save(&mut tx, &mut relief).await?;
    let owed = &obligation.owed;
    tx.emit(pb::ReliefRefused {
        relief_id: wire.relief_id.clone(),
        obligation_id: wire.obligation_id.clone(),
        incident_id: wire.incident_id.clone(),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        kind: wire.kind,
        ask_person_id: wire.ask_person_id.clone(),
        person_id: by.person.to_string(),
        reason: command.reason.clone(),
    });
    tx.commit(audit(&relief).reason(command.reason), pb::RefuseReliefResponse { relief: Some(wire) }).await
}

/// Lists reliefs, newest first (延期、免除列表): all, or one's own and those of whoever one stands in for.
pub(crate) async fn list(ctx: &Ctx, asked: Asked) -> Result<pb::ListReliefsResponse, Error> {
    let sight = clocks::Sight::of(ctx);
    let askers = if sees_all(ctx) { None } else { Some(sight.persons.as_slice()) };
    let reliefs = store::list(&mut *ctx.read().await?, asked.obligation_id, asked.state, askers, &asked.page).await?;
    let (reliefs, next_page_token) = asked.page.answer(&reliefs, |relief| relief.id, to_wire);
    Ok(pb::ListReliefsResponse { reliefs, next_page_token })
}

fn sees_all(ctx: &Ctx) -> bool {
    ctx.has_any_role(&[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor])
}

fn audit(relief: &Relief) -> Audit {
    Audit::of("relief", relief.id).incident(wire_id(relief.incident_id))
}

/// Who acts on a relief of this obligation, and whether that holds the role.
fn by(ctx: &Ctx, obligation: &Obligation, granter_role: &str) -> Result<By, Error> {
    let person = ctx.require_person()?;
    let sight = clocks::Sight::of(ctx);
    Ok(By { person, is_debtor: sight.owes(obligation), is_granter: sight.roles.iter().any(|role| role == granter_role) })
}

/// A relief with its obligation, both locked, in the version that the caller saw.
async fn load(ctx: &Ctx, command: &Decide) -> Result<(Tx, Relief, Obligation), Error> {
    let mut tx = ctx.begin().await?;
    let visible = |relief: &Relief| sees_all(ctx) || ctx.person() == Some(relief.ask_person);
    let relief = store::find(tx.conn(), command.relief_id).await?.filter(visible).ok_or_else(unknown)?;
    if relief.version != command.etag {
        return Err(stale().into());
    }
    let obligation = lock(&mut tx, relief.obligation_id).await?.ok_or_else(obligation::unknown)?;
    Ok((tx, relief, obligation))
}

/// An obligation, locked after its subject, as facts that are heard lock them.
async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Obligation>, Error> {
    let Some(known) = obligation::store::some(tx.conn(), &[id]).await?.pop() else { return Ok(None) };
    fact::store::lock(tx.conn(), known.subject).await?;
    obligation::store::lock(tx.conn(), id).await
}

async fn save(tx: &mut Tx, relief: &mut Relief) -> Result<pb::Relief, Error> {
    if !store::save(tx.conn(), relief).await? {
        return Err(stale().into());
    }
    Ok(to_wire(relief))
}

/// Tells of a grant, and has the clock hear it at once: were it heard later, the due time might strike in between.
async fn tell<F: prost::Message + Name + Clone>(tx: &mut Tx, book: &RuleBook, obligation: &Obligation, granted: F) -> Result<(), Error> {
    let fields = fact_fields(&F::full_name(), &granted.encode_to_vec()).map_err(Error::fault)?;
    let id = tx.emit_as(granted);
    tx.note(Audit::of("obligation", obligation.id).incident(wire_id(obligation.incident_id)));
    let incident_id = obligation.incident_id.map(|id| id.to_string());
    let fact = Fact { id: id.to_string(), kind: fact_kind(&F::full_name()), time: tx.now(), incident_id, fields };
    clocks::hear_under(tx, book, obligation.subject, &fact).await
}

fn extended(obligation: &Obligation, relief: &Relief, by: Uuid, reason: &str, due: jiff::Timestamp) -> pb::ExtensionGranted {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::ExtensionGranted {
        relief_id: relief.id.to_string(),
        obligation_id: obligation.id.to_string(),
        incident_id: wire_id(obligation.incident_id),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        trigger_event_id: owed.trigger_fact_id.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        ask_person_id: relief.ask_person.to_string(),
        ask_time: Some(wire_time(relief.ask_time)),
        person_id: by.to_string(),
        reason: reason.to_owned(),
        due_time: Some(wire_time(due)),
        previous_due_time: Some(wire_time(owed.due_time)),
    }
}

fn waived(obligation: &Obligation, relief: &Relief, by: Uuid, reason: &str) -> pb::WaiverGranted {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::WaiverGranted {
        relief_id: relief.id.to_string(),
        obligation_id: obligation.id.to_string(),
        incident_id: wire_id(obligation.incident_id),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        trigger_event_id: owed.trigger_fact_id.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        ask_person_id: relief.ask_person.to_string(),
        ask_time: Some(wire_time(relief.ask_time)),
        person_id: by.to_string(),
        reason: reason.to_owned(),
    }
}
