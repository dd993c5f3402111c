//! A file that is not right is refused, with the line and the key of every error.

use crate::story::{NATIONAL, TOKSUN, YEAR_2026, source};
use regulation::{Rule, RuleError};
use rstest::rstest;

/// The errors of the county's file after one edit.
fn errors(from: &str, to: &str) -> Vec<RuleError> {
    assert!(TOKSUN.contains(from), "“{from}” 不在文件里");
    let text = TOKSUN.replacen(from, to, 1);
    Rule::parse(source("toksun.yaml", &text), &[], &[source("2026.yaml", YEAR_2026)]).unwrap_err()
}

/// The line on which a text stands, from 1.
fn line_of(text: &str, wanted: &str) -> usize {
    1 + text.lines().position(|line| line.contains(wanted)).unwrap()
}

#[rstest]
#[case::an_unknown_key("note: 交办第一个", "remark: 交办第一个", "duties[0].remark", "未知的键")]
#[case::a_wrong_type("needs_confirmation: false", "needs_confirmation: 也许", "tests[0].needs_confirmation", "true 或 false")]
#[case::a_number_out_of_range(
    "same_day_minimum_minutes: 120",
    "same_day_minimum_minutes: 5000",
    "thresholds.same_day_minimum_minutes",
    "0 至 720"
)]
#[case::a_number_as_text("reaction_views: 10000", "reaction_views: '10000'", "thresholds.reaction_views", "整数")]
#[case::a_syntax_error(
    "where: fact.assignment_id == trigger.assignment_id",
    "where: fact.assignment_id ==",
    "duties[7].discharged_by[0].where",
    "CEL 语法错误"
)]
#[case::a_rise_of_no_speed("speed_per_hour: 3", "speed_per_hour: 0", "trend.speed_per_hour", "1 至 1000000")]
#[case::a_rise_without_a_window("  window_hours: 6", "  window: 6", "trend", "缺少“window_hours”")]
#[case::a_rise_of_an_unknown_clause("  clause: 四(二)\n  text", "  clause: 四(九)\n  text", "trend.clause", "不在本文件的 clauses 里")]
#[case::an_unknown_variable("hit: incident.distinct_writers", "hit: incidents.distinct_writers", "tests[3].hit", "未知的变量“incidents”")]
#[case::an_unknown_field("hit: incident.distinct_writers", "hit: incident.writers", "tests[3].hit", "没有字段“writers”")]
#[case::a_field_of_another_fact("per: fact.escalation_id", "per: fact.assignment_id", "duties[15].per", "没有字段“assignment_id”")]
#[case::a_misspelt_state(
    "when: fact.level == 'LEVEL_IMPORTANT'",
    "when: fact.level == 'LEVEL_IMPORTNT'",
    "duties[0].on[0].when",
    "LEVEL_IMPORTNT"
)]
#[case::a_condition_that_gives_no_truth("when: fact.level == 'LEVEL_IMPORTANT'", "when: fact.level", "duties[0].on[0].when", "真假")]
#[case::types_that_do_not_meet("hit: incident.distinct_writers >=", "hit: incident.incident_id >=", "tests[3].hit", "CEL 无法执行")]
#[case::an_unknown_function(
    "hit: incident.distinct_writers",
    "hit: now() > incident.distinct_writers && 1",
    "tests[3].hit",
    "未知的函数“now”"
)]
#[case::an_unknown_fact(
    "- fact: disposal.UnitAssigned",
    "- fact: disposal.UnitAsigned",
    "duties[0].discharged_by[0].fact",
    "没有名为“disposal.UnitAsigned”"
)]
#[case::an_unknown_role("debtor: {role: leader_in_charge}", "debtor: {role: boss}", "duties[0].on[0].debtor.role", "未知的角色")]
#[case::a_chase_that_does_not_climb("after_minutes: 60, to", "after_minutes: 30, to", "unacknowledged.level_by_level[1]", "依次更晚")]
#[case::an_unknown_chase(
    "needs_ack: true\n    unacknowledged: level_by_level",
    "needs_ack: true\n    unacknowledged: by_and_by",
    "notices[0].unacknowledged",
    "已有:level_by_level"
)]
#[case::a_chase_of_what_needs_no_acknowledgement(
    "needs_ack: true\n    unacknowledged",
    "needs_ack: false\n    unacknowledged",
    "notices[0].unacknowledged",
    "无从催签"
)]
#[case::two_debtors(
    "debtor: {role: leader_in_charge}",
    "debtor: {role: office_head, body: fact.number}",
    "duties[0].on[0].debtor",
    "恰有一个"
)]
#[case::an_unknown_due("due: same_day", "due: some_day", "duties[0].due", "未知的时限")]
#[case::a_due_of_nothing("due: {hours: 2}", "due: {hours: 0}", "duties[2].due.hours", "1 至 8760")]
#[case::a_repeated_id("id: same_day_response", "id: same_day_action", "duties[1].id", "重复")]
#[case::an_unknown_clause("clause: 三(一)", "clause: 三(九)", "duties[0].clause", "不在本文件的 clauses 里")]
#[case::an_unknown_plan("reminders: same_day", "reminders: whenever", "duties[0].reminders", "没有名为“whenever”的提醒方案")]
#[case::an_unknown_field_in_a_text("title: 【交办】{fact.title}", "title: 【交办】{fact.tilte}", "notices[7].title", "没有“{fact.tilte}”")]
#[case::a_brace_left_open("title: 【交办】{fact.title}", "title: 【交办】{fact.title", "notices[7].title", "花括号不成对")]
#[case::a_duty_nobody_can_discharge(
    "discharged_by:\n      - fact: disposal.UnitAssigned\n",
    "discharged_by: []\n",
    "duties[0]",
    "没有事实能办结"
)]
#[case::a_date_that_is_none("effective: 2023-01-01", "effective: 2023-02-30", "effective", "应为日期")]
#[case::a_key_written_twice("effective: 2023-01-01", "title: 又一个\neffective: 2023-01-01", "title", "重复")]
#[case::a_clause_carried_out_that_is_none(
    "  四(四):\n    - huiying",
    "  四(九):\n    - huiying",
    "carried_out.四(九)",
    "不在本文件的 clauses 里"
)]
#[case::a_clause_carried_out_by_nothing(
    "  四(四):\n    - huiying.disposal.v1.DisposalService/SubmitFeedback\n",
    "  四(四): []\n",
    "carried_out.四(四)",
    "至少要有一个接口"
)]
#[case::an_rpc_without_its_service("DisposalService/SubmitFeedback", "SubmitFeedback", "carried_out.四(四)[0]", "不是接口的全名")]
#[case::an_rpc_named_twice(
    "- huiying.accountability.v1.AccountabilityService/SubmitReply",
    "- huiying.accountability.v1.AccountabilityService/RecordInterview",
    "carried_out.四(六)[5]",
    "重复"
)]
#[case::a_missing_chain("  line:\n", "  lines:\n", "chains", "缺少审批流程“line”")]
fn an_error_names_its_key_and_its_cause(#[case] from: &str, #[case] to: &str, #[case] key: &str, #[case] cause: &str) {
    let found = errors(from, to);
    let error = found.iter().find(|error| error.key == key);
    let error = error.unwrap_or_else(|| panic!("{key}: {found:#?}"));
    assert!(error.message.contains(cause), "{error}");
    assert_eq!(error.file, "toksun.yaml");
}

#[rstest]
#[case("note: 交办第一个", "remark: 交办第一个", "remark: 交办第一个")]
#[case("per: fact.escalation_id", "per: fact.assignment_idd", "assignment_idd")]
#[case("debtor: {role: leader_in_charge}", "debtor: {role: boss}", "boss")]
#[case("effective: 2023-01-01", "effective: soon", "effective: soon")]
#[case("title: 【交办】{fact.title}", "title: 【交办】{fact.x}", "{fact.x}")]
fn an_error_names_its_line(#[case] from: &str, #[case] to: &str, #[case] wanted: &str) {
    let text = TOKSUN.replacen(from, to, 1);
    let found = errors(from, to);
    assert!(found.iter().all(|error| error.line == line_of(&text, wanted)), "{found:#?}");
}

#[test]
fn all_errors_are_found_at_once() {
    let text = TOKSUN
        .replacen("due: same_day", "due: some_day", 1)
        .replacen("reaction_views: 10000", "reaction_views: -1", 1)
        .replacen("{role: principal_leader}", "{role: boss}", 1)
        .replacen("clause: 二(三)", "clause: 二(七)", 1);
    let national = NATIONAL.replacen("hours: 48", "hours: many", 1);
    let calendar = YEAR_2026.replacen("2026-02-14", "2026-02-13", 1);
    let found =
        Rule::parse(source("toksun.yaml", &text), &[source("national.yaml", &national)], &[source("2026.yaml", &calendar)]).unwrap_err();
    let files: Vec<&str> = found.iter().map(|error| error.file.as_str()).collect();
    assert_eq!(files, ["2026.yaml", "national.yaml", "toksun.yaml", "toksun.yaml", "toksun.yaml", "toksun.yaml"], "{found:#?}");
    assert!(found.is_sorted());
}

#[test]
fn what_is_missing_is_named() {
    let found = Rule::parse(source("empty.yaml", "title: 空\n"), &[], &[]).unwrap_err();
    for key in ["effective", "clauses", "thresholds", "tests", "duties", "chains"] {
        assert!(found.iter().any(|error| error.message == format!("缺少“{key}”")), "{key}: {found:#?}");
    }
}

#[rstest]
#[case::nothing("", "空")]
#[case::not_yaml("title: [", "YAML")]
#[case::a_list("- 1\n", "键值表")]
#[case::two_documents("title: 甲\n---\ntitle: 乙\n", "一个 YAML 文档")]
#[case::an_anchor("title: &a 甲\n", "锚点")]
#[case::a_tag("title: !!str 甲\n", "标签")]
fn what_is_no_rule_at_all_is_refused(#[case] text: &str, #[case] cause: &str) {
    let found = Rule::parse(source("x.yaml", text), &[], &[]).unwrap_err();
    assert!(found.iter().any(|error| error.message.contains(cause)), "{found:#?}");
}

#[test]
fn an_overlay_may_not_take_an_id_of_the_county() {
    let national = NATIONAL.replacen("id: national_response", "id: same_day_response", 1);
    let found = Rule::parse(source("toksun.yaml", TOKSUN), &[source("national.yaml", &national)], &[]).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].file == "national.yaml" && found[0].message.contains("toksun.yaml"), "{}", found[0]);
}

#[test]
fn an_overlay_has_neither_tests_nor_thresholds() {
    let national = format!("{NATIONAL}\ntests: []\n");
    let found = Rule::parse(source("toksun.yaml", TOKSUN), &[source("national.yaml", &national)], &[]).unwrap_err();
    assert_eq!(found[0].key, "tests");
}
