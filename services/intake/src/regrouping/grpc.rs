//! Regroupings: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::intake::{self as pb, regrouping::State};
use uuid::Uuid;

use super::{
    Kind, Regrouping,
    commands::{List, Merge, Split, Undo},
};

pub(crate) fn merge(message: &pb::MergeIncidentsRequest) -> Result<Merge, Error> {
    let mut fields = Fields::new();
    let command = Merge {
        from: fields.id("from_incident_id", &message.from_incident_id),
        from_etag: fields.etag("from_etag", &message.from_etag),
        into: fields.id("into_incident_id", &message.into_incident_id),
        into_etag: fields.etag("into_etag", &message.into_etag),
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn split(message: &pb::SplitIncidentRequest) -> Result<Split, Error> {
    let mut fields = Fields::new();
    let command = Split {
        incident: fields.id("incident_id", &message.incident_id),
        etag: fields.etag("etag", &message.etag),
        reports: fields.ids("report_ids", &message.report_ids, 1, 1_000),
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn undo(message: &pb::UndoRegroupingRequest) -> Result<Undo, Error> {
    let mut fields = Fields::new();
    let command =
        Undo { regrouping: fields.id("regrouping_id", &message.regrouping_id), reason: fields.text("reason", &message.reason, 500) };
    fields.check().map(|()| command)
}

pub(crate) fn list(message: &pb::ListRegroupingsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident: Uuid = fields.id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn kind_to_wire(kind: Kind) -> pb::regrouping::Kind {
    match kind {
        Kind::Merge => pb::regrouping::Kind::Merge,
        Kind::Split => pb::regrouping::Kind::Split,
        Kind::Move => pb::regrouping::Kind::Move,
    }
}

pub(crate) fn to_wire(regrouping: &Regrouping) -> pb::Regrouping {
    let undone = regrouping.undone.as_ref();
    pb::Regrouping {
        regrouping_id: regrouping.id.to_string(),
        kind: kind_to_wire(regrouping.kind).into(),
        state: if undone.is_some() { State::Undone } else { State::InForce }.into(),
        from_incident_id: regrouping.from.to_string(),
        from_incident_number: regrouping.from_number.clone(),
        to_incident_id: regrouping.to.to_string(),
        to_incident_number: regrouping.to_number.clone(),
        opened: regrouping.opened,
        report_count: regrouping.reports,
        report_ids: wire_ids(&regrouping.report_ids),
        person_id: wire_id(regrouping.by),
        reason: regrouping.reason.clone(),
        regroup_time: Some(wire_time(regrouping.time)),
        undo_person_id: wire_id(undone.map(|undone| undone.by)),
        undo_reason: undone.map(|undone| undone.reason.clone()).unwrap_or_default(),
        undo_time: undone.map(|undone| wire_time(undone.time)),
        undone_report_count: undone.map_or(0, |undone| undone.reports),
    }
}
