//! 发布审查单, 四(三): the exact text of a statement and who wrote, reviewed, approved and released it (信息公开条例 17, 保密法 35).

use jiff::Timestamp;

use crate::{Office, Paper, PaperError, form::Form, sheet::Sheet, words::optional_moment};

/// A statement under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The incident's number.
    pub incident: String,
    /// Its title.
    pub incident_title: String,
    /// 首发回应, 正式回应 or 更正.
    pub kind: String,
    /// Title of the statement.
    pub title: String,
    /// Its text.
    pub text: String,
    /// SHA-256 of title and text, in hex.
    pub sha256: String,
    /// The line to take that it keeps to; which revision of it.
    pub line: String,
    /// Where it stands, in Chinese.
    pub state: String,
    /// Who wrote it.
    pub author: String,
    /// Who reviewed it; empty until then. A reviewer confirms all three points or cannot review.
    pub reviewer: String,
    /// When; none until then, and for those reviewed before that was kept.
    pub review_time: Option<Timestamp>,
    /// The channels that it was released on; none until then.
    pub channels: Vec<String>,
    /// Who approved it; empty until then.
    pub approver: String,
    /// The digest that was approved; empty until then.
    pub approved_sha256: String,
    /// When it was approved.
    pub approve_time: Option<Timestamp>,
    /// When it was released.
    pub release_time: Option<Timestamp>,
    /// Why it was sent back; empty when it was not.
    pub return_reason: String,
}

/// What a reviewer confirms.
const POINTS: &str = "不涉密；无不必要的个人信息；事实已核";

impl Review {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情信息发布审查单");
        sheet.form_line(&format!("发布单位:{}", sheet.office()), &format!("事件编号:{}", self.incident));
        let points = if self.reviewer.is_empty() { String::new() } else { format!("已逐项确认：{POINTS}") };
        let form = Form::default()
            .wide("事　　件", &self.incident_title)
            .pair(("类　　别", &self.kind), ("状　　态", &self.state))
            .wide("发布标题", &self.title)
            .room("发布全文", &self.text, 10)
            .wide("文本摘要值", &self.sha256)
            .wide("口　　径", &self.line)
            .pair(("拟 稿 人", &self.author), ("审 核 人", &self.reviewer))
            .pair(("审核时间", &optional_moment(self.review_time)), ("保密审查", &points))
            .pair(("批 准 人", &self.approver), ("批准时间", &optional_moment(self.approve_time)))
            .wide("批准摘要值", &self.approved_sha256)
            .wide("发布渠道", &self.channels.join("、"))
            .pair(("发布时间", &optional_moment(self.release_time)), ("退回原因", &self.return_reason));
        sheet.form(form);
        sheet.finish(format!("发布审查单 {} {}", self.incident, self.title))
    }
}
