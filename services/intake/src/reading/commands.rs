//! Use cases of the daily reading.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::intake as pb;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Reading, Tick, grpc::to_wire, store};
use crate::{permissions::READERS, visible::visible};

/// 每日阅看列表: which page of which readings.
pub(crate) struct Asked {
    pub day: Option<Date>,
    pub body: Option<Uuid>,
    pub page: Page<(Date, Uuid)>,
}

/// Ticks what a body has read on a day, and adds to what was ticked before; 每日阅看, 五(一).
pub(crate) async fn record(ctx: &Ctx, tick: Tick) -> Result<Committed<pb::RecordReadingResponse>, Error> {
    let by = ctx.require_person()?;
    tick.check(&ctx.bodies_as(READERS), ctx.now)?;
    let mut tx = ctx.begin().await?;
    // The row is there before it is locked, so that two first ticks add up.
    store::insert(tx.conn(), &Reading::nothing(tick.body, tick.day, ctx.now)).await?;
    let known = store::lock(tx.conn(), tick.body, tick.day).await?;
    let mut reading = known.ok_or_else(|| Error::fault("a reading neither went in nor was there"))?;
    reading.add(&tick, by, ctx.now)?;
    store::save(tx.conn(), &reading).await?;
    tx.emit(pb::ReadingRecorded {
        body_id: reading.body.to_string(),
        reading_date: reading.day.to_string(),
        person_id: by.to_string(),
        papers: reading.papers,
        web: reading.web,
        broadcast: reading.broadcast,
        complete: reading.is_complete(),
        found: tick.found,
        note: tick.note,
    });
    let audit = Audit::of("reading", format!("{}/{}", reading.day, reading.body)).clause("五(一)");
    tx.commit(audit, pb::RecordReadingResponse { reading: Some(to_wire(&reading)) }).await
}

/// Lists what bodies have read, newest day first; 每日阅看列表, 五(一). A unit sees its own.
pub(crate) async fn list(ctx: &Ctx, asked: Asked) -> Result<pb::ListReadingsResponse, Error> {
    let readings = store::page(&mut *ctx.read().await?, &asked, visible(ctx).as_deref()).await?;
    let (readings, next_page_token) = asked.page.answer(&readings, |r| (r.day, r.body), to_wire);
    Ok(pb::ListReadingsResponse { readings, next_page_token })
}
