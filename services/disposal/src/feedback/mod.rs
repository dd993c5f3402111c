//! Reports of the handling within the house (反馈), 四(四): a unit to the office and to the leader in charge, the lead to the
//! principal leader.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::case;

/// To whom feedback goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recipient {
    /// 政务舆情处置办公室.
    Office,
    /// 分管领导.
    LeaderInCharge,
    /// 主要领导.
    PrincipalLeader,
}

/// A report of the handling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Feedback {
    pub id: Uuid,
    pub incident_id: Uuid,
    /// The unit that reports; none when the lead does.
    pub body: Option<Uuid>,
    pub person: Uuid,
    pub recipient: Recipient,
    pub text: String,
    pub submit_time: Timestamp,
}

/// As whom a caller can report in a case.
#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    /// The units that the caller acts for.
    pub units: Vec<Uuid>,
    /// The units that have a task in the case.
    pub assigned: Vec<Uuid>,
    /// Whether the caller is a leader in charge of anything.
    pub is_leader_in_charge: bool,
    /// Whether the caller leads this incident, or why not.
    pub lead: Result<(), Refusal>,
}

impl Reporter {
    /// The unit in whose name the caller reports to a recipient; none when as the lead. Refuses a recipient that is not the
    /// caller's.
    pub fn body_for(self, recipient: Recipient) -> Result<Option<Uuid>, Refusal> {
        match recipient {
            Recipient::Office | Recipient::LeaderInCharge => {
                if self.units.is_empty() {
                    return Err(not_yours());
                }
                let body = self.units.iter().find(|unit| self.assigned.contains(unit));
                body.copied().map(Some).ok_or_else(case::not_your_unit)
            }
            Recipient::PrincipalLeader => {
                if !self.is_leader_in_charge {
                    return Err(not_yours());
                }
                self.lead.map(|()| None)
            }
        }
    }
}

fn not_yours() -> Refusal {
    Refusal::denied("RECIPIENT_NOT_YOURS", "单位应向处置办公室和分管领导反馈,牵头分管领导应向主要领导汇报。")
}
