//! Circulars: from the wire and to it.

use chassis::{Error, Fields, Page, clock::civil_day, wire_ids, wire_time};
use huiying_proto::{accountability as pb, paper::paper::Format};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Circular, commands::Issue};
use crate::appraisal::grpc::period;

const LONGEST_COMMENT: usize = 2_000;

pub(crate) fn issue(message: &pb::IssueCircularRequest, now: Timestamp) -> Result<Issue, Error> {
    let mut fields = Fields::new();
    let period = period(&mut fields, &message.from_date, &message.to_date);
    if period.as_ref().is_ok_and(|period| period.to > civil_day(now)) {
        fields.wrong("to_date", "晚于今天");
    }
    let comment = fields.optional_text("comment", &message.comment, LONGEST_COMMENT);
    fields.check()?;
    Ok(Issue { period: period?, comment })
}

pub(crate) fn get(message: &pb::GetCircularRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("circular_id", &message.circular_id);
    fields.check().map(|()| id)
}

pub(crate) fn list(message: &pb::ListCircularsRequest) -> Result<Page<Uuid>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

pub(crate) fn render(message: &pb::RenderCircularRequest) -> Result<(Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("circular_id", &message.circular_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(circular: &Circular) -> pb::Circular {
    pb::Circular {
        circular_id: circular.id.to_string(),
        year: circular.year,
        number: circular.number,
        title: circular.title.clone(),
        text: circular.text.clone(),
        from_date: circular.from.to_string(),
        to_date: circular.to.to_string(),
        body_ids: wire_ids(&circular.bodies),
        issue_person_id: circular.issuer.to_string(),
        issue_time: Some(wire_time(circular.issue_time)),
    }
}
