//! Tasks: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::{disposal as pb, paper::paper::Format};
use uuid::Uuid;

use super::{
    Assignment, State,
    commands::{Acknowledge, AssignUnit},
};

const LONGEST_TASK: usize = 2_000;

pub(crate) fn assign_unit(message: &pb::AssignUnitRequest) -> Result<AssignUnit, Error> {
    let mut fields = Fields::new();
    let command = AssignUnit {
        incident_id: fields.id("incident_id", &message.incident_id),
        task: (
            fields.id("body_id", &message.body_id),
            fields.text("task", &message.task, LONGEST_TASK),
            fields.optional_time("due_time", message.due_time.as_ref()),
        ),
    };
    fields.check().map(|()| command)
}

pub(crate) fn acknowledge(message: &pb::AcknowledgeAssignmentRequest) -> Result<Acknowledge, Error> {
    let mut fields = Fields::new();
    let command =
        Acknowledge { assignment_id: fields.id("assignment_id", &message.assignment_id), etag: fields.etag("etag", &message.etag) };
    fields.check().map(|()| command)
}

pub(crate) fn render(message: &pb::RenderAssignmentSlipRequest) -> Result<(Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("assignment_id", &message.assignment_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(assignment: &Assignment) -> pb::Assignment {
    let state = match assignment.state {
        State::Assigned => pb::assignment::State::Assigned,
        State::Acknowledged => pb::assignment::State::Acknowledged,
        State::Submitted => pb::assignment::State::Submitted,
        State::Returned => pb::assignment::State::Returned,
        State::Accepted => pb::assignment::State::Accepted,
    };
    pb::Assignment {
        assignment_id: assignment.id.to_string(),
        incident_id: assignment.incident_id.to_string(),
        body_id: assignment.body.to_string(),
        task: assignment.task.clone(),
        state: state.into(),
        assign_person_id: assignment.assigned_by.to_string(),
        assign_time: Some(wire_time(assignment.assign_time)),
        acknowledge_time: assignment.acknowledge_time.map(wire_time),
        etag: assignment.version.to_string(),
        due_time: assignment.due_time.map(wire_time),
    }
}
