//! Liaison: from the wire and to it.

use chassis::{Error, Fields, Page, wire_time};
use huiying_proto::directory::{self as pb, liaison::Means};
use jiff::Timestamp;
use uuid::Uuid;

use super::{Contact, Liaison};

pub(crate) fn record(message: &pb::RecordLiaisonRequest, now: Timestamp) -> Result<Contact, Error> {
    let mut fields = Fields::new();
    let means: Means = fields.choice("means", message.means);
    let contact = Contact {
        partner: fields.id("partner_body_id", &message.partner_body_id),
        time: fields.past_time("liaison_time", message.liaison_time.as_ref(), now),
        means: means.as_str_name().to_owned(),
        name: fields.text("contact_name", &message.contact_name, 50),
        title: fields.optional_text("contact_title", &message.contact_title, 50),
        summary: fields.text("summary", &message.summary, 2_000),
    };
    fields.check().map(|()| contact)
}

pub(crate) fn list(message: &pb::ListLiaisonsRequest) -> Result<(Option<Uuid>, Page<Uuid>), Error> {
    let mut fields = Fields::new();
    let partner = fields.optional_id("partner_body_id", &message.partner_body_id);
    fields.check()?;
    Ok((partner, Page::parse(message.page_size, &message.page_token)?))
}

pub(crate) fn means(name: &str) -> Means {
    Means::from_str_name(name).unwrap_or_default()
}

pub(crate) fn to_wire(liaison: &Liaison) -> pb::Liaison {
    let contact = &liaison.contact;
    pb::Liaison {
        liaison_id: liaison.id.to_string(),
        partner_body_id: contact.partner.to_string(),
        liaison_time: Some(wire_time(contact.time)),
        means: means(&contact.means).into(),
        contact_name: contact.name.clone(),
        contact_title: contact.title.clone(),
        summary: contact.summary.clone(),
        person_id: liaison.by.to_string(),
        record_time: Some(wire_time(liaison.record_time)),
    }
}
