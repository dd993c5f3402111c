//! Notices: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::notification as pb;
use uuid::Uuid;

use super::{
    Notice, State,
    commands::{Acknowledge, Deliveries, List},
};

pub(crate) fn list(message: &pb::ListNoticesRequest) -> Result<List, Error> {
    Ok(List { unread: message.unread, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn open(message: &pb::OpenNoticeRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("notice_id", &message.notice_id);
    fields.check().map(|()| id)
}

pub(crate) fn acknowledge(message: &pb::AcknowledgeNoticeRequest) -> Result<Acknowledge, Error> {
    let mut fields = Fields::new();
    let command = Acknowledge { notice_id: fields.id("notice_id", &message.notice_id), etag: fields.etag("etag", &message.etag) };
    fields.check().map(|()| command)
}

pub(crate) fn deliveries(message: &pb::ListDeliveriesRequest) -> Result<Deliveries, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(Deliveries { incident_id, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(notice: &Notice) -> pb::Notice {
    let state = match notice.state() {
        State::Delivered => pb::notice::State::Delivered,
        State::Opened => pb::notice::State::Opened,
        State::Acknowledged => pb::notice::State::Acknowledged,
    };
    let content = &notice.content;
    pb::Notice {
        notice_id: notice.id.to_string(),
        person_id: notice.person.to_string(),
        incident_id: wire_id(notice.incident_id),
        plan_id: content.plan_id.clone(),
        clause: content.clause.clone(),
        title: content.title.clone(),
        text: content.text.clone(),
        urgent: content.urgent,
        needs_acknowledgement: content.needs_acknowledgement,
        state: state.into(),
        deliver_time: Some(wire_time(notice.delivered)),
        open_time: notice.opened.map(wire_time),
        acknowledge_time: notice.acknowledged.map(wire_time),
        cause_event_id: notice.cause.to_string(),
        etag: notice.version.to_string(),
    }
}
