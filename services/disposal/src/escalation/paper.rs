//! The report to the superior as a paper (上报报告).

use chassis::Roster;
use papers::escalation::Report;

use super::{Escalation, Kind, State};

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Initial => "初报",
            Self::FollowUp => "续报",
            Self::Final => "终报",
        }
    }
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Drafted => "已拟稿",
            Self::Endorsed => "分管领导已审",
            Self::Approved => "主要领导已批准",
            Self::Returned => "已退回",
            Self::Delivered => "已送达",
        }
    }
}

impl Escalation {
    /// The paper of it.
    pub fn paper(&self, roster: &Roster) -> Report {
        Report {
            number: self.number,
            kind: self.content.kind.name().to_owned(),
            incident: self.incident_number.clone(),
            title: self.content.title.clone(),
            text: self.content.text.clone(),
            state: self.state.name().to_owned(),
            author: roster.person_name(self.author),
            endorser: self.endorser.map(|person| roster.person_name(person)).unwrap_or_default(),
            approver: self.approval.map(|approval| roster.person_name(approval.by)).unwrap_or_default(),
            approve_time: self.approval.map(|approval| approval.time),
            receipt: self.receipt.as_ref().map(|receipt| receipt.id.clone()).unwrap_or_default(),
            receipt_time: self.receipt.as_ref().map(|receipt| receipt.time),
            attempts: self.attempts,
            last_error: self.last_error.clone(),
            return_reason: self.return_reason.clone(),
        }
    }
}
