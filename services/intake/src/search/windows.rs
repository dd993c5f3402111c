//! The newest hits below a place: looked for in the newest blocks first, and further back as they are few.

use chassis::Error;
use sqlx::PgConnection;

use super::{
    blocks::{cover, widen},
    marks::within,
    store::{self, Times},
};

/// How far back is looked at first.
const FIRST_SPAN: i64 = 2_048;
/// Hits of one look, in windows; when there are more, it is looked less far back.
const WIDEST: usize = 6;

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
    /// As `tsquery` is written.
    pub find: &'a str,
    /// Only these places, where they are few.
    pub places: Option<&'a [i64]>,
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
    if which.places.is_some() {
        return Ok(window(hits(connection, which, which.floor, below, i64::MAX).await?, which.floor, wanted));
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
    Ok(Window { places: hits(connection, which, from, below, i64::MAX).await?, from })
}

fn window(mut places: Vec<i64>, from: i64, wanted: usize) -> Window {
    places.sort_unstable_by(|a, b| b.cmp(a));
    let is_cut = places.len() > wanted;
    places.truncate(wanted);
    let from = if is_cut { places.last().copied().unwrap_or(from) } else { from };
    Window { places, from }
}

async fn hits(connection: &mut PgConnection, which: Where<'_>, from: i64, below: i64, most: i64) -> Result<Vec<i64>, Error> {
    match which.places {
        Some(places) => {
            let places: Vec<i64> = places.iter().copied().filter(|place| (from..below).contains(place)).collect();
            store::hits_among(connection, which.find, &places, &which.times).await
        }
        None => store::hits(connection, &within(which.find, cover(from, below)), from, below, most, &which.times).await,
    }
}
