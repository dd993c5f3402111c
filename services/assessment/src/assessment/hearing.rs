//! What intake's facts do to assessments: the tests of 二 run again.

use std::collections::HashMap;

use chassis::{Error, Tx, wire_time};
use huiying_proto::assessment as pb;
use jiff::Timestamp;
use regulation::{ReportSignals, Rule, RuleBook};
use uuid::Uuid;

use super::{
    Incident,
    grpc::{grade_to_wire, ground_to_wire, level_to_wire},
    stale, store,
};
use crate::{
    factor,
    ground::{self, Ground},
    level_change::{self, LevelChange},
    signal::{self, Signal},
    trend::{
        self, Appearance,
        hearing::{Grown, watch},
    },
};

/// Learns of an incident, and runs the tests on what was moved into it before.
pub(crate) async fn open(tx: &mut Tx, rule: &Rule, mut incident: Incident, time: Timestamp) -> Result<(), Error> {
    if store::open(tx.conn(), &incident, rule.version()).await? == Some(true) {
        let signals = signal::store::of_incident(tx.conn(), incident.id).await?;
        incident.report_count = i64::try_from(signals.len()).unwrap_or(i64::MAX);
        store::recount(tx.conn(), incident.id, incident.report_count).await?;
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
    for (report_id, from) in elsewhere {
        let Some(now) = placed.iter().rfind(|p| p.signal.report_id == report_id) else { continue };
        tx.react_to(now.event_id);
        take_away(tx, book.at(now.time), from, report_id, now.time).await?;
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
    take_away(tx, rule, from, report_id, time).await?;
    let reports = signal::store::count(tx.conn(), to).await?;
    store::recount(tx.conn(), to, reports).await?;
    if let Some(assessment) = store::find(tx.conn(), to).await? {
        assess(tx, rule, &assessment.incident, &[signal], time).await?;
    }
    watch(tx, book, &[Grown { incident_id: to, event_id: None, time }]).await
}

/// Lets the hits on a report lapse in the incident that it left.
async fn take_away(tx: &mut Tx, rule: &Rule, from: Uuid, report_id: Uuid, time: Timestamp) -> Result<(), Error> {
    let reports = signal::store::count(tx.conn(), from).await?;
    store::recount(tx.conn(), from, reports).await?;
    if ground::store::lapse(tx.conn(), from, report_id, time).await? {
        weigh(tx, rule, from, false, time).await?;
    }
    Ok(())
}

/// Runs the tests on some reports and on what the incident adds up to with them, keeps the hits, and weighs the incident's
/// grounds when any is new. The grounds of the other reports stay, so they need not be tested again.
pub(crate) async fn assess(tx: &mut Tx, rule: &Rule, incident: &Incident, signals: &[Signal], time: Timestamp) -> Result<(), Error> {
    let reports: Vec<ReportSignals> = signals.iter().map(ReportSignals::from).collect();
    let hits = rule.assess(&incident.into(), &reports).map_err(Error::fault)?.grounds;
    let mut new_hit = false;
    for hit in hits {
        let (id, ground) = (tx.id(), Ground::of(hit, time)?);
        new_hit |= ground::store::keep(tx.conn(), id, incident.id, &ground).await?;
    }
    if new_hit {
        weigh(tx, rule, incident.id, true, time).await?;
    }
    Ok(())
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
        grounds: assessment.grounds.iter().map(ground_to_wire).collect(),
        number: assessment.incident.number,
        title: assessment.incident.title,
        rule_version: assessment.rule_version,
    });
    Ok(())
}
