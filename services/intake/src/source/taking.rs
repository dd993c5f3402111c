//! Taking what a source brings (采集): each item becomes a report, waits for its outlet, or is known already.

use std::collections::HashMap;

use chassis::{Error, Refusal, Tx};
use huiying_proto::intake::ReportRegistered;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Kind, Source, cut,
    item::Item,
    spread,
    store::{self, taking, waiting},
    waiting::Waiting,
};
use crate::{
    outlet::{self, Outlet},
    report::{
        self, Report, Sighting,
        folding::{self, Folding},
        grpc::{sighted, to_fact},
    },
};

/// The longest id of an outlet's own that a report carries.
const LONGEST_OWN_ID: usize = 64;

/// Where a report, or a repeated sighting of one, came from.
pub(crate) struct Provenance<'a> {
    pub is: Uuid,
    pub source: Uuid,
    pub item: &'a Item,
}

/// What an item became: a report, or a repeated sighting of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub is: Uuid,
    pub report: Uuid,
    /// The digest of what was stated.
    pub evidence: Option<[u8; 32]>,
}

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Registered(Uuid),
    /// It repeats a report, and is counted with it.
    Folded(Uuid),
    /// The report, or none while it waits.
    Known(Option<Uuid>),
    Waiting,
    /// Why.
    Refused(String),
}

/// Takes items of a source that is locked: in their order, what became of each.
pub(crate) async fn take(tx: &mut Tx, source: &Source, items: Vec<Item>) -> Result<Vec<Fate>, Error> {
    let outlets = Outlets::of(tx.conn(), source.description.outlet, &items).await?;
    let keys: Vec<Uuid> = items.iter().map(|item| item.key).collect();
    let mut known = taking::known(tx.conn(), source.id, &keys).await?;
    let differs = |came: &Came, item: &Item| source.kind == Kind::Spreadsheet && came.evidence.is_some_and(|was| was != item.evidence);
    let mut fates = Vec::with_capacity(items.len());
    let (mut new, mut waiting, mut readings) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        if let Some(came) = known.get(&item.key) {
            if came.as_ref().is_some_and(|came| differs(came, &item)) {
                fates.push(Fate::Refused(format!("编号 {} 已登记过,内容不同", item.external_id)));
                continue;
            }
            readings.extend(came.map(|came| came.is).zip(item.spread));
            fates.push(Fate::Known(came.map(|came| came.report)));
            continue;
        }
        let id = tx.id();
        match outlets.of_item(&item) {
            Some(outlet) => {
                known.insert(item.key, Some(Came { is: id, report: id, evidence: Some(item.evidence) }));
                fates.push(Fate::Registered(id));
                new.push((register(id, source, outlet, &item, tx), item));
            }
            None => {
                known.insert(item.key, None);
                fates.push(Fate::Waiting);
                waiting.push(Waiting { id, source: source.id, outlet: None, item });
            }
        }
    }
    let became = insert(tx, source.id, new).await?;
    // What is in one call twice may be read of what is new.
    readings.retain(|(is, _)| became.get(is).is_none_or(|fate| matches!(fate, Fate::Registered(_) | Fate::Folded(_))));
    spread::keep(tx, &readings).await?;
    if waiting::insert(tx.conn(), &waiting).await? != waiting.len() as u64 {
        return Err(meanwhile());
    }
    for fate in &mut fates {
        match fate {
            Fate::Registered(id) => *fate = became.get(id).cloned().ok_or_else(|| Error::fault("nothing came of an item"))?,
            Fate::Known(Some(id)) => *id = became.get(id).and_then(Fate::report).unwrap_or(*id),
            Fate::Folded(_) | Fate::Known(None) | Fate::Waiting | Fate::Refused(_) => {}
        }
    }
    Ok(fates)
}

/// Registers items that waited, whose outlets are known by now: how many.
pub(crate) async fn release(tx: &mut Tx, sources: &HashMap<Uuid, Source>, items: Vec<Waiting>) -> Result<usize, Error> {
    let count = items.len();
    let named: Vec<Uuid> = items.iter().filter_map(|waiting| waiting.outlet).collect();
    let named: HashMap<Uuid, Outlet> = outlet::store::by_ids(tx.conn(), &named).await?.into_iter().map(|o| (o.id, o)).collect();
    let keys: Vec<String> = items.iter().map(|waiting| waiting.item.outlet_key.clone()).collect();
    let by_key = taking::outlets(tx.conn(), &keys).await?;
    let mut by_source: HashMap<Uuid, Vec<(Report, Item)>> = HashMap::new();
    for Waiting { source, outlet, item, .. } in items {
        let outlet = outlet.map_or_else(|| by_key.get(&item.outlet_key), |id| named.get(&id));
        let (Some(outlet), Some(from)) = (outlet, sources.get(&source)) else { return Err(meanwhile()) };
        let report = register(tx.id(), from, outlet, &item, tx);
        by_source.entry(source).or_default().push((report, item));
    }
    for (source, new) in by_source {
        for (item, fate) in insert(tx, source, new).await? {
            if let Fate::Refused(reason) = fate {
                tracing::warn!(%source, %item, reason, "an item that waited was refused");
            }
        }
    }
    Ok(count)
}

/// Saves what would be reports, with where they came from: by the id of each, what came of it. What repeats a report is counted with it.
async fn insert(tx: &mut Tx, source: Uuid, new: Vec<(Report, Item)>) -> Result<HashMap<Uuid, Fate>, Error> {
    let mut folding = Folding::load(tx.conn(), &new.iter().map(|(report, _)| report).collect::<Vec<_>>()).await?;
    let (mut became, mut judged, mut items) = (HashMap::with_capacity(new.len()), Vec::new(), HashMap::new());
    for (report, item) in new {
        let id = report.id;
        match folding.judge(report) {
            Ok(fate) => {
                judged.push((id, fate));
                items.insert(id, item);
            }
            Err(refusal) => {
                became.insert(id, Fate::Refused(refusal.message));
            }
        }
    }
    folding.save(tx.conn(), judged.iter_mut().map(|(_, fate)| fate).collect()).await?;
    let (mut provenance, mut readings, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for (id, fate) in &judged {
        let came = match fate {
            folding::Fate::New(report) => Fate::Registered(report.id),
            folding::Fate::Known(report) => Fate::Known(Some(*report)),
            folding::Fate::Repeated(repeat) => {
                repeated.push(repeat.report);
                Fate::Folded(repeat.report)
            }
        };
        if let Some(item) = items.get(id).filter(|_| !matches!(came, Fate::Known(_))) {
            provenance.push(Provenance { is: *id, source, item });
            readings.extend(item.spread.map(|figures| (*id, figures)));
        }
        became.insert(*id, came);
    }
    if taking::insert_provenance(tx.conn(), &provenance).await? != provenance.len() as u64 {
        return Err(meanwhile());
    }
    store::spread::insert(tx.conn(), &readings).await?;
    let there = report::store::reading::some(tx.conn(), &repeated).await?;
    for (_, fate) in &judged {
        match fate {
            folding::Fate::New(report) => tx.emit(ReportRegistered { report: Some(to_fact(report)) }),
            folding::Fate::Repeated(repeat) => tx.emit(sighted(repeat, there.get(&repeat.report).ok_or_else(report::unknown)?)),
            folding::Fate::Known(_) => {}
        }
    }
    Ok(became)
}

impl Fate {
    /// The report that it is, or is a sighting of.
    pub fn report(&self) -> Option<Uuid> {
        match self {
            Self::Registered(report) | Self::Folded(report) | Self::Known(Some(report)) => Some(*report),
            Self::Known(None) | Self::Waiting | Self::Refused(_) => None,
        }
    }
}

fn register(id: Uuid, source: &Source, outlet: &Outlet, item: &Item, tx: &Tx) -> Report {
    // A spreadsheet's ids are those under which people know their letters; a page's are a program's.
    let own = (source.kind == Kind::Spreadsheet && !item.external_id.is_empty()).then(|| cut(&item.external_id, LONGEST_OWN_ID));
    let figures = |part: fn(&super::item::Figures) -> i64| item.spread.as_ref().map_or(0, part);
    let sighting = Sighting {
        outlet_id: outlet.id,
        external_id: own,
        title: item.title.clone(),
        excerpt: item.excerpt.clone(),
        url: item.url.clone(),
        page: String::new(),
        publish_time: item.publish_time,
        sensitive: false,
        views: figures(|f| f.views),
        comments: figures(|f| f.comments),
        reposts: figures(|f| f.reposts),
        bodies: Vec::new(),
        requested_incident: None,
        received: None,
        writer: item.writer,
        seal: None,
    };
    Report::register(id, outlet, sighting, tx.now())
}

/// The outlets of items: the one that their source stands for, or what tells each.
struct Outlets {
    all: Option<Outlet>,
    by_key: HashMap<String, Outlet>,
}

impl Outlets {
    async fn of(connection: &mut PgConnection, all: Option<Uuid>, items: &[Item]) -> Result<Self, Error> {
        if let Some(id) = all {
            let all = outlet::store::by_ids(connection, &[id]).await?.into_iter().next();
            return Ok(Self { all: Some(all.ok_or_else(outlet::unknown)?), by_key: HashMap::new() });
        }
        let keys: Vec<String> = items.iter().map(|item| item.outlet_key.clone()).filter(|key| !key.is_empty()).collect();
        Ok(Self { all: None, by_key: taking::outlets(connection, &keys).await? })
    }

    fn of_item(&self, item: &Item) -> Option<&Outlet> {
        self.all.as_ref().or_else(|| self.by_key.get(&item.outlet_key))
    }
}

/// Another took the same meanwhile: it is tried again.
fn meanwhile() -> Error {
    Refusal::stale("SOURCE_STALE", "同一采集源的条目正被另一处接收,请重试。").into()
}
