//! The files that the county runs on.

use crate::story::{NATIONAL, TEXT, TOKSUN, YEAR_2026, rule, source};
use regulation::Rule;

#[test]
fn the_real_files_parse() {
    let rule = rule();
    assert_eq!(rule.name(), "托克逊县政府办公室政务舆情突发事件应急处置制度");
    assert_eq!(rule.version().len(), 64);
}

#[test]
fn every_clause_of_the_county_file_quotes_the_text() {
    let rule = rule();
    for (clause, words) in rule.clauses().filter(|(clause, _)| !clause.ends_with('号')) {
        assert!(TEXT.contains(words), "{clause}: “{words}” 不是原文");
    }
}

/// The clauses of the text, as the domain cites them.
const CLAUSES: [&str; 20] = [
    "一",
    "二(一)",
    "二(二)",
    "二(三)",
    "二(四)",
    "三(一)",
    "三(二)",
    "三(三)",
    "三(四)",
    "四(一)一",
    "四(一)二",
    "四(二)",
    "四(三)",
    "四(四)",
    "四(五)",
    "四(六)",
    "五(一)",
    "五(二)",
    "五(三)甲",
    "五(三)乙",
];

#[test]
fn every_clause_cited_is_one_of_the_text_or_of_the_two_national_documents() {
    let rule = rule();
    for clause in rule.cited() {
        assert!(CLAUSES.contains(&clause) || ["61号", "80号"].contains(&clause), "{clause}");
    }
    let known: Vec<&str> = rule.clauses().map(|(clause, _)| clause).collect();
    for clause in CLAUSES {
        assert!(known.contains(&clause), "{clause} 没有列入");
    }
}

#[test]
fn the_clauses_of_the_story_are_carried_out() {
    let cited_by = rule();
    let cited = cited_by.cited();
    for clause in
        ["二(一)", "二(二)", "二(三)", "二(四)", "三(一)", "三(四)", "四(一)一", "四(一)二", "四(三)", "四(四)", "四(五)", "四(六)"]
    {
        assert!(cited.contains(&clause), "{clause}");
    }
}

#[test]
fn the_version_is_the_content_and_nothing_else() {
    let parse = |base, overlays: &[_], calendars: &[_]| Rule::parse(base, overlays, calendars).unwrap().version().to_owned();
    let here = parse(source("a", TOKSUN), &[source("b", NATIONAL)], &[source("c", YEAR_2026)]);
    let elsewhere = parse(source("x", TOKSUN), &[source("y", NATIONAL)], &[source("z", YEAR_2026)]);
    assert_eq!(here, elsewhere);
    let changed = TOKSUN.replace("concentration_distinct_writers: 10 ", "concentration_distinct_writers: 12 ");
    assert_ne!(here, parse(source("a", &changed), &[source("b", NATIONAL)], &[source("c", YEAR_2026)]));
    assert_ne!(here, parse(source("a", TOKSUN), &[], &[source("c", YEAR_2026)]));
}

#[test]
fn the_chains_name_who_endorses_and_who_approves() {
    let rule = rule();
    let steps = |name| -> Vec<(String, String)> {
        let chain = rule.chain(name).unwrap();
        chain.iter().map(|step| (step.step.clone(), step.role.clone())).collect()
    };
    let step = |step: &str, role: &str| (step.to_owned(), role.to_owned());
    assert_eq!(steps("escalation"), [step("endorse", "leader_in_charge"), step("approve", "principal_leader")]);
    assert_eq!(steps("consolidation"), [step("endorse", "leader_in_charge"), step("approve", "principal_leader")]);
    assert_eq!(steps("statement"), [step("review", "office_head"), step("approve", "principal_leader")]);
    assert_eq!(steps("line"), [step("approve", "leader_in_charge")]);
    assert!(rule.chain("nothing").is_none());
}

#[test]
fn the_thresholds_are_the_county_s_numbers() {
    let rule = rule();
    assert_eq!(rule.thresholds().same_day_minimum_minutes, 120);
    assert_eq!(rule.thresholds().concentration_distinct_writers, 10);
}
