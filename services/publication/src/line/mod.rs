//! The line to take (口径), 三(三): what everyone who speaks for the office says of an incident.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 拟定.
    Proposed,
    /// 现行.
    Current,
    /// 已更替.
    Replaced,
}

/// A line to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub revision: i32,
    pub text: String,
    pub state: State,
    pub author: Uuid,
    pub approval: Option<Approval>,
    pub version: i64,
}

/// Who made it current, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Approval {
    pub by: Uuid,
    pub time: Timestamp,
}

impl Line {
    /// Proposes a line.
    pub fn propose(id: Uuid, incident_id: Uuid, revision: i32, text: String, author: Uuid) -> Self {
        Self { id, incident_id, revision, text, state: State::Proposed, author, approval: None, version: 1 }
    }

    /// Makes it current. Refuses the author: nobody approves what they wrote.
    pub fn approve(&mut self, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Proposed {
            return Err(Refusal::state("LINE_STATE", "该口径不在拟定状态,不能审定。"));
        }
        if self.author == by {
            return Err(Refusal::denied("OWN_WORK", "本人拟定的口径不能由本人审定。"));
        }
        self.state = State::Current;
        self.approval = Some(Approval { by, time: now });
        Ok(())
    }

    /// Gives way to a newer line.
    pub fn replace(&mut self) {
        self.state = State::Replaced;
    }
}
