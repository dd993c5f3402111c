//! 比对: what two versions of a rule say differently.

use crate::story::{TOKSUN, source};
use regulation::{Difference, difference};

fn compare(before: &str, after: &str) -> Vec<String> {
    let differences = difference(source("old.yaml", before), source("new.yaml", after)).unwrap();
    differences.iter().map(Difference::to_string).collect()
}

#[test]
fn a_rule_is_the_same_as_itself() {
    assert!(compare(TOKSUN, TOKSUN).is_empty());
}

#[test]
fn a_changed_number_and_a_changed_term_are_named_with_old_and_new() {
    let after = TOKSUN.replacen("reaction_views: 10000 ", "reaction_views: 5000 ", 1).replacen(
        "name: 当日处置\n    clause: 三(一)",
        "name: 当日采取措施\n    clause: 三(一)",
        1,
    );
    assert_eq!(
        compare(TOKSUN, &after),
        ["改 duties[same_day_action].name: 当日处置 → 当日采取措施", "改 thresholds.reaction_views: 10000 → 5000"]
    );
}

#[test]
fn an_entry_that_came_and_one_that_went_are_named_by_their_id() {
    let (before, after) = ("tests:\n  - {id: a, hit: x}\n  - {id: b, hit: y}\n", "tests:\n  - {id: b, hit: y}\n  - {id: c, hit: z}\n");
    assert_eq!(compare(before, after), ["删 tests[a].hit: x", "删 tests[a].id: a", "增 tests[c].hit: z", "增 tests[c].id: c"]);
}

#[test]
fn layout_comments_and_the_order_of_entries_make_no_difference() {
    let before = "tests:\n  - {id: a, hit: x}\n  - {id: b, hit: y}\n";
    let after = "# 注\ntests:\n  - id: b\n    hit: y\n\n  - id: a   # 注\n    hit: 'x'\n";
    assert!(compare(before, after).is_empty());
}

#[test]
fn a_list_without_ids_is_one_value() {
    assert_eq!(compare("to: [{role: a}, {role: b}]", "to: [{role: a}]"), ["改 to: [{role: a}, {role: b}] → [{role: a}]"]);
}

#[test]
fn what_is_no_yaml_is_refused_at_its_place() {
    for text in ["a: [", "", "a: 1\na: 2\n", "a: &x 1\nb: *x\n"] {
        let errors = difference(source("old.yaml", TOKSUN), source("new.yaml", text)).unwrap_err();
        assert_eq!(errors[0].file, "new.yaml", "{text}");
    }
}
