//! The statement (回应/发布稿), 三(三), 四(三): nothing is published but the approved text.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::text::Text;

/// Which statement it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 首发回应.
    Holding,
    /// 正式回应.
    Full,
    /// 更正, 三(二).
    Correction,
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 拟稿.
    Draft,
    /// 送审.
    Submitted,
    /// 已审核.
    Reviewed,
    /// 已批准.
    Approved,
    /// 已退回.
    Returned,
    /// 已发布.
    Released,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Draft => "拟稿",
            Self::Submitted => "送审",
            Self::Reviewed => "已审核",
            Self::Approved => "已批准",
            Self::Returned => "已退回",
            Self::Released => "已发布",
        }
    }
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub id: Uuid,
    pub incident_id: Uuid,
    /// The line to take that was current when the text was written.
    pub line_id: Uuid,
    pub kind: Kind,
    pub text: Text,
    pub state: State,
    pub author: Uuid,
    pub reviewer: Option<Uuid>,
    pub review_time: Option<Timestamp>,
    pub approval: Option<Approval>,
    pub release_time: Option<Timestamp>,
    pub return_reason: String,
    pub version: i64,
}

/// Who approved which text, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub by: Uuid,
    pub sha256: String,
    pub time: Timestamp,
}

/// What a reviewer confirms (信息公开条例 17, 保密法 35).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Review {
    pub non_classified: bool,
    pub no_personal_data: bool,
    pub facts_checked: bool,
}

impl Review {
    fn missing(self) -> Vec<&'static str> {
        let points = [(self.non_classified, "不涉密"), (self.no_personal_data, "无不必要的个人信息"), (self.facts_checked, "事实已核")];
        points.into_iter().filter(|(confirmed, _)| !confirmed).map(|(_, point)| point).collect()
    }
}

impl Statement {
    /// Drafts a statement to the current line. Refuses an incident without one.
    pub fn draft(id: Uuid, incident_id: Uuid, line: Option<Uuid>, kind: Kind, text: Text, author: Uuid) -> Result<Self, Refusal> {
        Ok(Self {
            id,
            incident_id,
            line_id: line.ok_or_else(line_missing)?,
            kind,
            text,
            state: State::Draft,
            author,
            reviewer: None,
            review_time: None,
            approval: None,
            release_time: None,
            return_reason: String::new(),
            version: 1,
        })
    }

    /// Writes it anew, to the line that is current now. Refuses one that is under way, and anyone but its author.
    pub fn revise(&mut self, by: Uuid, line: Option<Uuid>, text: Text) -> Result<(), Refusal> {
        self.must_be(&[State::Draft, State::Returned], "修改")?;
        self.must_be_theirs(by)?;
        self.line_id = line.ok_or_else(line_missing)?;
        self.text = text;
        self.state = State::Draft;
        self.return_reason.clear();
        Ok(())
    }

    /// Submits it for review. Refuses anyone but its author.
    pub fn submit(&mut self, by: Uuid) -> Result<(), Refusal> {
        self.must_be(&[State::Draft], "送审")?;
        self.must_be_theirs(by)?;
        self.state = State::Submitted;
        Ok(())
    }

    /// Takes a second person's review. Refuses its author, and a review that leaves a point open.
    pub fn review(&mut self, by: Uuid, review: Review, now: Timestamp) -> Result<(), Refusal> {
        self.must_be(&[State::Submitted], "审核")?;
        self.must_not_be_theirs(by, "审核")?;
        let missing = review.missing();
        if !missing.is_empty() {
            let missing = missing.join("、");
            return Err(Refusal::state("REVIEW_INCOMPLETE", format!("审核须逐项确认,尚未确认:{missing}。")).with("missing", missing));
        }
        self.state = State::Reviewed;
        (self.reviewer, self.review_time) = (Some(by), Some(now));
        Ok(())
    }

    /// Sends it back to its author; a review made before no longer counts. Refuses one that is approved.
    pub fn return_to_author(&mut self, reason: String) -> Result<(), Refusal> {
        self.must_be(&[State::Submitted, State::Reviewed], "退回")?;
        self.state = State::Returned;
        (self.reviewer, self.review_time) = (None, None);
        self.return_reason = reason;
        Ok(())
    }

    /// Approves exactly the text whose digest is given. Refuses who is not entitled by the rule's approval chain, its author,
    /// its reviewer, and the digest of another text.
    pub fn approve(&mut self, by: Uuid, entitled: bool, sha256: &str, now: Timestamp) -> Result<(), Refusal> {
        self.must_be(&[State::Reviewed], "批准")?;
        if !entitled {
            return Err(Refusal::denied("PERMISSION_DENIED", "按审批流程,您的职务无权批准发布稿。"));
        }
        self.must_not_be_theirs(by, "批准")?;
        if self.reviewer == Some(by) {
            return Err(Refusal::denied("REVIEWER_APPROVES", "审核人不能同时批准同一发布稿。"));
        }
        let stored = self.text.sha256();
        if stored != sha256 {
            return Err(text_differs("所批准的文本与现稿不一致,请重新阅读全文后再批准。"));
        }
        self.state = State::Approved;
        self.approval = Some(Approval { by, sha256: stored, time: now });
        Ok(())
    }

    /// Lets it out. Refuses what is not approved, who is not of the disposal office, a text other than the approved one, and a
    /// line replaced meanwhile.
    pub fn release(&mut self, from_disposal_office: bool, line_is_current: bool, now: Timestamp) -> Result<(), Refusal> {
        self.must_be(&[State::Approved], "发布")?;
        if !from_disposal_office {
            return Err(Refusal::denied("PERMISSION_DENIED", "对外发布只由政务舆情处置办公室统一进行。"));
        }
        if self.approval.as_ref().is_none_or(|approval| approval.sha256 != self.text.sha256()) {
            return Err(text_differs("现稿与批准的文本不一致,不能发布。"));
        }
        if !line_is_current {
            return Err(Refusal::state("LINE_CHANGED", "拟稿后口径已更替,请按现行口径重新拟稿。"));
        }
        self.state = State::Released;
        self.release_time = Some(now);
        Ok(())
    }

    fn must_be(&self, states: &[State], verb: &str) -> Result<(), Refusal> {
        if states.contains(&self.state) {
            return Ok(());
        }
        let state = self.state.name();
        Err(Refusal::state("STATEMENT_STATE", format!("该发布稿处于“{state}”状态,不能{verb}。")).with("state", state))
    }

    fn must_be_theirs(&self, by: Uuid) -> Result<(), Refusal> {
        if self.author == by { Ok(()) } else { Err(Refusal::denied("NOT_YOURS", "只有拟稿人本人可以修改或送审。")) }
    }

    fn must_not_be_theirs(&self, by: Uuid, verb: &str) -> Result<(), Refusal> {
        if self.author == by {
            Err(Refusal::denied("OWN_WORK", format!("本人拟写的发布稿不能由本人{verb}。")))
        } else {
            Ok(())
        }
    }
}

fn line_missing() -> Refusal {
    Refusal::state("LINE_MISSING", "该事件还没有现行口径,请先拟定并审定口径。")
}

fn text_differs(message: &str) -> Refusal {
    Refusal::state("TEXT_DIFFERS", message)
}
