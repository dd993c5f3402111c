//! Placing (归并): what intake's own facts make it do. A registered report finds its incident, or opens one.

use std::{collections::HashSet, sync::Arc};

use chassis::{Db, Error, Heard, Reaction, Tx, clock::civil_day, fact_id, wire_ids, wire_time};
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use prost::{Message, Name};
use regulation::Rule;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Incident, store, unknown};
use crate::{
    grouping::{Arrival, Features, MatterIndex},
    outlet::grpc::{medium, tier},
    report::{self, Placed, Report},
};

/// So many placed reports are compared with.
const MEMORY: i64 = 20_000;

/// The placer: one a service, as its consumer's lease has it.
pub(crate) struct Placing {
    rule: Arc<Rule>,
    memory: Mutex<Memory>,
}

/// What was seen so far. It is rebuilt from the store when what it holds may not have been committed.
#[derive(Default)]
struct Memory {
    index: Option<MatterIndex>,
    unconfirmed: HashSet<Uuid>,
}

impl Placing {
    pub fn new(rule: Arc<Rule>) -> Self {
        Self { rule, memory: Mutex::default() }
    }

    /// Places the reports that came in one record together: what several of them say weighs in for each.
    async fn place(&self, tx: &mut Tx, ids: &[Uuid]) -> Result<(), Error> {
        let mut reports = Vec::with_capacity(ids.len());
        for id in ids {
            let report = report::store::lock(tx.conn(), *id).await?;
            reports.push(report.ok_or_else(|| Error::fault(format!("report {id} is told of but not there")))?);
        }
        reports.retain(|report| report.placed.is_none());
        let mut memory = self.memory.lock().await;
        if reports.iter().any(|report| memory.unconfirmed.contains(&report.id)) {
            // Heard again: the transaction that placed it before did not come to its end.
            *memory = Memory::default();
        }
        if memory.index.is_none() {
            memory.index = Some(remember(tx).await?);
        }
        let Memory { index: Some(index), unconfirmed } = &mut *memory else { return Err(Error::fault("no index")) };
        let arrivals: Vec<Arrival> = reports.iter().map(|report| arrival(report, tx.id())).collect();
        unconfirmed.extend(reports.iter().map(|report| report.id));
        let placements = index.place_all(&arrivals);
        for ((mut report, arrival), placement) in reports.into_iter().zip(&arrivals).zip(placements) {
            report.placed = Some(match placement.incident {
                Some(incident) => Placed { incident, score: placement.score.clamp(0.0, 1.0), ground: placement.ground },
                None => Placed { incident: arrival.opens, score: 1.0, ground: "首条线索".to_owned() },
            });
            join(tx, &report, window(&self.rule)).await?;
        }
        Ok(())
    }
}

fn arrival(report: &Report, opens: Uuid) -> Arrival {
    let sighting = &report.sighting;
    let features = Features::read(&sighting.title, &sighting.excerpt);
    Arrival { report: report.id, features, time: sighting.publish_time, chosen: sighting.requested_incident, opens }
}

#[async_trait::async_trait]
impl Reaction for Placing {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::ReportRegistered>()? {
            let ids = of_record(heard)?;
            // The first of a record's reports stands for all of them.
            let first = fact.report.is_some_and(|report| ids.first().is_some_and(|id| id.to_string() == report.report_id));
            return if first { self.place(tx, &ids).await } else { Ok(()) };
        }
        if heard.read::<pb::ReportMoved>()?.is_some() {
            // A person knows better: what is remembered is read anew.
            *self.memory.lock().await = Memory::default();
        }
        Ok(())
    }

    async fn after_commit(&self, _: &Db) -> Result<(), Error> {
        self.memory.lock().await.unconfirmed.clear();
        Ok(())
    }
}

/// The reports that one record tells of.
fn of_record(heard: &Heard) -> Result<Vec<Uuid>, Error> {
    let registered = heard.record.events.iter().filter(|event| event.r#type == pb::ReportRegistered::full_name());
    registered
        .map(|event| {
            let fact = pb::ReportRegistered::decode(event.payload.as_slice()).map_err(Error::fault)?;
            fact_id(&fact.report.ok_or_else(|| Error::fault("ReportRegistered without a report"))?.report_id)
        })
        .collect()
}

async fn remember(tx: &mut Tx) -> Result<MatterIndex, Error> {
    let mut index = MatterIndex::new();
    for (report, incident, title, text, time) in report::store::placed(tx.conn(), MEMORY).await? {
        let features = Features::read(&title, &text);
        index.add(report, incident, &features, time);
    }
    Ok(index)
}

/// The window of 二(四), as the rule has it.
pub(crate) fn window(rule: &Rule) -> SignedDuration {
    SignedDuration::from_hours(24 * rule.thresholds().concentration_window_days.max(1))
}

/// Puts a report where `placed` says: opens the incident when it is not there, counts anew, and tells of it.
pub(crate) async fn join(tx: &mut Tx, report: &Report, within: SignedDuration) -> Result<(), Error> {
    let Some(placed) = &report.placed else { return Err(Error::fault("a report joins nothing")) };
    report::store::place(tx.conn(), report.id, placed).await?;
    let (mut incident, opened) = match store::lock(tx.conn(), placed.incident).await? {
        Some(incident) => (incident, false),
        None if report.sighting.requested_incident == Some(placed.incident) => return Err(unknown().into()),
        None => {
            let year = i32::from(civil_day(tx.now()).year());
            let number = store::next_number(tx.conn(), "incident", year).await?;
            let number = format!("{year}-{number:04}");
            (Incident::open(placed.incident, number, report.sighting.title.clone(), report.register_time), true)
        }
    };
    incident.involve(&report.sighting.bodies);
    recount(tx, &mut incident, within).await?;
    if opened {
        tx.emit(pb::IncidentOpened {
            incident_id: incident.id.to_string(),
            number: incident.number.clone(),
            title: incident.title.clone(),
            first_report_time: Some(wire_time(incident.first_report)),
            body_ids: wire_ids(&incident.bodies),
        });
    }
    tx.emit(told(&incident, report, placed));
    Ok(())
}

/// Counts an incident's reports and writers anew, and saves it.
pub(crate) async fn recount(tx: &mut Tx, incident: &mut Incident, within: SignedDuration) -> Result<(), Error> {
    let span = store::span(tx.conn(), incident.id).await?.unwrap_or((0, incident.first_report, incident.last_report));
    let letters = store::letters(tx.conn(), incident.id).await?;
    incident.count(span, &letters, within);
    store::put(tx.conn(), incident).await
}

fn told(incident: &Incident, report: &Report, placed: &Placed) -> pb::ReportPlaced {
    let sighting = &report.sighting;
    pb::ReportPlaced {
        incident_id: incident.id.to_string(),
        report_id: report.id.to_string(),
        incident_number: incident.number.clone(),
        incident_title: incident.title.clone(),
        first_report_time: Some(wire_time(incident.first_report)),
        outlet_name: report.outlet_name.clone(),
        tier: tier(&report.tier).into(),
        medium: medium(&report.medium).into(),
        page: sighting.page.clone(),
        sensitive: sighting.sensitive,
        view_count: sighting.views,
        comment_count: sighting.comments,
        repost_count: sighting.reposts,
        report_count: incident.reports,
        distinct_writers: incident.recent_writers,
        body_ids: wire_ids(&incident.bodies),
        score: placed.score,
        ground: placed.ground.clone(),
        publish_time: Some(wire_time(sighting.publish_time)),
    }
}
