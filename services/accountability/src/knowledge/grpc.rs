//! Knowledge: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_time};
use huiying_proto::accountability as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Entry, Knower, PartyKnowledge};
use crate::evidence;

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
        backdating: entry.backdating().unwrap_or_default(),
        witness_person_id: wire_id(entry.witness),
    }
}

pub(crate) fn party(party: &PartyKnowledge, now: Timestamp) -> pb::PartyKnowledge {
    let (person, body) = match party.knower {
        Knower::Person(id) => (Some(id), None),
        Knower::Body(id) => (None, Some(id)),
    };
    pb::PartyKnowledge {
        person_id: wire_id(person),
        body_id: wire_id(body),
        first_knowledge_time: Some(wire_time(party.first)),
        first_knowledge: Some(evidence::grpc::link(&party.link)),
        report_due_time: party.due.map(wire_time),
        report_time: party.report.map(wire_time),
        minutes_between: party.report.unwrap_or(now).duration_since(party.first).as_mins(),
    }
}
