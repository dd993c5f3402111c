//! 回放考核: what a rule would have made of the figures of each unit.

use crate::replaying::{BOOK, NOW, draft, incident, ledgers, of, opened, replay};
use crate::story::{assigned, at};
use jiff::civil::date;
use regulation::replay::{Deed, Ledgers, Replay, Told, Unit, What};
use regulation::{Counts, Fact, Figure, Party, Rule, RuleBook};
use rstest::rstest;
use std::num::NonZeroUsize;

fn unit<'r>(replay: &'r Replay, body_id: &str) -> &'r Unit {
    replay.units.iter().find(|unit| unit.body_id == body_id).unwrap()
}

fn figure<'f>(figures: &'f [Figure], id: &str) -> &'f Figure {
    figures.iter().find(|figure| figure.id == id).unwrap()
}

fn deed(what: What, civil: &str) -> Deed {
    Deed { body_id: "b-water".to_owned(), incident_id: incident(1), time: at(civil), what }
}

/// What differs of a unit: figure, score before, score after.
fn scores(unit: &Unit) -> Vec<(String, Option<i64>, Option<i64>)> {
    let score = |figure: Option<&Figure>| figure.and_then(|figure| figure.score);
    let changes = unit.changes();
    changes.iter().map(|(then, now)| (then.or(*now).unwrap().id.clone(), score(*then), score(*now))).collect()
}

#[test]
fn the_rule_that_history_was_written_under_gives_each_unit_the_same_figures() {
    let replayed = replay(&ledgers(), &BOOK);
    let water = unit(&replayed, "b-water");
    assert!(replayed.is_same() && !water.differs());
    let acknowledged = figure(&water.now.figures, "acknowledgement");
    assert_eq!(acknowledged.score, Some(33));
    assert_eq!(acknowledged.counts, Counts { owed: 3, in_time: 1, unmet: 2, ..Counts::default() });
    assert_eq!(water.then.figures, water.now.figures);
}

#[test]
fn a_draft_that_makes_a_unit_late_changes_the_figures_that_count_it_and_no_others() {
    let replayed = replay(&ledgers(), &draft("due: {minutes: 30}", "due: {minutes: 10}"));
    let water = unit(&replayed, "b-water");
    assert_eq!(scores(water), [("acknowledgement".to_owned(), Some(33), Some(13))]);
    assert!(water.differs() && water.then.total_tenths > water.now.total_tenths);
    assert!(replayed.units.iter().all(|unit| unit.body_id == "b-water" || !unit.differs()));
}

#[test]
fn what_was_submitted_returned_and_reviewed_in_the_period_counts_and_what_was_outside_does_not() {
    let mut ledgers = ledgers();
    for (what, civil) in [
        (What::Submitted, "2026-11-01 00:00"),
        (What::Submitted, "2026-11-30 23:59"),
        (What::Returned, "2026-11-12 09:00"),
        (What::Reviewed(70), "2026-11-12 09:00"),
        (What::Reviewed(90), "2026-11-13 09:00"),
        (What::Submitted, "2026-12-01 00:00"),
        (What::Returned, "2026-10-31 23:59"),
    ] {
        ledgers.count(deed(what, civil));
    }
    let replayed = replay(&ledgers, &BOOK);
    let figures = &unit(&replayed, "b-water").now.figures;
    assert!(replayed.is_same());
    assert_eq!((figure(figures, "returns").score, figure(figures, "quality").score), (Some(50), Some(80)));
    let counts = figure(figures, "returns").counts;
    assert_eq!((counts.submitted, counts.returned, counts.reviewed, counts.review_points), (2, 1, 2, 160));
}

const FORMULA: (&str, &str) = ("(100 * count.in_time + 40 * count.late) / count.owed", "100 * count.in_time / count.owed + 1");

#[rstest]
#[case::by_its_own_formula(Some(&*BOOK), vec![("acknowledgement".to_owned(), Some(33), Some(34))])]
#[case::by_the_same_formula_where_the_old_is_not_given(None, vec![])]
fn a_draft_of_the_formula_alone_is_held_against_what_was_told(
    #[case] before: Option<&RuleBook>,
    #[case] changed: Vec<(String, Option<i64>, Option<i64>)>,
) {
    let draft = draft(FORMULA.0, FORMULA.1);
    let replayed = ledgers().replay(&draft, before, &(date(2026, 11, 1)..=date(2026, 11, 12)), NonZeroUsize::MIN);
    assert!(replayed.divergences.is_empty());
    let scores = scores(unit(&replayed, "b-water"));
    let of_acknowledgement: Vec<_> = scores.into_iter().filter(|(id, ..)| id == "acknowledgement").collect();
    assert_eq!(of_acknowledgement, changed);
    assert_eq!(replayed.is_same(), before.is_none());
}

#[test]
fn a_figure_that_goes_and_one_that_comes_are_named() {
    let draft = draft("  - id: acknowledgement\n", "  - id: signed_for\n");
    let replayed = ledgers().replay(&draft, Some(&BOOK), &(date(2026, 11, 1)..=date(2026, 11, 30)), NonZeroUsize::MIN);
    let changed = [("signed_for".to_owned(), None, Some(33)), ("acknowledgement".to_owned(), Some(33), None)];
    assert_eq!(scores(unit(&replayed, "b-water")), changed);
}

#[test]
fn what_falls_due_in_the_period_counts_whenever_its_incident_began() {
    let days = date(2026, 11, 13)..=date(2026, 11, 13);
    let replayed = ledgers().replay(&draft("due: {hours: 72}", "due: {hours: 71}"), None, &days, NonZeroUsize::MIN);
    let water = unit(&replayed, "b-water");
    assert_eq!((replayed.incidents, figure(&water.then.figures, "investigation").counts.unmet), (0, 3));
    assert!(replayed.is_same(), "no figure is another: {replayed:#?}");
    let replayed = ledgers().replay(&draft("due: {hours: 72}", "due: {hours: 96}"), None, &days, NonZeroUsize::MIN);
    assert!(scores(unit(&replayed, "b-water")).contains(&("investigation".to_owned(), Some(0), None)), "{replayed:#?}");
}

#[test]
fn an_incident_outside_the_period_that_cannot_be_concluded_is_left_out_and_counted() {
    let unloaded = Rule::parse(
        crate::story::source("draft.yaml", &crate::story::TOKSUN.replacen("due: {minutes: 30}", "due: {working_days: 3}", 1)),
        &[],
        &[],
    );
    let replayed = ledgers().replay(&unloaded.unwrap().into(), None, &(date(2026, 11, 13)..=date(2026, 11, 13)), NonZeroUsize::MIN);
    assert_eq!((replayed.failures.len(), replayed.uncounted), (0, 3));
    assert!(replayed.units.is_empty());
}

#[test]
fn a_unit_that_the_formula_cannot_appraise_is_named_and_keeps_no_other_back() {
    let mut ledgers = ledgers();
    ledgers.count(deed(What::Reviewed(80), "2026-11-12 09:00"));
    ledgers.count(deed(What::Reviewed(80), "2026-11-12 10:00"));
    let replayed = replay(&ledgers, &draft("score: count.review_points / count.reviewed", "score: count.review_points"));
    let [(body_id, error)] = replayed.unappraised.as_slice() else { panic!("{:?}", replayed.unappraised) };
    assert!(body_id == "b-water" && error.message.contains("160"), "{error}");
    assert!(!replayed.is_same());
}

#[test]
fn an_extension_is_counted_under_any_rule_as_a_person_granted_it() {
    let mut ledgers = Ledgers::default();
    ledgers.reach(at(NOW));
    let facts: Vec<Fact> = vec![of(1, assigned("u", "2026-11-10 09:30", "a", "b-water"))];
    for owed in BOOK.obligations(&facts, at(NOW)).unwrap() {
        let obligation_id = owed.key.clone();
        ledgers.tell(opened(&owed));
        assert_eq!(owed.debtor, Party::Body("b-water".to_owned()));
        ledgers.tell(Told::Extended { obligation_id: obligation_id.clone() });
        ledgers.tell(Told::Breached { obligation_id, due_time: owed.due_time });
    }
    facts.into_iter().for_each(|fact| ledgers.hear(fact).unwrap());
    let replayed = replay(&ledgers, &BOOK);
    let extended = |figures: &[Figure]| figure(figures, "extensions").counts.extended;
    let water = unit(&replayed, "b-water");
    assert!(extended(&water.now.figures) > 0);
    assert_eq!(extended(&water.then.figures), extended(&water.now.figures));
    assert!(replayed.is_same(), "{replayed:#?}");
}
