//! 责任: what the rule says is owed, and what follows from the facts.

mod due;
mod incident;
mod obligation;
mod owed;
mod parse;
mod relief;
mod reminder;
mod sequence;

pub(crate) use incident::shapes_incident;
pub use obligation::{Obligation, Outcome, Reminder, State};
pub(crate) use parse::DutyParser;
pub(crate) use relief::{EXTENSION, WAIVER};
pub use relief::{Extension, Relief};
pub(crate) use reminder::ReminderRule;
pub(crate) use sequence::{Seen, Sequence};

use crate::calendar::Calendar;
use crate::file::Place;
use crate::formula::{Formula, Machine};
use crate::party::PartyRule;
use due::Due;
use serde_json::{Map, Value};

/// 责任条目: one duty of the rule.
#[derive(Debug)]
pub(crate) struct Duty {
    pub(crate) id: String,
    pub(crate) place: Place,
    name: String,
    /// 事项: what clocks of several bases ask for together, of which the earliest counts; its own id when no other asks for it.
    act: String,
    clause: String,
    basis: String,
    /// Why the number is what it is, where the text measures nothing.
    note: Option<String>,
    triggers: Vec<Trigger>,
    /// What keeps two clocks of one debtor apart, e.g. the assignment; without it there is one a incident.
    per: Option<Formula>,
    renewed: Renewed,
    creditor: Option<PartyRule>,
    due: Due,
    discharged_by: Vec<Settling>,
    ended_by: Vec<Settling>,
    reminders: Vec<ReminderRule>,
    extension: Option<Relief>,
    waiver: Option<Relief>,
}

/// 触发: a fact that brings the duty about.
#[derive(Debug)]
struct Trigger {
    kind: String,
    when: Option<Formula>,
    debtor: PartyRule,
    from: Option<Formula>,
}

/// A fact that discharges or ends it.
#[derive(Debug)]
pub(crate) struct Settling {
    pub(crate) kind: String,
    pub(crate) fits: Option<Formula>,
    reason: String,
    /// 撤销: a fact that takes an end back, as if it had never been.
    pub(crate) undone: Option<Undoing>,
}

/// A fact that takes an end back.
#[derive(Debug)]
pub(crate) struct Undoing {
    pub(crate) kind: String,
    pub(crate) fits: Option<Formula>,
}

impl Settling {
    /// The kinds of fact it mentions.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.kind.as_str()).chain(self.undone.as_ref().map(|undoing| undoing.kind.as_str()))
    }
}

/// When a further trigger starts a clock of its own instead of joining the one there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Renewed {
    /// Once the earlier one is discharged or ended.
    AfterFinish,
    /// Only once a fact has ended the earlier one, discharged or not: a second classification as
    /// important asks for no second response.
    AfterEnd,
}

impl Duty {
    /// The kinds of fact it mentions.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &str> {
        let triggers = self.triggers.iter().map(|trigger| trigger.kind.as_str());
        let settlings = self.discharged_by.iter().chain(&self.ended_by);
        triggers.chain(settlings.flat_map(Settling::kinds))
    }

    pub(crate) fn clause(&self) -> &str {
        &self.clause
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What brings it about: kinds of fact with their conditions.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = (&str, Option<&Formula>)> {
        self.triggers.iter().map(|trigger| (trigger.kind.as_str(), trigger.when.as_ref()))
    }

    /// What discharges it: kinds of fact with their conditions.
    pub(crate) fn discharges(&self) -> impl Iterator<Item = (&str, Option<&Formula>)> {
        self.discharged_by.iter().map(|settling| (settling.kind.as_str(), settling.fits.as_ref()))
    }

    /// What ends it.
    pub(crate) fn ends(&self) -> &[Settling] {
        &self.ended_by
    }
}

/// What every duty is computed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'r> {
    /// Content hash of the rule.
    pub(crate) version: &'r str,
    pub(crate) machine: &'r Machine,
    pub(crate) threshold: &'r Map<String, Value>,
    pub(crate) minimum_minutes: i64,
    pub(crate) calendar: &'r Calendar,
    /// 一律终止: what ends every duty of an incident, those too that come about after it.
    pub(crate) ended_by: &'r [Settling],
}
