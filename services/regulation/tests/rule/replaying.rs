//! 回放: what a rule would have made of a past that another governed.

use crate::story::{NATIONAL, TOKSUN, YEAR_2026, apart, assigned, at, important, released, rule, source};
use jiff::Timestamp;
use jiff::civil::date;
use regulation::replay::{Change, ClockChange, Ledgers, NO_LONGER_OWED, Replay, Sighting, Suggestion, Told};
use regulation::{Fact, IncidentSignals, Level, Obligation, Outcome, ReportSignals, Rule, RuleBook, State, Subject};
use serde_json::json;
use std::num::NonZeroUsize;
use std::sync::LazyLock;
use uuid::Uuid;

pub static BOOK: LazyLock<RuleBook> = LazyLock::new(|| rule().into());
static RULE: LazyLock<Rule> = LazyLock::new(rule);

pub const NOW: &str = "2026-11-20 08:00";

pub fn incident(nth: u128) -> Uuid {
    Uuid::from_u128(nth)
}

/// A fact of an incident that has a proper id.
pub fn of(nth: u128, mut fact: Fact) -> Fact {
    let id = incident(nth).to_string();
    fact.id = format!("{}-{nth}", fact.id);
    fact.fields.insert("incident_id".to_owned(), json!(id));
    fact.incident_id = Some(id);
    fact
}

pub fn draft(from: &str, to: &str) -> RuleBook {
    edited(&[(from, to)]).into()
}

/// The county's rule with some edits.
pub fn edited(edits: &[(&str, &str)]) -> Rule {
    let mut text = TOKSUN.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "“{from}” 不在文件里");
        text = text.replace(from, to);
    }
    Rule::parse(source("draft.yaml", &text), &[source("national.yaml", NATIONAL)], &[source("2026.yaml", YEAR_2026)]).unwrap()
}

/// That it came into being.
pub fn opened(owed: &Obligation) -> Told {
    Told::Opened {
        obligation_id: owed.key.clone(),
        incident_id: owed.incident_id.as_deref().map(|id| id.parse().unwrap()),
        duty_id: owed.duty_id.clone(),
        name: owed.name.clone(),
        clause: owed.clause.clone(),
        debtor: owed.debtor.clone(),
        due_time: owed.due_time,
        trigger_fact_id: owed.trigger_fact_id.clone(),
        rule_version: owed.rule_version.clone(),
    }
}

/// How it was settled.
pub fn settled(owed: &Obligation) -> Option<Told> {
    let (obligation_id, due_time) = (owed.key.clone(), owed.due_time);
    match &owed.outcome {
        Outcome::Open => None,
        Outcome::Discharged { .. } => Some(Told::Discharged { obligation_id, due_time, late: false }),
        Outcome::DischargedLate { .. } => Some(Told::Discharged { obligation_id, due_time, late: true }),
        Outcome::Waived { .. } => Some(Told::Waived { obligation_id }),
        Outcome::Ended { reason, .. } => Some(Told::Ended { obligation_id, due_time: Some(due_time), reason: reason.clone() }),
    }
}

/// What accountability tells of an obligation by a moment, as its id the key.
fn told(owed: &Obligation, now: Timestamp) -> Vec<Told> {
    let obligation_id = owed.key.clone();
    let mut told = vec![opened(owed)];
    let until = match &owed.outcome {
        Outcome::Open => now,
        Outcome::Discharged { time, .. }
        | Outcome::DischargedLate { time, .. }
        | Outcome::Waived { time, .. }
        | Outcome::Ended { time, .. } => *time,
    };
    if owed.due_time <= until {
        told.push(Told::Breached { obligation_id: obligation_id.clone(), due_time: owed.due_time });
    }
    told.extend(settled(owed));
    told
}

/// Three incidents and a day: a unit that acknowledges after 20 minutes, one that never does, a response in time.
fn facts() -> Vec<Fact> {
    let acknowledged = |id: &str, civil: &str| {
        crate::story::fact(
            id,
            "disposal.AssignmentAcknowledged",
            civil,
            json!({"assignment_id": "a", "body_id": "b-water", "person_id": "p"}),
        )
    };
    let mut facts = vec![apart("d", "directory.DutyScheduled", "2026-11-01 09:00", json!({"duty_date": "2026-11-10", "person_id": "p"}))];
    for nth in 1..=3 {
        facts.push(of(nth, important("i", "2026-11-10 09:00")));
        facts.push(of(nth, assigned("u", "2026-11-10 09:30", "a", "b-water")));
    }
    facts.push(of(1, acknowledged("k", "2026-11-10 09:50")));
    facts.push(of(2, released("r", "2026-11-10 15:00", "KIND_HOLDING")));
    facts
}

/// Ledgers in which accountability told what the shipped rule concludes.
pub fn ledgers() -> Ledgers {
    let mut ledgers = Ledgers::default();
    ledgers.reach(at(NOW));
    let facts = facts();
    for nth in 0..=3 {
        let subject = (nth > 0).then(|| incident(nth).to_string());
        let own: Vec<Fact> = facts.iter().filter(|fact| fact.incident_id == subject).cloned().collect();
        for owed in RULE.obligations(&own).unwrap() {
            told(&owed, at(NOW)).into_iter().for_each(|told| ledgers.tell(told));
        }
    }
    facts.into_iter().for_each(|fact| ledgers.hear(fact).unwrap());
    ledgers
}

pub fn replay(ledgers: &Ledgers, book: &RuleBook) -> Replay {
    ledgers.replay(book, None, &(date(2026, 11, 1)..=date(2026, 11, 30)), NonZeroUsize::new(2).unwrap())
}

#[test]
fn the_rule_that_history_was_written_under_finds_no_difference() {
    let replayed = replay(&ledgers(), &BOOK);
    assert!(replayed.is_same(), "{replayed:#?}");
    assert_eq!((replayed.incidents, replayed.others, replayed.versions.len()), (3, 1, 1));
    assert_eq!(replayed.tally.owed_then, replayed.tally.owed_now);
    assert!(replayed.tally.owed_then > 20 && replayed.tally.breached_then > 5, "{:?}", replayed.tally);
}

#[test]
fn a_shorter_time_moves_the_clocks_and_turns_what_was_in_time_into_a_breach() {
    let replayed = replay(&ledgers(), &draft("due: {minutes: 30}", "due: {minutes: 10}"));
    assert_eq!(replayed.divergences.len(), 3);
    let tally = &replayed.tally;
    assert_eq!((tally.moved, tally.turned, tally.added, tally.dropped, tally.breaches_gained, tally.breaches_lost), (3, 1, 0, 0, 1, 0));
    let first = replayed.divergences.iter().find(|divergence| divergence.subject == Subject::Incident(incident(1))).unwrap();
    assert_eq!((first.number.as_str(), first.title.as_str(), first.suggestion.is_none()), ("〔2026〕7", "某小区停水", true));
    let [ClockChange::Changed(Change { then, now })] = first.clocks.as_slice() else { panic!("{:#?}", first.clocks) };
    assert_eq!(now.duty_id, "unit_acknowledgement");
    assert_eq!((then.due_time, then.state), (at("2026-11-10 10:00"), State::Discharged));
    assert_eq!((now.due_time, now.state), (at("2026-11-10 09:40"), State::DischargedLate));
}

#[test]
fn a_duty_that_goes_and_one_that_comes_are_named() {
    let replayed = replay(&ledgers(), &draft("unit_acknowledgement", "signed_for"));
    let tally = &replayed.tally;
    assert_eq!((tally.added, tally.dropped, tally.moved, tally.breaches_gained, tally.breaches_lost), (3, 3, 0, 2, 2));
}

#[test]
fn only_what_began_within_the_period_is_replayed() {
    let draft = draft("due: {minutes: 30}", "due: {minutes: 10}");
    let days = date(2026, 11, 11)..=date(2026, 11, 30);
    let replayed = ledgers().replay(&draft, None, &days, NonZeroUsize::MIN);
    assert!(replayed.is_same() && replayed.incidents == 0, "{replayed:#?}");
}

#[test]
fn what_turned_out_never_to_have_been_owed_is_no_difference_and_a_breach_set_right_is_none() {
    let mut ledgers = ledgers();
    let own: Vec<Fact> = facts().into_iter().filter(|fact| fact.incident_id == Some(incident(2).to_string())).collect();
    let mut strange = RULE.obligations(&own).unwrap().remove(0);
    strange.key = "k-gone".to_owned();
    strange.trigger_fact_id = "f-heard-before-another".to_owned();
    told(&strange, at("2026-11-10 09:00")).into_iter().for_each(|told| ledgers.tell(told));
    ledgers.tell(Told::Ended { obligation_id: "k-gone".to_owned(), due_time: None, reason: NO_LONGER_OWED.to_owned() });
    let response = RULE.obligations(&own).unwrap().into_iter().find(|owed| owed.duty_id == "same_day_response").unwrap();
    ledgers.tell(Told::Breached { obligation_id: response.key.clone(), due_time: response.due_time });
    ledgers.tell(Told::Discharged { obligation_id: response.key, due_time: response.due_time, late: false });
    let replayed = replay(&ledgers, &BOOK);
    assert!(replayed.is_same(), "{replayed:#?}");
}

#[test]
fn what_a_rule_cannot_conclude_is_named_and_keeps_nothing_else_back() {
    let text = TOKSUN.replacen("due: {minutes: 30}", "due: {working_days: 3}", 1);
    let unloaded = Rule::parse(source("draft.yaml", &text), &[], &[]).unwrap();
    let replayed = replay(&ledgers(), &unloaded.into());
    assert_eq!(replayed.failures.len(), 3);
    assert!(replayed.failures[0].1.message.contains("2026"), "{:?}", replayed.failures);
    assert_eq!(replayed.tally.owed_now, 1, "the day's register is still replayed");
}

pub fn sighting(nth: u128, report_id: &str, views: i64, report_count: i64) -> Sighting {
    sighted(nth, report_id, views, report_count, "2026-11-10 09:00")
}

pub fn sighted(nth: u128, report_id: &str, views: i64, report_count: i64, civil: &str) -> Sighting {
    let report = ReportSignals {
        report_id: report_id.to_owned(),
        tier: "county".to_owned(),
        medium: "web".to_owned(),
        page: None,
        sensitive: true,
        views,
        comments: 0,
        reposts: 0,
    };
    let incident_id = incident(nth);
    let incident = IncidentSignals { incident_id: incident_id.to_string(), report_count, distinct_writers: 0 };
    Sighting::Placed { incident_id, incident, report, time: at(civil) }
}

pub fn assessed(nth: u128, level: Level, clauses: &[&str]) -> Told {
    let suggestion = Suggestion { level, clauses: clauses.iter().map(|clause| (*clause).to_owned()).collect() };
    Told::Assessed { incident_id: incident(nth), suggestion, windows: vec![30], rule_version: "another".to_owned() }
}

#[test]
fn a_lower_threshold_raises_the_level_of_an_incident_that_was_ordinary() {
    let mut ledgers = ledgers();
    ledgers.sight(sighting(1, "r-1", 12_000, 1));
    ledgers.tell(assessed(1, Level::Important, &["二(二)"]));
    ledgers.sight(sighting(2, "r-2", 6_000, 1));
    let replayed = replay(&ledgers, &BOOK);
    assert!(replayed.is_same(), "{replayed:#?}");
    assert_eq!(replayed.versions.len(), 2, "written under two rules");
    let replayed = replay(&ledgers, &draft("reaction_views: 10000 ", "reaction_views: 5000 "));
    assert_eq!((replayed.tally.raised, replayed.tally.lowered, replayed.divergences.len()), (1, 0, 1));
    let Some(Change { then, now }) = &replayed.divergences[0].suggestion else { panic!("{replayed:#?}") };
    assert_eq!((then.level, now.level, now.clauses.first().map(String::as_str)), (Level::Ordinary, Level::Important, Some("二(二)")));
}

#[test]
fn the_hit_on_a_report_that_was_moved_away_lapses_and_counts_where_it_went() {
    let mut ledgers = ledgers();
    ledgers.sight(sighting(1, "r-1", 12_000, 1));
    ledgers.tell(assessed(1, Level::Important, &["二(二)"]));
    ledgers.sight(sighting(2, "r-2", 0, 1));
    ledgers.sight(Sighting::Moved { report_id: "r-1".to_owned(), incident_id: incident(2), time: at("2026-11-10 12:00") });
    ledgers.tell(assessed(1, Level::Ordinary, &[]));
    ledgers.tell(assessed(2, Level::Important, &["二(二)"]));
    let replayed = replay(&ledgers, &BOOK);
    assert!(replayed.is_same(), "{replayed:#?}");
    ledgers.sight(sighting(3, "r-1", 12_000, 1));
    ledgers.tell(assessed(2, Level::Ordinary, &[]));
    ledgers.tell(assessed(3, Level::Important, &["二(二)"]));
    assert!(replay(&ledgers, &BOOK).is_same());
}

#[test]
fn a_correction_is_replayed_as_it_was_made_with_what_repeats_the_report() {
    let corrected = |sighting_id: &str, views| {
        let Sighting::Placed { incident_id, report, .. } = sighting(1, "r-1", views, 1) else { unreachable!() };
        Sighting::Corrected { incident_id, sighting_id: sighting_id.to_owned(), report, time: at("2026-11-10 12:00") }
    };
    let Sighting::Placed { incident_id, report, time, .. } = sighting(1, "r-1", 12_000, 1) else { unreachable!() };
    let mut ledgers = ledgers();
    ledgers.sight(sighting(1, "r-1", 12_000, 1));
    ledgers.sight(Sighting::Repeated { incident_id, sighting_id: "s-1".to_owned(), report, time });
    ledgers.tell(assessed(1, Level::Important, &["二(二)"]));
    ledgers.sight(corrected("", 10));
    assert!(replay(&ledgers, &BOOK).is_same(), "the repost carries it");
    ledgers.sight(corrected("s-1", 10));
    ledgers.tell(assessed(1, Level::Ordinary, &[]));
    let replayed = replay(&ledgers, &BOOK);
    assert!(replayed.is_same(), "{replayed:#?}");
}

#[test]
fn the_windows_in_which_writers_were_counted_are_told() {
    let mut ledgers = ledgers();
    ledgers.tell(assessed(1, Level::Ordinary, &[]));
    assert_eq!(replay(&ledgers, &BOOK).windows.into_iter().collect::<Vec<_>>(), [30]);
}
