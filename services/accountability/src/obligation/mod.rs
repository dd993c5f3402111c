//! Obligations (责任时限): what somebody owes by a time under a clause. The rule concludes them from the facts; the clock
//! tells what came of them.

mod columns;
pub(crate) mod commands;
pub(crate) mod events;
pub(crate) mod grpc;
pub(crate) mod keeper;
mod reconcile;
pub(crate) mod store;
pub(crate) mod watch;

use chassis::Refusal;
use jiff::Timestamp;
pub(crate) use reconcile::Cause;
use regulation::{Obligation as Owed, Outcome, Party, Reminder};
use uuid::Uuid;

use crate::fact::Subject;

/// An obligation, and how much of its clock has been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Obligation {
    pub id: Uuid,
    pub subject: Subject,
    pub incident_id: Option<Uuid>,
    /// What the rule concluded.
    pub owed: Owed,
    /// Whether it was told that the due time passed.
    pub breach_told: bool,
    /// The stages of the reminders that were told.
    pub stages_told: Vec<String>,
}

/// Something that a clock tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// 提醒.
    Reminded {
        /// Its stage.
        stage: String,
        /// Roles up the chain that are reminded too.
        also: Vec<String>,
    },
    /// 逾期.
    Breached,
}

impl Stroke {
    fn reminded(reminder: &Reminder) -> Self {
        // The debtor comes first.
        let also = reminder.to.iter().skip(1).filter_map(|party| match party {
            Party::Role(slug) => Some(slug.clone()),
            Party::Body(_) | Party::Person(_) => None,
        });
        Self::Reminded { stage: reminder.stage.clone(), also: also.collect() }
    }
}

impl Obligation {
    /// Whether nothing has settled it.
    pub fn is_open(&self) -> bool {
        self.owed.outcome == Outcome::Open
    }

    /// Whether its due time passed before anything settled it (逾期): breached, discharged late, or ended too late.
    pub fn fell_overdue(&self, now: Timestamp) -> bool {
        let settled = match &self.owed.outcome {
            Outcome::Open => now,
            Outcome::Discharged { time, .. }
            | Outcome::DischargedLate { time, .. }
            | Outcome::Waived { time, .. }
            | Outcome::Ended { time, .. } => *time,
        };
        self.owed.due_time <= settled
    }

    /// When its clock next has something to tell; none when nothing is to come.
    pub fn next_moment(&self) -> Option<Timestamp> {
        if !self.is_open() {
            return None;
        }
        let reminder = self.untold().map(|reminder| reminder.at).min();
        let due = (!self.breach_told).then_some(self.owed.due_time);
        reminder.into_iter().chain(due).min()
    }

    /// Takes what its clock tells up to a moment, each once, in the order of its time.
    pub fn strike(&mut self, now: Timestamp) -> Vec<(Timestamp, Stroke)> {
        if !self.is_open() {
            return Vec::new();
        }
        let mut strokes: Vec<(Timestamp, Stroke)> =
            self.untold().filter(|reminder| reminder.at <= now).map(|reminder| (reminder.at, Stroke::reminded(reminder))).collect();
        self.stages_told.extend(strokes.iter().filter_map(|(_, stroke)| match stroke {
            Stroke::Reminded { stage, .. } => Some(stage.clone()),
            Stroke::Breached => None,
        }));
        if !self.breach_told && self.owed.due_time <= now {
            self.breach_told = true;
            strokes.push((self.owed.due_time, Stroke::Breached));
        }
        // Stable: what is reminded at the due time comes before the breach.
        strokes.sort_by_key(|(at, _)| *at);
        strokes
    }

    /// The reminders not told yet. A stage that is in the plan twice is told twice.
    fn untold(&self) -> impl Iterator<Item = &Reminder> {
        let mut told: Vec<&str> = self.stages_told.iter().map(String::as_str).collect();
        self.owed.reminders.iter().filter(move |reminder| match told.iter().position(|stage| *stage == reminder.stage) {
            Some(at) => {
                told.swap_remove(at);
                false
            }
            None => true,
        })
    }
}

/// No such obligation, or not visible to the caller.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("OBLIGATION_UNKNOWN", "没有这项责任时限。")
}

/// No fact of such an incident is known.
pub(crate) fn incident_unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件。")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        format!("2026-11-10T{text}:00+08:00").parse().unwrap()
    }

    fn obligation() -> Obligation {
        let reminder = |at: &str, stage: &str| Reminder { at: time(at), stage: stage.into(), to: Vec::new() };
        Obligation {
            id: Uuid::nil(),
            subject: Subject::Incident(Uuid::nil()),
            incident_id: None,
            owed: Owed {
                key: "key".into(),
                duty_id: "duty".into(),
                name: "当日回应".into(),
                act: "response".into(),
                clause: "四(三)".into(),
                basis: "四(三)".into(),
                debtor: Party::Role("office_staff".into()),
                creditor: None,
                incident_id: None,
                trigger_fact_id: Uuid::nil().to_string(),
                open_time: time("09:00"),
                start_time: time("09:00"),
                due_time: time("18:00"),
                derivation: Vec::new(),
                reminders: vec![reminder("16:00", "before_due"), reminder("18:00", "at_due"), reminder("22:00", "after_due")],
                extensions: Vec::new(),
                extension: None,
                waiver: None,
                rule_version: String::new(),
                outcome: Outcome::Open,
            },
            breach_told: false,
            stages_told: Vec::new(),
        }
    }

    fn told(strokes: &[(Timestamp, Stroke)]) -> Vec<&str> {
        strokes.iter().map(|(_, stroke)| if let Stroke::Reminded { stage, .. } = stroke { stage.as_str() } else { "breached" }).collect()
    }

    #[test]
    fn a_clock_tells_each_thing_once_and_in_order_however_it_jumps() {
        let mut step_by_step = obligation();
        assert_eq!(step_by_step.next_moment(), Some(time("16:00")));
        assert!(step_by_step.strike(time("15:59")).is_empty());
        assert_eq!(told(&step_by_step.strike(time("16:30"))), ["before_due"]);
        assert_eq!(step_by_step.next_moment(), Some(time("18:00")));
        assert_eq!(told(&step_by_step.strike(time("18:00"))), ["at_due", "breached"]);
        assert_eq!(told(&step_by_step.strike(time("23:00"))), ["after_due"]);
        assert_eq!(step_by_step.next_moment(), None);
        let mut at_once = obligation();
        assert_eq!(told(&at_once.strike(time("23:00"))), ["before_due", "at_due", "breached", "after_due"]);
        assert!(at_once.strike(time("23:00")).is_empty());
    }

    #[test]
    fn what_is_settled_tells_nothing_more() {
        let mut settled = obligation();
        settled.owed.outcome = Outcome::Discharged { fact_id: String::new(), time: time("10:00") };
        assert_eq!(settled.next_moment(), None);
        assert!(settled.strike(time("23:00")).is_empty());
    }
}
