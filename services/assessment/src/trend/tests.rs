//! Trends of made-up hours: known answers, and any hours at all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use jiff::Timestamp;
use proptest::prelude::*;

use super::{CivilHour, Figures, Hour, Series, Speed, Trend, rise};

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// 11月10日14时30分 in Asia/Shanghai.
fn now() -> Timestamp {
    moment("2026-11-10T14:30:00+08:00")
}

/// Hours that end with the current one.
fn cells(reports: &[i64]) -> Vec<Hour> {
    let first = CivilHour::of(now()).later(1 - i64::try_from(reports.len()).unwrap());
    let cell = |(at, reports): (i64, &i64)| Hour { hour: first.later(at), reports: *reports, figures: Figures::default() };
    (0..).zip(reports).map(cell).collect()
}

fn trend(reports: &[i64]) -> Trend {
    Trend::of(&cells(reports), now(), 24, 6, 6)
}

#[test]
fn an_hour_begins_where_the_civil_hour_does() {
    assert_eq!(CivilHour::of(now()).start(), moment("2026-11-10T14:00:00+08:00"));
    assert_eq!(CivilHour::of(moment("1969-12-31T23:59:59Z")).start(), moment("1969-12-31T23:00:00Z"));
}

#[test]
fn hours_without_reports_are_filled_in_and_what_nothing_told_stays_absent() {
    let current = CivilHour::of(now());
    let told = Figures { sightings: None, reach: Some(300) };
    let cells = [
        Hour { hour: current.later(-2), reports: 2, figures: told },
        Hour { hour: current.later(1), reports: 9, figures: Figures::default() },
        Hour { hour: current.later(-99), reports: 9, figures: Figures::default() },
    ];
    let trend = Trend::of(&cells, now(), 4, 6, 6);
    let seen: Vec<_> = trend.series.hours().iter().map(|h| (h.reports, h.figures.reach, h.figures.sightings)).collect();
    assert_eq!(seen, [(0, None, None), (2, Some(300), None), (0, None, None), (0, None, None)]);
}

#[test]
fn the_speed_is_of_the_last_hours_against_as_many_before() {
    let speed = trend(&[9, 1, 0, 2, 0, 0, 3, 4, 1, 0, 0, 5, 5]).speed;
    assert_eq!((speed.window, speed.reports, speed.before), (6, 15, 6));
    assert_eq!((speed.per_hour(), speed.growth()), (2.5, Some(2.5)));
    assert_eq!(trend(&[3]).speed.growth(), None);
}

#[test]
fn reports_that_double_every_three_hours_are_seen_to_and_level_ones_do_not_double() {
    let doubling: Vec<i64> = (0..30).map(|hour| (100.0 * 2f64.powf(f64::from(hour) / 3.0)).round() as i64).collect();
    let hours = trend(&doubling).doubling.hours.unwrap();
    assert!((hours - 3.0).abs() < 0.1, "{hours}");
    for level in [&[5; 30][..], &[0; 30], &[4, 6, 5, 4, 6, 5, 5, 4, 6, 5, 4, 6, 5], &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0], &[1, 9]] {
        let doubling = trend(level).doubling;
        assert_eq!(doubling.hours, None, "{level:?}");
        assert!(!doubling.method.is_empty());
    }
}

#[test]
fn a_burst_has_two_turning_points() {
    let calm = [1, 0, 2, 1, 0, 1, 1, 2, 0, 1, 0, 1];
    let burst = [8, 12, 9, 11, 10, 14, 9, 12, 8, 10];
    let reports: Vec<i64> = calm.into_iter().chain(burst).chain(calm).chain([0]).collect();
    let turning = trend(&reports).turning;
    let first = CivilHour::of(now()).later(1 - 35);
    let turns: Vec<_> = turning.turns.iter().map(|turn| turn.hour.since(first)).collect();
    assert_eq!(turns, [12, 22], "{turning:?}");
    let [up, down] = turning.turns.as_slice() else { panic!("{turning:?}") };
    assert!(up.before < 1.0 && up.after > 10.0 && down.before > 10.0 && down.after < 1.0, "{turning:?}");
    assert!(trend(&[3; 40]).turning.turns.is_empty());
    assert!(trend(&[1, 0, 2, 1, 0, 1, 1, 2, 0, 1, 0, 1, 2, 1, 0, 1, 1, 0, 2]).turning.turns.is_empty());
}

#[test]
fn a_forecast_goes_on_with_what_grows_and_its_wider_interval_holds_the_narrower() {
    let growing: Vec<i64> = (0..40).map(|hour| 10 + 2 * hour + [0, 1, -1, 2, -2][usize::try_from(hour % 5).unwrap()]).collect();
    let forecast = trend(&growing).forecast;
    assert_eq!(forecast.hours.len(), 6);
    assert_eq!(forecast.hours[0].hour, CivilHour::of(now()));
    assert!(forecast.method.contains("39个完整小时") && forecast.method.contains("95%"), "{}", forecast.method);
    let last = forecast.hours[5];
    assert!((last.reports - 98.0).abs() < 8.0, "{last:?}");
    for hour in &forecast.hours {
        assert!(hour.within_95.0 <= hour.within_80.0 && hour.within_80.0 < hour.within_80.1 && hour.within_80.1 <= hour.within_95.1);
    }
}

#[test]
fn from_the_third_day_on_a_forecast_tells_day_from_night() {
    let hour_of_day = |at: i64| (CivilHour::of(now()).later(at - 119).0 + 8).rem_euclid(24);
    let reports: Vec<i64> = (0..120).map(|at| if (9..21).contains(&hour_of_day(at)) { 20 + at % 3 } else { at % 2 }).collect();
    let forecast = Trend::of(&cells(&reports), now(), 24, 6, 12).forecast;
    assert!(forecast.method.contains("昼夜周期"), "{}", forecast.method);
    let (day, night) = (forecast.hours[1].reports, forecast.hours[10].reports);
    assert!(day > 15.0 && night < 6.0, "{:?}", forecast.hours);
}

#[test]
fn too_few_hours_too_few_reports_and_level_ones_are_not_forecast_and_it_says_so() {
    let mut lone = [0; 30];
    lone[4] = 7;
    for (reports, why) in [(&[5, 6, 7, 8][..], "不足12个"), (&lone, "不足3个"), (&[4; 30], "完全相同"), (&[], "不足12个")] {
        let forecast = trend(reports).forecast;
        assert!(forecast.hours.is_empty() && forecast.method.contains(why), "{reports:?}: {}", forecast.method);
    }
}

#[test]
fn a_rise_begins_past_both_thresholds_and_ends_with_the_first_hour_that_is_slow_again() {
    let rule = regulation::testing::toksun();
    let rule = rule.trend().unwrap();
    let begins = |reports, before| rise::begins(&Speed { window: 6, reports, before }, rule);
    assert!(begins(18, 9) && begins(18, 0) && !begins(17, 0) && !begins(18, 10));
    let current = CivilHour::of(now());
    let reports = cells(&[0, 18, 0, 0, 0, 0, 0, 0, 0, 0]);
    let series = Series::of(&reports, current.later(-20), current);
    let begin = current.later(-8);
    // Six hours it is fast, counted from its own; the seventh is not.
    assert_eq!(rise::ended(&series, begin, current, rule), Some(begin.later(7).start()));
    assert_eq!(rise::ended(&series, begin, begin.later(6), rule), None);
}

#[test]
fn a_rise_far_from_all_hours_is_no_trouble() {
    let rule = regulation::testing::toksun();
    let rule = rule.trend().unwrap();
    let (first, last) = (CivilHour::of(Timestamp::MIN), CivilHour::of(Timestamp::MAX));
    let series = Series::of(&cells(&[3]), first, last);
    assert!(series.hours().len() < 3_000);
    rise::ended(&series, first, last, rule);
    assert_eq!(Speed::at(&series, first, i64::MAX).reports, 0);
}

/// Checks what holds of any trend.
fn assert_sound(trend: &Trend) {
    assert!(trend.doubling.hours.is_none_or(|hours| hours.is_finite() && hours > 0.0), "{trend:?}");
    for hour in &trend.forecast.hours {
        let ordered = [hour.within_95.0, hour.within_80.0, hour.reports, hour.within_80.1, hour.within_95.1];
        assert!(ordered.iter().all(|number| number.is_finite() && *number >= 0.0), "{hour:?}");
        assert!(ordered.is_sorted_by(|a, b| *a <= *b + 1e-6 * (1.0 + b.abs())), "{hour:?}");
    }
    for turn in &trend.turning.turns {
        assert!(turn.before.is_finite() && turn.after.is_finite());
    }
}

#[test]
fn thousands_of_hours_and_the_greatest_counts_have_a_trend() {
    let many: Vec<i64> = (0..5_000).map(|at| (at * 7_919) % 23).collect();
    assert_sound(&trend(&many));
    assert_sound(&trend(&[i64::MAX; 50]));
    let swinging: Vec<i64> = (0..80).map(|at| if at % 2 == 0 { i64::MAX } else { i64::MIN }).collect();
    assert_sound(&trend(&swinging));
    assert_sound(&Trend::of(&cells(&[1, 2, 3]), Timestamp::MAX, i64::MAX, i64::MAX, 12));
    assert_sound(&Trend::of(&cells(&[1, 2, 3]), Timestamp::MIN, i64::MIN, i64::MIN, 6));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_hours_have_a_sound_trend_and_the_same_one_again(
        reports in proptest::collection::vec(prop_oneof![Just(0_i64), 0..20_i64, 0..1_000_000_i64], 0..90),
        ahead in 6..13_usize,
    ) {
        let cells = cells(&reports);
        let trend = Trend::of(&cells, now(), 48, 6, ahead);
        assert_sound(&trend);
        let shuffled: Vec<Hour> = cells.into_iter().rev().collect();
        prop_assert_eq!(trend, Trend::of(&shuffled, now(), 48, 6, ahead));
    }
}
