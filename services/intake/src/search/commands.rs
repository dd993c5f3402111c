//! The use case of searching.

use std::collections::HashMap;

use chassis::{Ctx, Error, Page};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

pub(crate) use super::grpc::watch;
use super::{
    Brief, Filter, LISTED, MORE, MOST_WINDOWS, Query, Ranked, WINDOW,
    grpc::{Hit, to_wire},
    marks::{months, narrowed},
    store::{self, Ranking, Times, involved},
    windows::{self, Where, Window},
};
use crate::{report, visible::visible};

/// An incident has few reports when it has no more.
const FEW: i64 = 3_000;

/// 全文检索.
pub(crate) struct Search {
    pub query: Query,
    pub filter: Filter,
    /// What makes two searches the same.
    pub fingerprint: u64,
    pub page: Page<Key>,
}

/// After which hit of which search a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    pub fingerprint: u64,
    /// When the first page was asked for, in microseconds.
    at: i64,
    /// The window, when it was begun: from which place; and below which place it, or the next one, is.
    from: Option<i64>,
    below: i64,
    /// The last hit: the bits of its rank, and its place.
    last: Option<(u64, i64)>,
}

/// How far a search is.
struct Progress {
    at: Timestamp,
    below: i64,
    begun: Option<i64>,
    after: Option<(f64, i64)>,
}

impl Progress {
    /// A window that was gone through: the next is below it.
    fn leave(&mut self, window: &Window) {
        (self.below, self.begun, self.after) = (window.from, None, None);
    }

    fn key(&self, fingerprint: u64) -> Key {
        let last = self.after.map(|(rank, place)| (rank.to_bits(), place));
        Key { fingerprint, at: self.at.as_microsecond(), from: self.begun, below: self.below, last }
    }
}

/// Searches reports; 全文检索.
pub(crate) async fn search(ctx: &Ctx, search: Search) -> Result<pb::SearchReportsResponse, Error> {
    let visible = visible(ctx);
    let mut connection = ctx.read().await?;
    let mut progress = match search.page.after {
        Some(key) => Progress {
            at: Timestamp::from_microsecond(key.at).map_err(Error::fault)?,
            below: key.below,
            begun: key.from,
            after: key.last.map(|(bits, place)| (f64::from_bits(bits), place)),
        },
        None => Progress { at: ctx.now, below: store::last_place(&mut connection).await? + 1, begun: None, after: None },
    };
    let few = few(&mut connection, &search.filter).await?;
    let lists = search.filter.lists(visible.as_deref());
    let find = narrowed(&search.query.find, &search.filter, progress.at);
    let (floor, last) = bounds(&mut connection, &search.filter, progress.at).await?;
    if progress.begun.is_none() {
        progress.below = progress.below.min(last.saturating_add(1));
    }
    let is_listed = few.is_some() || !lists.is_empty();
    // The reports of an incident of many are looked for among the hits.
    let many = search.filter.number.as_deref().filter(|_| few.is_none());
    let wanted = match many {
        _ if is_listed => LISTED,
        Some(_) => MORE,
        None => WINDOW,
    };
    let which = Where { find: &find, places: few.as_deref(), lists: &lists, floor, times: Times::from(&search.filter), wanted };
    let mut hits: Vec<(Ranked, Key)> = Vec::new();
    for _ in 0..MOST_WINDOWS {
        if progress.below <= floor || hits.len() > search.page.size {
            break;
        }
        let mut window = match progress.begun {
            Some(from) => windows::again(&mut connection, which, from, progress.below).await?,
            None => windows::newest(&mut connection, which, progress.below).await?,
        };
        if let Some(number) = many {
            window.places = involved::of_incident(&mut connection, &window.places, number).await?;
        }
        let limit = search.page.limit() - i64::try_from(hits.len()).map_err(Error::fault)?;
        let ranking = Ranking { words: &search.query.rank, at: progress.at, after: progress.after, limit };
        progress.begun = Some(window.from);
        for ranked in store::rank(&mut connection, &window.places, &ranking).await? {
            progress.after = Some((ranked.rank, ranked.place));
            hits.push((ranked, progress.key(search.fingerprint)));
        }
        if hits.len() <= search.page.size {
            progress.leave(&window);
        }
    }
    let found = read(&mut connection, &search, &hits, visible.as_deref()).await?;
    let (hits, mut next_page_token) = search.page.answer(&found, |hit| hit.key, to_wire);
    if next_page_token.is_empty() && found.len() <= search.page.size && progress.below > floor {
        // It ended short: the next page looks further back.
        next_page_token = search.page.token(&progress.key(search.fingerprint));
    }
    Ok(pb::SearchReportsResponse { hits, next_page_token })
}

/// Between which places all lies that a filter of months leaves.
async fn bounds(connection: &mut PgConnection, filter: &Filter, now: Timestamp) -> Result<(i64, i64), Error> {
    let (mut first, mut last) = (1, i64::MAX);
    let mut narrow = |places: Option<(i64, i64)>| {
        let (from, to) = places.unwrap_or((1, 0));
        (first, last) = (first.max(from), last.min(to));
    };
    if let Some(months) = months(filter.publish, now) {
        narrow(store::places_of_appearing(connection, &months).await?);
    }
    if let Some(months) = months(filter.register, now) {
        narrow(store::places_of_registering(connection, &months).await?);
    }
    Ok((first, last))
}

/// The places of the reports of an incident that a search is limited to, when they are few.
async fn few(connection: &mut PgConnection, filter: &Filter) -> Result<Option<Vec<i64>>, Error> {
    let Some(number) = &filter.number else { return Ok(None) };
    let places = involved::places_of_incident(connection, number, FEW + 1).await?;
    Ok((i64::try_from(places.len()).map_err(Error::fault)? <= FEW).then_some(places))
}

/// Reads hits with their incidents.
async fn read(connection: &mut PgConnection, search: &Search, hits: &[(Ranked, Key)], visible: Option<&[Uuid]>) -> Result<Vec<Hit>, Error> {
    let ids: Vec<Uuid> = hits.iter().map(|(ranked, _)| ranked.report).collect();
    let reports = report::store::reading::among(connection, &ids, visible).await?;
    let mut reports: HashMap<Uuid, report::Report> = reports.into_iter().map(|report| (report.id, report.seen(visible))).collect();
    let incidents: Vec<Uuid> = reports.values().filter_map(|report| report.placed.as_ref().map(|placed| placed.incident)).collect();
    let briefs = store::briefs(connection, &incidents).await?;
    let briefs: HashMap<Uuid, Brief> = briefs.into_iter().map(|brief| (brief.incident, brief)).collect();
    let hit = |(ranked, key): &(Ranked, Key)| {
        let report = reports.remove(&ranked.report)?;
        let brief = report.placed.as_ref().and_then(|placed| briefs.get(&placed.incident)).cloned();
        search.filter.fits(&report, brief.as_ref()).then_some(())?;
        Some(Hit { report, brief, rank: ranked.rank, shown: search.query.shown.clone(), key: *key })
    };
    Ok(hits.iter().filter_map(hit).collect())
}
