//! The release (发布), 三(三), 四(三): an approved text let out, and where the public reads it.

pub(crate) mod commands;
mod feed;
pub(crate) mod grpc;
pub(crate) mod http;
mod page;
pub(crate) mod store;

use jiff::Timestamp;
use uuid::Uuid;

use crate::{statement::Statement, text::Text};

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub id: Uuid,
    pub statement_id: Uuid,
    pub incident_id: Uuid,
    pub channels: Vec<Uuid>,
    /// The text as released: that of the statement.
    pub text: Text,
    pub by: Uuid,
    pub time: Timestamp,
}

impl Release {
    /// The release of a statement that may be released.
    pub fn of(id: Uuid, statement: &Statement, channels: Vec<Uuid>, by: Uuid, now: Timestamp) -> Self {
        let (statement_id, incident_id, text) = (statement.id, statement.incident_id, statement.text.clone());
        Self { id, statement_id, incident_id, channels, text, by, time: now }
    }
}
