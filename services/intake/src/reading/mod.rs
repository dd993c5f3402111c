//! The daily reading (每日阅看), 五(一): which of papers, web and broadcast a body has followed on a day.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Refusal, clock::civil_day};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

/// What somebody ticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    pub body: Uuid,
    pub day: Date,
    /// 看报.
    pub papers: bool,
    /// 看网.
    pub web: bool,
    /// 看新闻.
    pub broadcast: bool,
    /// Whether something important was found.
    pub found: bool,
    pub note: String,
}

/// What a body has read on a day. It only ever grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub body: Uuid,
    pub day: Date,
    pub papers: bool,
    pub web: bool,
    pub broadcast: bool,
    pub found: bool,
    /// A line a tick.
    pub note: String,
    /// Who ticked, each once, in order.
    pub persons: Vec<Uuid>,
    pub record_time: Timestamp,
}

impl Tick {
    /// Whether it may be ticked now. Refuses a body that is not the caller's, a day to come, and one before yesterday.
    pub fn check(&self, bodies: &[Uuid], now: Timestamp) -> Result<(), Refusal> {
        if !bodies.contains(&self.body) {
            return Err(Refusal::denied("NOT_THE_READER", "只能登记本单位的每日阅看。"));
        }
        let today = civil_day(now);
        if self.day > today {
            return Err(Refusal::state("DATE_IN_FUTURE", "这一天还没有到。"));
        }
        if self.day.tomorrow().is_ok_and(|next| next < today) {
            return Err(Refusal::state("READING_DAY_PAST", "只能登记当日和前一日的阅看。"));
        }
        Ok(())
    }
}

impl Reading {
    /// Nothing read yet.
    pub fn nothing(body: Uuid, day: Date, now: Timestamp) -> Self {
        let (papers, web, broadcast, found) = (false, false, false, false);
        Self { body, day, papers, web, broadcast, found, note: String::new(), persons: Vec::new(), record_time: now }
    }

    /// Whether papers, web and broadcast were all read.
    pub fn is_complete(&self) -> bool {
        self.papers && self.web && self.broadcast
    }

    /// Adds a tick to what was ticked before, which it never takes back. Refuses one that adds neither a source nor a find.
    pub fn add(&mut self, tick: &Tick, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        let before = (self.papers, self.web, self.broadcast);
        self.papers |= tick.papers;
        self.web |= tick.web;
        self.broadcast |= tick.broadcast;
        if before == (self.papers, self.web, self.broadcast) && !tick.found {
            return Err(Refusal::exists("READING_KNOWN", "这些内容此前已经登记,本次没有新增。"));
        }
        self.found |= tick.found;
        if !tick.note.is_empty() {
            if !self.note.is_empty() {
                self.note.push('\n');
            }
            self.note.push_str(&tick.note);
        }
        if !self.persons.contains(&by) {
            self.persons.push(by);
        }
        self.record_time = now;
        Ok(())
    }
}
