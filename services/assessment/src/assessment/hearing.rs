//! What intake's facts do to assessments: the tests of 二 run again.

use std::collections::{BTreeMap, HashMap};

use chassis::{Error, Tx, wire_time};
use huiying_proto::assessment as pb;
use jiff::Timestamp;
use regulation::{IncidentSignals, ReportSignals, Rule, RuleBook};
use uuid::Uuid;

use super::{
    Incident,
    grpc::{grade_to_wire, level_to_wire},
    stale, store,
};
use crate::{
    factor,
    ground::{self, Ground, Kept},
    level_change::{self, LevelChange},
    signal::{self, Signal},
    trend::{
        self, Appearance, Sighting,
        hearing::{Grown, watch},
    },
};

/// Learns of an incident, and runs the tests on what was moved into it before.
pub(crate) async fn open(tx: &mut Tx, rule: &Rule, mut incident: Incident, time: Timestamp) -> Result<(), Error> {
    if store::open(tx.conn(), &incident, rule.version()).await? == Some(true) {
        let signals = signal::store::of_incident(tx.conn(), incident.id).await?;
        incident.report_count = i64::try_from(signals.len()).unwrap_or(i64::MAX);
        store::recount(tx.conn(), incident.id, incident.report_count, None).await?;
        assess(tx, rule, &incident, &signals, time).await?;
    }
    Ok(())
}

/// A report's signal and the incident that it was placed in, as the incident was then.
pub(crate) struct Placed {
    pub signal: Signal,
    pub appearance: Appearance,
    pub incident: Incident,
    pub event_id: Uuid,
    pub time: Timestamp,
}

/// Places reports in their incidents, however many. Their tests come after.
pub(crate) async fn place(tx: &mut Tx, book: &RuleBook, placed: &[Placed]) -> Result<(), Error> {
    if placed.is_empty() {
        return Ok(());
    }
    let latest: HashMap<Uuid, &Incident> = placed.iter().map(|p| (p.incident.id, &p.incident)).collect();
    let version = book.at(tx.now()).version();
    let predated = store::observe(tx.conn(), &latest.values().copied().collect::<Vec<_>>(), version).await?;
    for predated in predated {
        let Some(now) = placed.iter().rfind(|p| p.incident.id == predated.incident_id) else { continue };
        tx.react_to(now.event_id);
        tx.emit(pb::IncidentPredated {
            incident_id: now.incident.id.to_string(),
            number: now.incident.number.clone(),
            title: now.incident.title.clone(),
            first_report_time: Some(wire_time(now.incident.first_report_time)),
            previous_first_report_time: Some(wire_time(predated.before)),
            level: level_to_wire(predated.level).into(),
            grade: grade_to_wire(predated.grade).into(),
        });
    }
    let signals: HashMap<Uuid, signal::store::Place<'_>> =
        placed.iter().map(|p| (p.signal.report_id, (p.incident.id, &p.signal, p.appearance))).collect();
    let report_ids: Vec<Uuid> = signals.keys().copied().collect();
    trend::store::count_out(tx.conn(), &report_ids).await?;
    let elsewhere = signal::store::place(tx.conn(), &signals.into_values().collect::<Vec<_>>()).await?;
    trend::store::count_in(tx.conn(), &report_ids).await?;
    let mut left: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (report_id, from) in elsewhere {
        left.entry(from).or_default().push(report_id);
    }
    for (from, reports) in left {
        let Some(now) = placed.iter().rfind(|p| reports.contains(&p.signal.report_id)) else { continue };
        tx.react_to(now.event_id);
        take_away(tx, book.at(now.time), from, &reports, now.time).await?;
    }
    let grown: HashMap<Uuid, Grown> =
        placed.iter().map(|p| (p.incident.id, Grown { incident_id: p.incident.id, event_id: Some(p.event_id), time: p.time })).collect();
    let mut grown: Vec<Grown> = grown.into_values().collect();
    grown.sort_unstable_by_key(|one| (one.time, one.incident_id));
    watch(tx, book, &grown).await
}

/// Moves a report from one incident to another, and assesses both anew.
pub(crate) async fn relocate(tx: &mut Tx, book: &RuleBook, report_id: Uuid, from: Uuid, to: Uuid, time: Timestamp) -> Result<(), Error> {
    let rule = book.at(time);
    trend::store::count_out(tx.conn(), &[report_id]).await?;
    let moved = signal::store::relocate(tx.conn(), report_id, to).await?;
    trend::store::count_in(tx.conn(), &[report_id]).await?;
    // It was placed there before, as it is when a person moves it.
    let Some(signal) = moved else { return Ok(()) };
    take_away(tx, rule, from, &[report_id], time).await?;
    let reports = factor::store::reports(tx.conn(), to).await?;
    store::recount(tx.conn(), to, reports, None).await?;
    if let Some(assessment) = store::find(tx.conn(), to).await? {
        assess(tx, rule, &assessment.incident, &[signal], time).await?;
    }
    watch(tx, book, &[Grown { incident_id: to, event_id: None, time }]).await
}

/// Runs the tests on a repeated sighting of a report (重复、转载), which may lie in a higher outlet or have spread further. Its hits are the
/// report's.
pub(crate) async fn sight(tx: &mut Tx, book: &RuleBook, sighting: Sighting, time: Timestamp) -> Result<(), Error> {
    trend::store::sighting::put(tx.conn(), &sighting).await?;
    let incident_id = sighting.incident_id;
    let Some(assessment) = store::find(tx.conn(), incident_id).await? else { return Ok(()) };
    assess(tx, book.at(time), &assessment.incident, &[sighting.signal], time).await?;
    watch(tx, book, &[Grown { incident_id, event_id: None, time }]).await
}

/// Looks what an incident adds up to after reports left it (归并调整): what rests on all of them lapses where they no longer carry it,
/// 二(四), 四(二).
pub(crate) async fn recount(tx: &mut Tx, rule: &Rule, id: Uuid, sums: &IncidentSignals, time: Timestamp) -> Result<(), Error> {
    let Some(assessment) = store::lock(tx.conn(), id).await? else { return Ok(()) };
    let hits = rule.assess(sums, &[]).map_err(Error::fault)?.grounds;
    let mut lapsed = false;
    for ground in assessment.grounds.iter().filter(|ground| ground.report_id.is_none()) {
        let carried = match ground.test_id.as_str() {
            trend::TREND_RISE => trend::hearing::carried(tx, rule.trend(), id, time).await?,
            test => test.starts_with(ground::MERGED_IN) || hits.iter().any(|hit| hit.test_id == test),
        };
        if !carried {
            lapsed |= ground::store::lapse_whole(tx.conn(), id, &ground.test_id, time).await?;
        }
    }
    if lapsed {
        weigh(tx, rule, id, false, time).await?;
    }
    Ok(())
}

/// Learns that a report, or a repeated sighting of it, has spread to other figures, and runs the tests on it again. What is not placed
/// yet comes with its figures when it is.
pub(crate) async fn spread(tx: &mut Tx, rule: &Rule, sighting_id: Option<Uuid>, signal: Signal, time: Timestamp) -> Result<(), Error> {
    let (incident_id, signal) = match sighting_id {
        Some(id) => {
            let figures = [signal.view_count, signal.comment_count, signal.repost_count];
            let Some(incident_id) = trend::store::sighting::read(tx.conn(), id, figures).await? else { return Ok(()) };
            (incident_id, signal)
        }
        None => {
            let figures = [signal.view_count, signal.comment_count, signal.repost_count];
            trend::store::count_out(tx.conn(), &[signal.report_id]).await?;
            let read = signal::store::read(tx.conn(), signal.report_id, figures).await?;
            trend::store::count_in(tx.conn(), &[signal.report_id]).await?;
            let Some(read) = read else { return Ok(()) };
            read
        }
    };
    let Some(assessment) = store::find(tx.conn(), incident_id).await? else { return Ok(()) };
    assess(tx, rule, &assessment.incident, &[signal], time).await?;
    factor::commands::compute(tx, &assessment.incident, time).await
}

/// Learns that an incident was merged into another (并入): it takes no decisions any more. Where a person had held it important, that is
/// put to a person for the other, whose level no merge lowers.
pub(crate) async fn merge(tx: &mut Tx, rule: &Rule, merged: Uuid, into: (Uuid, &str), time: Timestamp) -> Result<(), Error> {
    let Some(source) = store::lock(tx.conn(), merged).await? else { return Ok(()) };
    store::merge(tx.conn(), merged, Some(into)).await?;
    let Some(grade) = source.important() else { return Ok(()) };
    let seen = serde_json::json!({
        "number": source.incident.number,
        "level": pb::Level::Important.as_str_name(),
        "grade": grade_to_wire(grade).as_str_name(),
        "decide_time": source.state.decision().map(|decision| decision.time.to_string()).unwrap_or_default(),
    });
    let ground = Ground::merged_in(tx.id(), &source.incident.number, seen, time);
    if ground::store::keep(tx.conn(), into.0, &ground).await? != Kept::Known {
        weigh(tx, rule, into.0, true, time).await?;
    }
    if let Some(mut target) = store::lock(tx.conn(), into.0).await?
        && target.outranked_by(grade)
        && !store::save(tx.conn(), &mut target).await?
    {
        return Err(stale().into());
    }
    Ok(())
}

/// Learns that a merge was taken back (撤销归并): the incident is decided of by itself again.
pub(crate) async fn part(tx: &mut Tx, rule: &Rule, merged: (Uuid, &str), left: Uuid, time: Timestamp) -> Result<(), Error> {
    store::merge(tx.conn(), merged.0, None).await?;
    if ground::store::lapse_whole(tx.conn(), left, &ground::merged_in(merged.1), time).await? {
        weigh(tx, rule, left, false, time).await?;
    }
    Ok(())
}

/// Lets the hits on reports lapse in the incident that they left.
async fn take_away(tx: &mut Tx, rule: &Rule, from: Uuid, reports: &[Uuid], time: Timestamp) -> Result<(), Error> {
    let stay = factor::store::reports(tx.conn(), from).await?;
    store::recount(tx.conn(), from, stay, None).await?;
    if ground::store::lapse(tx.conn(), from, reports, time).await? {
        weigh(tx, rule, from, false, time).await?;
    }
    Ok(())
}

/// Learns that it was corrected where a report, or a repeated sighting of it, appeared: the tests run again on the report and on all that
/// repeats it, and what none of these carries any more lapses.
pub(crate) async fn correct(tx: &mut Tx, rule: &Rule, sighting_id: Option<Uuid>, signal: Signal, time: Timestamp) -> Result<(), Error> {
    let report_id = signal.report_id;
    let incident_id = match sighting_id {
        Some(id) => trend::store::sighting::correct(tx.conn(), id, &signal).await?,
        None => {
            trend::store::count_out(tx.conn(), &[report_id]).await?;
            let incident_id = signal::store::correct(tx.conn(), &signal).await?;
            trend::store::count_in(tx.conn(), &[report_id]).await?;
            incident_id
        }
    };
    let Some(incident_id) = incident_id else { return Ok(()) };
    let Some(assessment) = store::find(tx.conn(), incident_id).await? else { return Ok(()) };
    let (mut signals, known) = trend::store::sighting::signals(tx.conn(), report_id).await?;
    signals.extend(signal::store::of_report(tx.conn(), report_id).await?);
    let reports: Vec<ReportSignals> = signals.iter().map(ReportSignals::from).collect();
    let hits = rule.assess(&(&assessment.incident).into(), &reports).map_err(Error::fault)?.grounds;
    let carried: Vec<String> = hits.iter().filter(|hit| hit.report_id.is_some()).map(|hit| hit.test_id.clone()).collect();
    // What is not known of a sighting may carry a hit.
    let lapsed = known && ground::store::lapse_but(tx.conn(), incident_id, report_id, &carried, time).await?;
    let kept = keep(tx, incident_id, hits, time).await?;
    if lapsed {
        weigh(tx, rule, incident_id, kept != Kept::Known, time).await
    } else {
        follow(tx, rule, &assessment.incident, kept, time).await
    }
}

/// Runs the tests on some reports and on what the incident adds up to with them, and keeps the hits. The grounds of the other reports
/// stay, so they need not be tested again.
pub(crate) async fn assess(tx: &mut Tx, rule: &Rule, incident: &Incident, signals: &[Signal], time: Timestamp) -> Result<(), Error> {
    let reports: Vec<ReportSignals> = signals.iter().map(ReportSignals::from).collect();
    let hits = rule.assess(&incident.into(), &reports).map_err(Error::fault)?.grounds;
    let kept = keep(tx, incident.id, hits, time).await?;
    follow(tx, rule, incident, kept, time).await
}

/// Keeps hits: the most that one of them is.
async fn keep(tx: &mut Tx, incident_id: Uuid, hits: Vec<regulation::Ground>, time: Timestamp) -> Result<Kept, Error> {
    let mut most = Kept::Known;
    for hit in hits {
        let ground = Ground::of(tx.id(), hit, time)?;
        most = most.max(ground::store::keep(tx.conn(), incident_id, &ground).await?);
    }
    Ok(most)
}

/// Weighs an incident's grounds where a new hit is the first of its test, or speaks against the decision. In a flood of reports most are
/// further hits of a test: they change neither what is suggested nor what a person is looking at, and only the factors follow.
async fn follow(tx: &mut Tx, rule: &Rule, incident: &Incident, kept: Kept, time: Timestamp) -> Result<(), Error> {
    match kept {
        Kept::Known => Ok(()),
        Kept::Another if !store::speaks_against(tx.conn(), incident.id).await? => factor::commands::compute(tx, incident, time).await,
        Kept::Another | Kept::First => weigh(tx, rule, incident.id, true, time).await,
    }
}

/// Weighs an incident's grounds after they changed, and tells it. The factors are computed anew with them.
pub(crate) async fn weigh(tx: &mut Tx, rule: &Rule, incident_id: Uuid, new_hit: bool, time: Timestamp) -> Result<(), Error> {
    let Some(mut assessment) = store::lock(tx.conn(), incident_id).await? else {
        return Ok(());
    };
    let before = assessment.suggested_level;
    assessment.weigh(new_hit, rule.version());
    if assessment.suggested_level != before {
        let change = LevelChange::suggested(tx.id(), &assessment, time);
        level_change::store::insert(tx.conn(), &change).await?;
    }
    factor::store::recount(tx.conn(), incident_id).await?;
    factor::commands::compute(tx, &assessment.incident, time).await?;
    if !store::save(tx.conn(), &mut assessment).await? {
        return Err(stale().into());
    }
    tx.emit(pb::IncidentAssessed {
        incident_id: incident_id.to_string(),
        level: assessment.level().map_or(pb::Level::Unspecified, level_to_wire).into(),
        suggested_level: level_to_wire(assessment.suggested_level).into(),
        grounds: assessment.grounds.iter().map(ground::grpc::to_wire).collect(),
        number: assessment.incident.number,
        title: assessment.incident.title,
        rule_version: assessment.rule_version,
    });
    Ok(())
}
