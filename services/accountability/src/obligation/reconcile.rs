//! What the facts now say, held against what is stored: pure, so that any order of the facts ends in the same obligations.

use std::collections::HashMap;

use jiff::Timestamp;
use regulation::{Obligation as Owed, Outcome, RuleBook, replay::NO_LONGER_OWED};
use uuid::Uuid;

use super::Obligation;
use crate::fact::Subject;

/// What happened to an obligation, to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Somebody owes something.
    Opened,
    /// 时限变动: it was due at another time before.
    Moved(Moved),
    /// 逾期: it was settled after its due time, and nobody had told of the breach yet.
    Breached,
    /// 办结.
    Discharged,
    /// 免除.
    Waived,
    /// 终止.
    Ended,
}

/// How a due time moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The time before.
    pub from: Timestamp,
    /// Why, in Chinese: what the derivation says now and did not say before.
    pub reason: String,
    /// Content hash of the rule that had set it.
    pub rule_version: String,
    /// The fact that caused it.
    pub cause: String,
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
    pub subject: Subject,
    /// The versions of the rule that are at hand.
    pub book: &'a RuleBook,
    pub now: Timestamp,
}

impl Cause<'_> {
    /// Whether an obligation was made under a version that is not at hand.
    fn other_version(&self, known: &Obligation) -> bool {
        !self.book.rules().any(|rule| rule.version() == known.owed.rule_version)
    }
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
        subject: cause.subject,
        incident_id: cause.subject.incident_id(),
        owed,
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
    let other_version = known.owed.rule_version != owed.rule_version;
    // What was settled under one version of the rule no other version unsettles.
    if known.owed == owed || (other_version && !known.is_open()) {
        return None;
    }
    let before = std::mem::replace(&mut known.owed, owed);
    if other_version && (Owed { rule_version: before.rule_version.clone(), ..known.owed.clone() }) == before {
        return None;
    }
    let mut news = Vec::new();
    if before.due_time != known.owed.due_time {
        let said = |step: &&String| !before.derivation.contains(step);
        let reason = known.owed.derivation.iter().filter(said).cloned().collect::<Vec<_>>().join(";");
        let cause_id = cause.fact_id.to_owned();
        news.push(News::Moved(Moved { from: before.due_time, reason, rule_version: before.rule_version, cause: cause_id }));
        known.breach_told &= known.owed.due_time <= cause.now;
        // A stage whose moment is to come again will be told again.
        let passed = |stage: &String| known.owed.reminders.iter().any(|reminder| reminder.stage == *stage && reminder.at <= cause.now);
        known.stages_told.retain(passed);
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
    let is_known = matches!(&known.owed.outcome, Outcome::Ended { reason, .. } if reason == NO_LONGER_OWED);
    if is_known || (!known.is_open() && cause.other_version(&known)) {
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
        Outcome::Waived { time, .. } => (*time >= obligation.owed.due_time, News::Waived),
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
    for extension in &mut owed.extensions {
        [&mut extension.time, &mut extension.from, &mut extension.to].into_iter().for_each(round);
    }
    match &mut owed.outcome {
        Outcome::Open => {}
        Outcome::Discharged { time, .. }
        | Outcome::DischargedLate { time, .. }
        | Outcome::Waived { time, .. }
        | Outcome::Ended { time, .. } => round(time),
    }
    owed
}
