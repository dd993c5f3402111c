//! Writers: from the wire and to it.

use chassis::{Error, Fields};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Identity,
    commands::{Erase, Reveal},
};

/// Who wrote what is registered by hand.
pub(crate) fn identity(fields: &mut Fields, message: Option<&pb::Writer>) -> Identity {
    let Some(writer) = message else { return Identity::default() };
    let identity = Identity {
        name: fields.optional_text("writer.name", &writer.name, 50),
        contact: fields.optional_text("writer.contact", &writer.contact, 100),
    };
    if identity == Identity::default() {
        fields.wrong("writer", "姓名和联系方式至少填一项");
    }
    identity
}

pub(crate) fn reveal(message: &pb::RevealWritersRequest) -> Result<Reveal, Error> {
    let mut fields = Fields::new();
    let command = Reveal { report: fields.id("report_id", &message.report_id), reason: fields.text("reason", &message.reason, 500) };
    fields.check().map(|()| command)
}

pub(crate) fn erase(message: &pb::EraseWritersRequest, now: Timestamp) -> Result<Erase, Error> {
    let mut fields = Fields::new();
    let before = message.registered_before.as_ref();
    let command = Erase {
        reports: fields.ids("report_ids", &message.report_ids, 0, 1_000),
        before: before.map(|time| fields.past_time("registered_before", Some(time), now)),
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(piece: Uuid, identity: Identity) -> pb::Writer {
    pb::Writer { name: identity.name, contact: identity.contact, piece_id: piece.to_string() }
}
