//! Any order of the facts, and any repetition, gives the same obligations.

use crate::story::{assigned, at, classified, feedback, findings, graded, important, released, rule};
use jiff::Timestamp;
use proptest::prelude::*;
use regulation::{Fact, Obligation, Rule};
use std::sync::LazyLock;

static RULE: LazyLock<Rule> = LazyLock::new(rule);

/// A crowded incident: facts from a small world, so that many of them bear on one another.
fn any_fact() -> impl Strategy<Value = Fact> {
    (0_u32..40, 0_usize..8, 0_i64..72, 0_usize..3).prop_map(|(id, what, hour, which)| {
        let time = at("2026-11-09 20:00") + jiff::SignedDuration::from_hours(hour / 2);
        let civil = "2026-11-10 09:00";
        // One id is one fact: everything else follows from the id.
        let id = format!("f-{id:02}-{what}-{hour}-{which}");
        let unit = ["b-water", "b-town", "b-road"][which];
        let leader = ["p-a", "p-b", "p-c"][which];
        let assignment = ["a-1", "a-2", "a-3"][which];
        let levels = [("LEVEL_IMPORTANT", "LEVEL_ORDINARY"), ("LEVEL_ORDINARY", "LEVEL_IMPORTANT"), ("LEVEL_IMPORTANT", "LEVEL_IMPORTANT")];
        let (level, previous) = levels[which];
        let mut fact = match what {
            0 => important(&id, civil),
            1 => classified(&id, civil, level, previous),
            2 => graded(&id, civil, level, previous, "EVENT_GRADE_MAJOR", "2026-11-10 07:00"),
            3 => assigned(&id, civil, assignment, unit),
            4 => released(&id, civil, ["KIND_HOLDING", "KIND_FULL", "KIND_CORRECTION"][which]),
            5 => feedback(&id, civil, unit, leader, ["OFFICE", "LEADER_IN_CHARGE", "PRINCIPAL_LEADER"][which]),
            6 => findings(&id, "Submitted", civil, &format!("d-{hour}"), assignment),
            _ => findings(&id, "Returned", civil, &format!("d-{hour}"), assignment),
        };
        fact.time = time;
        // The first report lies before every classification, now this early, now earlier.
        let first = at("2026-11-09 12:00") + jiff::SignedDuration::from_hours(which as i64);
        fact.fields.insert("first_report_time".to_owned(), first.to_string().into());
        fact
    })
}

/// The day and the hour of a due time, as a derivation writes them; 24时 for midnight.
fn limit(due: Timestamp) -> String {
    let civil = due.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    if civil.hour() == 0 && civil.minute() == 0 {
        return civil.yesterday().unwrap().strftime("%-Y年%-m月%-d日24时").to_string();
    }
    civil.strftime("%-Y年%-m月%-d日%-H时").to_string()
}

fn shuffled() -> impl Strategy<Value = (Vec<Fact>, Vec<Fact>)> {
    prop::collection::vec(any_fact(), 0..24).prop_flat_map(|facts| {
        let doubled: Vec<Fact> = facts.iter().chain(facts.iter().step_by(2)).cloned().collect();
        (Just(facts), Just(doubled).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_of_the_facts_gives_the_same_obligations((facts, shuffled) in shuffled()) {
        prop_assert_eq!(RULE.obligations(&facts).unwrap(), RULE.obligations(&shuffled).unwrap());
    }

    #[test]
    fn keys_are_unique_and_a_clock_never_ends_before_it_begins(facts in prop::collection::vec(any_fact(), 0..24)) {
        let owed = RULE.obligations(&facts).unwrap();
        let mut keys: Vec<&str> = owed.iter().map(|obligation| obligation.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), owed.len());
        for obligation in &owed {
            prop_assert!(obligation.start_time <= obligation.open_time);
            prop_assert!(obligation.start_time < obligation.due_time);
            prop_assert!(obligation.reminders.is_sorted());
        }
    }

    #[test]
    fn a_clock_never_moves_without_a_recorded_cause(
        facts in prop::collection::vec(any_fact(), 1..24),
        heard in prop::collection::vec(any::<bool>(), 24),
    ) {
        let some: Vec<Fact> = facts.iter().zip(&heard).filter(|(_, heard)| **heard).map(|(fact, _)| fact.clone()).collect();
        let (before, after) = (RULE.obligations(&some).unwrap(), RULE.obligations(&facts).unwrap());
        for then in &before {
            let Some(now) = after.iter().find(|now| now.key == then.key).filter(|now| now.due_time != then.due_time) else { continue };
            // What moved it is a further trigger that only one of the two knows, or that only in one of the two joins the clock.
            let causes = |owed: &Obligation| -> Vec<String> {
                owed.derivation.iter().filter(|step| step.contains("再次触发") && step.contains("时限提前")).cloned().collect()
            };
            prop_assert_ne!(causes(now), causes(then), "{} moved from {} to {} without a cause", now.key, then.due_time, now.due_time);
            // And the last step says the time that counts.
            let told = |owed: &Obligation| owed.derivation.iter().any(|step| step.contains(&limit(owed.due_time)));
            prop_assert!(told(now), "{:?}", now.derivation);
        }
    }

    #[test]
    fn what_is_yet_to_happen_does_not_change_the_past(facts in prop::collection::vec(any_fact(), 1..24), cut in 0_i64..36) {
        let now = at("2026-11-09 20:00") + jiff::SignedDuration::from_hours(cut);
        let known: Vec<Fact> = facts.iter().filter(|fact| fact.time <= now).cloned().collect();
        let then = RULE.obligations(&known).unwrap();
        let later = RULE.obligations(&facts).unwrap();
        for obligation in &then {
            let same = later.iter().find(|other| other.key == obligation.key);
            prop_assert_eq!(same.map(|other| other.state_at(now)), Some(obligation.state_at(now)), "{}", obligation.key);
        }
    }
}

#[test]
fn two_facts_under_one_id_are_one_whichever_comes_first() {
    let a = important("f", "2026-11-10 09:00");
    let b = important("f", "2026-11-10 10:00");
    let forth = RULE.obligations(&[a.clone(), b.clone()]).unwrap();
    assert_eq!(forth, RULE.obligations(&[b, a]).unwrap());
    assert_eq!(forth.iter().filter(|o| o.duty_id == "same_day_action").count(), 1);
}
