//! The findings as a paper (处置报告单).

use chassis::Roster;
use papers::disposal as paper;

use super::{Certainty, Fact, Findings, State};
use crate::{assignment::Assignment, case::Case};

impl Certainty {
    fn name(self) -> &'static str {
        match self {
            Self::Unknown => "未知",
            Self::Verifying => "核实中",
            Self::Verified => "已核实",
            Self::Refuted => "不属实",
        }
    }
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Submitted => "已报送",
            Self::Returned => "已退回",
            Self::Accepted => "已采纳",
        }
    }
}

impl Findings {
    /// The paper of them, in their case and for their task.
    pub fn paper(&self, case: &Case, of: &Assignment, roster: &Roster) -> paper::Report {
        let fact = |fact: &Fact| paper::Fact {
            text: fact.text.clone(),
            certainty: fact.certainty.name().to_owned(),
            evidence: fact.evidence.clone(),
        };
        paper::Report {
            incident: case.number.clone(),
            title: case.title.clone(),
            body: roster.body_name(self.body),
            task: of.task.clone(),
            assign_time: of.assign_time,
            acknowledge_time: of.acknowledge_time,
            revision: self.revision,
            facts: self.content.facts.iter().map(fact).collect(),
            account: self.content.account.clone(),
            measures: self.content.measures.clone(),
            state: self.state.name().to_owned(),
            author: roster.person_name(self.author),
            submit_time: self.submit_time,
            return_reason: self.return_reason.clone(),
        }
    }
}
