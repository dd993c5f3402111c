//! Use cases of circulars, 三(四).

use chassis::{Audit, Committed, Ctx, Error, Page, Press, clock::civil_day};
use huiying_proto::{accountability as pb, paper::paper::Format};
use papers::{Paper, Stationery};
use regulation::Rule;
use uuid::Uuid;

use super::{Draft, grpc::to_wire, store, unknown};
use crate::{
    appraisal::{self, Period},
    obligation::commands::Sight,
};

/// 定期通报, 三(四).
pub(crate) struct Issue {
    pub period: Period,
    pub comment: String,
}

/// Issues a circular (定期通报), 三(四).
pub(crate) async fn issue(ctx: &Ctx, rule: &Rule, command: Issue) -> Result<Committed<pb::IssueCircularResponse>, Error> {
    let issuer = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let appraised = appraisal::commands::of_all(tx.conn(), rule, &ctx.roster, &command.period, ctx.now).await?;
    let draft = Draft::of(command.period, &appraised)?;
    let year = i32::from(civil_day(ctx.now).year());
    let number = store::next_number(tx.conn(), year).await?;
    let circular = draft.issue(tx.id(), (year, number), &command.comment, issuer, ctx.now);
    store::insert(tx.conn(), &circular).await?;
    let wire = to_wire(&circular);
    tx.emit(pb::CircularIssued {
        circular_id: wire.circular_id.clone(),
        year,
        number,
        title: wire.title.clone(),
        from_date: wire.from_date.clone(),
        to_date: wire.to_date.clone(),
        body_ids: wire.body_ids.clone(),
        person_id: issuer.to_string(),
    });
    tx.commit(Audit::of("circular", circular.id).clause("三(四)"), pb::IssueCircularResponse { circular: Some(wire) }).await
}

/// Returns a circular (查看通报): any, or one that the caller's unit is in.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetCircularResponse, Error> {
    let sight = Sight::of(ctx);
    let found = store::find(&mut *ctx.read().await?, id).await?;
    let seen = found.filter(|circular| sight.all || circular.bodies.iter().any(|body| sight.bodies.contains(body)));
    Ok(pb::GetCircularResponse { circular: Some(to_wire(&seen.ok_or_else(unknown)?)) })
}

/// Returns a circular as a paper (通报公文), 三(四): any, or one that the caller's unit is in.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderCircularResponse, Error> {
    let sight = Sight::of(ctx);
    let found = store::find(&mut *ctx.read().await?, id).await?;
    let seen = found.filter(|circular| sight.all || circular.bodies.iter().any(|body| sight.bodies.contains(body)));
    let paper = seen.ok_or_else(unknown)?.paper(&ctx.roster);
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderCircularResponse { paper: Some(printed) })
}

/// Lists circulars, newest first (通报列表): all, or those that the caller's unit is in.
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListCircularsResponse, Error> {
    let sight = Sight::of(ctx);
    let bodies = (!sight.all).then_some(sight.bodies.as_slice());
    let found = store::list(&mut *ctx.read().await?, bodies, &page).await?;
    let (circulars, next_page_token) = page.answer(&found, |circular| circular.id, to_wire);
    Ok(pb::ListCircularsResponse { circulars, next_page_token })
}
