//! A task given to a unit (交办), 四(三): verify, investigate, report back.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use chassis::{Refusal, Violation};
use jiff::Timestamp;
use uuid::Uuid;

use crate::case;

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已交办.
    Assigned,
    /// 已签收.
    Acknowledged,
    /// 已报调查结果.
    Submitted,
    /// 退回补充.
    Returned,
    /// 已采纳.
    Accepted,
}

/// Which unit has to do what, until when.
pub(crate) type Task = (Uuid, String, Option<Timestamp>);

/// A task given to a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub body: Uuid,
    pub task: String,
    pub state: State,
    pub assigned_by: Uuid,
    pub assign_time: Timestamp,
    pub acknowledge_time: Option<Timestamp>,
    /// 办理时限; none when only the rule's clocks bind.
    pub due_time: Option<Timestamp>,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("ASSIGNMENT_UNKNOWN", "没有这件交办,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("ASSIGNMENT_STALE", "该交办刚被他人更改,请刷新后再试。")
}

fn wrong_state(message: &str) -> Refusal {
    Refusal::state("ASSIGNMENT_STATE", message)
}

/// Refuses a second open task for a unit in a case.
pub(crate) fn check_unassigned(has_open_task: bool) -> Result<(), Refusal> {
    if has_open_task {
        return Err(Refusal::state("BODY_ALREADY_ASSIGNED", "该单位在本事件中已有未完成的交办。"));
    }
    Ok(())
}

impl Assignment {
    /// Gives a unit a task. Refuses a due time that is not to come.
    pub fn assign(id: Uuid, incident_id: Uuid, (body, task, due_time): Task, by: Uuid, now: Timestamp) -> Result<Self, Refusal> {
        if due_time.is_some_and(|due| due <= now) {
            let mut refusal = Refusal::invalid("DUE_TIME_PAST", "办理时限应晚于现在。");
            refusal.violations = vec![Violation { field: "due_time".to_owned(), message: "应晚于现在".to_owned() }];
            return Err(refusal);
        }
        Ok(Self {
            id,
            incident_id,
            body,
            task,
            state: State::Assigned,
            assigned_by: by,
            assign_time: now,
            acknowledge_time: None,
            due_time,
            version: 1,
        })
    }

    /// The unit acknowledges. Refuses anyone but its people: `units` are those that the caller acts for.
    pub fn acknowledge(&mut self, units: &[Uuid], now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Assigned {
            return Err(wrong_state("该交办已签收。"));
        }
        self.check_unit(units)?;
        self.state = State::Acknowledged;
        self.acknowledge_time = Some(now);
        Ok(())
    }

    /// The unit reports what it found. Refuses before it acknowledged, and while a report waits or is accepted.
    pub fn submit(&mut self, units: &[Uuid]) -> Result<(), Refusal> {
        match self.state {
            State::Acknowledged | State::Returned => {}
            State::Assigned => return Err(wrong_state("该交办尚未签收,请先签收再报送。")),
            State::Submitted => return Err(wrong_state("已报送的调查结果正在审核。")),
            State::Accepted => return Err(wrong_state("该交办的调查结果已采纳。")),
        }
        self.check_unit(units)?;
        self.state = State::Submitted;
        Ok(())
    }

    /// What the unit reported is sent back.
    pub fn send_back(&mut self) -> Result<(), Refusal> {
        self.settle(State::Returned)
    }

    /// What the unit reported is accepted.
    pub fn accept(&mut self) -> Result<(), Refusal> {
        self.settle(State::Accepted)
    }

    fn settle(&mut self, to: State) -> Result<(), Refusal> {
        if self.state != State::Submitted {
            return Err(wrong_state("该交办没有待审核的调查结果。"));
        }
        self.state = to;
        Ok(())
    }

    fn check_unit(&self, units: &[Uuid]) -> Result<(), Refusal> {
        if units.contains(&self.body) { Ok(()) } else { Err(case::not_your_unit()) }
    }
}
