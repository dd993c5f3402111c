//! 通知: who is told what.

use crate::story::{TOKSUN, YEAR_2026, apart, assigned, at, classified, fact, important, released, rule, source};
use regulation::{Fact, NoticePlan, Party, Rule};
use rstest::rstest;
use serde_json::{Value, json};

fn role(slug: &str) -> Party {
    Party::Role(slug.to_owned())
}

fn body(id: &str) -> Party {
    Party::Body(id.to_owned())
}

fn plans(rule: &Rule, fact: &Fact) -> Vec<NoticePlan> {
    rule.notices(fact).into_iter().map(Result::unwrap).collect()
}

fn only(fact: &Fact) -> NoticePlan {
    let mut plans = plans(&rule(), fact);
    assert_eq!(plans.len(), 1, "{plans:#?}");
    plans.remove(0)
}

#[test]
fn an_important_incident_is_told_to_leaders_units_and_office() {
    let plan = only(&important("f", "2026-11-10 09:05"));
    assert_eq!(plan.clause, "四(一)一");
    assert_eq!(
        plan.to,
        [role("principal_leader"), role("leader_in_charge"), body("b-water"), body("b-town"), role("office_head"), role("office_staff"),]
    );
    assert!(plan.urgent && plan.needs_ack);
    assert_eq!(plan.title, "【重要舆情】某小区停水");
    assert!(plan.text.contains("〔2026〕7") && plan.text.contains("2026年11月10日9时05分"), "{}", plan.text);
    assert!(plan.text.contains("非突发事件") && plan.text.contains("二(三)"), "{}", plan.text);
}

#[test]
fn a_day_without_a_collector_is_told_to_the_disposal_office() {
    let plan = only(&apart("f", "directory.DutyUnfilled", "2026-11-10 00:00", json!({"duty_date": "2026-11-10"})));
    assert_eq!((plan.clause.as_str(), plan.urgent), ("四(一)一", true));
    assert_eq!(plan.to, [role("office_head"), role("office_staff")]);
    assert!(plan.text.contains("2026年11月10日没有排定当日收集人"), "{}", plan.text);
}

#[test]
fn a_notice_that_nobody_acknowledges_is_told_level_by_level() {
    let plan = only(&important("f", "2026-11-10 09:05"));
    let steps: Vec<(i64, &[Party])> = plan.chase.iter().map(|step| (step.after_minutes, step.to.as_slice())).collect();
    assert_eq!(steps, [(30, &[role("office_head")][..]), (60, &[role("leader_in_charge")]), (120, &[role("principal_leader")])]);
    // 签收交办 has a clock of its own.
    assert!(only(&assigned("u", "2026-11-10 10:00", "a-1", "b-water")).chase.is_empty());
}

#[test]
fn important_again_is_not_told_again_and_a_fall_is_told() {
    let rule = rule();
    assert!(rule.notices(&classified("f", "2026-11-10 09:00", "LEVEL_IMPORTANT", "LEVEL_IMPORTANT")).is_empty());
    assert!(rule.notices(&classified("f", "2026-11-10 09:00", "LEVEL_ORDINARY", "LEVEL_UNSPECIFIED")).is_empty());
    let fallen = only(&classified("f", "2026-11-10 09:00", "LEVEL_ORDINARY", "LEVEL_IMPORTANT"));
    assert!(fallen.text.contains("核实后调整"));
}

#[test]
fn a_rise_is_told_to_the_head_of_the_office_and_the_leaders_in_charge() {
    let fields = json!({
        "number": "〔2026〕7", "title": "某小区停水", "clause": "四(二)", "begin_time": at("2026-11-10 14:30").to_string(),
        "window_hours": "6", "report_count": "20", "previous_report_count": "4", "text": "近6小时线索20条,此前6小时4条(5.0倍)",
    });
    let plan = only(&fact("t", "assessment.TrendRose", "2026-11-10 14:30", fields));
    assert_eq!((plan.clause.as_str(), plan.to.as_slice()), ("四(二)", &[role("office_head"), role("leader_in_charge")][..]));
    assert!(plan.urgent && plan.title == "【走势上升】某小区停水", "{}", plan.title);
    assert!(plan.text.contains("2026年11月10日14时30分起") && plan.text.contains("近6小时线索20条"), "{}", plan.text);
}

#[test]
fn what_a_section_holds_of_an_incident_goes_to_the_leader_in_charge() {
    let fields = json!({
        "incident_id": "i", "number": "〔2026〕7", "title": "某小区停水", "body_name": "县水务局", "proposal": "建议定为重要舆情",
    });
    let plan = only(&fact("f", "assessment.OpinionFiled", "2026-11-10 14:30", fields));
    assert_eq!((plan.clause.as_str(), plan.to.as_slice()), ("四(二)", &[role("office_head"), role("leader_in_charge")][..]));
    assert_eq!(plan.text, "“县水务局”就编号〔2026〕7“某小区停水”报送了研判意见(建议定为重要舆情),请研判,视情定级。");
}

#[test]
fn an_assignment_goes_to_its_unit() {
    let plan = only(&assigned("u", "2026-11-10 10:00", "a-1", "b-water"));
    assert_eq!((plan.to.as_slice(), plan.needs_ack), (&[body("b-water")][..], true));
    assert!(plan.text.contains("查明停水原因"));
}

fn owed(kind: &str, debtor: Value, stage: &str) -> Fact {
    let mut fields = json!({"obligation_id": "o-1", "duty_id": "same_day_response", "name": "当日回应", "clause": "四(三)",
        "debtor_body_id": "", "debtor_person_id": "", "debtor_role": "", "due_time": at("2026-11-11 00:00").to_string(), "stage": stage});
    for (key, value) in debtor.as_object().unwrap() {
        fields[key] = value.clone();
    }
    fact("o", &format!("accountability.Obligation{kind}"), "2026-11-10 22:00", fields)
}

#[rstest]
#[case(json!({"debtor_role": "office_staff"}), role("office_staff"))]
#[case(json!({"debtor_body_id": "b-water"}), body("b-water"))]
#[case(json!({"debtor_person_id": "p-1"}), Party::Person("p-1".to_owned()))]
fn a_reminder_goes_to_the_debtor_whoever_it_is(#[case] debtor: Value, #[case] to: Party) {
    let plan = only(&owed("Reminded", debtor, "before_due"));
    assert_eq!(plan.to, [to]);
    assert_eq!(plan.text, "按制度四(三),“当日回应”须于2026年11月10日24时前完成(临期)。请抓紧办理。");
}

#[test]
fn a_reminder_after_the_time_climbs() {
    let also = json!({"debtor_body_id": "b-water", "also_roles": ["office_head", "leader_in_charge"]});
    let plans = plans(&rule(), &owed("Reminded", also, "after_due"));
    assert_eq!(plans.len(), 2);
    assert_eq!(plans[1].to, [role("office_head"), role("leader_in_charge")]);
}

#[test]
fn a_breach_is_told_to_debtor_office_and_leader_and_accuses_nobody() {
    let plan = only(&owed("Breached", json!({"debtor_body_id": "b-water"}), ""));
    assert_eq!(plan.to, [body("b-water"), role("office_head"), role("leader_in_charge")]);
    assert!(plan.text.contains("由人依制度认定"));
}

#[test]
fn a_release_names_its_kind_in_chinese() {
    let plan = only(&released("s", "2026-11-10 20:00", "KIND_HOLDING"));
    assert!(plan.text.contains("(先行回应)") && plan.text.contains("20时"), "{}", plan.text);
}

#[test]
fn a_register_of_nothing_is_reported_as_nothing() {
    let compiled = apart(
        "r",
        "intake.DailyRegisterCompiled",
        "2026-11-10 18:00",
        json!({"register_date": "2026-11-10", "collector_person_id": "p", "item_count": 0}),
    );
    let plan = only(&compiled);
    assert_eq!(plan.to, [role("principal_leader"), role("leader_in_charge"), role("office_staff")]);
    assert!(plan.text.contains("2026年11月10日") && plan.text.contains("共0条"));
}

#[test]
fn a_value_that_cannot_be_written_is_an_error_at_its_place() {
    let mut broken = owed("Breached", json!({"debtor_body_id": "b-water"}), "");
    broken.fields.insert("due_time".to_owned(), json!("明天"));
    let error = rule().notices(&broken).remove(0).unwrap_err();
    assert!(error.key.ends_with(".text") && error.line > 0 && error.message.contains("due_time"), "{error}");
}

#[test]
fn a_notice_that_cannot_be_made_keeps_no_other_back() {
    let text = TOKSUN.replacen("须于{fact.due_time}前完成({fact.stage}),至今未见办理。请督办。", "至今未见办理。请督办。", 1);
    let rule = Rule::parse(source("toksun.yaml", &text), &[], &[source("2026.yaml", YEAR_2026)]).unwrap();
    let mut broken = owed("Reminded", json!({"debtor_body_id": "b-water", "also_roles": ["office_head"]}), "after_due");
    broken.fields.insert("due_time".to_owned(), json!("明天"));
    let made = rule.notices(&broken);
    assert_eq!(made.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true], "{made:?}");
}

#[test]
fn a_fact_that_calls_for_no_notice_gives_none() {
    let rule = rule();
    let tracking = fact("t", "disposal.TrackingRecorded", "2026-11-10 18:00", json!({"text": "平稳"}));
    assert!(!rule.announces("disposal.TrackingRecorded"));
    assert!(rule.notices(&tracking).is_empty());
}

#[test]
fn every_notice_can_be_written_from_a_fact_that_says_nothing_but_its_times() {
    let rule = rule();
    for (kind, _) in regulation::vocabulary() {
        let mut empty = fact("e", kind, "2026-11-10 18:00", json!({}));
        for field in ["due_time", "release_time", "first_report_time", "begin_time"] {
            empty.fields.insert(field.to_owned(), json!(at("2026-11-10 20:00").to_string()));
        }
        for field in ["register_date", "duty_date"] {
            empty.fields.insert(field.to_owned(), json!("2026-11-10"));
        }
        assert!(rule.notices(&empty).iter().all(Result::is_ok), "{kind}");
    }
}
