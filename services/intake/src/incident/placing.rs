//! Placing (归并): what intake's own facts make it do. A registered report finds its incident, or opens one.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chassis::{Audit, Error, Heard, Reaction, Tx, clock::civil_day, fact_id};
use grouping::MatterIndex;
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use regulation::{Rule, RuleBook};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    Incident,
    comparing::{Batch, Drawn, FIRST, Waiting, compare, read_words},
    gathering::Gathering,
    store,
};
use crate::{
    category::{self, Suggesting},
    regrouping::{
        self, Kind, Regrouping,
        carrying::Way,
        commands::{merged, regrouping},
    },
    report::{self, Placed, Report, again::Again, masking::MAY_BE},
    suggestion::{self, Suggestion},
    transfer::following::Transfers,
};

/// So many placed reports are compared with, the newest: 60 MB of words when all are there. Who takes over reads them all first.
const MEMORY: usize = 100_000;
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
    /// The table of categories in force; none when it is to be read anew.
    suggesting: Option<Arc<Suggesting>>,
    /// The stamp of the placing that the index ends with. When the store has another, the last transaction did not come to
    /// its end, or another process placed meanwhile: then the index is read anew.
    stamp: Option<Uuid>,
}

impl Placing {
    pub fn new(book: Arc<RuleBook>) -> Self {
        Self { book, memory: Mutex::default() }
    }

    /// Places the reports of some records, and moves those placed before that the new ones draw along.
    async fn place(&self, tx: &mut Tx, memory: &mut Memory, told: Vec<(Uuid, Uuid)>) -> Result<(), Error> {
        let ids: Vec<Uuid> = told.iter().map(|(report, _)| *report).collect();
        let found = report::store::lock_unplaced(tx.conn(), &ids).await?;
        let mut found: HashMap<Uuid, Report> = found.into_iter().map(|report| (report.id, report)).collect();
        let waiting = told.into_iter().filter_map(|(id, cause)| Some(Waiting::new(found.remove(&id)?, cause, tx.id()))).collect();
        let suggesting = match &memory.suggesting {
            Some(suggesting) => suggesting.clone(),
            None => memory.suggesting.insert(Arc::new(Suggesting::new(category::store::in_force(tx.conn()).await?))).clone(),
        };
        let index = &mut memory.index;
        let own = std::mem::take(index);
        let (own, batch) = tokio::task::spawn_blocking(move || compare(own, waiting, &suggesting)).await.map_err(Error::fault)?;
        *index = own;
        let Batch { mut placed, drawn } = batch;
        let opens: HashSet<Uuid> = placed.iter().map(|w| w.opens).collect();
        let targets: HashSet<Uuid> = placed.iter().filter_map(|w| w.report.placed.as_ref().map(|p| p.incident)).collect();
        let moving = drawn.values().flat_map(|d| [d.moved.from, d.moved.to]);
        let mut known: HashSet<Uuid> = targets.iter().copied().chain(moving).filter(|id| !opens.contains(id)).collect();
        // What was merged since it was chosen is where it went.
        let went = store::went(tx.conn(), &known.iter().copied().collect::<Vec<_>>()).await?;
        for Waiting { report, .. } in &mut placed {
            if let Some(place) = &mut report.placed
                && let Some(to) = went.get(&place.incident)
            {
                place.incident = *to;
                index.transfer(report.id, *to, false);
                known.insert(*to);
            }
        }
        let within = window(self.book.at(tx.now()));
        let mut gathering = Gathering::load(tx.conn(), &known.into_iter().collect::<Vec<_>>(), within).await?;
        let again: Vec<Uuid> = placed.iter().filter(|w| w.report.sightings > 1).map(|w| w.report.id).collect();
        let mut again = Again::load(tx.conn(), &again).await?;
        let placing: Vec<Uuid> = placed.iter().map(|w| w.report.id).collect();
        let transfers = Transfers::load(tx.conn(), &placing).await?;
        let mut numbers = numbers(tx, targets.intersection(&opens).count()).await?;
        for waiting in &placed {
            let Some(incident) = waiting.report.placed.as_ref().map(|p| p.incident) else { continue };
            if opens.contains(&incident) && !gathering.holds(incident) {
                let number = numbers.next().ok_or_else(|| Error::fault("more incidents than numbers"))?;
                gathering.open(incident, number, &waiting.report);
            }
        }
        suggest(tx, &gathering, &mut placed).await?;
        for Waiting { report, cause, .. } in &placed {
            let Some(incident) = report.placed.as_ref().map(|p| p.incident) else { continue };
            let joined = gathering.join(report)?;
            tx.react_to(*cause);
            joined.tell(tx);
            again.tell(tx, report.id, incident);
            transfers.tell_placed(tx, report.id, gathering.get(incident)?);
            tx.note(Audit::of("report", report.id).incident(incident).clause("四(一)一"));
        }
        let moved = draw(tx, index, &mut gathering, drawn).await?;
        let reports: Vec<&Report> = placed.iter().map(|w| &w.report).chain(moved.iter().map(|d| &d.report)).collect();
        report::store::place_all(tx.conn(), &reports).await?;
        let merges = close_emptied(tx, &mut gathering, &moved).await?;
        gathering.save(tx.conn()).await?;
        for (merge, before) in merges {
            regrouping::store::insert(tx.conn(), &merge).await?;
            regrouping::store::keep_reports(tx.conn(), merge.id, &before).await?;
        }
        Ok(())
    }
}

/// A report that was moved, from where and why it had been there, and by which fact.
struct Done {
    report: Report,
    from: Uuid,
    before: (f64, String),
    cause: Uuid,
}

/// A report, and the score and the ground of where it had been.
type Before = (Uuid, f64, String);

/// Moves reports that were placed before to the incidents that later ones showed. What is of an incident that a person decided on, or
/// was transferred from outside, stays; a person may move it.
async fn draw(tx: &mut Tx, index: &mut MatterIndex, gathering: &mut Gathering, drawn: BTreeMap<Uuid, Drawn>) -> Result<Vec<Done>, Error> {
    let mut moved = Vec::new();
    let decided = store::decided(tx.conn(), &drawn.values().map(|drawn| drawn.moved.from).collect::<Vec<_>>()).await?;
    for Drawn { moved: told, cause } in drawn.into_values() {
        let locked = report::store::lock(tx.conn(), told.report).await?;
        let there = locked.filter(|report| report.placed.as_ref().is_some_and(|p| p.incident == told.from));
        let takes_in =
            |to: &Incident| to.merged_into.is_none() && gathering.get(told.from).is_ok_and(|from| to.check_takes_in(from).is_ok());
        // Asked when it is locked: whoever registers a transfer locks it, too.
        let transfers = Transfers::load(tx.conn(), &[told.report]).await?;
        let may = gathering.get(told.to).is_ok_and(takes_in) && !decided.contains(&told.from) && !transfers.has(told.report);
        let Some(mut report) = there.filter(|_| may) else {
            index.transfer(told.report, told.from, false);
            continue;
        };
        let before = report.placed.take().map(|placed| (placed.score, placed.ground)).unwrap_or_default();
        report.placed =
            Some(Placed { incident: told.to, score: told.score.clamp(0.0, 1.0), ground: format!("系统归并:{}", told.ground) });
        let joined = gathering.join(&report)?;
        let seen_again: &[Uuid] = if report.sightings > 1 { &[report.id] } else { &[] };
        let mut again = Again::load(tx.conn(), seen_again).await?;
        tx.react_to(cause);
        joined.tell(tx);
        again.tell(tx, report.id, told.to);
        tx.emit(pb::ReportMoved {
            incident_id: told.to.to_string(),
            from_incident_id: told.from.to_string(),
            report_id: report.id.to_string(),
            reason: format!("系统归并:{}", told.ground),
            regrouping_id: String::new(),
        });
        tx.note(Audit::of("report", report.id).incident(told.to).clause("四(一)一").reason(told.ground));
        moved.push(Done { report, from: told.from, before, cause });
    }
    Ok(moved)
}

/// An incident that all reports left is merged into where the last of them went, so that its clocks end and nobody is blamed for what
/// is handled elsewhere. Returns the merges, which a person can take back, each with why its reports had been where they were.
async fn close_emptied(tx: &mut Tx, gathering: &mut Gathering, moved: &[Done]) -> Result<Vec<(Regrouping, Vec<Before>)>, Error> {
    let mut merges = Vec::new();
    let last: BTreeMap<Uuid, &Done> = moved.iter().map(|done| (done.from, done)).collect();
    for (id, done) in last {
        gathering.recount(tx.conn(), id).await?;
        let Some(Placed { incident: to, ground, .. }) = done.report.placed.as_ref().filter(|placed| placed.incident != id) else {
            continue;
        };
        let from = gathering.get(id)?.clone();
        if let Some(recounted) = gathering.recounted(id) {
            tx.react_to(done.cause);
            tx.emit(recounted);
            tx.note(Audit::of("incident", id).incident(id).clause("四(一)一"));
            continue;
        }
        if from.merged_into.is_some() {
            continue;
        }
        let target = gathering.get(*to)?.clone();
        gathering.involve(*to, &from.bodies);
        gathering.merge(id, *to)?;
        let went = |done: &&Done| done.from == id && done.report.placed.as_ref().is_some_and(|placed| placed.incident == *to);
        let before: Vec<Before> = moved.iter().filter(went).map(|done| (done.report.id, done.before.0, done.before.1.clone())).collect();
        let ids: Vec<Uuid> = before.iter().map(|(report, ..)| *report).collect();
        let way = Way { from: id, to: *to, regrouping: tx.id(), reason: ground };
        let merge = regrouping(tx.now(), None, Kind::Merge, (&from, &target), &way, &ids, gathering.get(*to)?);
        tx.react_to(done.cause);
        tx.emit(merged(&from, gathering.get(*to)?, &merge));
        tx.note(way.audit());
        merges.push((merge, before));
    }
    Ok(merges)
}

/// Says with a report that opens an incident which other it may be of, and keeps that a person is asked.
async fn suggest(tx: &mut Tx, gathering: &Gathering, placed: &mut [Waiting]) -> Result<(), Error> {
    let mut suggestions = Vec::new();
    for Waiting { report, suggested, opens, .. } in placed {
        let id = report.id;
        let Some(placed) = report.placed.as_mut().filter(|p| p.incident == *opens) else { continue };
        let Some((incident, score, ground)) = suggested.take() else { continue };
        let number = match gathering.number(incident) {
            Some(number) => Some(number.to_owned()),
            None => store::find(tx.conn(), incident, None).await?.map(|found| found.number),
        };
        if let Some(number) = number {
            suggestions.push(Suggestion { report: id, incident: *opens, other: incident, score, ground: ground.clone() });
            placed.ground = format!("{FIRST}{MAY_BE}{number} 为同一事件(相似度 {score:.2}),请核:{ground}");
        }
    }
    suggestion::store::insert(tx.conn(), &suggestions).await
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
        } else if heard.read::<pb::CategoriesRegistered>()?.is_some() {
            self.memory.lock().await.suggesting = None;
        } else if let Some(fact) = heard.read::<pb::ReportMoved>()? {
            let mut memory = self.memory.lock().await;
            memory.moved = true;
            // The placer's own moves have no actor.
            let by_a_person = heard.record.actor.is_some();
            memory.index.transfer(fact_id(&fact.report_id)?, fact_id(&fact.incident_id)?, by_a_person);
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
        if !remembered {
            memory.index = remember(tx).await?;
            memory.suggesting = None;
        } else if memory.index.len() > MEMORY + MEMORY / 8 {
            memory.index.forget(MEMORY);
        }
        let mut together: Vec<(Uuid, Uuid)> = Vec::new();
        for record in heard.into_values() {
            if !together.is_empty() && together.len() + record.len() > TOGETHER {
                self.place(tx, &mut memory, std::mem::take(&mut together)).await?;
            }
            together.extend(record);
        }
        if !together.is_empty() {
            self.place(tx, &mut memory, together).await?;
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
        read.extend(tokio::task::spawn_blocking(|| read_words(portion)).await.map_err(Error::fault)?);
    }
    let index = move || {
        let mut index = MatterIndex::new();
        for (arrival, incident, settled) in read.into_iter().rev() {
            index.add(&arrival, incident, settled);
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
