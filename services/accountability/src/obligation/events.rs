//! What others are told of an obligation.

use chassis::{Tx, wire_time};
use huiying_proto::accountability as pb;
use regulation::{Outcome, Party};

use super::{
    Obligation, Stroke,
    reconcile::{Moved, News},
};

/// The debtor on the wire: body, person, role.
pub(crate) fn debtor(obligation: &Obligation) -> (String, String, String) {
    let (mut body, mut person, mut role) = (String::new(), String::new(), String::new());
    match &obligation.owed.debtor {
        Party::Body(id) => body.clone_from(id),
        Party::Person(id) => person.clone_from(id),
        Party::Role(slug) => role.clone_from(slug),
    }
    (body, person, role)
}

fn incident(obligation: &Obligation) -> String {
    chassis::wire_id(obligation.incident_id)
}

/// Tells what the facts made of an obligation.
pub(crate) fn tell(tx: &mut Tx, obligation: &Obligation, news: News) {
    match news {
        News::Opened => tx.emit(opened(obligation)),
        News::Moved(moved) => tx.emit(self::moved(obligation, moved)),
        News::Breached => tx.emit(breached(obligation)),
        News::Discharged => tx.emit(discharged(obligation)),
        News::Waived => tx.emit(waived(obligation)),
        News::Ended => tx.emit(ended(obligation)),
    }
}

/// Tells what the clock struck.
pub(crate) fn strike(tx: &mut Tx, obligation: &Obligation, stroke: Stroke) {
    match stroke {
        Stroke::Reminded { stage, also } => tx.emit(reminded(obligation, stage, also)),
        Stroke::Breached => tx.emit(breached(obligation)),
    }
}

fn opened(obligation: &Obligation) -> pb::ObligationOpened {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::ObligationOpened {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        due_time: Some(wire_time(owed.due_time)),
        rule_version: owed.rule_version.clone(),
        trigger_event_id: owed.trigger_fact_id.clone(),
    }
}

fn reminded(obligation: &Obligation, stage: String, also_roles: Vec<String>) -> pb::ObligationReminded {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::ObligationReminded {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        due_time: Some(wire_time(owed.due_time)),
        stage,
        also_roles,
    }
}

fn breached(obligation: &Obligation) -> pb::ObligationBreached {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::ObligationBreached {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        due_time: Some(wire_time(owed.due_time)),
    }
}

fn discharged(obligation: &Obligation) -> pb::ObligationDischarged {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    let (fact, time, late) = match &owed.outcome {
        Outcome::Discharged { fact_id, time } => (fact_id.clone(), Some(*time), false),
        Outcome::DischargedLate { fact_id, time } => (fact_id.clone(), Some(*time), true),
        Outcome::Open | Outcome::Waived { .. } | Outcome::Ended { .. } => (String::new(), None, false),
    };
    pb::ObligationDischarged {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        due_time: Some(wire_time(owed.due_time)),
        discharge_time: time.map(wire_time),
        late,
        discharge_event_id: fact,
    }
}

fn moved(obligation: &Obligation, moved: Moved) -> pb::ObligationMoved {
    let (debtor_body_id, debtor_person_id, debtor_role) = debtor(obligation);
    let owed = &obligation.owed;
    pb::ObligationMoved {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor_body_id,
        debtor_person_id,
        debtor_role,
        previous_due_time: Some(wire_time(moved.from)),
        due_time: Some(wire_time(owed.due_time)),
        reason: moved.reason,
        previous_rule_version: moved.rule_version,
        rule_version: owed.rule_version.clone(),
        cause_event_id: moved.cause,
    }
}

fn waived(obligation: &Obligation) -> pb::ObligationWaived {
    let owed = &obligation.owed;
    pb::ObligationWaived {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        grant_event_id: match &owed.outcome {
            Outcome::Waived { fact_id, .. } => fact_id.clone(),
            Outcome::Open | Outcome::Discharged { .. } | Outcome::DischargedLate { .. } | Outcome::Ended { .. } => String::new(),
        },
    }
}

fn ended(obligation: &Obligation) -> pb::ObligationEnded {
    let owed = &obligation.owed;
    let reason = match &owed.outcome {
        Outcome::Ended { reason, .. } => reason.clone(),
        Outcome::Open | Outcome::Discharged { .. } | Outcome::DischargedLate { .. } | Outcome::Waived { .. } => String::new(),
    };
    pb::ObligationEnded {
        obligation_id: obligation.id.to_string(),
        incident_id: incident(obligation),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        reason,
        due_time: Some(wire_time(owed.due_time)),
    }
}
