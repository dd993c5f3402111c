//! 考核: the county's formula over what a unit did.

use crate::story::{TOKSUN, YEAR_2026, rule, source};
use regulation::{Clock, Conduct, Reference, Rule, Standing};
use rstest::rstest;

fn clock(id: &str, duty: &str, standing: Standing) -> Clock {
    let incident_id = Some(format!("incident-of-{id}"));
    Clock { obligation_id: id.to_owned(), duty_id: duty.to_owned(), incident_id, standing, extended: false }
}

fn of(incident: &str, score: i64) -> Reference {
    Reference { incident_id: incident.to_owned(), score }
}

#[test]
fn a_total_weighs_the_figures_that_apply_and_each_figure_opens_to_what_it_rests_on() {
    let conduct = Conduct {
        clocks: vec![
            clock("a", "unit_acknowledgement", Standing::InTime),
            clock("b", "unit_acknowledgement", Standing::Late),
            clock("c", "unit_findings", Standing::Unmet),
        ],
        submissions: vec![of("i-1", 0), of("i-1", 0)],
        returns: vec![of("i-1", 0)],
        reviews: vec![of("i-1", 80), of("i-2", 91)],
    };
    let appraisal = rule().appraise(&conduct).unwrap();
    let score = |id: &str| appraisal.figures.iter().find(|figure| figure.id == id).unwrap().score;
    assert_eq!((score("response"), score("acknowledgement"), score("investigation")), (None, Some(70), Some(0)));
    assert_eq!((score("material"), score("returns"), score("extensions")), (None, Some(50), Some(100)));
    assert_eq!((score("breaches"), score("quality")), (Some(0), Some(85)));
    // (15×70 + 20×0 + 10×50 + 5×100 + 5×0 + 10×85) ÷ 65
    assert_eq!(appraisal.total_tenths, Some(446));
    let acknowledged = appraisal.figures.iter().find(|figure| figure.id == "acknowledgement").unwrap();
    assert_eq!(acknowledged.obligation_ids, ["a", "b"]);
    assert_eq!(acknowledged.incident_ids, ["i-1", "i-2", "incident-of-a", "incident-of-b"]);
    assert_eq!((acknowledged.counts.owed, acknowledged.counts.late), (2, 1));
}

#[test]
fn a_unit_of_which_nothing_was_asked_has_no_total() {
    let appraisal = rule().appraise(&Conduct::default()).unwrap();
    assert_eq!(appraisal.total_tenths, None);
    assert!(appraisal.figures.iter().all(|figure| figure.score.is_none()));
}

#[rstest]
#[case::weights_that_do_not_make_100("weight: 25", "weight: 24", "appraisal", "权重之和应为 100,实为 99")]
#[case::a_duty_that_is_not_there("duties: [material]", "duties: [materials]", "appraisal[3].duties[0]", "没有名为“materials”")]
#[case::an_unknown_count("score: 100 * count.in_time", "score: 100 * count.intime", "appraisal[0].score", "没有字段“intime”")]
#[case::a_score_that_is_no_number("score: count.review_points / count.reviewed", "score: count.reviewed > 0", "appraisal[7].score", "整数")]
#[case::a_condition_that_gives_no_truth("when: count.submitted > 0", "when: count.submitted", "appraisal[4].when", "真假")]
#[case::an_unknown_key("weight: 15", "weights: 15", "appraisal[1].weights", "未知的键")]
#[case::an_id_twice("id: breaches", "id: quality", "appraisal[7].id", "重复")]
fn a_figure_that_is_not_right_is_refused(#[case] from: &str, #[case] to: &str, #[case] key: &str, #[case] cause: &str) {
    assert!(TOKSUN.contains(from), "“{from}” 不在文件里");
    let text = TOKSUN.replacen(from, to, 1);
    let found = Rule::parse(source("toksun.yaml", &text), &[], &[source("2026.yaml", YEAR_2026)]).unwrap_err();
    assert!(found.iter().any(|error| error.key == key && error.message.contains(cause)), "{found:#?}");
}

#[test]
fn a_score_beyond_100_is_a_fault_of_the_file_and_names_its_place() {
    let text = TOKSUN.replacen("score: count.review_points / count.reviewed", "score: count.review_points", 1);
    let rule = Rule::parse(source("toksun.yaml", &text), &[], &[source("2026.yaml", YEAR_2026)]).unwrap();
    let conduct = Conduct { reviews: vec![of("i-1", 80), of("i-2", 91)], ..Conduct::default() };
    let error = rule.appraise(&conduct).unwrap_err();
    assert!(error.key == "appraisal[7].score" && error.message.contains("171"), "{error}");
}
