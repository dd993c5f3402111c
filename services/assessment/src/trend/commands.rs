//! Use cases of the trend.

use chassis::{Ctx, Error};
use huiying_proto::assessment as pb;
use regulation::RuleBook;
use uuid::Uuid;

use super::{CivilHour, LOOKED_AT, Series, Trend, WINDOW, grpc::to_wire, rise, store};
use crate::assessment;

const MOST_RISES: i64 = 100;

/// 走势, 四(二).
pub(crate) struct Get {
    pub incident_id: Uuid,
    /// Hours of the series.
    pub hours: i64,
    /// Hours to forecast.
    pub ahead: usize,
}

/// Returns how an incident develops (走势), 四(二).
pub(crate) async fn get(ctx: &Ctx, book: &RuleBook, command: Get) -> Result<pb::GetTrendResponse, Error> {
    let mut connection = ctx.read().await?;
    let incident_id = command.incident_id;
    assessment::commands::seen(ctx, &mut connection, incident_id).await?;
    let (current, threshold) = (CivilHour::of(ctx.now), book.at(ctx.now).trend());
    let window = threshold.map_or(WINDOW, |rule| rule.window_hours);
    let mut rises = store::rises(&mut connection, incident_id, MOST_RISES).await?;
    let open = rises.first().filter(|rise| rise.end_time.is_none()).map(|rise| CivilHour::of(rise.begin_time));
    let from = current.later(-command.hours.max(LOOKED_AT)).min(open.unwrap_or(current).later(-window));
    let cells = store::hours(&mut connection, incident_id, from).await?;
    drop(connection);
    if let (Some(begin), Some(rule), Some(rise)) = (open, threshold, rises.first_mut()) {
        rise.end_time = rise::ended(&Series::of(&cells, from, current), begin, current, rule);
    }
    let trend = Trend::of(&cells, ctx.now, command.hours, window, command.ahead);
    Ok(pb::GetTrendResponse { trend: Some(to_wire(incident_id, ctx.now, &trend, &rises)) })
}
