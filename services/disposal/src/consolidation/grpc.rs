//! Consolidated reports: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_ids};
use huiying_proto::disposal as pb;

use super::{
    Consolidation, State,
    commands::{Consolidate, Decide, SendBack},
};

const MOST_FINDINGS: usize = 50;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_REASON: usize = 2_000;

pub(crate) fn consolidate(message: &pb::ConsolidateFindingsRequest) -> Result<Consolidate, Error> {
    let mut fields = Fields::new();
    let command = Consolidate {
        incident_id: fields.id("incident_id", &message.incident_id),
        findings_ids: fields.ids("findings_ids", &message.findings_ids, 1, MOST_FINDINGS),
        text: fields.exact_text("text", &message.text, LONGEST_TEXT),
    };
    fields.check().map(|()| command)
}

pub(crate) fn endorse(message: &pb::EndorseConsolidationRequest) -> Result<Decide, Error> {
    decide(&message.consolidation_id, &message.etag)
}

pub(crate) fn approve(message: &pb::ApproveConsolidationRequest) -> Result<Decide, Error> {
    decide(&message.consolidation_id, &message.etag)
}

fn decide(consolidation_id: &str, etag: &str) -> Result<Decide, Error> {
    let mut fields = Fields::new();
    let command = Decide { consolidation_id: fields.id("consolidation_id", consolidation_id), etag: fields.etag("etag", etag) };
    fields.check().map(|()| command)
}

pub(crate) fn send_back(message: &pb::ReturnConsolidationRequest) -> Result<SendBack, Error> {
    let mut fields = Fields::new();
    let command = SendBack {
        consolidation_id: fields.id("consolidation_id", &message.consolidation_id),
        etag: fields.etag("etag", &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(consolidation: &Consolidation) -> pb::Consolidation {
    let state = match consolidation.state {
        State::Consolidated => pb::consolidation::State::Consolidated,
        State::Endorsed => pb::consolidation::State::Endorsed,
        State::Returned => pb::consolidation::State::Returned,
        State::Approved => pb::consolidation::State::Approved,
    };
    pb::Consolidation {
        consolidation_id: consolidation.id.to_string(),
        incident_id: consolidation.incident_id.to_string(),
        findings_ids: wire_ids(&consolidation.findings_ids),
        text: consolidation.text.clone(),
        state: state.into(),
        author_person_id: consolidation.author.to_string(),
        endorse_person_id: wire_id(consolidation.endorser),
        approve_person_id: wire_id(consolidation.approver),
        return_reason: consolidation.return_reason.clone(),
        etag: consolidation.version.to_string(),
    }
}
