//! Use cases of delegations.

use chassis::{Audit, Committed, Ctx, Error, Refusal, wire_time};
use huiying_proto::directory::{self as pb, Role};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Delegation, grpc::to_wire, store};
use crate::{person, store as registry};

/// 委托代理, 一.
pub(crate) struct Grant {
    pub from: Uuid,
    pub to: Uuid,
    pub start: Timestamp,
    pub end: Timestamp,
    pub reason: String,
}

/// Lets one person act for another; 委托代理, 一.
pub(crate) async fn grant(ctx: &Ctx, command: Grant) -> Result<Committed<pb::GrantDelegationResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    for person in [command.from, command.to] {
        person::store::find(tx.conn(), person).await?.ok_or_else(person::unknown)?;
    }
    let known = store::all(tx.conn()).await?;
    let same = known.into_iter().find(|d| d.from == command.from && d.to == command.to && d.start == command.start);
    let id = same.map_or_else(|| tx.id(), |d| d.id);
    let delegation = Delegation::grant(id, command.from, command.to, (command.start, command.end), command.reason.clone())?;
    delegation.granted_by(by, ctx.has_role(Role::SystemAdministrator))?;
    store::put(tx.conn(), &delegation).await?;
    tx.emit(pb::DelegationGranted { delegation: Some(to_wire(&delegation)) });
    let audit = Audit::of("delegation", delegation.id).clause("一").reason(command.reason);
    tx.commit(audit, pb::GrantDelegationResponse { delegation: Some(to_wire(&delegation)) }).await
}

/// Ends a delegation early; 撤销委托, 一.
pub(crate) async fn revoke(ctx: &Ctx, id: Uuid) -> Result<Committed<pb::RevokeDelegationResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    let delegation = store::find(tx.conn(), id).await?;
    let mut delegation = delegation.ok_or_else(|| Refusal::not_found("DELEGATION_UNKNOWN", "没有这项委托。"))?;
    delegation.revoke(ctx.now)?;
    store::put(tx.conn(), &delegation).await?;
    tx.emit(pb::DelegationRevoked { delegation_id: id.to_string(), end_time: Some(wire_time(delegation.end)) });
    tx.commit(Audit::of("delegation", id).clause("一"), pb::RevokeDelegationResponse { delegation: Some(to_wire(&delegation)) }).await
}
