//! Use cases of the duty roster.

use chassis::{Audit, Committed, Ctx, Error, Tx, clock::civil_day, wire_ids};
use huiying_proto::directory as pb;
use jiff::civil::Date;

use super::{Duty, check_may_collect, grpc::to_wire, readers, store};
use crate::{
    person,
    position::{self, Position},
    store as registry,
};

/// Names the collector of a day; 排班, 四(一)一.
pub(crate) async fn schedule(ctx: &Ctx, duty: Duty) -> Result<Committed<pb::ScheduleDutyResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    person::store::find(tx.conn(), duty.person).await?.ok_or_else(person::unknown)?;
    let positions = position::store::all(tx.conn()).await?;
    check_may_collect(duty, &positions)?;
    store::put(tx.conn(), duty).await?;
    tell(&mut tx, duty, &positions);
    tx.commit(Audit::of("duty", duty.day).clause("四(一)一"), pb::ScheduleDutyResponse { duty: Some(to_wire(duty)) }).await
}

/// Tells who collects on a day and which bodies read on it, as the positions say.
pub(crate) fn tell(tx: &mut Tx, duty: Duty, positions: &[Position]) {
    let reading = readers(positions, duty.day, tx.now());
    let (duty_date, person_id) = (duty.day.to_string(), duty.person.to_string());
    tx.emit(pb::DutyScheduled { duty_date, person_id, reading_body_ids: wire_ids(&reading) });
}

/// Tells those of the days from today on again on which other bodies read than before, as positions have changed; 每日阅看, 五(一).
/// Days told already are left out.
pub(crate) async fn tell_changed(tx: &mut Tx, before: &[Position], told: &[Date]) -> Result<(), Error> {
    let positions = position::store::all(tx.conn()).await?;
    let now = tx.now();
    let scheduled = store::between(tx.conn(), civil_day(now), Date::MAX).await?;
    for duty in scheduled.into_iter().filter(|duty| !told.contains(&duty.day)) {
        if readers(before, duty.day, now) != readers(&positions, duty.day, now) {
            tell(tx, duty, &positions);
        }
    }
    Ok(())
}

/// Lists the duty roster of some days; 值班表.
pub(crate) async fn list(ctx: &Ctx, (from, to): (Date, Date)) -> Result<pb::ListDutiesResponse, Error> {
    let duties = store::between(&mut *ctx.read().await?, from, to).await?;
    Ok(pb::ListDutiesResponse { duties: duties.into_iter().map(to_wire).collect() })
}
