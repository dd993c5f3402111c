//! A report to the superior (上报), 四(五): drafted by the office, endorsed by the lead, approved by the principal leader,
//! delivered until receipted. Initial, follow-ups, final.

pub(crate) mod commands;
pub(crate) mod delivery;
pub(crate) mod grpc;
mod paper;
pub(crate) mod store;
pub(crate) mod watch;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// Which report of a series it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 初报.
    Initial,
    /// 续报.
    FollowUp,
    /// 终报.
    Final,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已拟稿.
    Drafted,
    /// 分管领导已审.
    Endorsed,
    /// 主要领导已批准.
    Approved,
    /// 已退回.
    Returned,
    /// 已送达.
    Delivered,
}

impl State {
    /// Whether it is approved, delivered or not.
    pub fn is_approved(self) -> bool {
        matches!(self, Self::Approved | Self::Delivered)
    }
}

/// What is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub kind: Kind,
    pub title: String,
    pub text: String,
}

/// Who approved it, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub by: Uuid,
    pub time: Timestamp,
}

/// The superior's receipt (回执).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub id: String,
    pub time: Timestamp,
}

/// A report to the superior.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Escalation {
    pub id: Uuid,
    pub incident_id: Uuid,
    /// The incident's number, as the superior reads it.
    pub incident_number: String,
    pub content: Content,
    pub state: State,
    pub author: Uuid,
    pub endorser: Option<Uuid>,
    pub approval: Option<Approval>,
    /// The year and the number of its 发文字号, given with its approval; none for one that was approved before numbers were kept.
    pub number: Option<(i32, i32)>,
    pub attempts: i32,
    pub last_error: String,
    pub receipt: Option<Receipt>,
    pub return_reason: String,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("ESCALATION_UNKNOWN", "没有这份上报材料,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("ESCALATION_STALE", "该上报材料刚被他人更改,请刷新后再试。")
}

fn wrong_state(message: &str) -> Refusal {
    Refusal::state("ESCALATION_STATE", message)
}

/// Refuses a wrong place in the series. Reports that were sent back do not count.
pub(crate) fn check_series(kind: Kind, before: &[(Kind, State)]) -> Result<(), Refusal> {
    let has = |kind: Kind, state: fn(State) -> bool| before.iter().any(|(k, s)| *k == kind && state(*s));
    let stands = |state| state != State::Returned;
    let wrong = if has(Kind::Final, stands) {
        "已有终报,不能再上报。"
    } else if kind == Kind::Initial && has(Kind::Initial, stands) {
        "已有初报,请拟续报或终报。"
    } else if kind != Kind::Initial && !has(Kind::Initial, State::is_approved) {
        "初报批准后才能拟续报或终报。"
    } else {
        return Ok(());
    };
    Err(Refusal::state("ESCALATION_SERIES", wrong))
}

impl Escalation {
    /// Drafts a report.
    pub fn draft(id: Uuid, incident_id: Uuid, incident_number: String, content: Content, author: Uuid) -> Self {
        Self {
            id,
            incident_id,
            incident_number,
            content,
            state: State::Drafted,
            author,
            endorser: None,
            approval: None,
            number: None,
            attempts: 0,
            last_error: String::new(),
            receipt: None,
            return_reason: String::new(),
            version: 1,
        }
    }

    /// The lead endorses it; `lead` says whether the caller is the lead, or why not. Refuses the author.
    pub fn endorse(&mut self, by: Uuid, lead: Result<(), Refusal>) -> Result<(), Refusal> {
        if self.state != State::Drafted {
            return Err(wrong_state("该上报材料不在待审核状态。"));
        }
        lead?;
        if self.author == by {
            return Err(Refusal::denied("OWN_WORK", "本人拟制的上报材料不能由本人审核。"));
        }
        self.state = State::Endorsed;
        self.endorser = Some(by);
        Ok(())
    }

    /// The lead or the principal leader sends it back; `leader` says whether the caller is one of them, or why not.
    pub fn send_back(&mut self, reason: String, leader: Result<(), Refusal>) -> Result<(), Refusal> {
        if !matches!(self.state, State::Drafted | State::Endorsed) {
            return Err(wrong_state("该上报材料已批准或已退回,不能退回。"));
        }
        leader?;
        self.state = State::Returned;
        self.return_reason = reason;
        Ok(())
    }

    /// The principal leader approves it. Refuses the author and who endorsed it.
    pub fn approve(&mut self, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Endorsed {
            return Err(wrong_state("该上报材料未经分管领导审核,或已办理完毕。"));
        }
        if self.author == by || self.endorser == Some(by) {
            return Err(Refusal::denied("OWN_WORK", "本人拟制或审核的上报材料不能由本人批准。"));
        }
        self.state = State::Approved;
        self.approval = Some(Approval { by, time: now });
        Ok(())
    }

    /// The superior receipted it. Refuses one that does not wait for that.
    pub fn deliver(&mut self, receipt: Receipt) -> Result<(), Refusal> {
        self.check_undelivered()?;
        self.state = State::Delivered;
        self.attempts += 1;
        self.last_error = String::new();
        self.receipt = Some(receipt);
        Ok(())
    }

    /// An attempt to deliver it failed. Refuses one that does not wait for delivery.
    pub fn fail(&mut self, error: String) -> Result<(), Refusal> {
        self.check_undelivered()?;
        self.attempts += 1;
        self.last_error = error;
        Ok(())
    }

    /// It cannot be attempted at all. Refuses one that does not wait for delivery.
    pub fn hold(&mut self, error: &str) -> Result<(), Refusal> {
        self.check_undelivered()?;
        error.clone_into(&mut self.last_error);
        Ok(())
    }

    fn check_undelivered(&self) -> Result<(), Refusal> {
        if self.state == State::Approved { Ok(()) } else { Err(wrong_state("该上报材料不在待送达状态。")) }
    }
}
