//! Inspections: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::accountability as pb;
use jiff::Timestamp;
use pb::inspection::{Outcome, Platform, State as WireState};
use uuid::Uuid;

use super::{
    Finding, Inspection, Item, State,
    commands::{Asked, Record, SendBack, Submit, Version},
};

const LONGEST_NAME: usize = 100;
const LONGEST_ADDRESS: usize = 500;
const LONGEST_FINDING: usize = 2_000;
const LONGEST_RECTIFICATION: usize = 5_000;

pub(crate) fn record(message: &pb::RecordInspectionRequest, now: Timestamp) -> Result<Record, Error> {
    let mut fields = Fields::new();
    let platform: Platform = fields.choice("platform", message.platform);
    let item = Item {
        platform: platform.as_str_name().to_owned(),
        name: fields.text("item_name", &message.item_name, LONGEST_NAME),
        address: fields.text("item_address", &message.item_address, LONGEST_ADDRESS),
        body: fields.id("body_id", &message.body_id),
    };
    let inspect_time = fields.past_time("inspect_time", message.inspect_time.as_ref(), now);
    let finding = match fields.choice("outcome", message.outcome) {
        Outcome::Finding => Some(Finding {
            text: fields.text("finding", &message.finding, LONGEST_FINDING),
            due_time: fields.time("due_time", message.due_time.as_ref()),
        }),
        // What is not chosen is a violation already.
        Outcome::InOrder | Outcome::Unspecified => {
            if !message.finding.is_empty() || message.due_time.is_some() {
                fields.wrong("finding", "正常的不写问题和整改期限");
            }
            None
        }
    };
    fields.check().map(|()| Record { item, inspect_time, finding })
}

pub(crate) fn submit(message: &pb::SubmitRectificationRequest) -> Result<Submit, Error> {
    let mut fields = Fields::new();
    let command = Submit {
        inspection: version(&mut fields, &message.inspection_id, &message.etag),
        rectification: fields.text("rectification", &message.rectification, LONGEST_RECTIFICATION),
    };
    fields.check().map(|()| command)
}

pub(crate) fn accept(message: &pb::AcceptRectificationRequest) -> Result<Version, Error> {
    let mut fields = Fields::new();
    let version = version(&mut fields, &message.inspection_id, &message.etag);
    fields.check().map(|()| version)
}

pub(crate) fn send_back(message: &pb::ReturnRectificationRequest) -> Result<SendBack, Error> {
    let mut fields = Fields::new();
    let command = SendBack {
        inspection: version(&mut fields, &message.inspection_id, &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_FINDING),
        due_time: fields.time("due_time", message.due_time.as_ref()),
    };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetInspectionRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("inspection_id", &message.inspection_id);
    fields.check().map(|()| id)
}

pub(crate) fn list(message: &pb::ListInspectionsRequest) -> Result<Asked, Error> {
    let mut fields = Fields::new();
    let body = fields.optional_id("body_id", &message.body_id);
    let state = match fields.optional_choice("state", message.state) {
        WireState::Unspecified => None,
        WireState::InOrder => Some(State::InOrder),
        WireState::Open => Some(State::Open),
        WireState::Submitted => Some(State::Submitted),
        WireState::Accepted => Some(State::Accepted),
    };
    fields.check()?;
    Ok(Asked { body, state: state.map(State::as_str), page: Page::parse(message.page_size, &message.page_token)? })
}

fn version(fields: &mut Fields, id: &str, etag: &str) -> Version {
    Version { id: fields.id("inspection_id", id), etag: fields.etag("etag", etag) }
}

pub(crate) fn to_wire(inspection: &Inspection) -> pb::Inspection {
    let state = match inspection.state {
        State::InOrder => WireState::InOrder,
        State::Open => WireState::Open,
        State::Submitted => WireState::Submitted,
        State::Accepted => WireState::Accepted,
    };
    let (item, finding, done) = (&inspection.item, inspection.finding.as_ref(), inspection.rectification.as_ref());
    pb::Inspection {
        inspection_id: inspection.id.to_string(),
        platform: Platform::from_str_name(&item.platform).unwrap_or_default().into(),
        item_name: item.name.clone(),
        item_address: item.address.clone(),
        body_id: item.body.to_string(),
        inspect_time: Some(wire_time(inspection.inspect_time)),
        outcome: if finding.is_some() { Outcome::Finding } else { Outcome::InOrder }.into(),
        finding: finding.map(|finding| finding.text.clone()).unwrap_or_default(),
        due_time: finding.map(|finding| wire_time(finding.due_time)),
        inspect_person_id: inspection.by.to_string(),
        state: state.into(),
        rectification: done.map(|done| done.text.clone()).unwrap_or_default(),
        revision: done.map_or(0, |done| done.revision),
        rectify_person_id: wire_id(done.map(|done| done.by)),
        rectify_time: done.map(|done| wire_time(done.time)),
        return_reason: inspection.return_reason.clone(),
        judge_person_id: wire_id(inspection.judgement.map(|judgement| judgement.by)),
        judge_time: inspection.judgement.map(|judgement| wire_time(judgement.time)),
        etag: inspection.version.to_string(),
    }
}
