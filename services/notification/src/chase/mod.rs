//! Chases (催签): while of a recipient of a notice nobody acknowledges, those above are told, step by step, as the rule says.

pub(crate) mod commands;
pub(crate) mod keeper;
pub(crate) mod store;

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use regulation::ChaseStep;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A recipient of a notice: a unit, the holders of a role, a person; and who of it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recipient {
    /// In Chinese.
    pub name: String,
    pub persons: Vec<Uuid>,
}

/// A notice that is chased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chase {
    pub cause: Uuid,
    pub plan_id: String,
    pub incident_id: Option<Uuid>,
    /// What the notice recalls.
    pub obligation_id: Option<Uuid>,
    pub clause: String,
    pub title: String,
    pub text: String,
    pub recipients: Vec<Recipient>,
    pub steps: Vec<ChaseStep>,
    pub delivered: Timestamp,
    /// How many of the steps were told.
    pub steps_told: usize,
    pub ended: bool,
}

/// Who has acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The notice.
    pub persons: HashSet<Uuid>,
    /// What was told of it at a step.
    pub above: bool,
}

impl Chase {
    /// When the next step is told; none when it has ended.
    pub fn next_moment(&self) -> Option<Timestamp> {
        let step = self.steps.get(self.steps_told).filter(|_| !self.ended)?;
        self.delivered.checked_add(SignedDuration::from_mins(step.after_minutes)).ok()
    }

    /// The recipients of whom nobody has acknowledged; none either once somebody above has: they have taken it up.
    pub fn missing(&self, acknowledged: &Acknowledged) -> Vec<&Recipient> {
        let signed = |recipient: &&Recipient| acknowledged.above || recipient.persons.iter().any(|id| acknowledged.persons.contains(id));
        self.recipients.iter().filter(|recipient| !signed(recipient)).collect()
    }

    /// The notice's name of what is told at a step: nobody is told one step twice.
    pub fn step_plan_id(&self, step: usize) -> String {
        format!("{}/unacknowledged-{}", self.plan_id, step + 1)
    }
}

#[cfg(test)]
mod tests {
    use regulation::Party;

    use super::*;

    fn time(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn chase() -> Chase {
        let recipient =
            |name: &str, ids: &[u128]| Recipient { name: name.into(), persons: ids.iter().copied().map(Uuid::from_u128).collect() };
        let step = |after_minutes, slug: &str| ChaseStep { after_minutes, to: vec![Party::Role(slug.into())] };
        Chase {
            cause: Uuid::nil(),
            plan_id: "plan".into(),
            incident_id: None,
            obligation_id: None,
            clause: "四(一)一".into(),
            title: String::new(),
            text: String::new(),
            recipients: vec![recipient("水务局", &[1, 2]), recipient("主要领导", &[3])],
            steps: vec![step(30, "office_head"), step(60, "leader_in_charge")],
            delivered: time(0),
            steps_told: 0,
            ended: false,
        }
    }

    fn missing(by: &[u128], above: bool) -> Vec<String> {
        let acknowledged = Acknowledged { persons: by.iter().copied().map(Uuid::from_u128).collect(), above };
        chase().missing(&acknowledged).iter().map(|recipient| recipient.name.clone()).collect()
    }

    #[test]
    fn one_of_a_unit_acknowledges_for_it_and_for_no_other() {
        assert_eq!(missing(&[], false), ["水务局", "主要领导"]);
        assert_eq!(missing(&[2], false), ["主要领导"]);
        assert!(missing(&[1, 3], false).is_empty());
    }

    #[test]
    fn who_is_above_and_acknowledges_has_taken_it_up() {
        assert!(missing(&[], true).is_empty());
    }

    #[test]
    fn it_climbs_step_by_step_and_ends() {
        let mut chase = chase();
        assert_eq!(chase.next_moment(), Some(time(30)));
        chase.steps_told = 1;
        assert_eq!(chase.next_moment(), Some(time(60)));
        chase.steps_told = 2;
        assert_eq!(chase.next_moment(), None);
        chase.steps_told = 0;
        chase.ended = true;
        assert_eq!(chase.next_moment(), None);
    }
}
