//! What a replay prints of the figures of units.

use huiying::{compose, demo, replay};
use jiff::civil::date;
use regulation::{
    RuleBook,
    replay::{Deed, Told, What},
};
use uuid::Uuid;

/// A unit that submitted twice and was sent back once, under the shipped rule.
fn past() -> replay::Past {
    let mut past = replay::Past::default();
    past.names.learn("b-1".to_owned(), "县水务局".to_owned());
    past.ledgers.reach("2026-11-20T00:00:00Z".parse().unwrap());
    let rule_version = demo::shipped_rule().unwrap().rules().next().unwrap().version().to_owned();
    past.ledgers.tell(Told::Adopted { rule_version, effective_time: None, time: "2026-11-01T00:00:00Z".parse().unwrap() });
    for what in [What::Submitted, What::Returned, What::Submitted] {
        let time = "2026-11-10T00:00:00Z".parse().unwrap();
        past.ledgers.count(Deed { body_id: "b-1".to_owned(), incident_id: Uuid::from_u128(1), time, what });
    }
    past
}

/// The shipped rule with a milder formula for what is sent back.
fn milder() -> RuleBook {
    let text = include_str!("../../../../deploy/regulation/toksun.yaml");
    let edited = text.replacen("100 - 100 * count.returned / count.submitted", "100 - 50 * count.returned / count.submitted", 1);
    assert_ne!(text, edited);
    let overlay = ("national.yaml".to_owned(), include_str!("../../../../deploy/regulation/national.yaml").to_owned());
    compose::parse_rule(&("draft.yaml".to_owned(), edited), &[overlay], &[]).unwrap().into()
}

fn printed(book: &RuleBook, before: Option<&RuleBook>) -> String {
    let (past, period) = (past(), date(2026, 11, 1)..=date(2026, 11, 30));
    replay::in_chinese(&past.replay(book, before, &period), book, before, &period, &past.names)
}

#[test]
fn a_unit_whose_figure_would_be_another_is_named_with_the_old_score_and_the_new() {
    let text = printed(&milder(), Some(&demo::shipped_rule().unwrap()));
    assert!(text.contains("考核: 期内涉及单位 1 个,1 个的指标有不同"), "{text}");
    assert!(text.contains("县水务局: 总分 50.0 → 75.0"), "{text}");
    assert!(text.contains("50分,权重10(报送2 退回1)") && text.contains("75分,权重10(报送2 退回1)"), "{text}");
    assert!(!text.contains("没有不同") && !text.contains("注意"), "{text}");
}

#[test]
fn without_the_old_rule_the_old_figures_are_the_draft_s_and_that_is_said() {
    let text = printed(&milder(), None);
    assert!(text.contains("未给出原规则(--before)") && text.contains("0 个的指标有不同"), "{text}");
}

#[test]
fn an_old_rule_that_was_not_in_force_is_named() {
    let text = printed(&demo::shipped_rule().unwrap(), Some(&milder()));
    assert!(text.contains("不是账本截止时所用规则") && text.contains("总分 75.0 → 50.0"), "{text}");
}

#[test]
fn a_version_that_the_system_took_up_late_is_named() {
    let (mut past, book, period) = (past(), demo::shipped_rule().unwrap(), date(2026, 11, 1)..=date(2026, 11, 30));
    let adopted = |version: &str, hours: i64| {
        let since: jiff::Timestamp = "2026-11-10T16:00:00Z".parse().unwrap();
        let time = since + jiff::SignedDuration::from_hours(hours);
        Told::Adopted { rule_version: version.to_owned(), effective_time: Some(since), time }
    };
    past.ledgers.tell(adopted("prompt", 0));
    past.ledgers.tell(adopted("late", 33));
    let text = replay::in_chinese(&past.replay(&book, None, &period), &book, None, &period, &past.names);
    assert!(text.contains("版本 late 自2026年11月11日 00:00起施行,系统到2026年11月12日 09:00才采用"), "{text}");
    assert!(!text.contains("版本 prompt"), "{text}");
}

#[test]
fn the_same_rule_has_no_other_figures_and_nothing_to_note() {
    let text = printed(&demo::shipped_rule().unwrap(), None);
    assert!(text.contains("没有不同") && text.contains("0 个的指标有不同") && !text.contains("注意"), "{text}");
}
