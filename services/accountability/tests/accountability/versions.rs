//! Versions of the rule: another one takes effect, and the open clocks are kept or moved as it says, each move told.

use crate::office::{Office, State, office};
use chassis::{testing::moment, wire_time};
use huiying_proto::accountability as pb;
use regulation::{Rule, RuleBook, Source, testing::toksun};

const TOKSUN: &str = include_str!("../../../../deploy/regulation/toksun.yaml");
const NATIONAL: &str = include_str!("../../../../deploy/regulation/national.yaml");
const YEAR_2026: &str = include_str!("../../../../deploy/calendar/2026.yaml");

/// The county's rule as edited.
fn rule(text: &str) -> Rule {
    let source = |name, text| Source { name, text };
    Rule::parse(source("toksun.yaml", text), &[source("national.yaml", NATIONAL)], &[source("2026.yaml", YEAR_2026)]).unwrap()
}

/// The county's rule with 24 hours for findings instead of 72.
fn stricter(effective: &str, transition: &str) -> Rule {
    let text = TOKSUN
        .replacen("effective: 2023-01-01", &format!("effective: {effective}"), 1)
        .replacen("transition: keep", &format!("transition: {transition}"), 1)
        .replacen("due: {hours: 72}", "due: {hours: 24}", 1);
    rule(&text)
}

async fn findings(office: &Office) -> pb::Obligation {
    office.owed("unit_findings").await
}

#[tokio::test]
async fn a_version_that_recomputes_moves_open_clocks_when_it_takes_effect_and_says_from_what() {
    let office = office().await;
    office.assign().await;
    let before = findings(&office).await;
    office.quiet().await;
    let book = RuleBook::new(toksun(), vec![stricter("2026-11-11", "recompute")]).unwrap();
    let office = office.restart_under("2026-11-10 20:00", book).await;
    office.quiet().await;
    assert_eq!(findings(&office).await.due_time, before.due_time);
    // Nobody calls; the clock alone reaches the day.
    office.house.at("2026-11-11 00:00").await;
    office.quiet().await;
    let after = findings(&office).await;
    assert_eq!((after.state(), after.due_time), (State::Open, Some(wire_time(moment("2026-11-11 09:00")))));
    let moved = office.told::<pb::ObligationMoved>().await;
    let moved = moved.iter().find(|told| told.obligation_id == after.obligation_id).unwrap();
    assert_eq!((&moved.previous_rule_version, &moved.rule_version), (&before.rule_version, &after.rule_version));
    assert_ne!(before.rule_version, after.rule_version);
    let adopted = office.told::<pb::RuleAdopted>().await;
    assert_eq!(adopted.iter().map(|told| &told.rule_version).collect::<Vec<_>>(), [&before.rule_version, &after.rule_version]);
    assert_eq!(adopted[1].effective_time, Some(wire_time(moment("2026-11-11 00:00"))));
}

#[tokio::test]
async fn a_version_that_keeps_leaves_open_clocks_and_governs_new_ones() {
    let office = office().await;
    office.assign().await;
    let before = findings(&office).await;
    let book = RuleBook::new(toksun(), vec![stricter("2026-11-11", "keep")]).unwrap();
    let office = office.restart_under("2026-11-11 09:00", book).await;
    office.assign().await;
    office.quiet().await;
    let all: Vec<_> = office.obligations(office.incident).await.into_iter().filter(|o| o.duty_id == "unit_findings").collect();
    let dues: Vec<_> = all.iter().map(|o| o.due_time).collect();
    assert_eq!(dues, [Some(wire_time(moment("2026-11-12 09:00"))), before.due_time]);
}

#[tokio::test]
async fn an_edit_of_the_rule_moves_what_is_open_at_once_and_unsettles_nothing() {
    let office = office().await;
    let assignment = office.assign().await;
    office.house.at("2026-11-10 09:20").await;
    office.acknowledge(assignment).await;
    let acknowledged = office.owed("unit_acknowledgement").await;
    let text = TOKSUN.replacen("due: {minutes: 30}", "due: {minutes: 10}", 1).replacen("due: {hours: 72}", "due: {hours: 48}", 1);
    let office = office.restart_under("2026-11-10 10:00", rule(&text).into()).await;
    office.quiet().await;
    assert_eq!(findings(&office).await.due_time, Some(wire_time(moment("2026-11-12 09:00"))));
    // Acknowledged in time under the rule of its day: a further fact of the incident does not make it late.
    office.classify().await;
    office.quiet().await;
    assert_eq!(office.owed("unit_acknowledgement").await, acknowledged);
}

#[tokio::test]
async fn what_is_no_longer_owed_counts_neither_for_nor_against_the_unit_and_its_breach_stays_told() {
    let office = office().await;
    office.assign().await;
    office.at_with_breaches("2026-11-10 10:00", 1).await;
    let counted = async |office: &Office| {
        let (from_date, to_date) = ("2026-11-10".into(), "2026-11-10".into());
        let message = pb::GetAppraisalRequest { body_id: office.people.bureau.to_string(), from_date, to_date };
        let answer = office.client.clone().get_appraisal(office.house.ask(office.people.head, message)).await.unwrap();
        let figures = answer.into_inner().appraisal.unwrap().figures;
        let figure = figures.iter().find(|figure| figure.figure_id == "acknowledgement").unwrap();
        (figure.owed_count, figure.unmet_count)
    };
    assert_eq!(counted(&office).await, (1, 1));
    let (before, duty) = TOKSUN.split_once("- id: unit_acknowledgement").unwrap();
    let duty =
        duty.replacen("debtor: {body: fact.body_id}", "debtor: {body: fact.body_id}\n        when: fact.body_id == fact.assignment_id", 1);
    let office = office.restart_under("2026-11-10 10:05", rule(&format!("{before}- id: unit_acknowledgement{duty}")).into()).await;
    office.quiet().await;
    assert_eq!(office.owed("unit_acknowledgement").await.state(), State::Ended);
    assert_eq!(office.told::<pb::ObligationBreached>().await.len(), 1);
    assert_eq!(counted(&office).await, (0, 0));
}
