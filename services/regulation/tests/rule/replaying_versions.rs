//! 回放: a past in which the rule changed midway, replayed under the versions of those times and under others.

use crate::replaying::{NOW, assessed, edited, incident, of, opened, replay, settled, sighted};
use crate::story::{assigned, at, fact, findings, important, released};
use jiff::Timestamp;
use regulation::replay::{Change, ClockChange, Ledgers, NO_LONGER_OWED, Told};
use regulation::{Fact, Level, Obligation, Outcome, Rule, RuleBook, State};
use rstest::rstest;
use serde_json::json;
use std::collections::BTreeMap;

const SINCE: &str = "2026-11-11 00:00";
const LONGER: (&str, &str) = ("due: {hours: 72}", "due: {hours: 96}");
const SHORTER: (&str, &str) = ("due: {hours: 72}", "due: {hours: 24}");

/// The county's rule as it is from 2026-11-11 on.
fn next(transition: &str, edit: (&str, &str)) -> Rule {
    let kept = format!("transition: {transition}");
    edited(&[("effective: 2023-01-01", "effective: 2026-11-11"), ("transition: keep", &kept), edit])
}

fn book(transition: &str, edit: (&str, &str)) -> RuleBook {
    RuleBook::new(edited(&[]), vec![next(transition, edit)]).unwrap()
}

/// What accountability told of one incident, as it heard the facts and as the versions took effect.
fn told(book: &RuleBook, facts: &[Fact], end: Timestamp) -> Vec<Told> {
    let mut moments: Vec<Timestamp> = facts.iter().map(|fact| fact.time).chain([at(SINCE), end]).collect();
    moments.sort();
    let mut known: BTreeMap<String, Obligation> = BTreeMap::new();
    let mut told = Vec::new();
    for now in moments {
        for grant in facts.iter().filter(|fact| fact.time == now && fact.kind == "accountability.ExtensionGranted") {
            told.push(Told::Extended { obligation_id: grant.fields["obligation_id"].as_str().unwrap().to_owned() });
        }
        let heard: Vec<Fact> = facts.iter().filter(|fact| fact.time <= now).cloned().collect();
        for owed in known.values().filter(|owed| owed.outcome == Outcome::Open && owed.due_time <= now) {
            told.push(Told::Breached { obligation_id: owed.key.clone(), due_time: owed.due_time });
        }
        let mut before = std::mem::take(&mut known);
        for owed in book.obligations(&heard, now).unwrap() {
            let obligation_id = owed.key.clone();
            let old = before.remove(&owed.key);
            match &old {
                None => told.push(opened(&owed)),
                Some(old) if old.due_time != owed.due_time => {
                    let (previous_due_time, due_time) = (old.due_time, owed.due_time);
                    told.push(Told::Moved { obligation_id: obligation_id.clone(), previous_due_time, due_time });
                }
                Some(_) => {}
            }
            if old.is_none_or(|old| old.outcome != owed.outcome) {
                told.extend(settled(&owed));
            }
            known.insert(obligation_id, owed);
        }
        told.extend(before.into_values().map(|gone| Told::Ended {
            obligation_id: gone.key,
            due_time: Some(gone.due_time),
            reason: NO_LONGER_OWED.to_owned(),
        }));
    }
    told
}

/// One incident before the change, one across it, one after it; the findings of the second come 60 hours after they were asked.
fn facts() -> Vec<Fact> {
    let mut facts = Vec::new();
    for (nth, day) in [(1, "2026-11-05"), (2, "2026-11-10"), (3, "2026-11-12")] {
        facts.push(of(nth, important("i", &format!("{day} 09:00"))));
        facts.push(of(nth, assigned("u", &format!("{day} 10:00"), "a", "b-water")));
        facts.push(of(nth, released("r", &format!("{day} 15:00"), "KIND_HOLDING")));
    }
    facts.push(of(1, findings("f", "Submitted", "2026-11-07 10:00", "f", "a")));
    facts.push(of(2, findings("f", "Submitted", "2026-11-12 22:00", "f", "a")));
    facts
}

fn ledgers(book: &RuleBook) -> Ledgers {
    let mut ledgers = Ledgers::default();
    ledgers.reach(at(NOW));
    for nth in 1..=3 {
        let own: Vec<Fact> = facts().into_iter().filter(|fact| fact.incident_id == Some(incident(nth).to_string())).collect();
        told(book, &own, at(NOW)).into_iter().for_each(|told| ledgers.tell(told));
    }
    facts().into_iter().for_each(|fact| ledgers.hear(fact).unwrap());
    ledgers
}

#[rstest]
#[case::kept("keep", SHORTER)]
#[case::recomputed_to_be_shorter("recompute", SHORTER)]
#[case::recomputed_to_be_longer("recompute", LONGER)]
#[case::with_another_duty_in_its_place("recompute", ("unit_findings", "findings_of_the_unit"))]
fn the_versions_that_history_was_written_under_find_no_difference(#[case] transition: &str, #[case] edit: (&str, &str)) {
    let book = book(transition, edit);
    let replayed = replay(&ledgers(&book), &book);
    assert!(replayed.is_same(), "{replayed:#?}");
    assert_eq!((replayed.incidents, replayed.versions.len()), (3, 2));
    assert!(replayed.tally.owed_now > 20, "{:?}", replayed.tally);
}

#[test]
fn the_first_version_alone_differs_in_what_began_under_the_second() {
    let replayed = replay(&ledgers(&book("keep", SHORTER)), &edited(&[]).into());
    let subjects: Vec<_> = replayed.divergences.iter().map(|divergence| divergence.subject.incident_id().unwrap()).collect();
    assert_eq!(subjects, [incident(3)], "{replayed:#?}");
    let [ClockChange::Changed(Change { then, now })] = replayed.divergences[0].clocks.as_slice() else { panic!("{replayed:#?}") };
    assert_eq!((then.due_time, now.due_time), (at("2026-11-13 10:00"), at("2026-11-15 10:00")));
}

#[test]
fn a_draft_of_the_second_version_is_held_against_what_the_second_version_made() {
    let (old, draft) = (book("keep", SHORTER), book("recompute", SHORTER));
    let replayed = replay(&ledgers(&old), &draft);
    let [ClockChange::Changed(Change { then, now })] = replayed.divergences[0].clocks.as_slice() else { panic!("{replayed:#?}") };
    assert_eq!(replayed.divergences.len(), 1, "what was settled before the change stays: {replayed:#?}");
    assert_eq!((then.due_time, then.state), (at("2026-11-13 10:00"), State::Discharged));
    assert_eq!((now.due_time, now.state), (at("2026-11-11 10:00"), State::DischargedLate));
}

#[test]
fn the_tests_of_each_time_are_those_of_its_version_and_a_hit_outlives_it() {
    let book = book("keep", ("reaction_views: 10000 ", "reaction_views: 50000 "));
    let mut ledgers = ledgers(&book);
    ledgers.sight(sighted(2, "r-1", 12_000, 1, "2026-11-10 23:59"));
    ledgers.tell(assessed(2, Level::Important, &["二(二)"]));
    ledgers.sight(sighted(2, "r-1", 13_000, 1, "2026-11-11 00:01"));
    ledgers.sight(sighted(3, "r-2", 12_000, 1, "2026-11-12 09:00"));
    assert!(replay(&ledgers, &book).is_same());
    let replayed = replay(&ledgers, &edited(&[]).into());
    assert_eq!((replayed.tally.raised, replayed.tally.lowered), (1, 0));
}

#[test]
fn a_clock_that_a_version_moves_later_is_not_called_extended_and_one_that_was_granted_is() {
    let book = book("recompute", LONGER);
    let (trigger, end) = (of(4, assigned("u", "2026-11-10 10:00", "a", "b-water")), at("2026-11-12 12:00"));
    let granted = json!({
        "duty_id": "unit_findings", "trigger_event_id": trigger.id, "debtor_body_id": "b-water",
        "obligation_id": format!("unit_findings:{}:body/b-water", trigger.id),
        "ask_time": at("2026-11-12 09:00").to_string(), "due_time": at("2026-12-01 09:00").to_string(), "reason": "等候检测",
    });
    let mut facts = vec![of(4, important("i", "2026-11-10 09:00")), trigger];
    for state in [State::Open, State::Extended] {
        let owed = book.obligations(&facts, end).unwrap().into_iter().find(|owed| owed.duty_id == "unit_findings").unwrap();
        assert_eq!(owed.state_at(end), state);
        let mut ledgers = Ledgers::default();
        ledgers.reach(end);
        told(&book, &facts, end).into_iter().for_each(|told| ledgers.tell(told));
        facts.iter().cloned().for_each(|fact| ledgers.hear(fact).unwrap());
        let replayed = replay(&ledgers, &book);
        assert!(replayed.is_same() && replayed.tally.owed_then > 5, "{replayed:#?}");
        facts.push(of(4, fact("g", "accountability.ExtensionGranted", "2026-11-12 10:00", granted.clone())));
    }
}
