//! 约谈记录, 四(六): the interview of a subject of an accountability case.

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError,
    form::Form,
    sheet::Sheet,
    words::{self, optional_moment},
};

/// An interview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The incident's number, or its id where the number is not known.
    pub incident: String,
    /// Which behaviour is alleged, in Chinese.
    pub behaviour: String,
    /// Who is interviewed.
    pub subject: String,
    /// Of which body.
    pub body: String,
    /// Who opened the case.
    pub opener: String,
    /// When.
    pub open_time: Timestamp,
    /// How many overdue obligations it is about.
    pub obligations: usize,
    /// What the behaviour rests on.
    pub behaviour_evidence: String,
    /// What its grave effect rests on; empty until shown.
    pub effect_evidence: String,
    /// What was said.
    pub record: String,
    /// When it was held.
    pub interview_time: Timestamp,
    /// Where; empty where it was not said.
    pub place: String,
    /// Who held it.
    pub interviewers: Vec<String>,
    /// Who kept the record; empty where it was not said.
    pub recorder: String,
    /// The subject's reply; empty until there is one.
    pub reply: String,
    /// When.
    pub reply_time: Option<Timestamp>,
    /// Where the case stands, in Chinese.
    pub state: String,
}

impl Record {
    /// The paper, with room for what is signed by hand.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情约谈记录");
        sheet.form_line(&format!("约谈单位:{}", sheet.office()), "");
        let form = Form::default()
            .pair(("约谈对象", &self.subject), ("所在单位", &self.body))
            .pair(("约谈事由", &self.behaviour), ("约谈时间", &words::moment(self.interview_time)))
            .pair(("约谈地点", &self.place), ("记 录 人", &self.recorder))
            .wide("约 谈 人", &self.interviewers.join("、"))
            .pair(("立 案 人", &self.opener), ("立案时间", &words::moment(self.open_time)))
            .wide("所涉事件", &self.incident)
            .wide("逾期时限", &format!("{}项", self.obligations))
            .wide("行为依据", &self.behaviour_evidence)
            .wide("影响依据", &self.effect_evidence)
            .room("约谈内容", &self.record, 8)
            .room("申辩意见", &self.reply, 2)
            .pair(("申辩时间", &optional_moment(self.reply_time)), ("办理状态", &self.state))
            .pair(("约 谈 人\n签　　字", ""), ("约谈对象\n签　　字", ""));
        sheet.form(form);
        sheet.finish(format!("约谈记录 {} {}", self.body, self.subject))
    }
}
