//! What intake's facts do to trends: a rise past the rule's threshold has an incident assessed anew, once a rise.

use chassis::{Error, Tx, wire_ids, wire_time};
use huiying_proto::assessment as pb;
use jiff::Timestamp;
use regulation::{Rule, RuleBook, TrendRule};
use serde_json::json;
use uuid::Uuid;

use super::{CivilHour, Rise, Series, Speed, TREND_RISE, rise, store, words};
use crate::{
    assessment::{self, hearing::weigh},
    ground::{self, Ground},
};

/// An incident into which reports came, and the last fact that said so.
#[derive(Clone, Copy)]
pub(crate) struct Grown {
    pub incident_id: Uuid,
    /// The fact that it is a reaction to; none when that is told already.
    pub event_id: Option<Uuid>,
    pub time: Timestamp,
}

/// Looks whether rises begin in incidents, each named once, as of the last report of each. Those that are slow are left as they are:
/// when their last rise ended shows once they are fast again.
pub(crate) async fn watch(tx: &mut Tx, book: &RuleBook, grown: &[Grown]) -> Result<(), Error> {
    let Some(earliest) = grown.iter().map(|one| one.time).min() else { return Ok(()) };
    let rules = || grown.iter().filter_map(|one| book.at(one.time).trend());
    let Some(fewest) = rules().map(TrendRule::reports).min() else { return Ok(()) };
    let window = rules().map(|rule| rule.window_hours).max().unwrap_or(1);
    let ids: Vec<Uuid> = grown.iter().map(|one| one.incident_id).collect();
    let busy = store::busy(tx.conn(), &ids, CivilHour::of(earliest).later(1 - window), fewest).await?;
    for one in grown.iter().filter(|one| busy.contains(&one.incident_id)) {
        let rule = book.at(one.time);
        if let Some(threshold) = rule.trend() {
            look(tx, rule, threshold, *one).await?;
        }
    }
    Ok(())
}

async fn look(tx: &mut Tx, rule: &Rule, threshold: &TrendRule, grown: Grown) -> Result<(), Error> {
    let (incident_id, now, current) = (grown.incident_id, grown.time, CivilHour::of(grown.time));
    let last = store::rises(tx.conn(), incident_id, 1).await?.pop().filter(|rise| rise.end_time.is_none());
    let begin = last.as_ref().map_or(current, |rise| CivilHour::of(rise.begin_time)).min(current);
    let from = begin.later(-2 * threshold.window_hours);
    let cells = store::hours(tx.conn(), incident_id, from).await?;
    let series = Series::of(&cells, from, current);
    if let Some(last) = last {
        let Some(end) = rise::ended(&series, begin, current, threshold) else { return Ok(()) };
        store::end(tx.conn(), last.id, end).await?;
    }
    let speed = Speed::at(&series, current, threshold.window_hours);
    if !rise::begins(&speed, threshold) {
        return Ok(());
    }
    let Some(assessment) = assessment::store::find(tx.conn(), incident_id).await? else { return Ok(()) };
    if let Some(event_id) = grown.event_id {
        tx.react_to(event_id);
    }
    let rise = Rise { id: tx.id(), begin_time: now, end_time: None, speed };
    store::begin(tx.conn(), incident_id, &rise, rule.version()).await?;
    // Of a rise before this one the ground shows the values no more: they are with the rise.
    ground::store::lapse_whole(tx.conn(), incident_id, TREND_RISE, now).await?;
    let ground = ground_of(tx.id(), &speed, threshold, now);
    ground::store::keep(tx.conn(), incident_id, &ground).await?;
    weigh(tx, rule, incident_id, true, now).await?;
    tx.emit(pb::TrendRose {
        incident_id: incident_id.to_string(),
        number: assessment.incident.number,
        title: assessment.incident.title,
        clause: threshold.clause.clone(),
        rise_id: rise.id.to_string(),
        begin_time: Some(wire_time(now)),
        window_hours: speed.window,
        report_count: speed.reports,
        previous_report_count: speed.before,
        text: words::speed(&speed),
        body_ids: wire_ids(&assessment.incident.bodies),
        rule_version: rule.version().to_owned(),
    });
    Ok(())
}

/// Whether the reports of an incident still carry the ground of a rise after some left it; a rise that they do not carry ends.
pub(crate) async fn carried(tx: &mut Tx, threshold: Option<&TrendRule>, incident_id: Uuid, now: Timestamp) -> Result<bool, Error> {
    let Some(threshold) = threshold else { return Ok(true) };
    let Some(last) = store::rises(tx.conn(), incident_id, 1).await?.pop() else { return Ok(true) };
    let begin = CivilHour::of(last.begin_time);
    let from = begin.later(1 - threshold.window_hours);
    let cells = store::hours(tx.conn(), incident_id, from).await?;
    let carried = rise::holds(&Series::of(&cells, from, begin), begin, threshold);
    if !carried && last.end_time.is_none() {
        store::end(tx.conn(), last.id, now).await?;
    }
    Ok(carried)
}

/// The ground: the county set the threshold, so that a person confirms it.
fn ground_of(id: Uuid, speed: &Speed, threshold: &TrendRule, now: Timestamp) -> Ground {
    Ground {
        id,
        test_id: TREND_RISE.to_owned(),
        clause: threshold.clause.clone(),
        text: threshold.text.clone(),
        report_id: None,
        seen: json!({
            "trend.report_count": speed.reports,
            "trend.previous_report_count": speed.before,
            "trend.window_hours": speed.window,
            "trend.speed_per_hour": threshold.speed_per_hour,
            "trend.growth_factor": threshold.growth_factor,
        }),
        needs_confirmation: true,
        hit_time: now,
        hits: 0,
    }
}
