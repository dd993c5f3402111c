//! Notices (通知), 四(一)一: delivered to one person's inbox, opened, acknowledged, each with its time.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// How far a notice came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已送达.
    Delivered,
    /// 已阅.
    Opened,
    /// 已签收.
    Acknowledged,
}

/// What a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub plan_id: String,
    pub clause: String,
    pub title: String,
    pub text: String,
    pub urgent: bool,
    pub needs_acknowledgement: bool,
}

/// A notice to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub id: Uuid,
    pub person: Uuid,
    pub incident_id: Option<Uuid>,
    pub content: Content,
    pub delivered: Timestamp,
    pub opened: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub cause: Uuid,
    pub version: i64,
}

impl Notice {
    /// How far it came.
    pub fn state(&self) -> State {
        match (self.opened, self.acknowledged) {
            (_, Some(_)) => State::Acknowledged,
            (Some(_), None) => State::Opened,
            (None, None) => State::Delivered,
        }
    }

    /// Opens it. False when it was open already: the first reading counts.
    pub fn open(&mut self, now: Timestamp) -> bool {
        let first = self.opened.is_none();
        self.opened.get_or_insert(now);
        first
    }

    /// Acknowledges it, which also opens it. False when it was acknowledged already. Refuses one that asks for none.
    pub fn acknowledge(&mut self, now: Timestamp) -> Result<bool, Refusal> {
        if !self.content.needs_acknowledgement {
            return Err(Refusal::state("NO_ACKNOWLEDGEMENT_ASKED", "该通知不需要签收。"));
        }
        self.open(now);
        let first = self.acknowledged.is_none();
        self.acknowledged.get_or_insert(now);
        Ok(first)
    }
}
