//! Circulars (定期通报), 三(四): the figures of all units in a period, made known to the leaders and to the units; numbered without
//! gaps within the year.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use chassis::{Refusal, clock::in_words};
use jiff::{Timestamp, civil::Date};
use regulation::Counts;
use uuid::Uuid;

use crate::appraisal::{Appraised, Period, total_in_words};

/// A numbered circular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Circular {
    pub id: Uuid,
    pub year: i32,
    pub number: i32,
    pub title: String,
    pub text: String,
    pub from: Date,
    pub to: Date,
    pub bodies: Vec<Uuid>,
    pub issuer: Uuid,
    pub issue_time: Timestamp,
}

/// What is told, before it has its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    title: String,
    body: String,
    period: Period,
    bodies: Vec<Uuid>,
}

impl Draft {
    /// The figures of a period. Refuses one in which nothing was asked of anybody.
    pub fn of(period: Period, appraised: &[Appraised]) -> Result<Self, Refusal> {
        let Some(first) = appraised.first() else {
            return Err(Refusal::state("CIRCULAR_EMPTY", "该期间没有到期的责任事项,无可通报。"));
        };
        let (from, to) = (period.from, period.to);
        let days = |day: Date| format!("{}年{}月{}日", day.year(), day.month(), day.day());
        let title = format!("政务舆情办理情况通报({}—{})", days(from), days(to));
        let sum = |count: fn(&Counts) -> i64| appraised.iter().map(|one| count(&one.counts)).sum::<i64>();
        let (owed, in_time, unmet) = (sum(|counts| counts.owed), sum(|counts| counts.in_time), sum(|counts| counts.unmet));
        let mut body = format!("一、总体情况\n{}至{},{} 个单位", days(from), days(to), appraised.len());
        body.push_str(&format!("到期责任事项 {owed} 项,按时办结 {in_time} 项,逾期未办 {unmet} 项。\n\n二、各单位指标\n"));
        let names = first.appraisal.figures.iter().map(|figure| format!("{}(权重{})", figure.name, figure.weight));
        body.push_str(&row(["单位".to_owned()].into_iter().chain(names).chain(["总分".to_owned()])));
        for one in appraised {
            let scores = one.appraisal.figures.iter().map(|figure| figure.score.map_or_else(|| "—".to_owned(), |score| score.to_string()));
            body.push_str(&row([one.name.clone()].into_iter().chain(scores).chain([total_in_words(one.appraisal.total_tenths)])));
        }
        body.push_str("注:“—”为不适用,不计入总分。各项指标所据事项可在系统中逐项查阅。\n");
        Ok(Self { title, body, period, bodies: appraised.iter().map(|one| one.body_id).collect() })
    }

    /// Gives it its number.
    pub fn issue(self, id: Uuid, (year, number): (i32, i32), comment: &str, issuer: Uuid, now: Timestamp) -> Circular {
        let comment = if comment.is_empty() { String::new() } else { format!("\n三、有关要求\n{comment}\n") };
        let text = format!("{}{}{comment}", head(&self.title, (year, number), now), self.body);
        Circular {
            id,
            year,
            number,
            title: self.title,
            text,
            from: self.period.from,
            to: self.period.to,
            bodies: self.bodies,
            issuer,
            issue_time: now,
        }
    }
}

/// What stands over the body of a circular's text.
fn head(title: &str, (year, number): (i32, i32), time: Timestamp) -> String {
    format!("{title}\n〔{year}〕{number}号\n{}\n\n", in_words(time))
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("|{}|\n", cells.collect::<Vec<_>>().join("|"))
}

/// No such circular, or not visible to the caller.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("CIRCULAR_UNKNOWN", "没有这期通报。")
}
