//! The statement as a paper (发布审查单).

use chassis::Roster;
use papers::publication::Review;

use super::{Kind, Statement};
use crate::{incident::Incident, line};

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Holding => "首发回应",
            Self::Full => "正式回应",
            Self::Correction => "更正",
        }
    }
}

impl Statement {
    /// The paper of it, on its incident and to its line; with the names of the channels that it was released on.
    pub fn paper(&self, incident: &Incident, line: &line::Line, channels: Vec<String>, roster: &Roster) -> Review {
        let state = match line.state {
            line::State::Proposed => "拟定",
            line::State::Current => "现行",
            line::State::Replaced => "已更替",
        };
        Review {
            incident: incident.number.clone(),
            incident_title: incident.title.clone(),
            kind: self.kind.name().to_owned(),
            title: self.text.title.clone(),
            text: self.text.body.clone(),
            sha256: self.text.sha256(),
            line: format!("第{}版({state}):{}", line.revision, line.text),
            state: self.state.name().to_owned(),
            author: roster.person_name(self.author),
            reviewer: self.reviewer.map(|person| roster.person_name(person)).unwrap_or_default(),
            review_time: self.review_time,
            channels,
            approver: self.approval.as_ref().map(|approval| roster.person_name(approval.by)).unwrap_or_default(),
            approved_sha256: self.approval.as_ref().map(|approval| approval.sha256.clone()).unwrap_or_default(),
            approve_time: self.approval.as_ref().map(|approval| approval.time),
            release_time: self.release_time,
            return_reason: self.return_reason.clone(),
        }
    }
}
