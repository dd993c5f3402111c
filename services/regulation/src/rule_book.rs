//! 制度沿革: the versions of the county's rule, each from its own day on. What a version brought about stays under it, or is
//! computed anew, as the next version says.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::{
    Fact, Rule,
    civil::{limit_words, start_of},
    duty::{Obligation, Outcome},
    source::RuleError,
};

/// 衔接: what a new version does with obligations that are open when it takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Transition {
    /// 从旧: they stay under the version that made them.
    #[default]
    Keep,
    /// 从新: they are computed anew under the new version.
    Recompute,
}

/// 制度沿革: one version or several, in the order in which they take effect. Asked with the same facts as of the same moment it
/// always answers the same.
#[derive(Debug)]
pub struct RuleBook {
    first: Rule,
    /// The versions after it, each with the moment from which it holds.
    later: Vec<(Timestamp, Rule)>,
}

impl From<Rule> for RuleBook {
    fn from(rule: Rule) -> Self {
        RuleBook { first: rule, later: Vec::new() }
    }
}

impl RuleBook {
    /// Puts versions in order. The first holds from the beginning, each of the others from 0:00 of its `effective` day. Refuses
    /// two of one day.
    pub fn new(first: Rule, others: Vec<Rule>) -> Result<RuleBook, RuleError> {
        let mut book = RuleBook::from(first);
        for rule in others {
            let day = rule.effective().ok_or_else(|| rule.error("没有施行日期"))?;
            let since = start_of(day).map_err(|message| rule.error(&message))?;
            book.later.push((since, rule));
        }
        book.later.sort_by_key(|(since, _)| *since);
        let mut days: Vec<_> = book.rules().map(Rule::effective).collect();
        if !days.is_sorted() {
            return Err(book.first.error("最早的版本施行日期应最早"));
        }
        days.dedup();
        if days.len() <= book.later.len() {
            return Err(book.first.error("两个版本的施行日期相同"));
        }
        Ok(book)
    }

    /// The version in force at a moment.
    pub fn at(&self, time: Timestamp) -> &Rule {
        self.later.iter().rev().find(|(since, _)| *since <= time).map_or(&self.first, |(_, rule)| rule)
    }

    /// When the version in force at a moment began to hold; none for the first.
    pub fn since(&self, time: Timestamp) -> Option<Timestamp> {
        self.later.iter().rev().map(|(since, _)| *since).find(|since| *since <= time)
    }

    /// When the next version takes effect; none when none is known.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.later.iter().map(|(since, _)| *since).find(|since| *since > now)
    }

    /// Every version, in order.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, rule)| rule))
    }

    /// Whether a fact of this kind can change an obligation, under any version.
    pub fn heeds(&self, kind: &str) -> bool {
        self.rules().any(|rule| rule.heeds(kind))
    }

    /// Whether a fact of this kind can call for a notice, under any version.
    pub fn announces(&self, kind: &str) -> bool {
        self.rules().any(|rule| rule.announces(kind))
    }

    /// 责任事项: everything owed that follows from the facts of one subject, as of a moment: each under the version that held
    /// when it came into being, unless a later one has computed it anew.
    pub fn obligations(&self, facts: &[Fact], now: Timestamp) -> Result<Vec<Obligation>, RuleError> {
        let mut owed = self.first.obligations(facts)?;
        let mut before = &self.first;
        for (since, rule) in self.later.iter().take_while(|(since, _)| *since <= now) {
            let known: BTreeSet<&str> = before.duty_ids().collect();
            // A duty that the version before did not know is owed for what happens from now on alone.
            let new = rule.owed(facts, |duty| (!known.contains(duty)).then_some(*since))?;
            owed = succeed(owed, new, *since, rule.transition());
            before = rule;
        }
        owed.sort_by(|a, b| a.open_time.cmp(&b.open_time).then_with(|| a.key.cmp(&b.key)));
        Ok(owed)
    }
}

/// What is owed when one version follows another.
fn succeed(old: Vec<Obligation>, new: Vec<Obligation>, since: Timestamp, transition: Transition) -> Vec<Obligation> {
    let (mut anew, begun): (Vec<_>, Vec<_>) = new.into_iter().partition(|obligation| obligation.open_time < since);
    let mut owed = begun;
    for known in old.into_iter().filter(|obligation| obligation.open_time < since) {
        // What is settled or late already stays so: a new version makes nobody punctual afterwards.
        if transition == Transition::Keep || known.due_time <= since || settled_before(&known, since) {
            owed.push(known);
        } else if let Some(at) = anew.iter().position(|obligation| obligation.key == known.key) {
            let mut successor = anew.swap_remove(at);
            let (from, to) = (limit_words(known.due_time), limit_words(successor.due_time));
            // Nobody is late by a rule that did not hold yet.
            successor.due_time = successor.due_time.max(since);
            successor.derivation.push(format!("新版制度{}起施行,在办事项从新:原时限{from},现时限{to}", limit_words(since)));
            owed.push(successor);
        }
    }
    owed
}

fn settled_before(obligation: &Obligation, moment: Timestamp) -> bool {
    match &obligation.outcome {
        Outcome::Open => false,
        Outcome::Discharged { time, .. }
        | Outcome::DischargedLate { time, .. }
        | Outcome::Waived { time, .. }
        | Outcome::Ended { time, .. } => *time < moment,
    }
}
