//! Reports to the superior: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::disposal as pb;
use uuid::Uuid;

use super::{
    Content, Escalation, Kind, State,
    commands::{Decide, Draft, List, Render, SendBack},
};

const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_REASON: usize = 2_000;

pub(crate) fn draft(message: &pb::DraftEscalationRequest) -> Result<Draft, Error> {
    let mut fields = Fields::new();
    let command = Draft {
        incident_id: fields.id("incident_id", &message.incident_id),
        content: content(&mut fields, message.kind, &message.title, &message.text),
    };
    fields.check().map(|()| command)
}

/// What is reported, here or by a lower office. The text is kept exactly as given: it is what was approved.
pub(crate) fn content(fields: &mut Fields, kind: i32, title: &str, text: &str) -> Content {
    Content {
        kind: match fields.choice("kind", kind) {
            pb::escalation::Kind::Unspecified | pb::escalation::Kind::Initial => Kind::Initial,
            pb::escalation::Kind::FollowUp => Kind::FollowUp,
            pb::escalation::Kind::Final => Kind::Final,
        },
        title: fields.text("title", title, LONGEST_TITLE),
        text: fields.exact_text("text", text, LONGEST_TEXT),
    }
}

pub(crate) fn endorse(message: &pb::EndorseEscalationRequest) -> Result<Decide, Error> {
    decide(&message.escalation_id, &message.etag)
}

pub(crate) fn approve(message: &pb::ApproveEscalationRequest) -> Result<Decide, Error> {
    decide(&message.escalation_id, &message.etag)
}

fn decide(escalation_id: &str, etag: &str) -> Result<Decide, Error> {
    let mut fields = Fields::new();
    let command = Decide { escalation_id: fields.id("escalation_id", escalation_id), etag: fields.etag("etag", etag) };
    fields.check().map(|()| command)
}

pub(crate) fn send_back(message: &pb::ReturnEscalationRequest) -> Result<SendBack, Error> {
    let mut fields = Fields::new();
    let command = SendBack {
        escalation_id: fields.id("escalation_id", &message.escalation_id),
        etag: fields.etag("etag", &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetEscalationRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let escalation_id = fields.id("escalation_id", &message.escalation_id);
    fields.check().map(|()| escalation_id)
}

pub(crate) fn list(message: &pb::ListEscalationsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident_id, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn kind_to_wire(kind: Kind) -> pb::escalation::Kind {
    match kind {
        Kind::Initial => pb::escalation::Kind::Initial,
        Kind::FollowUp => pb::escalation::Kind::FollowUp,
        Kind::Final => pb::escalation::Kind::Final,
    }
}

pub(crate) fn render(message: &pb::RenderEscalationRequest) -> Result<Render, Error> {
    let mut fields = Fields::new();
    let asked = Render {
        escalation_id: fields.id("escalation_id", &message.escalation_id),
        format: fields.optional_choice("format", message.format),
        processing_sheet: message.processing_sheet,
    };
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(escalation: &Escalation) -> pb::Escalation {
    let state = match escalation.state {
        State::Drafted => pb::escalation::State::Drafted,
        State::Endorsed => pb::escalation::State::Endorsed,
        State::Approved => pb::escalation::State::Approved,
        State::Returned => pb::escalation::State::Returned,
        State::Delivered => pb::escalation::State::Delivered,
    };
    pb::Escalation {
        escalation_id: escalation.id.to_string(),
        incident_id: escalation.incident_id.to_string(),
        kind: kind_to_wire(escalation.content.kind).into(),
        title: escalation.content.title.clone(),
        text: escalation.content.text.clone(),
        state: state.into(),
        author_person_id: escalation.author.to_string(),
        endorse_person_id: wire_id(escalation.endorser),
        approve_person_id: wire_id(escalation.approval.map(|approval| approval.by)),
        approve_time: escalation.approval.map(|approval| wire_time(approval.time)),
        attempt_count: escalation.attempts,
        last_error: escalation.last_error.clone(),
        receipt_id: escalation.receipt.as_ref().map(|receipt| receipt.id.clone()).unwrap_or_default(),
        receipt_time: escalation.receipt.as_ref().map(|receipt| wire_time(receipt.time)),
        return_reason: escalation.return_reason.clone(),
        etag: escalation.version.to_string(),
        document_year: escalation.number.map_or(0, |(year, _)| year),
        document_number: escalation.number.map_or(0, |(_, number)| number),
    }
}
