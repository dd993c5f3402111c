//! Reliefs (延期、免除): a debtor asks before the due time, whoever the rule names decides, and the clock goes on meanwhile. What
//! is granted is a fact from which the rule computes the clock anew.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::{Refusal, clock::in_words};
use jiff::{SignedDuration, Timestamp};
use regulation::Relief as Foreseen;
use uuid::Uuid;

use crate::obligation::Obligation;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 延期, to this time.
    Extension(Timestamp),
    /// 免除.
    Waiver,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 待批.
    Asked,
    /// 已批准.
    Granted,
    /// 未批准.
    Refused,
}

/// What was decided, by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub person: Uuid,
    pub time: Timestamp,
    pub reason: String,
}

/// A request for relief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Relief {
    pub id: Uuid,
    pub obligation_id: Uuid,
    pub incident_id: Option<Uuid>,
    pub kind: Kind,
    pub reason: String,
    pub state: State,
    pub ask_person: Uuid,
    pub ask_time: Timestamp,
    /// The role that decides, by its slug.
    pub granter_role: String,
    pub decision: Option<Decision>,
    pub version: i64,
}

/// Who acts on a relief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct By {
    pub person: Uuid,
    /// Whether that is the debtor, somebody of it, or somebody who stands in for it.
    pub is_debtor: bool,
    /// Whether that holds the role that decides.
    pub is_granter: bool,
}

impl Relief {
    /// Asks for relief (申请). Refuses anyone but the debtor, what is settled or overdue, and what the rule does not foresee.
    pub fn ask(id: Uuid, obligation: &Obligation, kind: Kind, reason: String, by: By, now: Timestamp) -> Result<Self, Refusal> {
        let owed = &obligation.owed;
        if !by.is_debtor {
            return Err(Refusal::denied("NOT_THE_DEBTOR", "只有责任人可以申请延期或免除。"));
        }
        if !obligation.is_open() || owed.due_time <= now {
            return Err(Refusal::state("OBLIGATION_NOT_RUNNING", "该项已办结或已过时限,延期、免除须在到期前申请。"));
        }
        let foreseen = match kind {
            Kind::Extension(_) => &owed.extension,
            Kind::Waiver => &owed.waiver,
        };
        let Some(foreseen) = foreseen else {
            let what = if kind == Kind::Waiver { "免除" } else { "延期" };
            return Err(Refusal::state("RELIEF_NOT_FORESEEN", format!("制度没有规定“{}”可以{what}。", owed.name)));
        };
        if let Kind::Extension(due) = kind {
            check_length(foreseen, owed.due_time, due)?;
        }
        Ok(Self {
            id,
            obligation_id: obligation.id,
            incident_id: obligation.incident_id,
            kind,
            reason,
            state: State::Asked,
            ask_person: by.person,
            ask_time: now,
            granter_role: foreseen.granted_by.clone(),
            decision: None,
            version: 1,
        })
    }

    /// Grants it (批准). Refuses the debtor, whoever lacks the role, and what has been settled meanwhile.
    pub fn grant(&mut self, obligation: &Obligation, by: By, reason: String, now: Timestamp) -> Result<(), Refusal> {
        self.decide(by)?;
        if !obligation.is_open() {
            return Err(Refusal::state("OBLIGATION_NOT_RUNNING", "该项已办结,无须延期或免除。"));
        }
        self.state = State::Granted;
        self.decision = Some(Decision { person: by.person, time: now, reason });
        Ok(())
    }

    /// Refuses it (不予批准). Refuses the debtor and whoever lacks the role.
    pub fn refuse(&mut self, by: By, reason: String, now: Timestamp) -> Result<(), Refusal> {
        self.decide(by)?;
        self.state = State::Refused;
        self.decision = Some(Decision { person: by.person, time: now, reason });
        Ok(())
    }

    fn decide(&self, by: By) -> Result<(), Refusal> {
        if by.is_debtor || by.person == self.ask_person {
            return Err(Refusal::denied("DEBTOR_GRANTS", "责任人不能批准自己的延期或免除。"));
        }
        if !by.is_granter {
            return Err(Refusal::denied("NOT_THE_GRANTER", "该项延期或免除不由您审批。"));
        }
        if self.state != State::Asked {
            return Err(Refusal::state("RELIEF_STATE", "该申请已有决定。"));
        }
        Ok(())
    }
}

/// A new due time lies after the one before, and no further than the rule allows.
fn check_length(foreseen: &Foreseen, due: Timestamp, asked: Timestamp) -> Result<(), Refusal> {
    if asked <= due {
        return Err(Refusal::invalid("EXTENSION_LENGTH", format!("新时限应晚于现时限{}。", in_words(due))));
    }
    let most = foreseen.at_most_hours.map(SignedDuration::from_hours).and_then(|most| due.checked_add(most).ok());
    match (foreseen.at_most_hours, most) {
        (Some(hours), Some(most)) if asked > most => {
            Err(Refusal::invalid("EXTENSION_LENGTH", format!("最多延长{hours}小时,不得晚于{}。", in_words(most))))
        }
        _ => Ok(()),
    }
}
