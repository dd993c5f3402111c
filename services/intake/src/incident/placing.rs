//! Placing (归并): what intake's own facts make it do. A registered report finds its incident, or opens one.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chassis::{Audit, Error, Heard, Reaction, Tx, clock::civil_day, fact_id};
use grouping::{Arrival, Features, MatterIndex};
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use regulation::{Rule, RuleBook};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{gathering::Gathering, store};
use crate::{
    report::{self, Placed, Report, again::Again},
};

/// So many placed reports are compared with.
const MEMORY: usize = 20_000;
/// So many are read at a time: the connection must not idle while their words are read.
const PORTION: i64 = 1_000;
/// So many are placed by one set of statements.
const TOGETHER: usize = 1_000;

/// The placer: one a service, as its consumer's lease has it.
pub(crate) struct Placing {
    book: Arc<RuleBook>,
    memory: Mutex<Memory>,
}

/// What was heard in this transaction, and what was placed so far.
#[derive(Default)]
struct Memory {
    /// By record: the report, and the fact that told of it.
    heard: BTreeMap<i64, Vec<(Uuid, Uuid)>>,
    moved: bool,
    index: MatterIndex,
    /// The stamp of the placing that the index ends with. When the store has another, the last transaction did not come to
    /// its end, or another process placed meanwhile: then the index is read anew.
    stamp: Option<Uuid>,
}

/// A report that waits for its incident.
struct Waiting {
    report: Report,
    cause: Uuid,
    opens: Uuid,
}

impl Placing {
    pub fn new(book: Arc<RuleBook>) -> Self {
        Self { book, memory: Mutex::default() }
    }

    /// Places the reports of some records. Those that came in one record are compared together.
    async fn place(&self, tx: &mut Tx, index: &mut MatterIndex, records: Vec<Vec<(Uuid, Uuid)>>) -> Result<(), Error> {
        let ids: Vec<Uuid> = records.iter().flatten().map(|(report, _)| *report).collect();
        let found = report::store::lock_unplaced(tx.conn(), &ids).await?;
        let mut found: HashMap<Uuid, Report> = found.into_iter().map(|report| (report.id, report)).collect();
        let mut waiting: Vec<Vec<Waiting>> = Vec::with_capacity(records.len());
        for record in records {
            let record = record.into_iter().filter_map(|(id, cause)| Some(Waiting { report: found.remove(&id)?, cause, opens: tx.id() }));
            waiting.push(record.collect());
        }
        let mut own = std::mem::take(index);
        let compare = move || {
            waiting.iter_mut().for_each(|record| compare(&mut own, record));
            (own, waiting)
        };
        let (own, waiting) = tokio::task::spawn_blocking(compare).await.map_err(Error::fault)?;
        *index = own;
        let mut placed: Vec<Waiting> = waiting.into_iter().flatten().collect();
        let opens: HashSet<Uuid> = placed.iter().map(|w| w.opens).collect();
        let targets: HashSet<Uuid> = placed.iter().filter_map(|w| w.report.placed.as_ref().map(|p| p.incident)).collect();
        let mut known: Vec<Uuid> = targets.difference(&opens).copied().collect();
        // What was merged since it was chosen is where it went.
        let went = store::went(tx.conn(), &known).await?;
        for Waiting { report, .. } in &mut placed {
            if let Some(place) = &mut report.placed
                && let Some(to) = went.get(&place.incident)
            {
                place.incident = *to;
                index.transfer(report.id, *to);
                known.push(*to);
            }
        }
        let within = window(self.book.at(tx.now()));
        let mut gathering = Gathering::load(tx.conn(), &known, within).await?;
        let again: Vec<Uuid> = placed.iter().filter(|w| w.report.sightings > 1).map(|w| w.report.id).collect();
        let mut again = Again::load(tx.conn(), &again).await?;
        let mut numbers = numbers(tx, targets.intersection(&opens).count()).await?;
        for Waiting { report, cause, .. } in &placed {
            let Some(incident) = report.placed.as_ref().map(|p| p.incident) else { continue };
            if opens.contains(&incident) && !gathering.holds(incident) {
                let number = numbers.next().ok_or_else(|| Error::fault("more incidents than numbers"))?;
                gathering.open(incident, number, report);
            }
            let joined = gathering.join(report)?;
            tx.react_to(*cause);
            joined.tell(tx);
            again.tell(tx, report.id, incident);
            tx.note(Audit::of("report", report.id).incident(incident).clause("四(一)一"));
        }
        let reports: Vec<&Report> = placed.iter().map(|w| &w.report).collect();
        report::store::place_all(tx.conn(), &reports).await?;
        gathering.save(tx.conn()).await
    }
}

/// Finds the incidents of the reports of one record.
fn compare(index: &mut MatterIndex, record: &mut [Waiting]) {
    let arrivals: Vec<Arrival> = record
        .iter()
        .map(|Waiting { report, opens, .. }| {
            let sighting = &report.sighting;
            let features = Features::read(&sighting.title, &sighting.excerpt);
            Arrival { report: report.id, features, time: sighting.publish_time, chosen: sighting.requested_incident, opens: *opens }
        })
        .collect();
    let placements = index.place_all(&arrivals);
    for (waiting, placement) in record.iter_mut().zip(placements) {
        waiting.report.placed = Some(match placement.incident {
            Some(incident) => Placed { incident, score: placement.score.clamp(0.0, 1.0), ground: placement.ground },
            None => Placed { incident: waiting.opens, score: 1.0, ground: "首条线索".to_owned() },
        });
    }
}

#[async_trait::async_trait]
impl Reaction for Placing {
    async fn apply(&self, _: &mut Tx, heard: &Heard) -> Result<(), Error> {
        if let Some(fact) = heard.read::<pb::ReportRegistered>()? {
            let report = fact.report.ok_or_else(|| Error::fault("ReportRegistered without a report"))?;
            let told = (fact_id(&report.report_id)?, heard.event_id);
            let mut memory = self.memory.lock().await;
            if memory.heard.get(&heard.position).is_some_and(|record| record.contains(&told)) {
                // Heard again: the transaction before did not come to its end.
                memory.heard.clear();
            }
            memory.heard.entry(heard.position).or_default().push(told);
        } else if let Some(fact) = heard.read::<pb::ReportMoved>()? {
            let mut memory = self.memory.lock().await;
            memory.moved = true;
            memory.index.transfer(fact_id(&fact.report_id)?, fact_id(&fact.incident_id)?);
        }
        Ok(())
    }

    async fn conclude(&self, tx: &mut Tx) -> Result<(), Error> {
        let mut memory = self.memory.lock().await;
        let (heard, moved) = (std::mem::take(&mut memory.heard), std::mem::take(&mut memory.moved));
        if heard.is_empty() && !moved {
            return Ok(());
        }
        let stored = store::lock_placing(tx.conn()).await?;
        // Forgotten until all is done: whatever goes wrong on the way, the index is then read anew.
        let remembered = memory.stamp.take() == Some(stored);
        if !remembered || memory.index.len() > 2 * MEMORY {
            memory.index = remember(tx).await?;
        }
        let mut together: Vec<Vec<(Uuid, Uuid)>> = Vec::new();
        for record in heard.into_values() {
            if !together.is_empty() && together.iter().map(Vec::len).sum::<usize>() + record.len() > TOGETHER {
                self.place(tx, &mut memory.index, std::mem::take(&mut together)).await?;
            }
            together.push(record);
        }
        if !together.is_empty() {
            self.place(tx, &mut memory.index, together).await?;
        }
        let stamp = tx.id();
        store::stamp_placing(tx.conn(), stamp).await?;
        memory.stamp = Some(stamp);
        Ok(())
    }
}

/// Reads the newest placed reports.
async fn remember(tx: &mut Tx) -> Result<MatterIndex, Error> {
    let (mut read, mut before) = (Vec::new(), Uuid::max());
    while read.len() < MEMORY {
        let portion = report::store::placed(tx.conn(), before, PORTION).await?;
        let Some(last) = portion.last() else { break };
        before = last.report;
        let words =
            move || portion.into_iter().map(|p| (p.report, p.incident, Features::read(&p.title, &p.text), p.time)).collect::<Vec<_>>();
        read.extend(tokio::task::spawn_blocking(words).await.map_err(Error::fault)?);
    }
    let index = move || {
        let mut index = MatterIndex::new();
        for (report, incident, features, time) in read.into_iter().rev() {
            index.add(report, incident, &features, time);
        }
        index
    };
    tokio::task::spawn_blocking(index).await.map_err(Error::fault)
}

/// Numbers for new incidents, in order: "2026-0001" by the civil year.
pub(crate) async fn numbers(tx: &mut Tx, count: usize) -> Result<impl Iterator<Item = String> + use<>, Error> {
    let year = i32::from(civil_day(tx.now()).year());
    let count = i32::try_from(count).map_err(Error::fault)?;
    let first = if count > 0 { store::next_numbers(tx.conn(), "incident", year, count).await? } else { 0 };
    Ok((first..first + count).map(move |number| format!("{year}-{number:04}")))
}

/// The window of 二(四), as the rule has it.
pub(crate) fn window(rule: &Rule) -> SignedDuration {
    SignedDuration::from_hours(24 * rule.thresholds().concentration_window_days.max(1))
}
