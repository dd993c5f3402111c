//! Taking what a source brings (采集): each item becomes a report, waits for its outlet, or is known already.

use std::collections::{HashMap, HashSet};

use chassis::{Error, Refusal, Tx};
use huiying_proto::intake::ReportRegistered;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Kind, Source, cut,
    item::{Figures, Item},
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
    writer,
};

/// The longest id of an outlet's own that a report carries.
const LONGEST_OWN_ID: usize = 64;

/// Where a report, or a repeated sighting of one, came from.
pub(crate) struct Provenance<'a> {
    pub is: Uuid,
    pub source: Uuid,
    pub item: &'a Item,
}

/// An item that came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub key: Uuid,
    pub page_key: Option<Uuid>,
    /// The report or repeated sighting that it is, or the item that waits.
    pub is: Uuid,
    /// The report that it is or repeats; none while it waits.
    pub report: Option<Uuid>,
    /// The digest of what was stated.
    pub evidence: Option<[u8; 32]>,
    pub stated_time: String,
    pub excerpt: String,
}

/// What came before of a source.
#[derive(Debug, Default)]
struct Known {
    by_key: HashMap<Uuid, Before>,
    by_page: HashMap<Uuid, Vec<Before>>,
    /// The keys of what comes now.
    coming: HashSet<Uuid>,
    /// Known by their page alone until now: the page, and the id.
    named: Vec<(Uuid, Uuid)>,
}

impl Known {
    async fn of(connection: &mut PgConnection, source: Uuid, items: &[Item]) -> Result<Self, Error> {
        let keys: Vec<Uuid> = items.iter().flat_map(|item| [Some(item.key), item.page_key]).flatten().collect();
        let mut known = Self { coming: items.iter().map(|item| item.key).collect(), ..Self::default() };
        for before in taking::known(connection, source, &keys).await? {
            known.add(before);
        }
        Ok(known)
    }

    fn add(&mut self, before: Before) {
        if let Some(page) = before.page_key {
            self.by_page.entry(page).or_default().push(before.clone());
        }
        self.by_key.insert(before.key, before);
    }

    /// What an item is already: by its id; else what was known by its page before ids were looked at; else what stood in its page under
    /// another id that is gone, with the same time or the same text, as where ids are minted anew at every look.
    fn find(&mut self, item: &Item) -> Option<Before> {
        if let Some(before) = self.by_key.get(&item.key) {
            return Some(before.clone());
        }
        let page = item.page_key?;
        if let Some(before) = self.by_key.remove(&page) {
            self.named.push((page, item.key));
            self.add(Before { key: item.key, page_key: Some(page), ..before });
            return self.by_key.get(&item.key).cloned();
        }
        let is_same = |before: &&Before| {
            let same_time = !before.stated_time.is_empty() && before.stated_time == item.stated_time;
            !self.coming.contains(&before.key) && (same_time || before.excerpt == item.excerpt)
        };
        self.by_page.get(&page)?.iter().find(is_same).cloned()
    }
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
    let outlets = Outlets::of(tx.conn(), source.description.outlet, items.iter()).await?;
    let mut known = Known::of(tx.conn(), source.id, &items).await?;
    let differs = |before: &Before, item: &Item| {
        source.kind == Kind::Spreadsheet && before.report.is_some() && before.evidence.is_some_and(|was| was != item.evidence)
    };
    let mut fates = Vec::with_capacity(items.len());
    let (mut new, mut waiting, mut readings, mut of_waiting) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for mut item in items {
        if let Some(before) = known.find(&item) {
            if differs(&before, &item) {
                fates.push(Fate::Refused(format!("编号 {} 已登记过,内容不同", item.external_id)));
                continue;
            }
            let kept = if before.report.is_some() { &mut readings } else { &mut of_waiting };
            kept.extend(item.spread.map(|figures| (before.is, figures)));
            fates.push(Fate::Known(before.report));
            continue;
        }
        let id = tx.id();
        let outlet = outlets.of_item(&item);
        known.add(Before {
            key: item.key,
            page_key: item.page_key,
            is: id,
            report: outlet.map(|_| id),
            evidence: Some(item.evidence),
            stated_time: item.stated_time.clone(),
            excerpt: item.excerpt.clone(),
        });
        match outlet {
            Some(outlet) => {
                item.doubt_more(outlets.contradiction(&item, outlet));
                fates.push(Fate::Registered(id));
                new.push((register(id, source, outlet, &item, tx), item));
            }
            None => {
                fates.push(Fate::Waiting);
                waiting.push(Waiting { id, source: source.id, outlet: None, item, refused: String::new() });
            }
        }
    }
    taking::name(tx.conn(), source.id, &known.named).await?;
    let became = insert(tx, source.id, new).await?;
    // What is in one call twice may be read of what is new.
    readings.retain(|(is, _)| became.get(is).is_none_or(|fate| matches!(fate, Fate::Registered(_) | Fate::Folded(_))));
    spread::keep(tx, &readings).await?;
    // They go with the item when it is registered.
    store::spread::insert(tx.conn(), &of_waiting).await?;
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

/// Registers items that waited, whose outlets are known by now, with the readings that came meanwhile: how many it looked at. One that is
/// refused stays with the reason.
pub(crate) async fn release(tx: &mut Tx, sources: &HashMap<Uuid, Source>, items: Vec<Waiting>) -> Result<usize, Error> {
    let count = items.len();
    let named: Vec<Uuid> = items.iter().filter_map(|waiting| waiting.outlet).collect();
    let named: HashMap<Uuid, Outlet> = outlet::store::by_ids(tx.conn(), &named).await?.into_iter().map(|o| (o.id, o)).collect();
    let by_key = Outlets::of(tx.conn(), None, items.iter().map(|waiting| &waiting.item)).await?;
    let mut by_source: HashMap<Uuid, Vec<(Report, Item)>> = HashMap::new();
    let mut waited: HashMap<Uuid, (Uuid, Option<Figures>)> = HashMap::with_capacity(count);
    for Waiting { id: waits, source, outlet, mut item, .. } in items {
        let outlet = outlet.map_or_else(|| by_key.of_item(&item), |id| named.get(&id));
        let (Some(outlet), Some(from)) = (outlet, sources.get(&source)) else { return Err(meanwhile()) };
        item.doubt_more(by_key.contradiction(&item, outlet));
        let id = tx.id();
        waited.insert(id, (waits, item.spread));
        by_source.entry(source).or_default().push((register(id, from, outlet, &item, tx), item));
    }
    let (mut gone, mut refused) = (Vec::with_capacity(count), Vec::new());
    for (source, new) in by_source {
        for (id, fate) in insert(tx, source, new).await? {
            let Some((waits, first)) = waited.get(&id) else { continue };
            match fate {
                Fate::Refused(reason) => refused.push((*waits, reason)),
                Fate::Known(Some(report)) => gone.push((*waits, report, *first)),
                Fate::Registered(_) | Fate::Folded(_) | Fate::Known(None) | Fate::Waiting => gone.push((*waits, id, *first)),
            }
        }
    }
    waiting::refuse(tx.conn(), &refused).await?;
    let ids: Vec<Uuid> = gone.iter().map(|(waits, ..)| *waits).collect();
    waiting::remove(tx.conn(), &ids).await?;
    let mut later = store::spread::take_of_waiting(tx.conn(), &ids).await?;
    let readings = gone.into_iter().flat_map(|(waits, is, first)| {
        let all = later.remove(&waits).unwrap_or_default().into_iter().chain(first);
        all.map(move |figures| (is, figures)).collect::<Vec<_>>()
    });
    let readings: Vec<(Uuid, Figures)> = readings.collect();
    spread::keep(tx, &readings).await?;
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
    let figures = |part: fn(&Figures) -> i64| item.spread.as_ref().map_or(0, part);
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
        // Of a letter or a call; of what a vendor pushes it would be who published it.
        seal: item.seal.clone().filter(|_| source.kind != Kind::Webhook && writer::is_kept_of(&outlet.medium)),
    };
    Report::register(id, outlet, sighting, tx.now())
}

/// The outlets of items: the one that their source stands for, or what tells each.
struct Outlets {
    all: Option<Outlet>,
    by_key: HashMap<String, Outlet>,
}

impl Outlets {
    async fn of(connection: &mut PgConnection, all: Option<Uuid>, items: impl Iterator<Item = &Item>) -> Result<Self, Error> {
        if let Some(id) = all {
            let all = outlet::store::by_ids(connection, &[id]).await?.into_iter().next();
            return Ok(Self { all: Some(all.ok_or_else(outlet::unknown)?), by_key: HashMap::new() });
        }
        let keys = items.flat_map(|item| [&item.outlet_key, &item.outlet_name]).filter(|key| !key.is_empty()).cloned();
        Ok(Self { all: None, by_key: taking::outlets(connection, &keys.collect::<Vec<_>>()).await? })
    }

    /// The host of its address tells before the name that the source gives it.
    fn of_item(&self, item: &Item) -> Option<&Outlet> {
        let told = || self.by_key.get(&item.outlet_key).or_else(|| self.by_key.get(&item.outlet_name));
        self.all.as_ref().or_else(told)
    }

    /// That the source gives an item the name of another registered outlet than its address tells.
    fn contradiction(&self, item: &Item, outlet: &Outlet) -> Option<String> {
        let named = self.by_key.get(&item.outlet_name).filter(|named| named.id != outlet.id)?;
        Some(format!("采集源称其来源为“{}”,按地址登记为“{}”", named.name, outlet.name))
    }
}

/// Another took the same meanwhile: it is tried again.
fn meanwhile() -> Error {
    Refusal::stale("SOURCE_STALE", "同一采集源的条目正被另一处接收,请重试。").into()
}
