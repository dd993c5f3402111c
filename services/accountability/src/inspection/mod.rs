//! Inspections (督查), 五(三)甲: a look at a channel or page of the office's own portal and accounts. What is wrong with it the
//! responsible body rectifies by a due time; somebody else judges whether it did.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// How far the rectification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 无需整改.
    InOrder,
    /// 待整改.
    Open,
    /// 已报整改.
    Submitted,
    /// 整改通过.
    Accepted,
}

/// A channel, page or account, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The platform as the contract names it, such as "PLATFORM_PORTAL".
    pub platform: String,
    pub name: String,
    pub address: String,
    pub body: Uuid,
}

/// What is wrong with it (问题), and until when it is to be rectified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    pub text: String,
    pub due_time: Timestamp,
}

/// What was done about a finding (整改情况).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rectification {
    pub text: String,
    /// From 1.
    pub revision: i32,
    pub by: Uuid,
    pub time: Timestamp,
}

/// Who judged the last rectification, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub by: Uuid,
    pub time: Timestamp,
}

/// An inspection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inspection {
    pub id: Uuid,
    pub item: Item,
    pub inspect_time: Timestamp,
    pub by: Uuid,
    /// None when it was in order.
    pub finding: Option<Finding>,
    pub state: State,
    pub rectification: Option<Rectification>,
    /// Why it was last returned; empty when never.
    pub return_reason: String,
    pub judgement: Option<Judgement>,
    pub version: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INSPECTION_UNKNOWN", "没有这项督查,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("INSPECTION_STALE", "该项督查刚被他人更改,请刷新后再试。")
}

fn check_due(due_time: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    if due_time > now { Ok(()) } else { Err(Refusal::invalid("DUE_TIME_PAST", "整改期限应晚于现在。")) }
}

impl Inspection {
    /// Records a look at an item (督查). Refuses a due time that is past.
    pub fn record(
        id: Uuid,
        item: Item,
        inspect_time: Timestamp,
        finding: Option<Finding>,
        by: Uuid,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        if let Some(finding) = &finding {
            check_due(finding.due_time, now)?;
        }
        let state = if finding.is_some() { State::Open } else { State::InOrder };
        Ok(Self {
            id,
            item,
            inspect_time,
            by,
            finding,
            state,
            rectification: None,
            return_reason: String::new(),
            judgement: None,
            version: 1,
        })
    }

    /// Submits what was done (报送整改), also late. Refuses anyone but people of the responsible body, and an inspection that waits
    /// for none.
    pub fn submit(&mut self, text: String, by: Uuid, bodies: &[Uuid], now: Timestamp) -> Result<(), Refusal> {
        if !bodies.contains(&self.item.body) {
            return Err(Refusal::denied("NOT_RESPONSIBLE", "只有责任单位的人员可以报送整改。"));
        }
        if self.state != State::Open {
            return Err(wrong_state("该项督查没有待整改的问题。"));
        }
        let revision = self.rectification.as_ref().map_or(0, |before| before.revision) + 1;
        self.rectification = Some(Rectification { text, revision, by, time: now });
        self.state = State::Submitted;
        Ok(())
    }

    /// Accepts a rectification (整改通过). Refuses one not waiting, and who submitted it.
    pub fn accept(&mut self, by: Uuid, own: bool, now: Timestamp) -> Result<(), Refusal> {
        self.judge(by, own, now)?;
        self.state = State::Accepted;
        Ok(())
    }

    /// Sends a rectification back (退回整改) with a new due time. Refuses one not waiting, who submitted it, and a due time that is
    /// past.
    pub fn send_back(&mut self, finding_due: Timestamp, reason: String, by: Uuid, own: bool, now: Timestamp) -> Result<(), Refusal> {
        check_due(finding_due, now)?;
        self.judge(by, own, now)?;
        if let Some(finding) = &mut self.finding {
            finding.due_time = finding_due;
        }
        self.return_reason = reason;
        self.state = State::Open;
        Ok(())
    }

    /// `own`: whether the judge submitted the rectification, or stands in for who did.
    fn judge(&mut self, by: Uuid, own: bool, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Submitted {
            return Err(wrong_state("该项督查没有待核查的整改。"));
        }
        if own {
            return Err(Refusal::denied("OWN_RECTIFICATION", "不能核查本人报送的整改。"));
        }
        self.judgement = Some(Judgement { by, time: now });
        Ok(())
    }
}

fn wrong_state(message: &'static str) -> Refusal {
    Refusal::state("INSPECTION_STATE", message)
}
