//! Bulletins (简报/专报), 四(一)一: ordinary matters once a week, an important one at once; numbered without gaps.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use std::collections::BTreeMap;

use chassis::{Refusal, Roster, clock::in_words};
use jiff::{Timestamp, civil::Date};
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

/// Items told one by one; the rest are summed up.
const TOLD: usize = 100;

impl Draft {
    /// The week's ordinary matters. Refuses a week of none.
    pub fn weekly((monday, sunday): (Date, Date), items: &[Item], roster: &Roster) -> Result<Self, Refusal> {
        let ordinary: Vec<&Item> = items.iter().filter(|i| i.level != "LEVEL_IMPORTANT").collect();
        if ordinary.is_empty() {
            return Err(empty());
        }
        let reports: i64 = ordinary.iter().map(|i| i.reports).sum();
        let mut body = format!("本周({}月{}日至{}月{}日)", monday.month(), monday.day(), sunday.month(), sunday.day());
        let undecided = ordinary.iter().filter(|i| i.level != "LEVEL_ORDINARY").count();
        let of_them = if undecided > 0 { format!(",待研判 {undecided} 件") } else { String::new() };
        body.push_str(&format!("登记一般舆情 {} 件{of_them},线索 {reports} 条。\n\n", ordinary.len() - undecided));
        for (at, item) in ordinary.iter().take(TOLD).enumerate() {
            body.push_str(&line(at + 1, item, roster));
        }
        if ordinary.len() > TOLD {
            body.push_str(&format!("其余 {} 件从略,可在系统中查阅。\n", ordinary.len() - TOLD));
        }
        let title =
            format!("一般政务舆情周报({}年{}月{}日—{}月{}日)", monday.year(), monday.month(), monday.day(), sunday.month(), sunday.day());
        Ok(Self { kind: "KIND_WEEKLY", title, body, incidents: ordinary.iter().map(|i| i.incident).collect() })
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
        Ok(Self { kind: "KIND_SPECIAL", title: format!("重要舆情专报:{}", incident.title), body, incidents: vec![incident.id] })
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

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("BULLETIN_UNKNOWN", "没有这期简报。")
}
