//! Obligations: from the wire and to it.

use std::collections::HashSet;

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::accountability as pb;
use jiff::Timestamp;
use pb::obligation::State as Wire;
use regulation::{Extension, Outcome, Relief, State};
use uuid::Uuid;

use super::{Obligation, commands::Asked, events};

pub(crate) fn get(message: &pb::GetObligationRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("obligation_id", &message.obligation_id);
    fields.check().map(|()| id)
}

/// The state is one at a moment: an obligation that nobody has settled is open before its due time, breached from it on.
pub(crate) fn list(message: &pb::ListObligationsRequest, now: Timestamp) -> Result<Asked, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.optional_id("incident_id", &message.incident_id);
    let debtor_body_id = fields.optional_id("debtor_body_id", &message.debtor_body_id);
    let state: Wire = fields.optional_choice("state", message.state);
    fields.check()?;
    let (outcome, due_after, due_until, extended) = match state {
        Wire::Unspecified => (None, None, None, None),
        Wire::Open => (Some("OPEN"), Some(now), None, Some(false)),
        Wire::Extended => (Some("OPEN"), Some(now), None, Some(true)),
        Wire::Breached => (Some("OPEN"), None, Some(now), None),
        Wire::Discharged => (Some("DISCHARGED"), None, None, None),
        Wire::DischargedLate => (Some("DISCHARGED_LATE"), None, None, None),
        Wire::Waived => (Some("WAIVED"), None, None, None),
        Wire::Ended => (Some("ENDED"), None, None, None),
    };
    let page = Page::parse(message.page_size, &message.page_token)?;
    Ok(Asked { incident_id, debtor_body_id, outcome, extended, due_after, due_until, page })
}

/// `effective` holds the obligations that are the earliest of their incident and act.
pub(crate) fn to_wire(obligation: &Obligation, effective: &HashSet<Uuid>, now: Timestamp) -> pb::Obligation {
    let owed = &obligation.owed;
    let (debtor_body_id, debtor_person_id, debtor_role) = events::debtor(obligation);
    let state = match owed.state_at(now) {
        State::Open => Wire::Open,
        State::Extended => Wire::Extended,
        State::Breached => Wire::Breached,
        State::Discharged => Wire::Discharged,
        State::DischargedLate => Wire::DischargedLate,
        State::Waived => Wire::Waived,
        State::Ended => Wire::Ended,
    };
    let (fact, discharge) = match &owed.outcome {
        Outcome::Open => (String::new(), None),
        Outcome::Discharged { fact_id, time } | Outcome::DischargedLate { fact_id, time } => (fact_id.clone(), Some(*time)),
        Outcome::Waived { fact_id, .. } | Outcome::Ended { fact_id, .. } => (fact_id.clone(), None),
    };
    pb::Obligation {
        obligation_id: obligation.id.to_string(),
        incident_id: wire_id(obligation.incident_id),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        basis: owed.basis.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        open_time: Some(wire_time(owed.start_time)),
        due_time: Some(wire_time(owed.due_time)),
        derivation: owed.derivation.clone(),
        state: state.into(),
        discharge_time: discharge.map(wire_time),
        trigger_event_id: owed.trigger_fact_id.clone(),
        discharge_event_id: fact,
        rule_version: owed.rule_version.clone(),
        act: owed.act.clone(),
        effective: effective.contains(&obligation.id),
        extensions: owed.extensions.iter().map(extension).collect(),
        extension_granter_role: granter(owed.extension.as_ref()),
        waiver_granter_role: granter(owed.waiver.as_ref()),
    }
}

fn granter(relief: Option<&Relief>) -> String {
    relief.map(|relief| relief.granted_by.clone()).unwrap_or_default()
}

fn extension(extension: &Extension) -> pb::Extension {
    pb::Extension {
        event_id: extension.fact_id.clone(),
        grant_time: Some(wire_time(extension.time)),
        previous_due_time: Some(wire_time(extension.from)),
        due_time: Some(wire_time(extension.to)),
    }
}
