//! 上报报告, 四(五): a report to the superior as a letter; and the office's own sheet (办理单) of who drafted, endorsed and approved it, and
//! its receipt.

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError,
    form::Form,
    sheet::{Sheet, day_of},
    words::{self, optional_moment},
};

/// A report to the superior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The year and the number of its 发文字号, given with its approval; none before.
    pub number: Option<(i32, i32)>,
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
    /// The letter. One that is not approved says so at its head.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        let number = match (self.number, self.approve_time) {
            (Some((year, number)), _) => words::document_number(year, number),
            (None, Some(_)) => self.kind.clone(),
            (None, None) => format!("{}（未批准，{}）", self.kind, self.state),
        };
        sheet.letterhead_upward(sheet.office(), &number, &self.approver);
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
        sheet.imprint(&[
            format!("{}　　事件编号{}", self.kind, self.incident),
            self.approve_time.map(|time| format!("{}　　{}印发", sheet.office(), day_of(time))).unwrap_or_default(),
        ]);
        sheet.finish(format!("{} {} {}", self.kind, self.incident, self.title))
    }

    /// The office's own sheet.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn sheet(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情上报办理单");
        let number = self.number.map(|(year, number)| words::document_number(year, number)).unwrap_or_default();
        sheet.form_line(&format!("上报单位:{}", sheet.office()), &format!("事件编号:{}", self.incident));
        let attempts = if self.attempts > 0 { format!("{}次", self.attempts) } else { String::new() };
        let form = Form::together()
            .wide("标　　题", &self.title)
            .pair(("类　　别", &self.kind), ("发文字号", &number))
            .pair(("拟　　稿", &self.author), ("状　　态", &self.state))
            .pair(("分管领导", &self.endorser), ("主要领导", &self.approver))
            .pair(("批准时间", &optional_moment(self.approve_time)), ("送达尝试", &attempts))
            .pair(("上级回执", &self.receipt), ("回执时间", &optional_moment(self.receipt_time)))
            .pair(("退回原因", &self.return_reason), ("未送达原因", &self.last_error));
        sheet.form(form);
        sheet.finish(format!("上报办理单 {} {}", self.incident, self.title))
    }
}
