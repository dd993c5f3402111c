//! Use cases of positions.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, wire_time};
use huiying_proto::directory as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Position, grpc::to_wire, period, store};
use crate::{body, duty, person, store as registry};

/// 任职, 一.
pub(crate) struct Appoint {
    pub person: Uuid,
    pub body: Uuid,
    pub title: String,
    pub roles: Vec<String>,
    pub start: Timestamp,
    pub end: Option<Timestamp>,
}

/// 免职, 一.
pub(crate) struct End {
    pub position: Uuid,
    pub end: Timestamp,
}

/// Appoints a person to a post, or corrects its roles and its end; 任职, 一.
pub(crate) async fn appoint(ctx: &Ctx, command: Appoint) -> Result<Committed<pb::AppointPositionResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    person::store::find(tx.conn(), command.person).await?.ok_or_else(person::unknown)?;
    if !body::store::exists(tx.conn(), command.body).await? {
        return Err(body::unknown().into());
    }
    let period = period(command.start, command.end)?;
    let same = store::same(tx.conn(), (command.person, command.body), &command.title, command.start).await?;
    let id = same.map_or_else(|| tx.id(), |p| p.id);
    let position =
        Position { id, person: command.person, body: command.body, title: command.title, roles: command.roles, period, ended: false };
    let before = store::all(tx.conn()).await?;
    store::put(tx.conn(), &position).await?;
    tx.emit(pb::PositionAppointed { position: Some(to_wire(&position)) });
    duty::commands::tell_changed(&mut tx, &before, &[]).await?;
    tx.commit(Audit::of("position", position.id).clause("一"), pb::AppointPositionResponse { position: Some(to_wire(&position)) }).await
}

/// Ends a post at a time; 免职, 一.
pub(crate) async fn end(ctx: &Ctx, command: End) -> Result<Committed<pb::EndPositionResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    let position = store::find(tx.conn(), command.position).await?;
    let mut position = position.ok_or_else(|| Refusal::not_found("POSITION_UNKNOWN", "没有这项任职。"))?;
    position.end(command.end, ctx.now)?;
    let before = store::all(tx.conn()).await?;
    store::put(tx.conn(), &position).await?;
    tx.emit(pb::PositionEnded { position_id: position.id.to_string(), end_time: Some(wire_time(command.end)) });
    duty::commands::tell_changed(&mut tx, &before, &[]).await?;
    tx.commit(Audit::of("position", position.id).clause("一"), pb::EndPositionResponse { position: Some(to_wire(&position)) }).await
}

/// Lists positions that hold now; 任职名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListPositionsResponse, Error> {
    let after = page.after.unwrap_or_default();
    let positions = store::page(&mut *ctx.read().await?, ctx.now, after, page.limit()).await?;
    let (positions, next_page_token) = page.answer(&positions, |p| p.id, to_wire);
    Ok(pb::ListPositionsResponse { positions, next_page_token })
}
