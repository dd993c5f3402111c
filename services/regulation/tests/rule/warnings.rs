//! 警告: what a valid rule says in vain.

use crate::story::{NATIONAL, TEXT, TOKSUN, YEAR_2026, rule, source};
use regulation::{Rule, RuleError};
use rstest::rstest;

fn edited(from: &str, to: &str) -> (String, Vec<RuleError>) {
    assert!(TOKSUN.contains(from), "“{from}” 不在文件里");
    let text = TOKSUN.replacen(from, to, 1);
    let rule = Rule::parse(source("toksun.yaml", &text), &[source("national.yaml", NATIONAL)], &[source("2026.yaml", YEAR_2026)]);
    let warnings = rule.unwrap_or_else(|errors| panic!("{errors:#?}")).warnings(Some(TEXT));
    (text, warnings)
}

#[test]
fn the_shipped_rule_is_warned_of_clauses_that_nothing_carries_out_and_of_nothing_else() {
    let warnings = rule().warnings(Some(TEXT));
    let others: Vec<&RuleError> = warnings.iter().filter(|warning| !warning.message.contains("没有界定标准")).collect();
    assert!(others.is_empty(), "{others:#?}");
    let rule = rule();
    let mut cited = rule.cited();
    cited.extend(rule.carried_out().map(|(clause, _)| clause));
    let uncited: Vec<String> =
        rule.clauses().map(|(clause, _)| clause).filter(|clause| !cited.contains(clause)).map(|c| format!("clauses.{c}")).collect();
    let mut keys: Vec<String> = warnings.into_iter().map(|warning| warning.key).collect();
    keys.sort();
    assert_eq!(keys, uncited);
}

const BOTH: &str = "hit: report.sensitive && report.medium == 'paper'";

#[rstest]
#[case::a_word_that_no_report_has(
    "['central', 'central_stationed']",
    "['central', 'stationed']",
    "tests[0].hit",
    "report.tier 不会是“stationed”"
)]
#[case::a_medium_taken_for_a_tier(BOTH, "hit: report.tier == 'paper'", "tests[2].hit", "不会是“paper”")]
#[case::what_no_report_has_never_hits(BOTH, "hit: report.tier == 'paper'", "tests[2].hit", "永远不会命中")]
#[case::a_test_that_contradicts_itself(BOTH, "hit: report.medium == 'paper' && report.medium == 'web'", "tests[2].hit", "永远不会命中")]
#[case::numbers_that_do_not_meet(
    "hit: incident.distinct_writers >= threshold.concentration_distinct_writers",
    "hit: incident.distinct_writers >= threshold.concentration_distinct_writers && incident.distinct_writers < 5",
    "tests[3].hit",
    "永远不会命中"
)]
#[case::a_duty_that_nothing_discharges(
    "where: fact.kind in ['KIND_HOLDING', 'KIND_FULL']",
    "where: fact.kind == 'KIND_HOLDING' && fact.kind == 'KIND_FULL'",
    "duties[1]",
    "没有事实能办结“当日回应”"
)]
#[case::a_condition_that_never_holds(
    "where: fact.kind in ['KIND_HOLDING', 'KIND_FULL']",
    "where: fact.kind == 'KIND_HOLDING' && fact.kind == 'KIND_FULL'",
    "duties[1].discharged_by[0].where",
    "这一办结条件永远不会成立"
)]
#[case::a_state_of_another_field(
    "where: fact.kind in ['KIND_HOLDING', 'KIND_FULL']",
    "where: fact.kind in ['KIND_HOLDING', 'KIND_FINAL']",
    "duties[1].discharged_by[0].where",
    "fact.kind 不会是“KIND_FINAL”"
)]
#[case::words_that_the_text_does_not_have(
    "四(五): 由政务舆情处置办公室形成报告",
    "四(五): 由办公室形成报告",
    "clauses.四(五)",
    "在制度原文里找不到"
)]
#[case::a_clause_that_nothing_cites("clauses:\n", "clauses:\n  六: 无人办理\n", "clauses.六", "没有界定标准")]
fn a_warning_names_its_place_and_its_cause(#[case] from: &str, #[case] to: &str, #[case] key: &str, #[case] cause: &str) {
    let (text, warnings) = edited(from, to);
    let found = warnings.iter().find(|warning| warning.key == key && warning.message.contains(cause));
    let found = found.unwrap_or_else(|| panic!("{key}: {warnings:#?}"));
    assert_eq!(found.file, "toksun.yaml");
    let line = text.lines().nth(found.line - 1).unwrap();
    let last = key.rsplit('.').next().unwrap();
    assert!(line.contains(last) || key.ends_with(']'), "{}: {line}", found.line);
}

#[test]
fn without_the_text_its_words_are_not_asked_for() {
    let rule = Rule::parse(source("a", &TOKSUN.replacen("四(五): 由政务", "四(五): 由某", 1)), &[], &[]).unwrap();
    assert!(rule.warnings(None).iter().all(|warning| !warning.message.contains("原文")));
}
