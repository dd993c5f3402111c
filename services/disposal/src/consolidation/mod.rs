//! The office's consolidated report to the principal leader (综合材料), 四(三): the lead endorses, the principal leader agrees.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use uuid::Uuid;

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已综合.
    Consolidated,
    /// 分管领导已审.
    Endorsed,
    /// 已退回.
    Returned,
    /// 主要领导已同意.
    Approved,
}

/// A consolidated report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Consolidation {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub findings_ids: Vec<Uuid>,
    pub text: String,
    pub state: State,
    pub author: Uuid,
    pub endorser: Option<Uuid>,
    pub approver: Option<Uuid>,
    pub return_reason: String,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("CONSOLIDATION_UNKNOWN", "没有这份综合材料,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("CONSOLIDATION_STALE", "该综合材料刚被他人更改,请刷新后再试。")
}

fn wrong_state(message: &str) -> Refusal {
    Refusal::state("CONSOLIDATION_STATE", message)
}

impl Consolidation {
    /// Writes a report on accepted findings.
    pub fn write(id: Uuid, incident_id: Uuid, findings_ids: Vec<Uuid>, text: String, author: Uuid) -> Self {
        Self {
            id,
            incident_id,
            findings_ids,
            text,
            state: State::Consolidated,
            author,
            endorser: None,
            approver: None,
            return_reason: String::new(),
            version: 1,
        }
    }

    /// The lead endorses it; `lead` says whether the caller is the lead, or why not. Refuses the author.
    pub fn endorse(&mut self, by: Uuid, lead: Result<(), Refusal>) -> Result<(), Refusal> {
        if self.state != State::Consolidated {
            return Err(wrong_state("该综合材料不在待审核状态。"));
        }
        lead?;
        if self.author == by {
            return Err(Refusal::denied("OWN_WORK", "本人撰写的综合材料不能由本人审核。"));
        }
        self.state = State::Endorsed;
        self.endorser = Some(by);
        Ok(())
    }

    /// The lead or the principal leader sends it back; `leader` says whether the caller is one of them, or why not.
    pub fn send_back(&mut self, reason: String, leader: Result<(), Refusal>) -> Result<(), Refusal> {
        if !self.is_under_way() {
            return Err(wrong_state("该综合材料已同意或已退回,不能退回。"));
        }
        leader?;
        self.state = State::Returned;
        self.return_reason = reason;
        Ok(())
    }

    /// The principal leader agrees. Refuses the author and who endorsed it.
    pub fn approve(&mut self, by: Uuid) -> Result<(), Refusal> {
        if self.state != State::Endorsed {
            return Err(wrong_state("该综合材料未经分管领导审核,或已办理完毕。"));
        }
        if self.author == by || self.endorser == Some(by) {
            return Err(Refusal::denied("OWN_WORK", "本人撰写或审核的综合材料不能由本人批准。"));
        }
        self.state = State::Approved;
        self.approver = Some(by);
        Ok(())
    }

    fn is_under_way(&self) -> bool {
        matches!(self.state, State::Consolidated | State::Endorsed)
    }
}
