//! Use cases of the day's register.

use chassis::{Audit, Committed, Ctx, Error, Press, Refusal, clock::day_start};
use huiying_proto::{intake as pb, paper::paper::Format};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use papers::{Paper, Stationery};

use super::{
    DailyRegister, Day,
    grpc::to_wire,
    store::{self, Which},
    unknown,
};
use crate::{incident, transfer};

/// What no register listed is looked for so long before the last one.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Compiles a day's register; 每日登记, 四(一)一. A supplement compiles it anew with what came in since.
pub(crate) async fn compile(ctx: &Ctx, (day, supplement): (Date, bool)) -> Result<Committed<pb::CompileDailyRegisterResponse>, Error> {
    let by = ctx.require_person()?;
    let from = day_start(day).map_err(Error::fault)?;
    let to = day_start(day.saturating_add(1.day())).map_err(Error::fault)?;
    let mut tx = ctx.begin().await?;
    // No report is placed meanwhile.
    incident::store::lock_placing(tx.conn()).await?;
    let before = if supplement { Some(store::find(tx.conn(), day).await?.ok_or_else(unknown)?) } else { None };
    if let Some(before) = &before {
        before.check_open(store::is_followed(tx.conn(), day).await?)?;
    }
    let until = store::told_until(tx.conn(), day).await?;
    // Further back than the register before: what was registered as it was compiled may have come to be seen only afterwards.
    let since = until.map_or(from, |until| until.saturating_sub(LOOKED_BACK).unwrap_or(until).min(from));
    store::list(tx.conn(), day, since, to).await?;
    let came = Day {
        items: store::items(tx.conn(), from, to, Which::Listed).await?,
        unplaced: store::unplaced(tx.conn(), from, to).await?,
        late: store::items(tx.conn(), since, from, Which::ListedOn(day)).await?,
        transfers: transfer::store::registered(tx.conn(), until.unwrap_or(from).min(from), to).await?,
    };
    let register = DailyRegister::compile(day, by, &ctx.roster, ctx.now, came)?.supplementing(before.as_ref());
    if !store::save(tx.conn(), &register, supplement).await? {
        return Err(Refusal::exists("REGISTER_EXISTS", "这一天的登记已经编成。").into());
    }
    tx.emit(pb::DailyRegisterCompiled {
        register_date: day.to_string(),
        collector_person_id: register.collector.to_string(),
        item_count: register.came_in(),
        text: register.text.clone(),
        hours_left: hours_left(ctx.now, to),
    });
    let answer = pb::CompileDailyRegisterResponse { daily_register: Some(to_wire(&register)) };
    tx.commit(Audit::of("daily_register", day).clause("四(一)一"), answer).await
}

/// Hours until a day is over, begun ones included.
fn hours_left(now: Timestamp, to: Timestamp) -> i32 {
    let seconds = to.duration_since(now).as_secs().max(0);
    i32::try_from((seconds + 3_599) / 3_600).unwrap_or(i32::MAX)
}

/// Returns a day's register; 查看登记.
pub(crate) async fn get(ctx: &Ctx, day: Date) -> Result<pb::GetDailyRegisterResponse, Error> {
    let register = store::find(&mut *ctx.read().await?, day).await?.ok_or_else(unknown)?;
    Ok(pb::GetDailyRegisterResponse { daily_register: Some(to_wire(&register)) })
}

/// Returns a day's register as a paper; 每日登记表, 四(一)一.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (day, format): (Date, Format),
) -> Result<pb::RenderDailyRegisterResponse, Error> {
    let register = store::find(&mut *ctx.read().await?, day).await?.ok_or_else(unknown)?;
    let paper = register.paper(&ctx.roster);
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderDailyRegisterResponse { paper: Some(printed) })
}
