//! Opinions: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::assessment as pb;
use regulation::Level;

use super::{Opinion, commands::File};
use crate::assessment::grpc::level_to_wire;

const LONGEST: usize = 5_000;

pub(crate) fn file(message: &pb::FileOpinionRequest) -> Result<File, Error> {
    let mut fields = Fields::new();
    let command = File {
        incident_id: fields.id("incident_id", &message.incident_id),
        text: fields.text("text", &message.text, LONGEST),
        level: match fields.optional_choice("level", message.level) {
            pb::Level::Unspecified => None,
            pb::Level::Ordinary => Some(Level::Ordinary),
            pb::Level::Important => Some(Level::Important),
        },
    };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(opinion: &Opinion) -> pb::Opinion {
    pb::Opinion {
        opinion_id: opinion.id.to_string(),
        incident_id: opinion.incident_id.to_string(),
        body_id: opinion.body_id.to_string(),
        person_id: opinion.person_id.to_string(),
        text: opinion.text.clone(),
        level: opinion.level.map_or(pb::Level::Unspecified, level_to_wire).into(),
        file_time: Some(wire_time(opinion.file_time)),
    }
}
