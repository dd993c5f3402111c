//! Tracking: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::disposal as pb;

use super::{Tracking, commands::Record};

const LONGEST: usize = 5_000;

pub(crate) fn record(message: &pb::RecordTrackingRequest) -> Result<Record, Error> {
    let mut fields = Fields::new();
    let command = Record { incident_id: fields.id("incident_id", &message.incident_id), text: fields.text("text", &message.text, LONGEST) };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(tracking: &Tracking) -> pb::Tracking {
    pb::Tracking {
        tracking_id: tracking.id.to_string(),
        person_id: tracking.person.to_string(),
        text: tracking.text.clone(),
        record_time: Some(wire_time(tracking.record_time)),
    }
}
