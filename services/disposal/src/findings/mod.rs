//! What a unit found (调查结果、事实真相、处置意见), 三(二), 四(三). Every revision is kept.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use chassis::{Refusal, Violation};
use jiff::Timestamp;
use uuid::Uuid;

use crate::assignment::Assignment;

/// How sure a fact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// 未知.
    Unknown,
    /// 核实中.
    Verifying,
    /// 已核实.
    Verified,
    /// 不属实.
    Refuted,
}

/// One fact with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    pub text: String,
    pub certainty: Certainty,
    pub evidence: String,
}

/// Where findings stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已报送.
    Submitted,
    /// 已退回.
    Returned,
    /// 已采纳.
    Accepted,
}

/// What a unit reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub facts: Vec<Fact>,
    pub account: String,
    pub measures: String,
}

/// One revision of a unit's findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Findings {
    pub id: Uuid,
    pub assignment_id: Uuid,
    pub incident_id: Uuid,
    pub body: Uuid,
    pub revision: i32,
    pub content: Content,
    pub state: State,
    pub author: Uuid,
    pub submit_time: Timestamp,
    pub return_reason: String,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("FINDINGS_UNKNOWN", "没有这份调查结果,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("FINDINGS_STALE", "该调查结果刚被他人更改,请刷新后再试。")
}

impl Content {
    /// Refuses facts that are said to be verified or refuted, but rest on nothing.
    pub fn check_evidence(&self) -> Result<(), Refusal> {
        let rests_on_nothing = |fact: &Fact| matches!(fact.certainty, Certainty::Verified | Certainty::Refuted) && fact.evidence.is_empty();
        let violations: Vec<Violation> = self
            .facts
            .iter()
            .enumerate()
            .filter(|(_, fact)| rests_on_nothing(fact))
            .map(|(at, _)| Violation {
                field: format!("facts[{at}].evidence"), message: "已核实或不属实的事实应写明依据".to_owned()
            })
            .collect();
        if violations.is_empty() {
            return Ok(());
        }
        let mut refusal = Refusal::invalid("EVIDENCE_MISSING", "已核实或认定不属实的事实应写明依据。");
        refusal.violations = violations;
        Err(refusal)
    }
}

impl Findings {
    /// Reports what the unit of a task found.
    pub fn submit(id: Uuid, of: &Assignment, revision: i32, content: Content, author: Uuid, now: Timestamp) -> Self {
        Self {
            id,
            assignment_id: of.id,
            incident_id: of.incident_id,
            body: of.body,
            revision,
            content,
            state: State::Submitted,
            author,
            submit_time: now,
            return_reason: String::new(),
            version: 1,
        }
    }

    /// Sends them back for rework. Refuses their author.
    pub fn send_back(&mut self, by: Uuid, reason: String) -> Result<(), Refusal> {
        self.check_waiting(by)?;
        self.state = State::Returned;
        self.return_reason = reason;
        Ok(())
    }

    /// Accepts them. Refuses their author.
    pub fn accept(&mut self, by: Uuid) -> Result<(), Refusal> {
        self.check_waiting(by)?;
        self.state = State::Accepted;
        Ok(())
    }

    /// Refuses to build on them before they are accepted.
    pub fn check_accepted(&self) -> Result<(), Refusal> {
        if self.state == State::Accepted {
            return Ok(());
        }
        Err(Refusal::state("FINDINGS_NOT_ACCEPTED", "所引用的调查结果尚未采纳。").with("findings_id", self.id))
    }

    fn check_waiting(&self, by: Uuid) -> Result<(), Refusal> {
        if self.state != State::Submitted {
            return Err(Refusal::state("FINDINGS_STATE", "该调查结果不在待审核状态。"));
        }
        if self.author == by {
            return Err(Refusal::denied("OWN_WORK", "本人报送的调查结果不能由本人审核。"));
        }
        Ok(())
    }
}
