//! The day's register (每日登记), 四(一)一. A day of nothing is a register of nothing (零报告).

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use chassis::{
    Refusal, Roster,
    clock::{civil_day, in_words},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What one incident adds to a list of a day or a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    pub incident: Uuid,
    pub number: String,
    pub title: String,
    pub level: String,
    /// Reports in the time of the list.
    pub reports: i64,
    /// Repeated sightings (重复、转载) in it, of these and of earlier reports.
    #[serde(default)]
    pub repeats: i64,
    pub writers: i64,
    pub outlets: Vec<String>,
    pub bodies: Vec<Uuid>,
    /// The category that most of these reports are of, by its first and its last name; empty when none has one.
    #[serde(default)]
    pub category: String,
}

/// What was transferred from outside (外部转办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transferred {
    /// The incident's number.
    pub number: String,
    pub title: String,
    /// The sender, with its reference.
    pub origin: String,
    pub due: Option<Timestamp>,
}

/// What came in on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Day {
    pub items: Vec<Item>,
    /// Reports that have no incident yet.
    pub unplaced: i64,
    /// What came in before that day, and stood in no register.
    pub late: Vec<Item>,
    /// What was transferred from outside, 四(一)二, since the register before was compiled.
    #[serde(default)]
    pub transfers: Vec<Transferred>,
}

/// A day's register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DailyRegister {
    pub day: Date,
    pub collector: Uuid,
    pub reports: i32,
    pub incidents: i32,
    pub text: String,
    pub compile_time: Timestamp,
    /// What it lists; none for one that was compiled before that was kept.
    pub came: Option<Day>,
}

/// Items told one by one; the rest are summed up.
const TOLD: usize = 200;

impl DailyRegister {
    /// Refuses to add to what tells of the whole day, and where the next register tells of what came in since.
    pub fn check_open(&self, followed: bool) -> Result<(), Refusal> {
        if is_partial(self.day, self.compile_time) && !followed {
            return Ok(());
        }
        Err(Refusal::state("REGISTER_COMPLETE", "这一天的登记编成时当日已结束,或者其后已有登记,后到的线索列入补登,不能补编。"))
    }

    /// Says which register of the same day it supplements (补编).
    pub fn supplementing(mut self, before: Option<&Self>) -> Self {
        if let Some(before) = before {
            self.text.push_str(&format!("补编:原登记编成于{},共{}条。\n", in_words(before.compile_time), before.came_in()));
        }
        self
    }

    /// How many reports and repeated sightings of the day it tells of; none is a zero report.
    pub fn came_in(&self) -> i32 {
        let repeats = self.came.iter().flat_map(|came| &came.items).map(|item| item.repeats).sum::<i64>();
        self.reports.saturating_add(i32::try_from(repeats).unwrap_or(i32::MAX))
    }

    /// Compiles a register. Refuses a day to come, and anyone but the collector of that day or who stands in for them; a day that nobody
    /// was put on the roster for is the whole office's.
    pub fn compile(day: Date, by: Uuid, roster: &Roster, now: Timestamp, came: Day) -> Result<Self, Refusal> {
        if day > civil_day(now) {
            return Err(Refusal::state("DATE_IN_FUTURE", "这一天还没有到。"));
        }
        let collector = roster.on_duty(day).unwrap_or(by);
        if !roster.acts_as(by, collector, now) {
            return Err(Refusal::denied("NOT_THE_COLLECTOR", "只有当日收集人可以编制当日登记。"));
        }
        let reports = came.items.iter().map(|i| i.reports).sum::<i64>() + came.unplaced;
        let text = text((day, now), &roster.person_name(collector), reports, &came, roster);
        let count = |n: i64| i32::try_from(n).unwrap_or(i32::MAX);
        let incidents = count(i64::try_from(came.items.len()).unwrap_or(i64::MAX));
        Ok(Self { day, collector, reports: count(reports), incidents, text, compile_time: now, came: Some(came) })
    }
}

/// Whether a day was not over when its register was compiled: what came in afterwards stands in the next.
fn is_partial(day: Date, compiled: Timestamp) -> bool {
    civil_day(compiled) <= day
}

fn text((day, now): (Date, Timestamp), collector: &str, reports: i64, came: &Day, roster: &Roster) -> String {
    let repeats = came.items.iter().map(|i| i.repeats).sum::<i64>();
    let mut text = format!("政务舆情每日登记\n{}年{}月{}日\n\n收集人:{collector}\n", day.year(), day.month(), day.day());
    if reports + repeats == 0 {
        let until = if is_partial(day, now) { format!("截至{},", in_words(now)) } else { String::new() };
        text.push_str(&format!("{until}当日未发现涉及本办各项工作的政务舆情,零报告。\n"));
    } else {
        let of = |level: &str| came.items.iter().filter(|i| i.level == level).count();
        let (important, ordinary) = (of("LEVEL_IMPORTANT"), of("LEVEL_ORDINARY"));
        let undecided = came.items.len() - important - ordinary;
        let repeats = if repeats > 0 { format!(",重复、转载 {repeats} 次") } else { String::new() };
        text.push_str(&format!("当日登记线索 {reports} 条{repeats},涉及事件 {} 件", came.items.len()));
        text.push_str(&format!("(重要 {important} 件,一般 {ordinary} 件,待研判 {undecided} 件)。\n\n"));
        list(&mut text, &came.items, roster);
        if came.unplaced > 0 {
            text.push_str(&format!("另有线索 {} 条尚未归入事件。\n", came.unplaced));
        }
    }
    if !came.late.is_empty() {
        let reports = came.late.iter().map(|i| i.reports).sum::<i64>();
        text.push_str(&format!("\n补登:前次登记编成后收到线索 {reports} 条,涉及事件 {} 件。\n", came.late.len()));
        list(&mut text, &came.late, roster);
    }
    if !came.transfers.is_empty() {
        text.push_str(&format!("\n外部转办 {} 件:\n", came.transfers.len()));
        for (at, transfer) in came.transfers.iter().enumerate() {
            text.push_str(&format!("{}. [{}]{}({})\n", at + 1, transfer.number, transfer.title, transfer.terms()));
        }
    }
    if is_partial(day, now) {
        text.push_str(&format!("\n本登记统计至{},其后收到的线索列入下一次登记(补登)。\n", in_words(now)));
    }
    text.push_str("\n报:办公室主要领导、分管领导\n抄送:政务舆情处置领导小组办公室\n");
    text
}

impl Transferred {
    /// Who asks, and until when.
    pub fn terms(&self) -> String {
        let due = self.due.map_or_else(|| "未定时限".to_owned(), |due| format!("时限{}", in_words(due)));
        format!("{};{due}", self.origin)
    }
}

fn list(text: &mut String, items: &[Item], roster: &Roster) {
    for (at, item) in items.iter().take(TOLD).enumerate() {
        text.push_str(&line(at + 1, item, roster));
    }
    if items.len() > TOLD {
        text.push_str(&format!("其余 {} 件从略,可在系统中查阅。\n", items.len() - TOLD));
    }
}

/// One item as a line of a list.
pub(crate) fn line(at: usize, item: &Item, roster: &Roster) -> String {
    let level = level_in_words(&item.level);
    let category = if item.category.is_empty() { String::new() } else { format!("{};", item.category) };
    let writers = if item.writers > 1 { format!(",来信人 {} 名", item.writers) } else { String::new() };
    let repeats = if item.repeats > 0 { format!(",重复、转载 {} 次", item.repeats) } else { String::new() };
    let bodies: Vec<String> = item.bodies.iter().map(|b| roster.body_name(*b)).collect();
    let bodies = if bodies.is_empty() { "待定".to_owned() } else { bodies.join("、") };
    format!(
        "{at}. [{}]{}({level};{category}线索 {} 条{repeats}{writers};来源:{};涉事单位:{bodies})\n",
        item.number,
        item.title,
        item.reports,
        item.outlets.join("、")
    )
}

pub(crate) fn level_in_words(level: &str) -> &'static str {
    match level {
        "LEVEL_IMPORTANT" => "重要",
        "LEVEL_ORDINARY" => "一般",
        _ => "待研判",
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("REGISTER_UNKNOWN", "这一天没有登记。")
}
