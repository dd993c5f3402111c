//! 上报报告, 四(五): a report to the superior, with who drafted, endorsed and approved it, and its receipt.

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError,
    form::Form,
    sheet::{Sheet, day_of},
    words::optional_moment,
};

/// A report to the superior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// 初报, 续报 or 终报.
    pub kind: String,
    /// The incident's number.
    pub incident: String,
    /// Title.
    pub title: String,
    /// Text.
    pub text: String,
    /// Where it stands, in Chinese.
    pub state: String,
    /// Who drafted it.
    pub author: String,
    /// The leader in charge who endorsed it; empty until then.
    pub endorser: String,
    /// The principal leader who approved it; empty until then.
    pub approver: String,
    /// When.
    pub approve_time: Option<Timestamp>,
    /// The superior's receipt; empty until then.
    pub receipt: String,
    /// When it was receipted.
    pub receipt_time: Option<Timestamp>,
    /// Attempts to deliver it.
    pub attempts: i32,
    /// What kept the last one from going well; empty when nothing did.
    pub last_error: String,
    /// Why it was sent back; empty when it was not.
    pub return_reason: String,
}

/// A first line that ends in a colon and is shorter is whom it is to (主送机关).
const LONGEST_ADDRESSEE: usize = 28;

impl Report {
    /// The paper. A report that is not approved says so at its head.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        let number = match self.approve_time {
            Some(_) => format!("{}　事件编号{}", self.kind, self.incident),
            None => format!("{}(未批准,{})　事件编号{}", self.kind, self.state, self.incident),
        };
        sheet.letterhead(sheet.office(), &number);
        sheet.title(&self.title);
        sheet.blank();
        let first =
            self.text.split_once('\n').filter(|(first, _)| first.ends_with([':', '：']) && first.chars().count() < LONGEST_ADDRESSEE);
        let (addressee, text) = first.unwrap_or(("", &self.text));
        if !addressee.is_empty() {
            sheet.addressee(addressee.trim());
        }
        sheet.prose(text);
        sheet.signature(sheet.office(), &self.approve_time.map(day_of).unwrap_or_default());
        sheet.blank();
        let attempts = if self.attempts > 0 { format!("{}次", self.attempts) } else { String::new() };
        let form = Form::together()
            .pair(("拟　　稿", &self.author), ("状　　态", &self.state))
            .pair(("分管领导", &self.endorser), ("主要领导", &self.approver))
            .pair(("批准时间", &optional_moment(self.approve_time)), ("送达尝试", &attempts))
            .pair(("上级回执", &self.receipt), ("回执时间", &optional_moment(self.receipt_time)))
            .pair(("退回原因", &self.return_reason), ("未送达原因", &self.last_error));
        sheet.form(form);
        sheet.finish(format!("{} {} {}", self.kind, self.incident, self.title))
    }
}
