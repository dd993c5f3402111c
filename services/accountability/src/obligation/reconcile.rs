//! What the facts now say, held against what is stored: pure, so that any order of the facts ends in the same obligations.

use std::collections::HashMap;

use jiff::Timestamp;
use regulation::{Obligation as Owed, Outcome, replay::NO_LONGER_OWED};
use uuid::Uuid;

use super::Obligation;

/// What happened to an obligation, to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Somebody owes something.
    Opened,
    /// 时限变动: it was due at another time before.
    DueMoved {
        /// The time before.
        from: Timestamp,
    },
    /// 逾期: it was settled after its due time, and nobody had told of the breach yet.
    Breached,
    /// 办结.
    Discharged,
    /// 终止.
    Ended,
}

/// An obligation that is new or has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub obligation: Obligation,
    pub is_new: bool,
    pub news: Vec<News>,
}

/// The fact that caused the computing, and what it is computed under.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cause<'a> {
    pub fact_id: &'a str,
    pub fact_time: Timestamp,
    pub incident_id: Option<Uuid>,
    pub rule_version: &'a str,
    pub now: Timestamp,
}

/// Merges what the rule concludes with what is stored, by the rule's own key. Only what changed comes back.
pub(crate) fn reconcile(stored: Vec<Obligation>, owed: Vec<Owed>, cause: Cause<'_>, mut mint: impl FnMut() -> Uuid) -> Vec<Change> {
    let mut stored: HashMap<String, Obligation> = stored.into_iter().map(|known| (known.owed.key.clone(), known)).collect();
    let mut changes = Vec::new();
    for owed in owed.into_iter().map(to_the_microsecond) {
        match stored.remove(&owed.key) {
            Some(known) => changes.extend(meet(known, owed, cause)),
            None => changes.push(open(mint(), owed, cause)),
        }
    }
    let mut dropped: Vec<Obligation> = stored.into_values().collect();
    dropped.sort_by_key(|known| known.id);
    changes.extend(dropped.into_iter().filter_map(|known| end(known, cause)));
    changes
}

fn open(id: Uuid, owed: Owed, cause: Cause<'_>) -> Change {
    let mut obligation = Obligation {
        id,
        incident_id: cause.incident_id,
        owed,
        rule_version: cause.rule_version.to_owned(),
        breach_told: false,
        stages_told: Vec::new(),
    };
    let mut news = vec![News::Opened];
    if !obligation.is_open() {
        news.extend(settled(&mut obligation));
    }
    Change { obligation, is_new: true, news }
}

fn meet(mut known: Obligation, owed: Owed, cause: Cause<'_>) -> Option<Change> {
    if known.owed == owed {
        return None;
    }
    let before = std::mem::replace(&mut known.owed, owed);
    let mut news = Vec::new();
    if before.due_time != known.owed.due_time {
        news.push(News::DueMoved { from: before.due_time });
        cause.rule_version.clone_into(&mut known.rule_version);
        known.breach_told &= known.owed.due_time <= cause.now;
    }
    if before.outcome != known.owed.outcome {
        if known.is_open() {
            news.push(News::Opened);
        } else {
            news.extend(settled(&mut known));
        }
    }
    Some(Change { obligation: known, is_new: false, news })
}

/// The rule no longer asks for it. It stays, as it was told once.
fn end(mut known: Obligation, cause: Cause<'_>) -> Option<Change> {
    if matches!(&known.owed.outcome, Outcome::Ended { reason, .. } if reason == NO_LONGER_OWED) {
        return None;
    }
    known.owed.outcome = Outcome::Ended { fact_id: cause.fact_id.to_owned(), time: cause.fact_time, reason: NO_LONGER_OWED.to_owned() };
    Some(Change { obligation: known, is_new: false, news: vec![News::Ended] })
}

/// How it was settled; first the breach, where the clock-keeper had not told it yet.
fn settled(obligation: &mut Obligation) -> Vec<News> {
    let (overdue, end) = match &obligation.owed.outcome {
        Outcome::Open | Outcome::Discharged { .. } => (false, News::Discharged),
        Outcome::DischargedLate { .. } => (true, News::Discharged),
        Outcome::Ended { time, .. } => (*time >= obligation.owed.due_time, News::Ended),
    };
    if overdue && !obligation.breach_told {
        obligation.breach_told = true;
        return vec![News::Breached, end];
    }
    vec![end]
}

/// The store keeps microseconds: what it cannot keep must not look like a change.
fn to_the_microsecond(mut owed: Owed) -> Owed {
    let round = |time: &mut Timestamp| *time = Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(*time);
    round(&mut owed.open_time);
    round(&mut owed.start_time);
    round(&mut owed.due_time);
    owed.reminders.iter_mut().for_each(|reminder| round(&mut reminder.at));
    match &mut owed.outcome {
        Outcome::Open => {}
        Outcome::Discharged { time, .. } | Outcome::DischargedLate { time, .. } | Outcome::Ended { time, .. } => round(time),
    }
    owed
}
