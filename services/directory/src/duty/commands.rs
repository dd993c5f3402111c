//! Use cases of the duty roster.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::directory as pb;
use jiff::civil::Date;

use super::{Duty, grpc::to_wire, store};
use crate::{person, store as registry};

/// Names the collector of a day; 排班, 四(一)一.
pub(crate) async fn schedule(ctx: &Ctx, duty: Duty) -> Result<Committed<pb::ScheduleDutyResponse>, Error> {
    let mut tx = ctx.begin().await?;
    registry::hold(tx.conn()).await?;
    person::store::find(tx.conn(), duty.person).await?.ok_or_else(person::unknown)?;
    store::put(tx.conn(), duty).await?;
    tx.emit(pb::DutyScheduled { duty_date: duty.day.to_string(), person_id: duty.person.to_string() });
    tx.commit(Audit::of("duty", duty.day).clause("四(一)一"), pb::ScheduleDutyResponse { duty: Some(to_wire(duty)) }).await
}

/// Lists the duty roster of some days; 值班表.
pub(crate) async fn list(ctx: &Ctx, (from, to): (Date, Date)) -> Result<pb::ListDutiesResponse, Error> {
    let duties = store::between(&mut *ctx.read().await?, from, to).await?;
    Ok(pb::ListDutiesResponse { duties: duties.into_iter().map(to_wire).collect() })
}
