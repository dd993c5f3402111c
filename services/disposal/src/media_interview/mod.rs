//! A medium's request for an interview, with the body that serves it (媒体采访), 四(二). It is answered in one voice, 三(三), or
//! declined. Of the journalist's person nothing is kept.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Refusal, Violation};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{approved_wording::Wording, case};

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 待答复.
    Open,
    /// 已答复, with an approved wording.
    Answered(Wording),
    /// 已婉拒, for a reason.
    Declined(String),
}

/// What the medium asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub outlet_name: String,
    pub subject: String,
    pub questions: String,
}

/// Who answered or declined, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub by: Uuid,
    pub time: Timestamp,
}

/// A request for an interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaInterview {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub content: Content,
    /// The body that serves it.
    pub body: Uuid,
    pub due_time: Timestamp,
    pub state: State,
    pub request_time: Timestamp,
    /// None while it is open.
    pub settlement: Option<Settlement>,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("MEDIA_INTERVIEW_UNKNOWN", "没有这项采访请求,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("MEDIA_INTERVIEW_STALE", "该采访请求刚被他人更改,请刷新后再试。")
}

/// Refuses a due time that is not in the future.
pub(crate) fn check_due(due_time: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if due_time > now {
        return Ok(());
    }
    let mut refusal = Refusal::invalid("DUE_TIME_PAST", "答复采访的期限应晚于现在。");
    refusal.violations = vec![Violation { field: "due_time".to_owned(), message: "应晚于现在".to_owned() }];
    Err(refusal)
}

impl MediaInterview {
    /// Registers a request.
    pub fn request(id: Uuid, incident_id: Uuid, content: Content, body: Uuid, due_time: Timestamp, now: Timestamp) -> Self {
        Self { id, incident_id, content, body, due_time, state: State::Open, request_time: now, settlement: None, version: 1 }
    }

    /// It was answered, also late. Refuses a second end, and whoever is neither of the office nor of the body that serves it:
    /// `units` are those that the caller acts for.
    pub fn answer(&mut self, wording: Wording, of_office: bool, units: &[Uuid], by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        self.check_waiting()?;
        if !of_office && !units.contains(&self.body) {
            return Err(case::not_your_unit());
        }
        self.settle(State::Answered(wording), by, now);
        Ok(())
    }

    /// It was declined. Refuses a second end.
    pub fn decline(&mut self, reason: String, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        self.check_waiting()?;
        self.settle(State::Declined(reason), by, now);
        Ok(())
    }

    fn check_waiting(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            State::Answered(_) => Err(Refusal::state("MEDIA_INTERVIEW_STATE", "该采访请求已经答复。")),
            State::Declined(_) => Err(Refusal::state("MEDIA_INTERVIEW_STATE", "该采访请求已经婉拒。")),
        }
    }

    fn settle(&mut self, state: State, by: Uuid, time: Timestamp) {
        self.state = state;
        self.settlement = Some(Settlement { by, time });
    }
}
