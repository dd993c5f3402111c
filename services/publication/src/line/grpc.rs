//! Lines: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_time};
use huiying_proto::publication as pb;
use uuid::Uuid;

use super::{
    Line, State,
    commands::{Approve, Propose},
};

const LONGEST: usize = 5_000;

pub(crate) fn propose(message: &pb::ProposeLineRequest) -> Result<Propose, Error> {
    let mut fields = Fields::new();
    let command =
        Propose { incident_id: fields.id("incident_id", &message.incident_id), text: fields.text("text", &message.text, LONGEST) };
    fields.check().map(|()| command)
}

pub(crate) fn approve(message: &pb::ApproveLineRequest) -> Result<Approve, Error> {
    let mut fields = Fields::new();
    let command = Approve { line_id: fields.id("line_id", &message.line_id), etag: fields.etag("etag", &message.etag) };
    fields.check().map(|()| command)
}

pub(crate) fn current(message: &pb::GetCurrentLineRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check().map(|()| incident_id)
}

pub(crate) fn to_wire(line: &Line) -> pb::Line {
    let state = match line.state {
        State::Proposed => pb::line::State::Proposed,
        State::Current => pb::line::State::Current,
        State::Replaced => pb::line::State::Replaced,
    };
    pb::Line {
        line_id: line.id.to_string(),
        incident_id: line.incident_id.to_string(),
        revision: line.revision,
        text: line.text.clone(),
        state: state.into(),
        author_person_id: line.author.to_string(),
        approve_person_id: wire_id(line.approval.map(|a| a.by)),
        approve_time: line.approval.map(|a| wire_time(a.time)),
        etag: line.version.to_string(),
    }
}
