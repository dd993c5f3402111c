//! Incidents: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::intake::{
    self as pb,
    incident::{Level, State},
    list_incidents_request::Which,
};
use uuid::Uuid;

use super::{
    Incident,
    commands::{List, NameBodies, Order},
};

pub(crate) fn get(message: &pb::GetIncidentRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("incident_id", &message.incident_id);
    fields.check().map(|()| id)
}

pub(crate) fn list(message: &pb::ListIncidentsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let level: Level = fields.optional_choice("level", message.level);
    let order: pb::list_incidents_request::Order = fields.optional_choice("order", message.order);
    let number = fields.optional_text("number", &message.number, 40);
    let which: Which = fields.optional_choice("which", message.which);
    fields.check()?;
    let order = match order {
        pb::list_incidents_request::Order::Unspecified => Order::Newest(Page::parse(message.page_size, &message.page_token)?),
        pb::list_incidents_request::Order::ReportCount => Order::MostReported(Page::parse(message.page_size, &message.page_token)?),
    };
    let level = (level != Level::Unspecified).then(|| level.as_str_name().to_owned());
    let merged = match which {
        Which::Unspecified => number.is_empty().then_some(false),
        Which::All => None,
        Which::Merged => Some(true),
    };
    Ok(List { level, number: (!number.is_empty()).then_some(number), merged, order })
}

pub(crate) fn name_bodies(message: &pb::NameInvolvedBodiesRequest) -> Result<NameBodies, Error> {
    let mut fields = Fields::new();
    let command = NameBodies {
        incident: fields.id("incident_id", &message.incident_id),
        etag: fields.etag("etag", &message.etag),
        bodies: fields.ids("body_ids", &message.body_ids, 1, 20),
    };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(incident: &Incident) -> pb::Incident {
    pb::Incident {
        incident_id: incident.id.to_string(),
        number: incident.number.clone(),
        title: incident.title.clone(),
        level: Level::from_str_name(&incident.level).unwrap_or_default().into(),
        first_report_time: Some(wire_time(incident.first_report)),
        last_report_time: Some(wire_time(incident.last_report)),
        report_count: incident.reports,
        distinct_writer_count: incident.writers,
        recent_writer_count: incident.recent_writers,
        body_ids: wire_ids(&incident.bodies),
        etag: incident.version.to_string(),
        state: if incident.merged_into.is_some() { State::Merged } else { State::Open }.into(),
        merged_into_incident_id: wire_id(incident.merged_into.as_ref().map(|(id, _)| *id)),
        merged_into_number: incident.merged_into.as_ref().map(|(_, number)| number.clone()).unwrap_or_default(),
    }
}

pub(crate) fn to_placement((report, score, ground): (Uuid, f64, String)) -> pb::Placement {
    pb::Placement { report_id: report.to_string(), score, ground }
}
