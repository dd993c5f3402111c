//! Requests for material: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::disposal as pb;

use super::{
    MaterialRequest,
    commands::{Ask, Provide},
};

const LONGEST_QUESTION: usize = 2_000;
const LONGEST_ANSWER: usize = 20_000;

pub(crate) fn request(message: &pb::RequestMaterialRequest) -> Result<Ask, Error> {
    let mut fields = Fields::new();
    let command = Ask {
        incident_id: fields.id("incident_id", &message.incident_id),
        body: fields.id("body_id", &message.body_id),
        question: fields.text("question", &message.question, LONGEST_QUESTION),
        due_time: fields.time("due_time", message.due_time.as_ref()),
    };
    fields.check().map(|()| command)
}

pub(crate) fn provide(message: &pb::ProvideMaterialRequest) -> Result<Provide, Error> {
    let mut fields = Fields::new();
    let command = Provide {
        material_request_id: fields.id("material_request_id", &message.material_request_id),
        answer: fields.text("answer", &message.answer, LONGEST_ANSWER),
    };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(request: &MaterialRequest) -> pb::MaterialRequest {
    pb::MaterialRequest {
        material_request_id: request.id.to_string(),
        incident_id: request.incident_id.to_string(),
        body_id: request.body.to_string(),
        question: request.question.clone(),
        due_time: Some(wire_time(request.due_time)),
        answer: request.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
        answer_time: request.answer.as_ref().map(|answer| wire_time(answer.time)),
    }
}
