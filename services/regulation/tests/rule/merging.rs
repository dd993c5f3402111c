//! 一律终止与撤销: what a merge ends, and what comes back when it is taken back.

use crate::story::{NATIONAL, TOKSUN, YEAR_2026, assigned, at, fact, important, only, released, rule, source};
use regulation::{Fact, Outcome, Rule, State};
use serde_json::json;

fn merged(id: &str, civil: &str, regrouping: &str) -> Fact {
    fact(id, "intake.IncidentMerged", civil, json!({"number": "2026-0001", "into_number": "2026-0002", "regrouping_id": regrouping}))
}

fn undone(id: &str, civil: &str, regrouping: &str) -> Fact {
    fact(id, "intake.RegroupingUndone", civil, json!({"number": "2026-0001", "regrouping_id": regrouping}))
}

#[test]
fn a_merge_ends_every_duty_of_the_incident_the_national_ones_too_and_breaches_none() {
    let facts =
        [important("f", "2026-11-10 09:00"), assigned("a", "2026-11-10 10:00", "a-1", "b-water"), merged("m", "2026-11-10 11:00", "r-1")];
    let owed = rule().obligations(&facts).unwrap();
    let duties: Vec<&str> = owed.iter().map(|o| o.duty_id.as_str()).collect();
    assert!(
        duties.contains(&"national_response") && duties.contains(&"same_day_response") && duties.contains(&"unit_findings"),
        "{duties:?}"
    );
    for owed in owed {
        if owed.duty_id == "same_day_action" {
            // What was done before is done.
            assert_eq!(owed.state_at(at("2026-12-01 00:00")), State::Discharged);
        } else if owed.duty_id == "unit_acknowledgement" {
            // What was late before stays late.
            assert_eq!(owed.state_at(at("2026-11-10 10:45")), State::Breached);
        } else {
            let ended = Outcome::Ended { fact_id: "m".into(), time: at("2026-11-10 11:00"), reason: "事件已并入其他事件".into() };
            assert_eq!(owed.outcome, ended, "{}", owed.duty_id);
            assert_eq!(owed.state_at(at("2026-12-01 00:00")), State::Ended);
        }
    }
}

#[test]
fn an_undo_brings_the_clocks_back_at_their_old_due_times_and_one_of_another_regrouping_does_not() {
    let rule = rule();
    let mut facts = vec![important("f", "2026-11-10 09:00"), merged("m", "2026-11-10 11:00", "r-1")];
    let before = only(&rule, &facts[..1], "same_day_response");
    facts.push(undone("u", "2026-11-10 12:00", "r-2"));
    assert!(matches!(only(&rule, &facts, "same_day_response").outcome, Outcome::Ended { .. }));
    facts.push(undone("v", "2026-11-10 13:00", "r-1"));
    assert_eq!(only(&rule, &facts, "same_day_response"), before);
    // Answered afterwards, and merged once more.
    facts.push(merged("n", "2026-11-10 14:00", "r-3"));
    assert!(matches!(only(&rule, &facts, "same_day_response").outcome, Outcome::Ended { fact_id, .. } if fact_id == "n"));
    facts.push(undone("w", "2026-11-10 15:00", "r-3"));
    facts.push(released("s", "2026-11-10 16:00", "KIND_FULL"));
    assert!(matches!(only(&rule, &facts, "same_day_response").outcome, Outcome::Discharged { .. }));
}

#[test]
fn what_comes_about_in_a_merged_incident_is_over_at_once_until_the_merge_is_taken_back() {
    let rule = rule();
    let mut facts = vec![merged("m", "2026-11-10 08:00", "r-1"), important("f", "2026-11-10 09:00")];
    let owed = only(&rule, &facts, "same_day_response");
    assert_eq!(owed.outcome, Outcome::Ended { fact_id: "m".into(), time: at("2026-11-10 09:00"), reason: "事件已并入其他事件".into() });
    facts.push(undone("u", "2026-11-10 10:00", "r-1"));
    assert_eq!(only(&rule, &facts, "same_day_response").outcome, Outcome::Open);
    facts.reverse();
    assert_eq!(only(&rule, &facts, "same_day_response").outcome, Outcome::Open);
}

#[test]
fn what_takes_an_end_back_is_held_against_the_vocabulary_and_only_the_county_s_rule_has_such_a_section() {
    let broken = |from: &str, to: &str| {
        let text = TOKSUN.replacen(from, to, 1);
        assert_ne!(text, TOKSUN);
        Rule::parse(source("toksun.yaml", &text), &[source("national.yaml", NATIONAL)], &[source("2026.yaml", YEAR_2026)]).unwrap_err()
    };
    let errors = broken("fact.regrouping_id == ended.regrouping_id", "fact.regrouping_id == ended.regroupingid");
    assert!(errors.iter().any(|e| e.key.contains("undone_by")), "{errors:?}");
    assert!(!broken("      fact: intake.RegroupingUndone", "      fact: intake.RegroupingUnmade").is_empty());
    let overlay = format!("{NATIONAL}\nended_by:\n  - {{fact: intake.IncidentMerged, reason: 事件已并入}}\n");
    let parsed = Rule::parse(source("toksun.yaml", TOKSUN), &[source("national.yaml", &overlay)], &[source("2026.yaml", YEAR_2026)]);
    assert!(parsed.unwrap_err().iter().any(|e| e.key == "ended_by"));
}
