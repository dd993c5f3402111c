//! Level changes: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::assessment as pb;

use super::{LevelChange, commands::List};
use crate::assessment::{
    State,
    grpc::{grade_to_wire, level_to_wire},
};

pub(crate) fn list(message: &pb::ListLevelChangesRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident_id, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(change: &LevelChange) -> pb::LevelChange {
    let kind = match change.state {
        State::Suggested => pb::level_change::Kind::Suggested,
        State::Confirmed(_) => pb::level_change::Kind::Confirmed,
        State::Overridden(..) => pb::level_change::Kind::Overridden,
    };
    let decision = change.state.decision();
    pb::LevelChange {
        level_change_id: change.id.to_string(),
        incident_id: change.incident_id.to_string(),
        kind: kind.into(),
        level: change.level().map_or(pb::Level::Unspecified, level_to_wire).into(),
        grade: decision.map_or(pb::EventGrade::Unspecified, |d| grade_to_wire(d.grade)).into(),
        person_id: wire_id(decision.map(|d| d.by)),
        reason: change.state.reason().map(|r| r.as_str().to_owned()).unwrap_or_default(),
        clauses: change.clauses.clone(),
        rule_version: change.rule_version.clone(),
        change_time: Some(wire_time(change.time)),
    }
}
