//! An obligation in columns: what the store keeps of an outcome and of a debtor.

use chassis::{Error, fact_id};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use regulation::{Outcome, Party};
use uuid::Uuid;

/// An outcome in columns.
pub(super) struct Settled {
    pub outcome: &'static str,
    pub event_id: Option<Uuid>,
    pub time: Option<jiff_sqlx::Timestamp>,
    pub reason: String,
}

impl Settled {
    pub fn of(outcome: &Outcome) -> Result<Self, Error> {
        let settled = |outcome, fact: &str, time: Timestamp, reason: &str| {
            Ok(Self { outcome, event_id: Some(fact_id(fact)?), time: Some(time.to_sqlx()), reason: reason.to_owned() })
        };
        match outcome {
            Outcome::Open => Ok(Self { outcome: "OPEN", event_id: None, time: None, reason: String::new() }),
            Outcome::Discharged { fact_id, time } => settled("DISCHARGED", fact_id, *time, ""),
            Outcome::DischargedLate { fact_id, time } => settled("DISCHARGED_LATE", fact_id, *time, ""),
            Outcome::Waived { fact_id, time } => settled("WAIVED", fact_id, *time, ""),
            Outcome::Ended { fact_id, time, reason } => settled("ENDED", fact_id, *time, reason),
        }
    }
}

/// A debtor as its three columns: body, person, role.
pub(super) type DebtorColumns<'a> = (Option<Uuid>, Option<Uuid>, Option<&'a str>);

pub(super) fn debtor(party: &Party) -> Result<DebtorColumns<'_>, Error> {
    Ok(match party {
        Party::Body(id) => (Some(fact_id(id)?), None, None),
        Party::Person(id) => (None, Some(fact_id(id)?), None),
        Party::Role(slug) => (None, None, Some(slug)),
    })
}
