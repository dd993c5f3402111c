//! 考核对照: how each unit's figures would be under a rule, held against how they were by what was told.

use super::comparison::Clock;
use crate::appraisal::{Appraisal, Clock as Counted, Conduct, Figure, Reference, Standing};
use crate::civil::{end_of, start_of};
use crate::duty::State;
use crate::party::Party;
use crate::rule::Rule;
use crate::source::RuleError;
use crate::subject::Subject;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use uuid::Uuid;

/// 所为: what a unit did, or what was made of it, that appraisals count beside its clocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The unit.
    pub body_id: String,
    /// The incident.
    pub incident_id: Uuid,
    /// When.
    pub time: Timestamp,
    /// What.
    pub what: What,
}

/// What a unit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// 报送调查结果.
    Submitted,
    /// 被退回.
    Returned,
    /// 质量评查, with its score.
    Reviewed(i64),
}

/// 一个单位的考核: over all that fell due in the period, whenever its incident began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The unit.
    pub body_id: String,
    /// 原: from what was told.
    pub then: Appraisal,
    /// 草案: from what the rule concludes.
    pub now: Appraisal,
}

impl Unit {
    /// Whether a figure or the total would be another.
    pub fn differs(&self) -> bool {
        self.then.total_tenths != self.now.total_tenths || !self.changes().is_empty()
    }

    /// The figures that would be others, before and after; nothing where the rule does not have the figure.
    pub fn changes(&self) -> Vec<(Option<&Figure>, Option<&Figure>)> {
        let find = |appraisal: &'_ Appraisal, id: &str| appraisal.figures.iter().position(|figure| figure.id == id);
        let gone = self.then.figures.iter().filter(|then| find(&self.now, &then.id).is_none()).map(|then| (Some(then), None));
        let here = self.now.figures.iter().map(|now| (find(&self.then, &now.id).and_then(|at| self.then.figures.get(at)), Some(now)));
        let counts = |figure: Option<&Figure>| figure.map(|figure| (figure.name.clone(), figure.weight, figure.score));
        here.chain(gone).filter(|(then, now)| counts(*then) != counts(*now)).collect()
    }
}

/// 期间: the moments at which a period of civil days begins and ends.
pub(super) fn span(period: &RangeInclusive<Date>) -> Range<Timestamp> {
    start_of(*period.start()).unwrap_or(Timestamp::MIN)..end_of(*period.end()).unwrap_or(Timestamp::MAX)
}

/// 办理情况 of every unit, by what was told and by what a rule concludes.
#[derive(Debug, Default)]
pub(super) struct Conducts(BTreeMap<String, (Conduct, Conduct)>);

impl Conducts {
    /// Counts the clocks of one subject that fell due within a period.
    pub(super) fn count(
        &mut self,
        subject: Subject,
        then: &BTreeMap<String, Clock>,
        now: &BTreeMap<String, Clock>,
        due: &Range<Timestamp>,
    ) {
        for (key, clock) in then {
            if let Some((body_id, counted)) = counted(subject, key, clock, due) {
                self.0.entry(body_id).or_default().0.clocks.push(counted);
            }
        }
        for (key, clock) in now {
            if let Some((body_id, mut counted)) = counted(subject, key, clock, due) {
                // A grant is a decision of a person, and stays what it was under any rule.
                counted.extended |= then.get(key).is_some_and(|clock| clock.extended);
                self.0.entry(body_id).or_default().1.clocks.push(counted);
            }
        }
    }

    /// Counts what a unit did.
    pub(super) fn did(&mut self, deed: &Deed) {
        let (then, now) = self.0.entry(deed.body_id.clone()).or_default();
        for conduct in [then, now] {
            let reference = |score| Reference { incident_id: deed.incident_id.to_string(), score };
            match deed.what {
                What::Submitted => conduct.submissions.push(reference(0)),
                What::Returned => conduct.returns.push(reference(0)),
                What::Reviewed(score) => conduct.reviews.push(reference(score)),
            }
        }
    }

    /// Adds what was counted apart.
    pub(super) fn add(&mut self, other: Conducts) {
        for (body_id, (then, now)) in other.0 {
            let own = self.0.entry(body_id).or_default();
            own.0.clocks.extend(then.clocks);
            own.1.clocks.extend(now.clocks);
        }
    }

    /// Appraises every unit: what was told by one formula, what was concluded by another. A unit of which nothing was asked
    /// and that did nothing is left out.
    pub(super) fn appraise(self, before: &Rule, rule: &Rule) -> Vec<(String, Result<Unit, RuleError>)> {
        let appraise = |body_id: &String, then: &Conduct, now: &Conduct| {
            Ok(Unit { body_id: body_id.clone(), then: before.appraise(then)?, now: rule.appraise(now)? })
        };
        self.0.into_iter().map(|(body_id, (then, now))| (body_id.clone(), appraise(&body_id, &then, &now))).collect()
    }
}

/// A clock of a unit as its appraisal counts it; nothing when it is another's, fell due at another time, or is not late and was
/// not owed in the end.
fn counted(subject: Subject, key: &str, clock: &Clock, due: &Range<Timestamp>) -> Option<(String, Counted)> {
    let Party::Body(body_id) = &clock.debtor else { return None };
    let standing = match clock.state {
        State::Discharged => Standing::InTime,
        State::DischargedLate => Standing::Late,
        _ if clock.overdue => Standing::Unmet,
        _ => return None,
    };
    let counted = Counted {
        obligation_id: key.to_owned(),
        duty_id: clock.duty_id.clone(),
        incident_id: subject.incident_id().map(|id| id.to_string()),
        standing,
        extended: clock.extended,
    };
    due.contains(&clock.due_time).then(|| (body_id.clone(), counted))
}
