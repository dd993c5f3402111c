//! The newest hits below a place: looked for in the newest blocks first, and further back as they are few; where a search is limited to
//! lists, by walking whichever is rarer, the words or a list.

use std::collections::HashSet;

use chassis::Error;
use sqlx::PgConnection;

use super::{
    blocks::{cover, widen},
    marks::within,
    store::{self, Times, lists},
};

/// How far back is looked at first.
const FIRST_SPAN: i64 = 2_048;
/// Hits of one look, in windows; when there are more, it is looked less far back.
const WIDEST: usize = 6;
/// So few entries are read whatever the words are.
const FEW: usize = 200;
/// How many more than were on a list may be when the window is looked at again.
const GROWN: usize = 1_000;

/// Hits that are ranked among themselves.
#[derive(Debug)]
pub(super) struct Window {
    /// The newest first.
    pub places: Vec<i64>,
    /// From which place on they are.
    pub from: i64,
}

/// Where hits are looked for.
#[derive(Clone, Copy)]
pub(super) struct Where<'a> {
    /// As `tsquery` is written; empty for all.
    pub find: &'a str,
    /// Only these places, where they are few.
    pub places: Option<&'a [i64]>,
    /// Only what is on one of each of these lists.
    pub lists: &'a [Vec<String>],
    /// There is nothing below it.
    pub floor: i64,
    /// When what is looked for appeared and was registered.
    pub times: Times,
    /// Hits of a window.
    pub wanted: usize,
}

/// The window of the newest hits below a place.
pub(super) async fn newest(connection: &mut PgConnection, which: Where<'_>, below: i64) -> Result<Window, Error> {
    let wanted = which.wanted;
    if let Some(members) = members(connection, which, which.floor, below, wanted).await? {
        return listed(connection, which, members, below).await;
    }
    let most = i64::try_from(wanted * WIDEST).map_err(Error::fault)?;
    let (mut span, mut sparse, mut dense) = (FIRST_SPAN, 0, None);
    loop {
        let from = (below - span).max(which.floor);
        let found = hits(connection, which, from, below, most).await?;
        if i64::try_from(found.len()).map_err(Error::fault)? >= most {
            dense = Some(span);
        } else if found.len() >= wanted || from == which.floor {
            return Ok(window(found, from, wanted));
        } else {
            sparse = span;
        }
        match dense {
            // Between a span that has too few and one not much wider that has many, there is nothing to choose.
            Some(dense) if dense <= 2 * sparse => {
                let from = (below - dense).max(which.floor);
                return Ok(window(hits(connection, which, from, below, i64::MAX).await?, from, wanted));
            }
            _ => span = widen(span, found.len(), wanted, sparse, dense),
        }
    }
}

/// A window that is known.
pub(super) async fn again(connection: &mut PgConnection, which: Where<'_>, from: i64, below: i64) -> Result<Window, Error> {
    let places = match members(connection, which, from, below, which.wanted + GROWN).await? {
        Some(members) => store::hits_among(connection, which.find, &members.places, &which.times).await?,
        None => hits(connection, which, from, below, i64::MAX).await?,
    };
    Ok(Window { places, from })
}

/// What is on all of the lists, or among the few places, below a place: the newest of the rarest list, so many of it at the most;
/// nothing where a search is limited to none.
async fn members(connection: &mut PgConnection, which: Where<'_>, from: i64, below: i64, most: usize) -> Result<Option<Window>, Error> {
    let few = which.places.map(|places| places.iter().copied().filter(|place| (from..below).contains(place)).collect());
    let mut rarest = few.map(|places| (None, window(places, from, most)));
    for list in which.lists {
        let places = lists::newest(connection, list, from, below, i64::try_from(most + 1).map_err(Error::fault)?).await?;
        let next = window(places, from, most);
        let reach = |window: &Window| (window.from, window.places.len());
        if rarest.as_ref().is_none_or(|(_, rarest)| reach(&next) < reach(rarest)) {
            rarest = Some((Some(list), next));
        }
    }
    let Some((of, mut members)) = rarest else { return Ok(None) };
    for list in which.lists.iter().filter(|list| of != Some(*list)) {
        members.places = lists::among(connection, list, &members.places).await?;
    }
    Ok(Some(members))
}

/// The hits among members. Of many they are not asked one by one when fewer entries have the words: by the newest ones it is reckoned.
async fn listed(connection: &mut PgConnection, which: Where<'_>, members: Window, below: i64) -> Result<Window, Error> {
    let most = i64::try_from(which.wanted).map_err(Error::fault)?;
    if members.places.len() > FEW {
        let near = (below - FIRST_SPAN).max(members.from);
        let found = i64::try_from(hits(connection, which, near, below, most).await?.len()).map_err(Error::fault)?;
        if found * (below - members.from) / FIRST_SPAN < most {
            let found = hits(connection, which, members.from, below, most + 1).await?;
            if found.len() <= which.wanted {
                let members_are: HashSet<i64> = members.places.into_iter().collect();
                return Ok(Window { places: found.into_iter().filter(|place| members_are.contains(place)).collect(), from: members.from });
            }
        }
    }
    Ok(Window { places: store::hits_among(connection, which.find, &members.places, &which.times).await?, from: members.from })
}

fn window(mut places: Vec<i64>, from: i64, wanted: usize) -> Window {
    places.sort_unstable_by(|a, b| b.cmp(a));
    let is_cut = places.len() > wanted;
    places.truncate(wanted);
    let from = if is_cut { places.last().copied().unwrap_or(from) } else { from };
    Window { places, from }
}

async fn hits(connection: &mut PgConnection, which: Where<'_>, from: i64, below: i64, most: i64) -> Result<Vec<i64>, Error> {
    if which.find.is_empty() {
        return store::newest(connection, from, below, most, &which.times).await;
    }
    store::hits(connection, &within(which.find, cover(from, below)), from, below, most, &which.times).await
}
