//! What a replay found, as a leader reads it.

use std::{
    collections::BTreeSet,
    fmt::{Display, Formatter, Result},
    ops::RangeInclusive,
};

use chassis::clock::in_words;
use jiff::civil::Date;
use regulation::{
    RuleBook, Subject,
    replay::{Change, Clock, ClockChange, Divergence, LateAdoption, Replay, Suggestion, Tally},
};

use super::figures::Figures;
use crate::{names::Names, table::table};

/// Tells in Chinese what would differ.
#[must_use]
pub fn in_chinese(replay: &Replay, book: &RuleBook, before: Option<&RuleBook>, period: &RangeInclusive<Date>, names: &Names) -> String {
    Told { replay, book, before, period, names }.to_string()
}

struct Told<'t> {
    replay: &'t Replay,
    book: &'t RuleBook,
    before: Option<&'t RuleBook>,
    period: &'t RangeInclusive<Date>,
    names: &'t Names,
}

impl Display for Told<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Replay { end, incidents, others, versions, late, windows, divergences, failures, tally, .. } = self.replay;
        writeln!(
            f,
            "规则回放: {} 至 {} 的事件 {incidents} 件、其他对象(值班日等){others} 个,账本截至 {}",
            self.period.start(),
            self.period.end(),
            in_words(*end)
        )?;
        let old = versions.iter().map(|version| brief(version)).collect::<Vec<_>>().join("、");
        writeln!(f, "账本所用规则: {old};回放所用规则: {}", self.versions())?;
        if versions.len() > self.book.rules().count() {
            writeln!(f, "注意: 账本先后按 {} 个版本的规则写成,下列不同有的出自版本更替,不全出自草案", versions.len())?;
        }
        for LateAdoption { rule_version, effective_time, time } in late {
            let (version, since, time) = (brief(rule_version), in_words(*effective_time), in_words(*time));
            writeln!(f, "注意: 版本 {version} 自{since}起施行,系统到{time}才采用,其间办结的仍按前一版本,由此的不同不出自草案")?;
        }
        let drafted: BTreeSet<i64> = self.book.rules().map(|rule| rule.thresholds().concentration_window_days).collect();
        if !windows.is_subset(&drafted) {
            let days = |windows: &BTreeSet<i64>| windows.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
            let (old, new) = (days(windows), days(&drafted));
            writeln!(f, "注意: 账本里的来信人数按 {old} 天统计,不留来信人,不能按草案的 {new} 天重新统计")?;
        }
        for divergence in divergences {
            self.divergence(f, divergence)?;
        }
        for (subject, error) in failures {
            writeln!(f, "\n{}: 按此规则算不出: {error}", called(*subject))?;
        }
        Figures { replay: self.replay, book: self.book, before: self.before, names: self.names }.fmt(f)?;
        writeln!(f)?;
        if self.replay.is_same() {
            writeln!(f, "没有不同: 与账本所载逐项一致")?;
        }
        total(f, tally, divergences.len())
    }
}

impl Told<'_> {
    /// "5d41402abc4b、自2026年11月11日起 7d793037a076": the versions and since when each of them holds.
    fn versions(&self) -> String {
        let told = self.book.rules().enumerate().map(|(nth, rule)| match rule.effective().filter(|_| nth > 0) {
            None => brief(rule.version()).to_owned(),
            Some(day) => format!("自{}年{}月{}日起 {}", day.year(), day.month(), day.day(), brief(rule.version())),
        });
        told.collect::<Vec<_>>().join("、")
    }

    fn divergence(&self, f: &mut Formatter<'_>, divergence: &Divergence) -> Result {
        let Divergence { subject, number, title, suggestion, clocks } = divergence;
        writeln!(f, "\n{number} {title}({})", called(*subject))?;
        if let Some(Change { then, now }) = suggestion {
            writeln!(f, "  建议级别: {} → {}", level(then), level(now))?;
        }
        if clocks.is_empty() {
            return Ok(());
        }
        let rows = clocks.iter().map(|change| {
            let (sign, then, now) = match change {
                ClockChange::Added(now) => ("增", None, Some(now)),
                ClockChange::Dropped(then) => ("减", Some(then), None),
                ClockChange::Changed(Change { then, now }) => ("变", Some(then), Some(now)),
            };
            let told = |clock: Option<&Clock>| clock.map_or_else(String::new, standing);
            let clock = now.or(then);
            let (name, clause) = clock.map_or(("", ""), |clock| (&clock.name, &clock.clause));
            let debtor = clock.map_or_else(String::new, |clock| self.names.party(&clock.debtor));
            vec![sign.to_owned(), name.to_owned(), clause.to_owned(), debtor, told(then), told(now)]
        });
        writeln!(f, "{}", table(&["", "事项", "条款", "责任人", "原", "按此规则"], rows))
    }
}

/// "2026年11月10日 09:30 前,逾期办结".
fn standing(clock: &Clock) -> String {
    format!("{} 前,{}", in_words(clock.due_time), clock.state)
}

fn level(suggestion: &Suggestion) -> String {
    let clauses = suggestion.clauses.iter().map(String::as_str).collect::<Vec<_>>().join("、");
    if clauses.is_empty() { suggestion.level.to_string() } else { format!("{}({clauses})", suggestion.level) }
}

fn called(subject: Subject) -> String {
    match subject {
        Subject::Incident(id) => format!("事件 {id}"),
        Subject::Matter(id) => format!("事项 {id}"),
        Subject::Day(day) => format!("值班日 {day}"),
    }
}

pub(super) fn brief(version: &str) -> &str {
    version.get(..12).unwrap_or(version)
}

fn total(f: &mut Formatter<'_>, tally: &Tally, differing: usize) -> Result {
    writeln!(f, "合计: {differing} 件有不同")?;
    writeln!(f, "  级别: 升为重要 {} 件,降为一般 {} 件(由人认定的级别照旧)", tally.raised, tally.lowered)?;
    writeln!(
        f,
        "  责任: 原 {} 项,按此规则 {} 项;增 {},减 {},时限变动 {},结果变动 {}",
        tally.owed_then, tally.owed_now, tally.added, tally.dropped, tally.moved, tally.turned
    )?;
    writeln!(
        f,
        "  逾期: 原 {} 项,按此规则 {} 项;多出 {},消除 {}",
        tally.breached_then, tally.breached_now, tally.breaches_gained, tally.breaches_lost
    )
}
