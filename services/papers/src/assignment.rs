//! 交办单, 四(三): the slip of a task given to a unit.

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError,
    form::Form,
    sheet::Sheet,
    words::{self, optional_moment},
};

/// A task given to a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The incident's number.
    pub incident: String,
    /// Its title.
    pub title: String,
    /// Its level, in Chinese.
    pub level: String,
    /// The leader in charge who leads; empty until there is one.
    pub lead: String,
    /// The unit.
    pub body: String,
    /// What it has to do.
    pub task: String,
    /// Who gave the task.
    pub assigner: String,
    /// When.
    pub assign_time: Timestamp,
    /// Until when the office wants it done (办理时限); none when only the rule's clocks bind.
    pub due_time: Option<Timestamp>,
    /// The clauses that it rests on.
    pub clauses: String,
    /// When the unit acknowledged it.
    pub acknowledge_time: Option<Timestamp>,
    /// Where it stands, in Chinese.
    pub state: String,
}

impl Slip {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情交办单");
        sheet.form_line(&format!("交办单位:{}", sheet.office()), &format!("事件编号:{}", self.incident));
        let form = Form::default()
            .wide("事　　件", &self.title)
            .pair(("级　　别", &self.level), ("牵头领导", &self.lead))
            .pair(("承办单位", &self.body), ("办理状态", &self.state))
            .pair(("交 办 人", &self.assigner), ("交办时间", &words::moment(self.assign_time)))
            .pair(("办理时限", &optional_moment(self.due_time)), ("交办依据", &self.clauses))
            .room("交办事项", &self.task, 10)
            .pair(("签收时间", &optional_moment(self.acknowledge_time)), ("签 收 人", ""))
            .room("领导批示", "", 4)
            .room("办理结果", "", 4);
        sheet.form(form);
        sheet.finish(format!("交办单 {} {}", self.incident, self.body))
    }
}
