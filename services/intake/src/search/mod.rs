//! Search (全文检索): what reports say, best of the newest first; and what changes in incidents (事件动态).
//!
//! **Words.** [`lexemes`] cuts a text by the dictionary of jieba, without guessing at unknown names, and stores it as a `tsvector` of
//! `intake.search_entry`, behind a GIN index. Nothing of who wrote a letter is in it.
//!
//! **When.** [`indexing`] follows intake's own feed, as placing does: registering and importing pay nothing for it, and a report is found
//! some tens of milliseconds after it was registered. A store of before is indexed from its ledger, by the same way.
//!
//! **Common words.** A GIN index cannot give the newest hits of a word that stands in half of all reports without reading all of them.
//! So every entry is marked with blocks of places ([`blocks`]), and a search looks into the newest block first, further back as it finds
//! little. What a page costs depends neither on how common a word is nor on how far back the page is.
//!
//! **Order.** The newest [`WINDOW`] hits stand first, by rank among themselves; then the next, and so on. A page's token holds the
//! window and the last rank, and the moment of the first page, by which all are ranked: what comes in later moves nothing.
//!
//! **Filters.** Outlet, its level and months are marks in the index; where the entries of a month lie, an index tells, and nowhere
//! else is looked. What may change of a report (incident, level, units, category) is asked of the hits of a window; where an incident, a unit or a category has few
//! reports, these are read first. A page that would look through more than [`MOST_WINDOWS`] windows ends short, with a token.

mod blocks;
pub(crate) mod commands;
pub(crate) mod grpc;
mod highlight;
pub(crate) mod indexing;
mod lexemes;
mod marks;
mod query;
pub(crate) mod store;
pub(crate) mod watching;
mod windows;

use jiff::Timestamp;
use uuid::Uuid;

pub(crate) use query::Query;

/// Hits that are ranked among themselves.
const WINDOW: usize = 500;
/// The same where what may change of a report is asked of them, which few withstand.
const MORE: usize = 2_000;
/// Windows that a page looks through.
const MOST_WINDOWS: usize = 6;

/// Which reports are searched; all where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub publish: Range,
    pub register: Range,
    pub outlet: Option<Uuid>,
    pub tier: Option<String>,
    pub level: Option<String>,
    pub placed: Option<bool>,
    pub body: Option<Uuid>,
    pub number: Option<String>,
    /// Any of them; all where there is none.
    pub categories: Vec<Uuid>,
}

/// From one moment to before another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Range {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// A hit, before it is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranked {
    pub place: i64,
    pub report: Uuid,
    pub rank: f64,
}

/// An incident in short, as it stands beside a hit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Brief {
    pub incident: Uuid,
    pub number: String,
    pub title: String,
    pub level: String,
}

/// The words of a report as `intake.search_entry` has them, as a `tsvector` is written: for who fills a store by other ways.
#[must_use]
pub fn search_words(title: &str, excerpt: &str) -> String {
    lexemes::vector(title, excerpt, &[])
}

/// The marks that stand beside the words of a report at a place.
#[must_use]
pub fn search_marks(place: i64, outlet: Uuid, tier: &str, publish: Timestamp, register: Timestamp) -> String {
    lexemes::vector("", "", &marks::of(place, outlet, tier, publish, register))
}
