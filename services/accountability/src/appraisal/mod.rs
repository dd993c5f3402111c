//! Appraisal (考核), 五(三)甲: how each unit handled what fell due in a period. The figures are the rule's; here is what they are
//! computed from.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use std::collections::BTreeMap;

use chassis::Refusal;
use jiff::{Timestamp, civil::Date};
use regulation::{Appraisal, Clock, Conduct, Counts, Reference, Standing};
use uuid::Uuid;

/// The days that are appraised, both included, and the moments at which they begin and end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub from: Date,
    pub to: Date,
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

/// A clock of a unit that fell due in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub body_id: Uuid,
    pub obligation_id: Uuid,
    pub incident_id: Option<Uuid>,
    pub duty_id: String,
    pub due_time: Timestamp,
    /// As the store has it, such as "DISCHARGED".
    pub outcome: String,
    pub outcome_time: Option<Timestamp>,
    pub extended: bool,
}

/// Something of a unit that happened in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Happened {
    pub body_id: Uuid,
    pub incident_id: Uuid,
    pub what: What,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// 报送调查结果.
    Submitted,
    /// 被退回.
    Returned,
    /// 质量评查, with its score.
    Reviewed(i64),
}

/// The appraisal of one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Appraised {
    pub body_id: Uuid,
    pub code: String,
    pub name: String,
    /// Over all that fell due.
    pub counts: Counts,
    pub appraisal: Appraisal,
}

/// No such unit, or not visible to the caller.
pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("BODY_UNKNOWN", "没有这个单位。")
}

impl Due {
    /// How it stands now; nothing for what is not late yet, and for what ended in time: neither was owed in the end.
    fn standing(&self, now: Timestamp) -> Option<Standing> {
        match (self.outcome.as_str(), self.outcome_time) {
            ("DISCHARGED", _) => Some(Standing::InTime),
            ("DISCHARGED_LATE", _) => Some(Standing::Late),
            (_, ended) => (self.due_time <= ended.unwrap_or(now)).then_some(Standing::Unmet),
        }
    }
}

/// What each unit did, by unit.
pub(crate) fn conducts(due: &[Due], happened: &[Happened], now: Timestamp) -> BTreeMap<Uuid, Conduct> {
    let mut conducts: BTreeMap<Uuid, Conduct> = BTreeMap::new();
    for due in due {
        let Some(standing) = due.standing(now) else { continue };
        conducts.entry(due.body_id).or_default().clocks.push(Clock {
            obligation_id: due.obligation_id.to_string(),
            duty_id: due.duty_id.clone(),
            incident_id: due.incident_id.map(|id| id.to_string()),
            standing,
            extended: due.extended,
        });
    }
    for one in happened {
        let conduct = conducts.entry(one.body_id).or_default();
        let reference = |score| Reference { incident_id: one.incident_id.to_string(), score };
        match one.what {
            What::Submitted => conduct.submissions.push(reference(0)),
            What::Returned => conduct.returns.push(reference(0)),
            What::Reviewed(score) => conduct.reviews.push(reference(score)),
        }
    }
    conducts
}

/// A total as people read it: "87.5", or "—" where nothing was asked of the unit.
pub(crate) fn total_in_words(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "—".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}
