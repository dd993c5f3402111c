//! 时限 across midnight, New Year, Spring Festival with its make-up days.

use crate::story::{apart, assigned, at, classified, fact, graded, important, of_duty, only, rule};
use regulation::{Fact, State};
use rstest::rstest;
use serde_json::json;

#[rstest]
#[case::in_the_morning("2026-11-10 09:00", "2026-11-11 00:00")]
#[case::just_enough_left("2026-11-10 22:00", "2026-11-11 00:00")]
#[case::a_minute_too_little("2026-11-10 22:01", "2026-11-11 00:01")]
#[case::ten_minutes_to_midnight("2026-11-10 23:50", "2026-11-11 01:50")]
#[case::at_midnight("2026-11-11 00:00", "2026-11-12 00:00")]
#[case::on_a_sunday("2026-11-15 10:00", "2026-11-16 00:00")]
#[case::on_new_year_s_eve("2026-12-31 23:30", "2027-01-01 01:30")]
#[case::in_the_spring_festival("2026-02-17 08:00", "2026-02-18 00:00")]
#[case::a_year_without_a_calendar("2031-05-01 12:00", "2031-05-02 00:00")]
fn the_same_day_ends_at_midnight_and_never_leaves_less_than_two_hours(#[case] trigger: &str, #[case] due: &str) {
    let owed = only(&rule(), &[important("f", trigger)], "same_day_response");
    assert_eq!(owed.due_time, at(due));
    assert_eq!(owed.open_time, at(trigger));
}

#[test]
fn utc_does_not_move_the_civil_day() {
    // 2026-11-10 16:30 UTC is half past midnight of the 11th in Shanghai.
    let late = only(&rule(), &[important("f", "2026-11-11 00:30")], "same_day_action");
    assert_eq!(late.due_time, at("2026-11-12 00:00"));
}

#[rstest]
#[case::through_a_holiday("2026-10-01 10:00", "2026-10-03 10:00")]
#[case::over_new_year("2026-12-31 12:00", "2027-01-02 12:00")]
#[case::through_a_leap_day("2028-02-28 01:00", "2028-03-01 01:00")]
fn forty_eight_hours_are_calendar_hours_from_the_first_report(#[case] first: &str, #[case] due: &str) {
    let facts = [graded("f", first, "LEVEL_IMPORTANT", "LEVEL_UNSPECIFIED", "EVENT_GRADE_NONE", first)];
    assert_eq!(only(&rule(), &facts, "national_response").due_time, at(due));
}

#[test]
fn a_late_classification_does_not_lengthen_the_national_clock() {
    let facts = [graded("f", "2026-11-12 15:00", "LEVEL_IMPORTANT", "LEVEL_UNSPECIFIED", "EVENT_GRADE_MAJOR", "2026-11-10 09:00")];
    let rule = rule();
    let owed = only(&rule, &facts, "national_response");
    assert_eq!((owed.start_time, owed.open_time), (at("2026-11-10 09:00"), at("2026-11-12 15:00")));
    assert_eq!(owed.due_time, at("2026-11-12 09:00"));
    assert_eq!(owed.state_at(at("2026-11-12 15:00")), State::Breached);
    assert!(owed.reminders.iter().all(|reminder| reminder.at > owed.open_time));
    assert_eq!(only(&rule, &facts, "national_press_conference").due_time, at("2026-11-11 09:00"));
    assert_eq!(only(&rule, &facts, "national_authoritative_information").due_time, at("2026-11-10 14:00"));
}

#[rstest]
#[case::an_ordinary_tuesday("2026-11-10 09:00", "2026-11-14 00:00")]
#[case::late_on_friday("2026-11-13 23:50", "2026-11-14 01:50")]
#[case::on_saturday_the_week_is_over("2026-11-14 09:00", "2026-11-21 00:00")]
#[case::before_a_worked_saturday("2026-02-12 09:00", "2026-02-15 00:00")]
#[case::on_the_worked_saturday("2026-02-14 09:00", "2026-02-15 00:00")]
#[case::the_week_of_the_spring_festival_has_no_working_day("2026-02-17 09:00", "2026-03-01 00:00")]
#[case::new_year_s_week_ends_on_a_worked_sunday("2026-01-02 09:00", "2026-01-05 00:00")]
#[case::before_the_national_day("2026-09-29 09:00", "2026-10-01 00:00")]
#[case::within_the_national_day("2026-10-05 09:00", "2026-10-11 00:00")]
fn a_week_ends_on_its_last_working_day(#[case] trigger: &str, #[case] due: &str) {
    let facts = [classified("f", trigger, "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED")];
    assert_eq!(only(&rule(), &facts, "weekly_bulletin").due_time, at(due));
}

#[test]
fn a_week_in_a_year_without_a_calendar_is_an_error_that_says_what_to_load() {
    let facts = [classified("f", "2027-03-03 09:00", "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED")];
    let error = rule().obligations(&facts).unwrap_err();
    assert!(error.message.contains("2027") && error.message.contains("deploy/calendar/2027.yaml"), "{error}");
    assert_eq!(error.file, "toksun.yaml");
    assert!(error.line > 0 && error.key.starts_with("duties["), "{error}");
}

#[rstest]
#[case::acknowledged_across_midnight("unit_acknowledgement", "2026-11-10 23:50", "2026-11-11 00:20")]
#[case::acknowledged_across_new_year("unit_acknowledgement", "2026-12-31 23:45", "2027-01-01 00:15")]
#[case::acknowledged_in_the_spring_festival("unit_acknowledgement", "2026-02-16 23:59", "2026-02-17 00:29")]
#[case::findings_through_the_spring_festival("unit_findings", "2026-02-14 18:00", "2026-02-17 18:00")]
#[case::findings_over_the_end_of_february("unit_findings", "2026-02-27 12:00", "2026-03-02 12:00")]
fn minutes_and_hours_run_through_nights_and_holidays(#[case] duty: &str, #[case] trigger: &str, #[case] due: &str) {
    assert_eq!(only(&rule(), &[assigned("f", trigger, "a-1", "b-water")], duty).due_time, at(due));
}

#[rstest]
#[case::across_midnight("2026-11-10 22:30", "2026-11-11 00:30")]
#[case::across_new_year("2026-12-31 23:00", "2027-01-01 01:00")]
#[case::on_the_eve_of_the_spring_festival("2026-02-14 23:10", "2026-02-15 01:10")]
fn the_special_bulletin_is_due_two_hours_on_whatever_the_day(#[case] trigger: &str, #[case] due: &str) {
    assert_eq!(only(&rule(), &[important("f", trigger)], "important_bulletin").due_time, at(due));
}

#[test]
fn material_is_due_when_the_request_says() {
    let asked = fact(
        "f",
        "disposal.MaterialRequested",
        "2026-11-10 09:00",
        json!({
            "material_request_id": "m-1", "body_id": "b-water", "question": "何时恢复", "due_time": at("2026-11-10 18:00").to_string(),
        }),
    );
    assert_eq!(only(&rule(), &[asked], "material").due_time, at("2026-11-10 18:00"));
}

fn duty_of(date: &str, scheduled: &str) -> Fact {
    apart("f", "directory.DutyScheduled", scheduled, json!({"duty_date": date, "person_id": "p-collector"}))
}

#[rstest]
#[case::scheduled_a_week_ahead("2026-11-03 10:00", "2026-11-11 00:00")]
#[case::scheduled_that_evening("2026-11-10 23:30", "2026-11-11 01:30")]
fn the_register_is_due_when_its_day_ends(#[case] scheduled: &str, #[case] due: &str) {
    let owed = only(&rule(), &[duty_of("2026-11-10", scheduled)], "daily_register");
    assert_eq!(owed.due_time, at(due));
    assert_eq!(owed.incident_id, None);
}

#[test]
fn a_date_that_is_none_is_an_error_at_its_place() {
    let error = rule().obligations(&[duty_of("2026-11-31", "2026-11-03 10:00")]).unwrap_err();
    assert!(error.key.ends_with("due.day") && error.message.contains("2026-11-31"), "{error}");
}

#[test]
fn the_derivation_tells_each_step_in_chinese() {
    let owed = only(&rule(), &[important("f", "2026-11-10 23:50")], "same_day_response");
    let steps = owed.derivation.join("\n");
    assert!(steps.contains("起算:2026年11月10日23时50分"), "{steps}");
    assert!(steps.contains("至2026年11月10日24时"), "{steps}");
    assert!(steps.contains("按最低保留2小时计,顺延至2026年11月11日1时50分"), "{steps}");
    assert!(steps.contains("四(三)"), "{steps}");
}

#[test]
fn a_start_that_the_fact_does_not_tell_is_the_trigger_and_is_said() {
    let mut fact = important("f", "2026-11-10 09:00");
    fact.fields.remove("first_report_time");
    let owed = only(&rule(), &[fact], "national_response");
    assert_eq!(owed.due_time, at("2026-11-12 09:00"));
    assert!(owed.derivation.join("\n").contains("未载明"));
}

#[test]
fn reminders_come_before_at_and_after_and_climb() {
    let owed = of_duty(&rule(), &[important("f", "2026-11-10 09:00")], "same_day_response").remove(0);
    let seen: Vec<(String, jiff::Timestamp, usize)> = owed.reminders.iter().map(|r| (r.stage.clone(), r.at, r.to.len())).collect();
    assert_eq!(
        seen,
        [
            ("before_due".to_owned(), at("2026-11-10 22:00"), 1),
            ("at_due".to_owned(), at("2026-11-11 00:00"), 2),
            ("after_due".to_owned(), at("2026-11-11 04:00"), 3),
        ]
    );
    assert!(owed.reminders.iter().all(|reminder| reminder.to[0] == owed.debtor));
}
