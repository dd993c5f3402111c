//! Releases: from the wire and to it.

use chassis::{Error, Fields, Page, wire_ids, wire_time};
use huiying_proto::publication as pb;
use uuid::Uuid;

use super::Release;
use crate::statement::commands::Seen;

const MOST_CHANNELS: usize = 20;

pub(crate) fn release(message: &pb::ReleaseStatementRequest) -> Result<(Seen, Vec<Uuid>), Error> {
    let mut fields = Fields::new();
    let seen = Seen { statement_id: fields.id("statement_id", &message.statement_id), etag: fields.etag("etag", &message.etag) };
    let channels = fields.ids("channel_ids", &message.channel_ids, 1, MOST_CHANNELS);
    fields.check().map(|()| (seen, channels))
}

pub(crate) fn list(message: &pb::ListReleasesRequest) -> Result<(Option<Uuid>, Page<Uuid>), Error> {
    let mut fields = Fields::new();
    let incident_id = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok((incident_id, Page::parse(message.page_size, &message.page_token)?))
}

pub(crate) fn to_wire(release: &Release) -> pb::Release {
    pb::Release {
        release_id: release.id.to_string(),
        statement_id: release.statement_id.to_string(),
        incident_id: release.incident_id.to_string(),
        channel_ids: wire_ids(&release.channels),
        title: release.text.title.clone(),
        text: release.text.body.clone(),
        text_sha256: release.text.sha256(),
        release_person_id: release.by.to_string(),
        release_time: Some(wire_time(release.time)),
    }
}
