//! Bulletins (简报/专报), 四(一)一: ordinary matters once a week, an important one at once; numbered without gaps.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use std::collections::BTreeMap;

use chassis::{Refusal, Roster, clock::in_words};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    incident::Incident,
    outlet::tier_in_words,
    register::{Item, line},
    report::Told,
};

/// What is told in a bulletin, and of which incidents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The kind as the contract names it, such as "KIND_WEEKLY".
    pub kind: &'static str,
    pub title: String,
    pub body: String,
    pub incidents: Vec<Uuid>,
    /// Units that they involve.
    pub bodies: Vec<Uuid>,
    pub week: Option<Week>,
    /// The bulletin that it corrects (更正), with its number.
    pub corrects: Option<(Uuid, i32)>,
}

/// What a weekly bulletin is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Week {
    pub monday: Date,
    /// It tells of what was registered from then on: from where the one before ended.
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What came to be told in a week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Came {
    /// Incidents of what was registered in its time.
    pub items: Vec<Item>,
    /// Incidents of before that no weekly bulletin listed since they were confirmed ordinary.
    pub late: Vec<Item>,
}

/// A numbered bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bulletin {
    pub id: Uuid,
    pub kind: String,
    pub year: i32,
    pub number: i32,
    pub title: String,
    pub text: String,
    pub incidents: Vec<Uuid>,
    pub issuer: Uuid,
    pub issue_time: Timestamp,
    /// None for one that was issued before it was kept.
    pub spread: Option<Spread>,
    /// Units that its incidents involved when it was issued.
    pub bodies: Vec<Uuid>,
    /// None for a special one, and for one that was issued before it was kept.
    pub week: Option<Week>,
    pub corrects: Option<Uuid>,
}

/// How the reports of a bulletin spread (传播分布), counted with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spread {
    /// By the day of registering, in order.
    pub by_day: Vec<(Date, i64)>,
    /// By level of outlet as the contract names it, in the order of levels.
    pub by_tier: Vec<(String, i64)>,
    /// By the first level of their categories, most reported first; how many of them were suggested. Empty where no report had one.
    #[serde(default)]
    pub by_category: Vec<(String, i64, i64)>,
}

impl Spread {
    /// From how many reports of a level a day had, and how many a first level of categories; its name is empty for those of none.
    pub fn of(counts: Vec<(Date, String, i64)>, mut by_category: Vec<(String, i64, i64)>) -> Self {
        let (mut days, mut tiers) = (BTreeMap::new(), BTreeMap::new());
        for (day, tier, count) in counts {
            *days.entry(day).or_default() += count;
            *tiers.entry((tier_in_words(&tier).0, tier)).or_default() += count;
        }
        if by_category.iter().all(|(name, ..)| name.is_empty()) {
            by_category.clear();
        }
        let by_tier = tiers.into_iter().map(|((_, tier), count)| (tier, count)).collect();
        Self { by_day: days.into_iter().collect(), by_tier, by_category }
    }
}

impl Week {
    /// The Monday of a day's week.
    pub fn monday(day: Date) -> Date {
        day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
    }

    /// Tells of what was registered since another weekly bulletin ended, otherwise from Monday on, until now or the week's end. Refuses a
    /// week to come.
    pub fn of(monday: Date, (start, end): (Timestamp, Timestamp), before: Option<Timestamp>, now: Timestamp) -> Result<Self, Refusal> {
        if now < start {
            return Err(Refusal::state("DATE_IN_FUTURE", "这一周还没有到。"));
        }
        // What is registered in this moment is told now.
        let until = now.saturating_add(SignedDuration::from_micros(1)).unwrap_or(now).min(end);
        Ok(Self { monday, from: before.map_or(start, |before| before.min(start)), until })
    }

    fn sunday(self) -> Date {
        self.monday.saturating_add(6.days())
    }
}

/// Items told one by one; the rest are summed up.
const TOLD: usize = 100;

fn list(body: &mut String, items: &[&Item], roster: &Roster) {
    for (at, item) in items.iter().take(TOLD).enumerate() {
        body.push_str(&line(at + 1, item, roster));
    }
    if items.len() > TOLD {
        body.push_str(&format!("其余 {} 件从略,可在系统中查阅。\n", items.len() - TOLD));
    }
}

impl Draft {
    /// The week's ordinary matters; `corrects` is the bulletin of the same week that it takes the place of. Refuses a week of none.
    pub fn weekly(week: Week, came: &Came, corrects: Option<(Uuid, i32)>, roster: &Roster) -> Result<Self, Refusal> {
        let ordinary: Vec<&Item> = came.items.iter().filter(|i| i.level != "LEVEL_IMPORTANT").collect();
        let late: Vec<&Item> = came.late.iter().collect();
        if ordinary.is_empty() && late.is_empty() {
            return Err(empty());
        }
        let (monday, sunday) = (week.monday, week.sunday());
        let reports: i64 = ordinary.iter().map(|i| i.reports).sum();
        let mut body = corrects.map(|(_, number)| format!("本期更正第{number}期,以本期为准。\n")).unwrap_or_default();
        body.push_str(&format!("本周({}月{}日至{}月{}日)", monday.month(), monday.day(), sunday.month(), sunday.day()));
        let undecided = ordinary.iter().filter(|i| i.level != "LEVEL_ORDINARY").count();
        let of_them = if undecided > 0 { format!(",待研判 {undecided} 件") } else { String::new() };
        body.push_str(&format!("登记一般舆情 {} 件{of_them},线索 {reports} 条。", ordinary.len() - undecided));
        body.push_str(&format!("统计的登记时间:{}至{}。\n\n", in_words(week.from), in_words(week.until)));
        list(&mut body, &ordinary, roster);
        if !late.is_empty() {
            let reports: i64 = late.iter().map(|i| i.reports).sum();
            body.push_str(&format!("\n此前登记、本期补列 {} 件,线索 {reports} 条:\n", late.len()));
            list(&mut body, &late, roster);
        }
        let title =
            format!("一般政务舆情周报({}年{}月{}日—{}月{}日)", monday.year(), monday.month(), monday.day(), sunday.month(), sunday.day());
        let all = || ordinary.iter().chain(&late);
        let mut bodies: Vec<Uuid> = all().flat_map(|i| i.bodies.iter().copied()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        let incidents = all().map(|i| i.incident).collect();
        Ok(Self { kind: "KIND_WEEKLY", title, body, incidents, bodies, week: Some(week), corrects })
    }

    /// One important incident: where it stands, who tells of it, and on what ground it is important. Refuses an ordinary one.
    pub fn special(incident: &Incident, reports: &[Told], roster: &Roster) -> Result<Self, Refusal> {
        if incident.level != "LEVEL_IMPORTANT" {
            return Err(Refusal::state("NOT_IMPORTANT", "专报只用于重要舆情。"));
        }
        if reports.is_empty() {
            return Err(empty());
        }
        let bodies: Vec<String> = incident.bodies.iter().map(|b| roster.body_name(*b)).collect();
        let or = |list: String, other: &str| if list.is_empty() { other.to_owned() } else { list };
        let mut body = format!("一、基本情况\n事件编号:{}\n首次登记:{}\n", incident.number, in_words(incident.first_report));
        body.push_str(&format!("线索 {} 条,最近一条登记于{}。\n", incident.reports, in_words(incident.last_report)));
        if incident.writers > 0 {
            body.push_str(&format!("来信人 {} 名,其中最集中时段 {} 名。\n", incident.writers, incident.recent_writers));
        }
        body.push_str(&format!("涉事单位:{}\n\n二、认定依据\n", or(bodies.join("、"), "待定")));
        body.push_str(&format!("按{}研判为重要舆情。\n\n三、传播情况\n", or(incident.clauses.join("、"), "二")));
        let mut reports: Vec<&Told> = reports.iter().collect();
        reports.sort_by_key(|told| tier_in_words(&told.tier).0);
        for of_tier in reports.chunk_by(|a, b| a.tier == b.tier) {
            let count = of_tier.first().map_or(0, |told| told.of_tier);
            body.push_str(&format!("{} {count} 条:\n", of_tier.first().map_or("", |told| tier_in_words(&told.tier).1)));
            for (at, told) in of_tier.iter().enumerate() {
                let page = if told.page.is_empty() { String::new() } else { format!("({})", told.page) };
                body.push_str(&format!("{}. {}{page}《{}》 {}\n", at + 1, told.outlet, told.title, in_words(told.time)));
            }
        }
        Ok(Self {
            kind: "KIND_SPECIAL",
            title: format!("重要舆情专报:{}", incident.title),
            body,
            incidents: vec![incident.id],
            bodies: incident.bodies.clone(),
            week: None,
            corrects: None,
        })
    }

    /// Gives it its number.
    pub fn issue(self, id: Uuid, (year, number): (i32, i32), spread: Spread, comment: &str, issuer: Uuid, now: Timestamp) -> Bulletin {
        let comment = if comment.is_empty() { String::new() } else { format!("\n编者按:{comment}\n") };
        let text = format!("{}{}{comment}", head(&self.title, number, now), self.body);
        Bulletin {
            id,
            kind: self.kind.to_owned(),
            year,
            number,
            title: self.title,
            text,
            incidents: self.incidents,
            issuer,
            issue_time: now,
            spread: Some(spread),
            bodies: self.bodies,
            week: self.week,
            corrects: self.corrects.map(|(id, _)| id),
        }
    }
}

/// What stands over the body of a bulletin's text.
fn head(title: &str, number: i32, time: Timestamp) -> String {
    format!("{title}\n第{number}期\n{}\n\n", in_words(time))
}

pub(crate) fn empty() -> Refusal {
    Refusal::state("BULLETIN_EMPTY", "没有可以编入的事件。")
}

pub(crate) fn exists(number: i32) -> Refusal {
    Refusal::exists("BULLETIN_EXISTS", format!("这一周的周报已编发(第{number}期);确需重编的,请注明更正该期。"))
}

pub(crate) fn not_of_week() -> Refusal {
    Refusal::state("BULLETIN_NOT_OF_WEEK", "要更正的不是这一周的周报。")
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("BULLETIN_UNKNOWN", "没有这期简报。")
}
