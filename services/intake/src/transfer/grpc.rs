//! Transfers: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::intake as pb;

use super::{
    Correction, Transfer,
    commands::{Correct, List, Register},
};
use crate::{incident::Incident, report::masking::masked};

pub(crate) fn register(message: &pb::RegisterTransferRequest) -> Result<Register, Error> {
    let mut fields = Fields::new();
    let command = Register {
        report: fields.id("report_id", &message.report_id),
        sender: fields.text("sender", &message.sender, 100),
        reference: fields.optional_text("reference", &message.reference, 100),
        due: fields.optional_time("due_time", message.due_time.as_ref()),
    };
    fields.check().map(|()| command)
}

pub(crate) fn correct(message: &pb::CorrectTransferRequest) -> Result<Correct, Error> {
    let mut fields = Fields::new();
    let command = Correct {
        transfer: fields.id("transfer_id", &message.transfer_id),
        seen: fields.etag("etag", &message.etag),
        correction: Correction {
            sender: fields.text("sender", &message.sender, 100),
            reference: fields.optional_text("reference", &message.reference, 100),
            due: fields.optional_time("due_time", message.due_time.as_ref()),
        },
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn list(message: &pb::ListTransfersRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(transfer: &Transfer) -> pb::Transfer {
    pb::Transfer {
        transfer_id: transfer.id.to_string(),
        report_id: transfer.report.to_string(),
        report_title: masked(&transfer.title),
        incident_id: wire_id(transfer.incident),
        sender: transfer.sender.clone(),
        reference: transfer.reference.clone(),
        due_time: transfer.due.map(wire_time),
        person_id: transfer.by.to_string(),
        register_time: Some(wire_time(transfer.registered)),
        etag: transfer.version.to_string(),
    }
}

/// What is told of a transfer in an incident.
pub(super) fn to_fact(transfer: &Transfer, incident: &Incident) -> pb::ItemTransferred {
    pb::ItemTransferred {
        incident_id: incident.id.to_string(),
        transfer_id: transfer.id.to_string(),
        report_id: transfer.report.to_string(),
        sender: transfer.sender.clone(),
        reference: transfer.reference.clone(),
        has_due_time: transfer.due.is_some(),
        due_time: transfer.due.map(wire_time),
        title: transfer.title.clone(),
        body_ids: wire_ids(&incident.bodies),
        person_id: transfer.by.to_string(),
        origin: transfer.origin(),
    }
}
