//! The task as a paper (交办单).

use chassis::Roster;
use papers::assignment::Slip;

use super::{Assignment, State};
use crate::case::Case;

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Assigned => "已交办",
            Self::Acknowledged => "已签收",
            Self::Submitted => "已报调查结果",
            Self::Returned => "退回补充",
            Self::Accepted => "已采纳",
        }
    }
}

impl Assignment {
    /// The paper of it, in its case.
    pub fn paper(&self, case: &Case, roster: &Roster) -> Slip {
        Slip {
            incident: case.number.clone(),
            title: case.title.clone(),
            level: case.level().to_owned(),
            lead: case.lead.map(|lead| roster.person_name(lead.person)).unwrap_or_default(),
            body: roster.body_name(self.body),
            task: self.task.clone(),
            assigner: roster.person_name(self.assigned_by),
            assign_time: self.assign_time,
            acknowledge_time: self.acknowledge_time,
            due_time: self.due_time,
            clauses: if case.important { "四(一)二、四(三)、四(四)" } else { "四(一)二、四(三)" }.to_owned(),
            state: self.state.name().to_owned(),
        }
    }
}
