//! Readings: from the wire and to it.

use chassis::{Error, Fields, Page, wire_ids, wire_time};
use huiying_proto::intake as pb;

use super::{Reading, Tick, commands::Asked};

const LONGEST_NOTE: usize = 500;

pub(crate) fn record(message: &pb::RecordReadingRequest) -> Result<Tick, Error> {
    let mut fields = Fields::new();
    let tick = Tick {
        body: fields.id("body_id", &message.body_id),
        day: fields.day("reading_date", &message.reading_date),
        papers: message.papers,
        web: message.web,
        broadcast: message.broadcast,
        found: message.found,
        note: fields.optional_text("note", &message.note, LONGEST_NOTE),
    };
    if !(tick.papers || tick.web || tick.broadcast) {
        fields.wrong("papers", "看报、看网、看新闻至少一项");
    }
    if tick.found && tick.note.is_empty() {
        fields.wrong("note", "有发现的应写明发现了什么");
    }
    fields.check().map(|()| tick)
}

pub(crate) fn list(message: &pb::ListReadingsRequest) -> Result<Asked, Error> {
    let mut fields = Fields::new();
    let day = (!message.reading_date.is_empty()).then(|| fields.day("reading_date", &message.reading_date));
    let body = fields.optional_id("body_id", &message.body_id);
    fields.check()?;
    Ok(Asked { day, body, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(reading: &Reading) -> pb::Reading {
    pb::Reading {
        body_id: reading.body.to_string(),
        reading_date: reading.day.to_string(),
        papers: reading.papers,
        web: reading.web,
        broadcast: reading.broadcast,
        complete: reading.is_complete(),
        found: reading.found,
        note: reading.note.clone(),
        person_ids: wire_ids(&reading.persons),
        record_time: Some(wire_time(reading.record_time)),
    }
}
