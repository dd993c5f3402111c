//! 二: the four tests.

use crate::story::{TOKSUN, YEAR_2026, rule, source};
use regulation::{Assessment, IncidentSignals, Level, ReportSignals, Rule};
use rstest::rstest;
use serde_json::json;

fn report(id: &str, tier: &str, medium: &str) -> ReportSignals {
    ReportSignals {
        report_id: id.to_owned(),
        tier: tier.to_owned(),
        medium: medium.to_owned(),
        page: None,
        sensitive: true,
        views: 0,
        comments: 0,
        reposts: 0,
    }
}

fn assess(distinct_writers: i64, reports: &[ReportSignals]) -> Assessment {
    let incident = IncidentSignals { incident_id: "i-1".to_owned(), report_count: 12, distinct_writers };
    rule().assess(&incident, reports).unwrap()
}

#[rstest]
#[case::central_press("central", "web", 0, 0, &["二(一)"])]
#[case::central_press_stationed_in_the_region("central_stationed", "television", 0, 0, &["二(一)"])]
#[case::county_television_without_reaction("county", "television", 0, 0, &[])]
#[case::one_view_short("city", "web", 9_999, 0, &[])]
#[case::as_many_views_as_the_threshold("city", "web", 10_000, 0, &["二(二)"])]
#[case::as_many_comments_as_the_threshold("region", "television", 0, 100, &["二(二)"])]
#[case::radio_is_not_in_the_text("region", "radio", 50_000, 900, &[])]
#[case::a_person_s_post("social", "social", 50_000, 900, &[])]
#[case::a_commercial_site("commercial", "web", 50_000, 900, &[])]
#[case::a_paper_of_any_tier("commercial", "paper", 0, 0, &["二(三)"])]
#[case::a_central_paper_hits_twice("central", "paper", 0, 0, &["二(一)", "二(三)"])]
fn a_report_hits_the_tests_of_the_text(
    #[case] tier: &str,
    #[case] medium: &str,
    #[case] views: i64,
    #[case] comments: i64,
    #[case] clauses: &[&str],
) {
    let seen = ReportSignals { views, comments, ..report("r-1", tier, medium) };
    let assessment = assess(0, &[seen]);
    let hits: Vec<&str> = assessment.grounds.iter().map(|ground| ground.clause.as_str()).collect();
    assert_eq!(hits, clauses);
    assert_eq!(assessment.level == Level::Important, !clauses.is_empty());
}

#[test]
fn what_is_not_sensitive_hits_nothing() {
    let plain = |tier: &str, medium: &str| ReportSignals { sensitive: false, views: 99_999, ..report("r", tier, medium) };
    let reports = [plain("central", "web"), plain("county", "paper"), plain("city", "television")];
    assert_eq!(assess(0, &reports).level, Level::Ordinary);
}

#[test]
fn any_page_of_a_paper_counts_and_is_shown() {
    let paper = ReportSignals { page: Some("A07".to_owned()), ..report("r-1", "city", "paper") };
    let ground = assess(0, &[paper]).grounds.remove(0);
    assert_eq!(ground.report_id.as_deref(), Some("r-1"));
    assert_eq!(ground.values["report.page"], json!("A07"));
    assert_eq!(ground.values["report.medium"], json!("paper"));
    assert!(!ground.needs_confirmation);
}

#[rstest]
#[case(9, false)]
#[case(10, true)]
#[case(47, true)]
fn the_mailbox_is_concentrated_from_the_threshold_on(#[case] writers: i64, #[case] important: bool) {
    let assessment = assess(writers, &[]);
    assert_eq!(assessment.level == Level::Important, important);
    for ground in &assessment.grounds {
        assert_eq!(ground.clause, "二(四)");
        assert_eq!(ground.report_id, None);
        assert!(ground.needs_confirmation, "一个阈值要由人确认");
        assert_eq!(ground.values["incident.distinct_writers"], json!(writers));
        assert_eq!(ground.values["threshold.concentration_distinct_writers"], json!(10));
        assert_eq!(ground.values["threshold.concentration_window_days"], json!(30));
    }
}

#[test]
fn a_threshold_that_was_seen_is_kept_with_the_ground() {
    let seen = ReportSignals { views: 12_345, ..report("r-1", "county", "web") };
    let ground = assess(0, &[seen]).grounds.remove(0);
    assert_eq!(ground.values["report.views"], json!(12_345));
    assert_eq!(ground.values["threshold.reaction_views"], json!(10_000));
    assert!(ground.needs_confirmation);
}

#[test]
fn the_order_and_the_repetition_of_reports_make_no_difference() {
    let a = report("r-a", "central", "web");
    let b = report("r-b", "county", "paper");
    let early = ReportSignals { views: 10, ..report("r-c", "city", "web") };
    let late = ReportSignals { views: 20_000, ..report("r-c", "city", "web") };
    let once = assess(12, &[a.clone(), b.clone(), late.clone()]);
    assert_eq!(once.grounds.len(), 4);
    assert_eq!(once, assess(12, &[late.clone(), early, b.clone(), a.clone(), b, a, late]));
}

#[test]
fn the_county_sets_from_when_on_a_rise_is_one_and_a_county_that_sets_nothing_has_none() {
    let rule = rule();
    let trend = rule.trend().unwrap();
    assert_eq!((trend.clause.as_str(), trend.window_hours, trend.speed_per_hour, trend.growth_factor), ("四(二)", 6, 3, 2));
    assert_eq!(trend.reports(), 18);
    let (before, rest) = TOKSUN.split_once("\ntrend:\n").unwrap();
    let (_, after) = rest.split_once("\n# 提醒方案").unwrap();
    let without = format!("{before}\n# 提醒方案{after}");
    let without = Rule::parse(source("toksun.yaml", &without), &[], &[source("2026.yaml", YEAR_2026)]).unwrap();
    assert!(without.trend().is_none());
}
