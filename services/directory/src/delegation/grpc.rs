//! Delegations: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::directory as pb;
use uuid::Uuid;

use super::{Delegation, commands::Grant};

pub(crate) fn grant(message: &pb::GrantDelegationRequest) -> Result<Grant, Error> {
    let mut fields = Fields::new();
    let command = Grant {
        from: fields.id("from_person_id", &message.from_person_id),
        to: fields.id("to_person_id", &message.to_person_id),
        start: fields.time("start_time", message.start_time.as_ref()),
        end: fields.time("end_time", message.end_time.as_ref()),
        reason: fields.text("reason", &message.reason, 200),
    };
    fields.check().map(|()| command)
}

pub(crate) fn revoke(message: &pb::RevokeDelegationRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("delegation_id", &message.delegation_id);
    fields.check().map(|()| id)
}

pub(crate) fn to_wire(delegation: &Delegation) -> pb::Delegation {
    pb::Delegation {
        delegation_id: delegation.id.to_string(),
        from_person_id: delegation.from.to_string(),
        to_person_id: delegation.to.to_string(),
        start_time: Some(wire_time(delegation.start)),
        end_time: Some(wire_time(delegation.end)),
        reason: delegation.reason.clone(),
    }
}
