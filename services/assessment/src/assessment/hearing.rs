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
    let Some(signal) = signal::store::relocate(tx.conn(), report_id, to).await? else {
        return Ok(());
    };
    trend::store::count_in(tx.conn(), &[report_id]).await?;
    take_away(tx, rule, from, &[report_id], time).await?;
    let reports = signal::store::count(tx.conn(), to).await?;
    store::recount(tx.conn(), to, reports, None).await?;
    if let Some(assessment) = store::find(tx.conn(), to).await? {
        assess(tx, rule, &assessment.incident, &[signal], time).await?;
    }
    watch(tx, book, &[Grown { incident_id: to, event_id: None, time }]).await
}

/// Runs the tests on a repeated sighting of a report (重复、转载), which may lie in a higher outlet or have spread further. Its hits are the
/// report's.
pub(crate) async fn sight(tx: &mut Tx, book: &RuleBook, sighting: Sighting, signal: Signal, time: Timestamp) -> Result<(), Error> {
    trend::store::sighting::put(tx.conn(), &sighting).await?;
    let incident_id = sighting.incident_id;
    let Some(assessment) = store::find(tx.conn(), incident_id).await? else { return Ok(()) };
    assess(tx, book.at(time), &assessment.incident, &[signal], time).await?;
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
    let stay = signal::store::count(tx.conn(), from).await?;
    store::recount(tx.conn(), from, stay, None).await?;
    if ground::store::lapse(tx.conn(), from, reports, time).await? {
        weigh(tx, rule, from, false, time).await?;
    }
    Ok(())
}

/// Runs the tests on some reports and on what the incident adds up to with them, keeps the hits, and weighs the incident's grounds when
/// one is the first of its test, or speaks against the decision: in a flood of reports most are further hits of a test, which change
/// neither what is suggested nor what a person is looking at. The grounds of the other reports stay, so they need not be tested again.
pub(crate) async fn assess(tx: &mut Tx, rule: &Rule, incident: &Incident, signals: &[Signal], time: Timestamp) -> Result<(), Error> {
    let reports: Vec<ReportSignals> = signals.iter().map(ReportSignals::from).collect();
    let hits = rule.assess(&incident.into(), &reports).map_err(Error::fault)?.grounds;
    let (mut first, mut another) = (false, false);
    for hit in hits {
        let ground = Ground::of(tx.id(), hit, time)?;
        match ground::store::keep(tx.conn(), incident.id, &ground).await? {
            Kept::Known => {}
            Kept::Another => another = true,
            Kept::First => first = true,
        }
    }
    if first || another && store::speaks_against(tx.conn(), incident.id).await? {
        weigh(tx, rule, incident.id, true, time).await
    } else if another {
        factor::commands::compute(tx, incident, time).await
    } else {
        Ok(())
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
