//! Cases: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::disposal as pb;
use uuid::Uuid;

use super::{
    Case, Manner, State,
    commands::{Close, DesignateLead},
};

pub(crate) fn get(message: &pb::GetCaseRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check().map(|()| incident_id)
}

pub(crate) fn list(message: &pb::ListCasesRequest) -> Result<Page<Uuid>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

pub(crate) fn designate_lead(message: &pb::DesignateLeadRequest) -> Result<DesignateLead, Error> {
    let mut fields = Fields::new();
    let command = DesignateLead {
        incident_id: fields.id("incident_id", &message.incident_id),
        etag: fields.etag("etag", &message.etag),
        leader: fields.id("leader_person_id", &message.leader_person_id),
    };
    fields.check().map(|()| command)
}

pub(crate) fn close(message: &pb::CloseCaseRequest) -> Result<Close, Error> {
    let mut fields = Fields::new();
    let command = Close { incident_id: fields.id("incident_id", &message.incident_id), etag: fields.etag("etag", &message.etag) };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(case: &Case) -> pb::Case {
    let state = match case.state {
        State::Closed => pb::case::State::Closed,
        State::Open if case.merged_into.is_some() => pb::case::State::Merged,
        State::Open => pb::case::State::Open,
    };
    let manner = match case.lead.map(|lead| lead.manner) {
        None => pb::LeadManner::Unspecified,
        Some(Manner::Portfolio) => pb::LeadManner::Portfolio,
        Some(Manner::Principal) => pb::LeadManner::Principal,
    };
    pb::Case {
        case_id: case.id.to_string(),
        incident_id: case.incident_id.to_string(),
        number: case.number.clone(),
        title: case.title.clone(),
        state: state.into(),
        important: case.important,
        body_ids: wire_ids(&case.bodies),
        leader_person_id: wire_id(case.lead.map(|lead| lead.person)),
        lead_manner: manner.into(),
        candidate_person_ids: wire_ids(case.candidates.as_deref().unwrap_or_default()),
        open_time: Some(wire_time(case.open_time)),
        close_time: case.close_time.map(wire_time),
        etag: case.version.to_string(),
        merged_into_number: case.merged_into.clone().unwrap_or_default(),
    }
}
