//! 工作日: notices, their amendments, a region's holidays.

use crate::story::{NATIONAL, TOKSUN, YEAR_2026, apart, at, source};
use regulation::{Obligation, Rule, RuleError, Source};
use rstest::rstest;
use serde_json::json;

/// A rule whose daily register is due after some working days.
fn rule(days: i64, calendars: &[Source<'_>]) -> Result<Rule, Vec<RuleError>> {
    let text = TOKSUN.replacen("due: {day: fact.duty_date}", &format!("due: {{working_days: {days}}}"), 1);
    assert_ne!(text, TOKSUN);
    Rule::parse(source("toksun.yaml", &text), &[source("national.yaml", NATIONAL)], calendars)
}

fn owed(days: i64, start: &str, calendars: &[Source<'_>]) -> Result<Obligation, RuleError> {
    let fields = json!({"duty_date": "2026-01-01", "person_id": "p-1"});
    let facts = [apart("f", "directory.DutyScheduled", start, fields)];
    rule(days, calendars).unwrap().obligations(&facts).map(|mut owed| owed.remove(0))
}

#[rstest]
#[case::over_a_weekend(1, "2026-11-13 09:00", "2026-11-17 00:00")]
#[case::over_a_worked_saturday(1, "2026-02-13 17:00", "2026-02-15 00:00")]
#[case::through_the_spring_festival(2, "2026-02-13 17:00", "2026-02-25 00:00")]
#[case::twenty_days_over_the_spring_festival(20, "2026-02-10 09:00", "2026-03-17 00:00")]
#[case::from_a_holiday(1, "2026-10-03 09:00", "2026-10-09 00:00")]
#[case::over_a_worked_sunday(5, "2026-09-18 09:00", "2026-09-25 00:00")]
#[case::new_year(1, "2026-01-01 09:00", "2026-01-05 00:00")]
fn working_days_follow_the_notice(#[case] days: i64, #[case] start: &str, #[case] due: &str) {
    let owed = owed(days, start, &[source("2026.yaml", YEAR_2026)]).unwrap();
    assert_eq!(owed.due_time, at(due), "{:?}", owed.derivation);
}

#[test]
fn the_derivation_names_the_days_that_depart_from_the_week() {
    let owed = owed(2, "2026-02-13 17:00", &[source("2026.yaml", YEAR_2026)]).unwrap();
    let steps = owed.derivation.join("\n");
    assert!(steps.contains("2026年2月14日计入:调休上班(国办发明电〔2025〕7号)"), "{steps}");
    assert!(steps.contains("2026年2月16日不计:春节"), "{steps}");
}

#[test]
fn a_year_that_is_not_loaded_is_never_guessed() {
    let error = owed(5, "2026-12-29 09:00", &[source("2026.yaml", YEAR_2026)]).unwrap_err();
    assert!(error.message.contains("deploy/calendar/2027.yaml"), "{error}");
    let error = owed(1, "2026-06-01 09:00", &[]).unwrap_err();
    assert!(error.message.contains("2026"), "{error}");
}

#[test]
fn a_rule_tells_until_which_day_working_days_can_be_counted() {
    let until = |calendars: &[Source<'_>], from: &str| rule(1, calendars).unwrap().calendar_known_until(from.parse().unwrap()).to_string();
    let holidays = YEAR_2026.split_once("worked:").unwrap().0;
    let later = |year: i16| holidays.replace("2026-", &format!("{year}-")).replace("year: 2026", &format!("year: {year}"));
    let (next, gap) = (later(2027), later(2029));
    let all = [source("2026.yaml", YEAR_2026), source("2027.yaml", &next), source("2029.yaml", &gap)];
    assert_eq!(until(&all[..1], "2026-11-25"), "2026-12-31");
    assert_eq!(until(&all, "2026-11-25"), "2027-12-31");
    assert_eq!(until(&all[..1], "2027-01-05"), "2026-12-31");
}

const AMENDMENT: &str = "
year: 2026
title: 国务院办公厅关于调整劳动节假期安排的通知
document: 国办发明电〔2026〕1号
issued: 2026-04-10
layer: amendment
holidays:
  - {name: 劳动节, from: 2026-05-06, to: 2026-05-06}
worked: [2026-05-05]
";

#[test]
fn an_amended_notice_counts_from_its_issue_on_and_moves_nothing_that_was_open() {
    let calendars = [source("2026.yaml", YEAR_2026), source("2026-1.yaml", AMENDMENT)];
    let before = owed(14, "2026-04-09 09:00", &calendars).unwrap();
    assert_eq!(before.due_time, owed(14, "2026-04-09 09:00", &calendars[..1]).unwrap().due_time);
    let after = |days| owed(days, "2026-04-30 09:00", &calendars).unwrap().due_time;
    assert_eq!(after(1), at("2026-05-06 00:00"));
    assert_eq!(after(2), at("2026-05-08 00:00"));
}

/// The week of a rule's weekly bulletin.
fn bulletin(start: &str, calendars: &[Source<'_>]) -> Obligation {
    let rule = Rule::parse(source("toksun.yaml", TOKSUN), &[], calendars).unwrap();
    crate::story::only(&rule, &[crate::story::classified("f", start, "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED")], "weekly_bulletin")
}

/// The make-up day of the Spring Festival moved by two weeks, when it was already near.
const MOVED: &str = "
year: 2026
title: 国务院办公厅关于调整春节调休的通知
document: 国办发明电〔2026〕2号
issued: 2026-02-12
layer: amendment
holidays:
  - {name: 休息, from: 2026-02-14, to: 2026-02-14}
worked: [2026-03-01]
";

#[rstest]
#[case::opened_before_the_amendment_nothing_moves("2026-02-11 09:00", "2026-02-15 00:00")]
#[case::opened_on_the_day_of_its_issue("2026-02-12 09:00", "2026-02-14 00:00")]
#[case::opened_after_it("2026-02-13 09:00", "2026-02-14 00:00")]
#[case::the_week_of_the_other_make_up_day("2026-02-25 09:00", "2026-03-02 00:00")]
fn a_week_ends_as_the_notice_says_that_was_known_when_it_began(#[case] start: &str, #[case] due: &str) {
    let calendars = [source("2026.yaml", YEAR_2026), source("2026-2.yaml", MOVED)];
    let owed = bulletin(start, &calendars);
    assert_eq!(owed.due_time, at(due), "{:?}", owed.derivation);
}

#[test]
fn a_later_amendment_overrides_an_earlier_one_and_each_counts_from_its_own_issue() {
    let back = MOVED
        .replace("2号", "3号")
        .replace("2026-02-12\nlayer", "2026-02-20\nlayer")
        .replace("worked: [2026-03-01]", "worked: [2026-02-21]")
        .replace("to: 2026-02-14", "to: 2026-02-14}\n  - {name: 休息, from: 2026-03-01, to: 2026-03-01");
    let calendars = [source("3.yaml", &back), source("2.yaml", MOVED), source("2026.yaml", YEAR_2026)];
    assert_eq!(bulletin("2026-02-19 09:00", &calendars).due_time, at("2026-03-02 00:00"), "the first amendment alone is known");
    assert_eq!(bulletin("2026-02-20 09:00", &calendars).due_time, at("2026-02-22 00:00"), "the second makes that Saturday worked");
    assert_eq!(bulletin("2026-02-24 09:00", &calendars).due_time, at("2026-03-01 00:00"), "and that Sunday free");
}

const YEAR_2027: &str = "
year: 2027
title: 国务院办公厅关于2027年部分节假日安排的通知(样例)
document: 样例2号
issued: 2026-11-20
layer: notice
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
worked: [2026-12-26]
";

#[rstest]
#[case::over_the_make_up_day_in_the_year_before(1, "2026-12-25 17:00", "2026-12-27 00:00")]
#[case::over_new_year_into_a_year_of_its_own_notice(2, "2026-12-30 09:00", "2027-01-05 00:00")]
#[case::from_the_holiday(1, "2027-01-02 09:00", "2027-01-05 00:00")]
fn working_days_run_over_new_year_when_both_years_are_loaded(#[case] days: i64, #[case] start: &str, #[case] due: &str) {
    let owed = owed(days, start, &[source("2026.yaml", YEAR_2026), source("2027.yaml", YEAR_2027)]).unwrap();
    assert_eq!(owed.due_time, at(due), "{:?}", owed.derivation);
}

const XINJIANG: &str = "
year: 2026
title: 新疆维吾尔自治区2026年肉孜节、古尔邦节放假安排(样例)
document: 样例1号
issued: 2026-01-10
layer: region
holidays:
  - {name: 肉孜节, from: 2026-03-20, to: 2026-03-20}
";

#[test]
fn a_region_adds_its_holidays() {
    let calendars = [source("xinjiang-2026.yaml", XINJIANG), source("2026.yaml", YEAR_2026)];
    assert_eq!(owed(1, "2026-03-19 09:00", &calendars).unwrap().due_time, at("2026-03-24 00:00"));
    let alone = owed(1, "2026-03-19 09:00", &calendars[..1]).unwrap_err();
    assert!(alone.message.contains("2026"), "地区假日不能代替年度通知: {alone}");
}

#[rstest]
#[case::another_year("2026-09-20", "2025-09-20", "worked[4]", "不在 2026 年")]
#[case::a_weekday_is_worked_anyway("2026-09-20", "2026-09-21", "worked[4]", "不必调休上班")]
#[case::a_day_both_off_and_worked("2026-09-20", "2026-05-02", "worked[4]", "写了两次")]
#[case::backwards("from: 2026-10-01, to: 2026-10-07", "from: 2026-10-07, to: 2026-10-01", "holidays[6]", "从前到后")]
#[case::no_layer("layer: notice", "layer: law", "layer", "amendment")]
fn a_wrong_calendar_is_refused(#[case] from: &str, #[case] to: &str, #[case] key: &str, #[case] cause: &str) {
    let text = YEAR_2026.replacen(from, to, 1);
    let found = rule(1, &[source("2026.yaml", &text)]).unwrap_err();
    let error = found.iter().find(|error| error.key == key);
    assert!(error.is_some_and(|error| error.message.contains(cause) && error.line > 3), "{found:#?}");
}

#[test]
fn two_notices_of_one_year_are_refused() {
    let found = rule(1, &[source("a.yaml", YEAR_2026), source("b.yaml", YEAR_2026)]).unwrap_err();
    assert!(found[0].file == "b.yaml" && found[0].message.contains("重复"), "{found:#?}");
}
