//! Evidence: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_time};
use huiying_proto::accountability as pb;
use pb::{delay_account::Hands as WireHands, proposed_evidence::Kind as WireKind};
use uuid::Uuid;

use super::{Account, Hands, Kind, Link, Piece, commands::Asked};
use crate::obligation::Obligation;

/// Links that one finding or ground may have.
const MOST: usize = 50;
const LONGEST_NAME: usize = 50;

pub(crate) fn proposed(message: &pb::GetProposedEvidenceRequest) -> Result<Asked, Error> {
    let mut fields = Fields::new();
    let asked = Asked {
        incident_id: fields.id("incident_id", &message.incident_id),
        subject_person: fields.id("subject_person_id", &message.subject_person_id),
        subject_body: fields.id("subject_body_id", &message.subject_body_id),
    };
    fields.check().map(|()| asked)
}

pub(crate) fn delay_account(message: &pb::GetDelayAccountRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("obligation_id", &message.obligation_id);
    fields.check().map(|()| id)
}

/// Links, at least so many.
pub(crate) fn links(fields: &mut Fields, field: &str, links: &[pb::EvidenceLink], least: usize) -> Vec<Link> {
    if links.len() < least || links.len() > MOST {
        fields.wrong(field, format!("应为 {least} 至 {MOST} 个,收到 {} 个", links.len()));
        return Vec::new();
    }
    let one = |(at, link): (usize, &pb::EvidenceLink)| Link {
        service: fields.text(&format!("{field}[{at}].service_name"), &link.service_name, LONGEST_NAME),
        position: fields.count(&format!("{field}[{at}].position"), link.position),
        event_id: fields.id(&format!("{field}[{at}].event_id"), &link.event_id),
    };
    links.iter().enumerate().map(one).collect()
}

pub(crate) fn link(link: &Link) -> pb::EvidenceLink {
    pb::EvidenceLink { service_name: link.service.clone(), position: link.position, event_id: link.event_id.to_string() }
}

pub(crate) fn piece(piece: &Piece) -> pb::ProposedEvidence {
    let kind = match piece.kind {
        Kind::Breach => WireKind::Breach,
        Kind::Return => WireKind::Return,
        Kind::Knowledge => WireKind::Knowledge,
    };
    pb::ProposedEvidence {
        kind: kind.into(),
        words: piece.words.clone(),
        time: Some(wire_time(piece.time)),
        link: piece.link.as_ref().map(link),
        obligation_id: wire_id(piece.obligation_id),
    }
}

pub(crate) fn delay(obligation: &Obligation, account: &Account) -> pb::DelayAccount {
    let hands = |hands| match hands {
        Hands::System => WireHands::System,
        Hands::Unit => WireHands::Unit,
        Hands::Others => WireHands::Others,
        Hands::Extension => WireHands::Extension,
    };
    let span = |span: &super::Span| pb::delay_account::Span {
        hands: hands(span.hands).into(),
        words: span.words.to_owned(),
        start_time: Some(wire_time(span.start)),
        end_time: Some(wire_time(span.end)),
        event_id: span.fact_id.clone().unwrap_or_default(),
    };
    pb::DelayAccount {
        obligation_id: obligation.id.to_string(),
        name: obligation.owed.name.clone(),
        spans: account.spans.iter().map(span).collect(),
        unit_minutes: account.minutes(Hands::Unit),
        system_minutes: account.minutes(Hands::System),
        others_minutes: account.minutes(Hands::Others),
        extension_minutes: account.minutes(Hands::Extension),
    }
}
