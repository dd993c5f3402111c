//! A report that a lower office sent here (下级上报), 四(五): taken in once, receipted alike however often it comes.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::escalation::Content;

/// What a lower office sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub origin_name: String,
    pub origin_escalation_id: String,
    pub origin_incident_number: String,
    pub content: Content,
}

/// A report of a lower office, receipted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReceivedEscalation {
    pub receipt_id: Uuid,
    /// The platform that called, by its token.
    pub caller: String,
    pub sent: Sent,
    pub receive_time: Timestamp,
}

impl ReceivedEscalation {
    /// Refuses another report under the id of this one.
    pub fn check_same(&self, sent: &Sent) -> Result<(), Refusal> {
        if self.sent == *sent {
            return Ok(());
        }
        let refusal = Refusal::exists("ESCALATION_ALREADY_RECEIVED", "已收到编号相同而内容不同的上报,请换用新的编号。");
        Err(refusal.with("receipt_id", self.receipt_id))
    }
}
