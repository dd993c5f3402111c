//! Reports of lower offices: from the wire and to it.

use chassis::{Error, Fields, Page, wire_time};
use huiying_proto::disposal as pb;
use uuid::Uuid;

use super::{ReceivedEscalation, Sent};
use crate::escalation::grpc::{content, kind_to_wire};

const LONGEST_NAME: usize = 100;

pub(crate) fn receive(message: &pb::ReceiveEscalationRequest) -> Result<Sent, Error> {
    let mut fields = Fields::new();
    let sent = Sent {
        origin_name: fields.text("origin_name", &message.origin_name, LONGEST_NAME),
        origin_escalation_id: fields.text("origin_escalation_id", &message.origin_escalation_id, LONGEST_NAME),
        origin_incident_number: fields.text("origin_incident_number", &message.origin_incident_number, LONGEST_NAME),
        content: content(&mut fields, message.kind, &message.title, &message.text),
    };
    fields.check().map(|()| sent)
}

pub(crate) fn list(message: &pb::ListReceivedEscalationsRequest) -> Result<Page<Uuid>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

pub(crate) fn to_wire(received: &ReceivedEscalation) -> pb::ReceivedEscalation {
    pb::ReceivedEscalation {
        receipt_id: received.receipt_id.to_string(),
        origin_name: received.sent.origin_name.clone(),
        origin_escalation_id: received.sent.origin_escalation_id.clone(),
        origin_incident_number: received.sent.origin_incident_number.clone(),
        kind: kind_to_wire(received.sent.content.kind).into(),
        title: received.sent.content.title.clone(),
        text: received.sent.content.text.clone(),
        receive_time: Some(wire_time(received.receive_time)),
    }
}
