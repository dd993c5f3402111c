//! 对照: what was told of a subject, held against what a rule concludes of it.

use crate::assessment::Level;
use crate::duty::{Obligation, Outcome, State};
use crate::party::Party;
use crate::subject::Subject;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// 级别意见: what the tests of 二 suggest, on which clauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// 级别.
    pub level: Level,
    /// 依据条款, of every hit.
    pub clauses: BTreeSet<String>,
}

/// 责任时限, as far as two rules can differ on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The duty of the rule file.
    pub duty_id: String,
    /// 名称.
    pub name: String,
    /// 条款.
    pub clause: String,
    /// 责任人.
    pub debtor: Party,
    /// 时限.
    pub due_time: Timestamp,
    /// 结果, at the end of the ledgers.
    pub state: State,
    /// 逾期: whether its due time passed before anything settled it.
    pub overdue: bool,
    /// 延期: whether a grant extended it.
    pub extended: bool,
}

impl Clock {
    /// An obligation as it stands at a moment.
    pub(super) fn of(owed: &Obligation, now: Timestamp) -> Clock {
        let settled = match &owed.outcome {
            Outcome::Open => now,
            Outcome::Discharged { time, .. }
            | Outcome::DischargedLate { time, .. }
            | Outcome::Waived { time, .. }
            | Outcome::Ended { time, .. } => *time,
        };
        Clock {
            duty_id: owed.duty_id.clone(),
            name: owed.name.clone(),
            clause: owed.clause.clone(),
            debtor: owed.debtor.clone(),
            due_time: owed.due_time,
            state: owed.state_at(now),
            overdue: owed.due_time <= settled,
            extended: !owed.extensions.is_empty(),
        }
    }

    fn differs(&self, other: &Clock) -> bool {
        self.due_time != other.due_time || self.state != other.state || self.overdue != other.overdue
    }
}

/// Something that was one thing and would be another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<T> {
    /// 原.
    pub then: T,
    /// 草案.
    pub now: T,
}

/// 一项责任的不同.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// 增: nobody owed it.
    Added(Clock),
    /// 减: nobody would owe it.
    Dropped(Clock),
    /// 变: due at another time, or with another outcome.
    Changed(Change<Clock>),
}

/// 一个对象的不同.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The incident or the day.
    pub subject: Subject,
    /// 编号 of the incident.
    pub number: String,
    /// 标题 of the incident.
    pub title: String,
    /// Another level, or other grounds.
    pub suggestion: Option<Change<Suggestion>>,
    /// Other obligations, by their due time.
    pub clocks: Vec<ClockChange>,
}

/// 合计.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Incidents that would be suggested important instead of ordinary.
    pub raised: usize,
    /// Incidents that would be suggested ordinary instead of important.
    pub lowered: usize,
    /// Obligations told of.
    pub owed_then: usize,
    /// Obligations concluded.
    pub owed_now: usize,
    /// Obligations that nobody had.
    pub added: usize,
    /// Obligations that nobody would have.
    pub dropped: usize,
    /// Obligations due at another time.
    pub moved: usize,
    /// Obligations with another outcome.
    pub turned: usize,
    /// Breaches told of.
    pub breached_then: usize,
    /// Breaches concluded.
    pub breached_now: usize,
    /// Breaches that were none.
    pub breaches_gained: usize,
    /// Breaches that would be none.
    pub breaches_lost: usize,
}

impl Tally {
    /// Adds another.
    pub(super) fn add(&mut self, other: &Tally) {
        self.raised += other.raised;
        self.lowered += other.lowered;
        self.owed_then += other.owed_then;
        self.owed_now += other.owed_now;
        self.added += other.added;
        self.dropped += other.dropped;
        self.moved += other.moved;
        self.turned += other.turned;
        self.breached_then += other.breached_then;
        self.breached_now += other.breached_now;
        self.breaches_gained += other.breaches_gained;
        self.breaches_lost += other.breaches_lost;
    }

    fn count(&mut self, change: &ClockChange) {
        let (then, now) = match change {
            ClockChange::Added(now) => (None, Some(now)),
            ClockChange::Dropped(then) => (Some(then), None),
            ClockChange::Changed(Change { then, now }) => (Some(then), Some(now)),
        };
        match (then, now) {
            (Some(then), Some(now)) => {
                self.moved += usize::from(then.due_time != now.due_time);
                self.turned += usize::from(then.state != now.state);
            }
            (then, _) => {
                self.added += usize::from(then.is_none());
                self.dropped += usize::from(then.is_some());
            }
        }
        let overdue = |clock: Option<&Clock>| clock.is_some_and(|clock| clock.overdue);
        self.breaches_gained += usize::from(overdue(now) && !overdue(then));
        self.breaches_lost += usize::from(overdue(then) && !overdue(now));
    }
}

/// What differs on a subject. Obligations are the same when the rule gives them one key; what is left over of one duty and one
/// debtor is paired in the order of its due times, as another fact brought it about.
pub(super) fn compare(
    subject: Subject,
    suggested: Option<(Suggestion, Suggestion)>,
    mut then: BTreeMap<String, Clock>,
    now: BTreeMap<String, Clock>,
) -> (Tally, Option<Divergence>) {
    let overdue = |clocks: &BTreeMap<String, Clock>| clocks.values().filter(|clock| clock.overdue).count();
    let mut tally = Tally {
        owed_then: then.len(),
        owed_now: now.len(),
        breached_then: overdue(&then),
        breached_now: overdue(&now),
        ..Tally::default()
    };
    let (mut pairs, mut added) = (Vec::new(), Vec::new());
    for (key, now) in now {
        match then.remove(&key) {
            Some(then) => pairs.push((then, now)),
            None => added.push(now),
        }
    }
    let mut dropped: Vec<Clock> = then.into_values().collect();
    added.sort_by_key(|clock| clock.due_time);
    dropped.sort_by_key(|clock| clock.due_time);
    added.retain(|now| {
        let alike = |then: &Clock| then.duty_id == now.duty_id && then.debtor == now.debtor;
        match dropped.iter().position(alike) {
            Some(index) => {
                pairs.push((dropped.remove(index), now.clone()));
                false
            }
            None => true,
        }
    });
    let changed = pairs.into_iter().filter(|(then, now)| then.differs(now)).map(|(then, now)| ClockChange::Changed(Change { then, now }));
    let mut clocks: Vec<ClockChange> =
        changed.chain(added.into_iter().map(ClockChange::Added)).chain(dropped.into_iter().map(ClockChange::Dropped)).collect();
    clocks.sort_by_key(|change| match change {
        ClockChange::Added(clock) | ClockChange::Dropped(clock) => clock.due_time,
        ClockChange::Changed(change) => change.then.due_time,
    });
    clocks.iter().for_each(|change| tally.count(change));
    let suggestion = suggested.filter(|(then, now)| then != now).map(|(then, now)| Change { then, now });
    if let Some(Change { then, now }) = &suggestion {
        tally.raised = usize::from(now.level > then.level);
        tally.lowered = usize::from(now.level < then.level);
    }
    let differs = suggestion.is_some() || !clocks.is_empty();
    (tally, differs.then(|| Divergence { subject, number: String::new(), title: String::new(), suggestion, clocks }))
}
