//! Positions: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::directory::{self as pb, Role};

use super::{
    Position,
    commands::{Appoint, End},
};

/// Roles that a person can hold; services and platforms have theirs in their tokens.
const NOT_PERSONAL: [Role; 3] = [Role::System, Role::SubordinatePlatform, Role::MonitoringVendor];

/// Roles as the contract names them.
pub(crate) fn roles(fields: &mut Fields, field: &str, values: &[i32]) -> Vec<String> {
    let mut roles = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let role: Role = fields.choice(&format!("{field}[{at}]"), *value);
        if NOT_PERSONAL.contains(&role) {
            fields.wrong(format!("{field}[{at}]"), "该角色不授予个人");
        }
        roles.push(role.as_str_name().to_owned());
    }
    roles.sort();
    roles.dedup();
    roles
}

pub(crate) fn appoint(message: &pb::AppointPositionRequest) -> Result<Appoint, Error> {
    let mut fields = Fields::new();
    let command = Appoint {
        person: fields.id("person_id", &message.person_id),
        body: fields.id("body_id", &message.body_id),
        title: fields.text("title", &message.title, 50),
        roles: roles(&mut fields, "roles", &message.roles),
        start: fields.time("start_time", message.start_time.as_ref()),
        end: fields.optional_time("end_time", message.end_time.as_ref()),
    };
    if command.roles.is_empty() {
        fields.wrong("roles", "至少一项");
    }
    fields.check().map(|()| command)
}

pub(crate) fn end(message: &pb::EndPositionRequest) -> Result<End, Error> {
    let mut fields = Fields::new();
    let command = End { position: fields.id("position_id", &message.position_id), end: fields.time("end_time", message.end_time.as_ref()) };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(position: &Position) -> pb::Position {
    pb::Position {
        position_id: position.id.to_string(),
        person_id: position.person.to_string(),
        body_id: position.body.to_string(),
        title: position.title.clone(),
        roles: position.roles.iter().filter_map(|r| Role::from_str_name(r)).map(i32::from).collect(),
        start_time: Some(wire_time(position.period.start)),
        end_time: position.period.end.map(wire_time),
    }
}
