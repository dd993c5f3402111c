//! Knowledge: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_time};
use huiying_proto::accountability as pb;
use uuid::Uuid;

use super::Entry;

pub(crate) fn timeline(message: &pb::GetKnowledgeTimelineRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check().map(|()| incident_id)
}

pub(crate) fn to_wire(entry: &Entry) -> pb::KnowledgeEntry {
    pb::KnowledgeEntry {
        person_id: wire_id(entry.person_id),
        body_id: wire_id(entry.body_id),
        what: entry.what.clone(),
        time: Some(wire_time(entry.time)),
        claimed_time: entry.claimed_time.map(wire_time),
        event_id: entry.proof.event_id.to_string(),
        service_name: entry.proof.service.clone(),
        position: entry.proof.position,
    }
}
