//! 处置报告单, 四(三): what a unit found and did, one revision of it.

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError, form,
    form::Form,
    sheet::Sheet,
    words::{self, optional_moment},
};

/// One fact with what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The fact.
    pub text: String,
    /// How sure it is, in Chinese.
    pub certainty: String,
    /// What it rests on.
    pub evidence: String,
}

/// A unit's report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The incident's number.
    pub incident: String,
    /// Its title.
    pub title: String,
    /// The unit.
    pub body: String,
    /// What it was asked.
    pub task: String,
    /// When it was asked.
    pub assign_time: Timestamp,
    /// When it acknowledged that.
    pub acknowledge_time: Option<Timestamp>,
    /// Which revision.
    pub revision: i32,
    /// The facts.
    pub facts: Vec<Fact>,
    /// 事实真相.
    pub account: String,
    /// 处置意见.
    pub measures: String,
    /// Where it stands, in Chinese.
    pub state: String,
    /// Who reports.
    pub author: String,
    /// When.
    pub submit_time: Timestamp,
    /// Why it was sent back; empty when it was not.
    pub return_reason: String,
}

const COLUMNS: [usize; 4] = [800, 3_945, 1_300, 2_800];

impl Report {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情处置报告单");
        sheet.form_line(&format!("报告单位:{}", self.body), &format!("事件编号:{}", self.incident));
        let form = Form::default()
            .wide("事　　件", &self.title)
            .wide("交办事项", &self.task)
            .pair(("交办时间", &words::moment(self.assign_time)), ("签收时间", &optional_moment(self.acknowledge_time)))
            .pair(("报 告 人", &self.author), ("报告时间", &words::moment(self.submit_time)))
            .pair(("稿　　次", &format!("第{}稿", self.revision)), ("状　　态", &self.state))
            .room("事实真相", &self.account, 5)
            .room("处置意见", &self.measures, 4)
            .room("负 责 人\n审　　签", "", 2)
            .wide("退回原因", &self.return_reason);
        sheet.form(form);
        if !self.facts.is_empty() {
            sheet.caption("事实核查");
            let head = ["序号", "事实", "核实情况", "依据"].map(str::to_owned);
            let row =
                |(at, fact): (usize, &Fact)| vec![(at + 1).to_string(), fact.text.clone(), fact.certainty.clone(), fact.evidence.clone()];
            let rows: Vec<Vec<String>> = self.facts.iter().enumerate().map(row).collect();
            sheet.table(form::list(&head, &COLUMNS, &rows));
        }
        sheet.finish(format!("处置报告单 {} {} 第{}稿", self.incident, self.body, self.revision))
    }
}
