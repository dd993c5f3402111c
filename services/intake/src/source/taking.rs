//! Taking what a source brings (采集): each item becomes a report, waits for its outlet, or is known already.

use std::collections::{HashMap, HashSet};

use chassis::{Error, Refusal, Tx};
use huiying_proto::intake::ReportRegistered;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Kind, Source, cut,
    item::Item,
    store::{taking, waiting},
    waiting::Waiting,
};
use crate::{
    outlet::{self, Outlet},
    report::{self, Report, Sighting, grpc::to_fact},
};

/// The longest id of an outlet's own that a report carries.
const LONGEST_OWN_ID: usize = 64;

/// Where a report came from.
pub(crate) struct Provenance<'a> {
    pub report: Uuid,
    pub source: Uuid,
    pub item: &'a Item,
}

/// What became of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Registered(Uuid),
    /// The report, or none while it waits.
    Known(Option<Uuid>),
    Waiting,
}

/// Takes items of a source that is locked: in their order, what became of each.
pub(crate) async fn take(tx: &mut Tx, source: &Source, items: Vec<Item>) -> Result<Vec<Fate>, Error> {
    let outlets = Outlets::of(tx.conn(), source.description.outlet, &items).await?;
    let keys: Vec<Uuid> = items.iter().map(|item| item.key).collect();
    let mut known = taking::known(tx.conn(), source.id, &keys).await?;
    let mut fates = Vec::with_capacity(items.len());
    let (mut new, mut waiting, mut readings) = (Vec::new(), Vec::new(), Vec::new());
    for item in items {
        if let Some(report) = known.get(&item.key) {
            readings.extend(report.zip(item.spread));
            fates.push(Fate::Known(*report));
            continue;
        }
        let id = tx.id();
        match outlets.of_item(&item) {
            Some(outlet) => {
                known.insert(item.key, Some(id));
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
    let elsewhere = insert(tx, source.id, new, readings).await?;
    if waiting::insert(tx.conn(), &waiting).await? != waiting.len() as u64 {
        return Err(meanwhile());
    }
    for fate in &mut fates {
        if let Fate::Registered(id) = fate
            && let Some(before) = elsewhere.get(id)
        {
            *fate = Fate::Known(Some(*before));
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
        insert(tx, source, new, Vec::new()).await?;
    }
    Ok(count)
}

/// Saves new reports with where they came from. Those that the outlet's own id shows to be registered otherwise: by which reports.
async fn insert(
    tx: &mut Tx,
    source: Uuid,
    new: Vec<(Report, Item)>,
    mut readings: Vec<(Uuid, super::item::Figures)>,
) -> Result<HashMap<Uuid, Uuid>, Error> {
    let reports: Vec<&Report> = new.iter().map(|(report, _)| report).collect();
    let inserted: HashSet<Uuid> = report::store::insert(tx.conn(), &reports).await?.into_iter().collect();
    let late: Vec<(Uuid, &str)> = reports.iter().filter(|r| !inserted.contains(&r.id)).filter_map(|r| r.sighting.key()).collect();
    let before = report::store::known(tx.conn(), &late).await?;
    let elsewhere: HashMap<Uuid, Uuid> = reports
        .iter()
        .filter(|report| !inserted.contains(&report.id))
        .filter_map(|report| {
            let (outlet, own) = report.sighting.key()?;
            Some((report.id, before.get(&(outlet, own.to_owned()))?.0))
        })
        .collect();
    let fresh: Vec<&(Report, Item)> = new.iter().filter(|(report, _)| inserted.contains(&report.id)).collect();
    let provenance: Vec<Provenance<'_>> = fresh.iter().map(|(report, item)| Provenance { report: report.id, source, item }).collect();
    if taking::insert_provenance(tx.conn(), &provenance).await? != provenance.len() as u64 {
        return Err(meanwhile());
    }
    readings.extend(fresh.iter().filter_map(|(report, item)| Some((report.id, item.spread?))));
    taking::insert_spread(tx.conn(), &readings).await?;
    for (report, _) in fresh {
        tx.emit(ReportRegistered { report: Some(to_fact(report)) });
    }
    Ok(elsewhere)
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
