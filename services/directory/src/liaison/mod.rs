//! Liaison (联络), 五(二): the office's contacts with publicity, cyberspace, police and other partner bodies.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::body::Body;

/// A contact with a partner body, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    pub partner: Uuid,
    pub time: Timestamp,
    /// The means as the contract names it, such as "MEANS_MEETING".
    pub means: String,
    pub name: String,
    pub title: String,
    pub summary: String,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Liaison {
    pub id: Uuid,
    pub contact: Contact,
    pub by: Uuid,
    pub record_time: Timestamp,
}

impl Liaison {
    /// Records a contact. Refuses a body that is no partner.
    pub fn record(id: Uuid, contact: Contact, partner: &Body, by: Uuid, now: Timestamp) -> Result<Self, Refusal> {
        if partner.kind != "KIND_PARTNER" {
            return Err(Refusal::state("NOT_A_PARTNER", format!("“{}”不是宣传、网信、公安等协作单位。", partner.name)));
        }
        Ok(Self { id, contact, by, record_time: now })
    }
}
