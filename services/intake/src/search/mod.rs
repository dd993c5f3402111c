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
//! else is looked. What may change of a report (category, units, level, having no incident yet) is on lists (`intake.search_list`);
//! whichever is rarer, the words or a list, is walked, and the other asked of what it passes. A page that would look through more than
//! [`MOST_WINDOWS`] windows ends short, with a token.

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

use crate::report::Report;

/// Hits that are ranked among themselves.
const WINDOW: usize = 500;
/// The same of a large incident, of which few are.
const MORE: usize = 2_000;
/// Entries of a window that lists are walked for.
const LISTED: usize = 800;
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
    pub bodies: Vec<Uuid>,
}

impl Filter {
    /// Whether it leaves all.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The lists to which it limits a search, and a caller's view: on one of each of these is what is found.
    pub fn lists(&self, visible: Option<&[Uuid]>) -> Vec<Vec<String>> {
        let units = |bodies: &[Uuid]| bodies.iter().map(|body| format!("b{body}")).collect();
        let mut lists: Vec<Vec<String>> = Vec::new();
        lists.extend(visible.map(units));
        lists.extend(self.body.map(|body| units(&[body])));
        lists.extend((!self.categories.is_empty()).then(|| self.categories.iter().map(|category| format!("c{category}")).collect()));
        lists.extend(self.level.iter().map(|level| vec![format!("l{level}")]));
        lists.extend((self.placed == Some(false)).then(|| vec!["u".to_owned()]));
        lists
    }

    /// Whether a report is still what lists, which follow by moments, told.
    fn fits(&self, report: &Report, brief: Option<&Brief>) -> bool {
        self.placed.is_none_or(|placed| report.placed.is_some() == placed)
            && self.level.as_ref().is_none_or(|level| brief.is_some_and(|brief| brief.level == *level))
            && self.body.is_none_or(|body| brief.is_some_and(|brief| brief.bodies.contains(&body)))
            && self.number.as_ref().is_none_or(|number| brief.is_some_and(|brief| brief.number == *number))
            && (self.categories.is_empty() || report.category.is_some_and(|is| self.categories.contains(&is.category)))
    }
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
