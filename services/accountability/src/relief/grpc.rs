//! Reliefs: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::accountability as pb;
use pb::relief::{Kind as WireKind, State as WireState};

use super::{
    Kind, Relief, State,
    commands::{Ask, Asked, Decide},
};

const REASON: usize = 2_000;

pub(crate) fn ask(message: &pb::AskReliefRequest) -> Result<Ask, Error> {
    let mut fields = Fields::new();
    let obligation_id = fields.id("obligation_id", &message.obligation_id);
    let reason = fields.text("reason", &message.reason, REASON);
    let kind: WireKind = fields.choice("kind", message.kind);
    let due = fields.optional_time("due_time", message.due_time.as_ref());
    let kind = match (kind, due) {
        (WireKind::Extension, Some(due)) => Kind::Extension(due),
        (WireKind::Extension, None) => {
            fields.wrong("due_time", "申请延期应写明新的时限");
            Kind::Waiver
        }
        (WireKind::Waiver | WireKind::Unspecified, Some(_)) => {
            fields.wrong("due_time", "申请免除不应写新的时限");
            Kind::Waiver
        }
        (WireKind::Waiver | WireKind::Unspecified, None) => Kind::Waiver,
    };
    fields.check()?;
    Ok(Ask { obligation_id, kind, reason })
}

fn decide(relief_id: &str, etag: &str, reason: &str) -> Result<Decide, Error> {
    let mut fields = Fields::new();
    let decide = Decide {
        relief_id: fields.id("relief_id", relief_id),
        etag: fields.etag("etag", etag),
        reason: fields.text("reason", reason, REASON),
    };
    fields.check().map(|()| decide)
}

pub(crate) fn grant(message: &pb::GrantReliefRequest) -> Result<Decide, Error> {
    decide(&message.relief_id, &message.etag, &message.reason)
}

pub(crate) fn refuse(message: &pb::RefuseReliefRequest) -> Result<Decide, Error> {
    decide(&message.relief_id, &message.etag, &message.reason)
}

pub(crate) fn list(message: &pb::ListReliefsRequest) -> Result<Asked, Error> {
    let mut fields = Fields::new();
    let obligation_id = fields.optional_id("obligation_id", &message.obligation_id);
    let state: WireState = fields.optional_choice("state", message.state);
    fields.check()?;
    let state = match state {
        WireState::Unspecified => None,
        WireState::Asked => Some(State::Asked),
        WireState::Granted => Some(State::Granted),
        WireState::Refused => Some(State::Refused),
    };
    Ok(Asked { obligation_id, state, page: Page::parse(message.page_size, &message.page_token)? })
}

impl From<Kind> for WireKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Extension(_) => Self::Extension,
            Kind::Waiver => Self::Waiver,
        }
    }
}

pub(crate) fn to_wire(relief: &Relief) -> pb::Relief {
    let state = match relief.state {
        State::Asked => WireState::Asked,
        State::Granted => WireState::Granted,
        State::Refused => WireState::Refused,
    };
    let decision = relief.decision.as_ref();
    pb::Relief {
        relief_id: relief.id.to_string(),
        obligation_id: relief.obligation_id.to_string(),
        incident_id: wire_id(relief.incident_id),
        kind: WireKind::from(relief.kind).into(),
        due_time: match relief.kind {
            Kind::Extension(due) => Some(wire_time(due)),
            Kind::Waiver => None,
        },
        reason: relief.reason.clone(),
        state: state.into(),
        ask_person_id: relief.ask_person.to_string(),
        ask_time: Some(wire_time(relief.ask_time)),
        granter_role: relief.granter_role.clone(),
        decide_person_id: wire_id(decision.map(|decision| decision.person)),
        decide_time: decision.map(|decision| wire_time(decision.time)),
        decide_reason: decision.map(|decision| decision.reason.clone()).unwrap_or_default(),
        etag: relief.version.to_string(),
    }
}
