//! Material asked of a unit with a due time (要求提供情况材料), 一.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::case;

/// A request for material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaterialRequest {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub body: Uuid,
    pub question: String,
    pub due_time: Timestamp,
    pub answer: Option<Answer>,
}

/// What the unit provided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub text: String,
    pub time: Timestamp,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("MATERIAL_REQUEST_UNKNOWN", "没有这项材料要求,或者您无权查看。")
}

pub(crate) fn already_provided() -> Refusal {
    Refusal::state("MATERIAL_ALREADY_PROVIDED", "该项材料已经提供。")
}

/// Refuses a due time that is not in the future.
pub(crate) fn check_due(due_time: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if due_time > now { Ok(()) } else { Err(Refusal::invalid("DUE_TIME_PAST", "提供材料的期限应晚于现在。")) }
}

impl MaterialRequest {
    /// Asks a unit.
    pub fn ask(id: Uuid, incident_id: Uuid, body: Uuid, question: String, due_time: Timestamp) -> Self {
        Self { id, incident_id, body, question, due_time, answer: None }
    }

    /// The unit answers, also late. Refuses a second answer, and anyone but its people.
    pub fn provide(&mut self, text: String, units: &[Uuid], now: Timestamp) -> Result<(), Refusal> {
        if self.answer.is_some() {
            return Err(already_provided());
        }
        if !units.contains(&self.body) {
            return Err(case::not_your_unit());
        }
        self.answer = Some(Answer { text, time: now });
        Ok(())
    }
}
