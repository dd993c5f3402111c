//! Factors, 二: what people enter and what is computed, side by side.

use chassis::{testing::moment, wire_time};
use huiying_proto::{
    assessment::{
        self as pb, EventGrade,
        factor::{Kind, Origin},
    },
    intake::{ReportPlaced, Sighting, outlet::Medium, outlet::Tier},
};
use serde_json::{Value, json};

use crate::{
    office::{letter, office, report},
    spreading::again,
};

fn texts(factors: &[pb::Factor]) -> Vec<(Kind, Origin, &str)> {
    factors.iter().map(|factor| (factor.kind(), factor.origin(), factor.text.as_str())).collect()
}

#[tokio::test]
async fn factors_are_computed_when_an_incident_is_assessed_and_say_how() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, ReportPlaced { report_count: 1, ..letter(1) }).await;
    assert!(office.factors(office.staff, incident, false).await.unwrap().is_empty());
    let paper =
        ReportPlaced { view_count: 120, comment_count: 3, report_count: 2, distinct_writers: 1, ..report(Tier::City, Medium::Paper) };
    office.place(incident, paper).await;
    let factors = office.factors(office.staff, incident, true).await.unwrap();
    let expected = [
        (Kind::Influence, Origin::Computed, "阅读120次,评论3次"),
        (Kind::Platform, Origin::Computed, "市级媒体1条、领导信箱1条"),
        (Kind::Scale, Origin::Computed, "线索2条,来信人1名"),
        (Kind::Nature, Origin::Computed, "有1条线索标为敏感政务事件"),
    ];
    assert_eq!(texts(&factors), expected);
    for factor in &factors {
        assert!(factor.current && !factor.method.is_empty() && factor.person_id.is_empty(), "{factor:?}");
        assert_eq!(factor.record_time, Some(wire_time(moment("2026-11-10 09:00"))));
    }
    let values: Value = serde_json::from_str(&factors[0].values_json).unwrap();
    assert_eq!(values, json!({"view_count": 120, "comment_count": 3, "repost_count": 0}));
}

#[tokio::test]
async fn what_repeats_a_report_counts_in_the_factors_with_what_is_read_of_it() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, ReportPlaced { view_count: 120, ..report(Tier::County, Medium::Web) }).await;
    let repost = Sighting { comment_count: 4, tier: Tier::Central.into(), ..again(&office, id, "2026-11-10 08:20", 300) };
    office.seen_again(incident, &repost).await;
    let factors = office.factors(office.staff, incident, true).await.unwrap();
    let expected = [
        (Kind::Influence, Origin::Computed, "阅读420次,评论4次"),
        (Kind::Platform, Origin::Computed, "中央媒体1条、县级媒体1条"),
        (Kind::Scale, Origin::Computed, "线索1条,另有重复、转载1条"),
        (Kind::Nature, Origin::Computed, "有2条线索标为敏感政务事件"),
    ];
    assert_eq!(texts(&factors), expected);
}

#[tokio::test]
async fn what_is_entered_and_what_is_computed_stand_side_by_side_and_neither_is_lost() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, report(Tier::Central, Medium::Web)).await;
    let seen = office.assessment(incident).await;
    let first = pb::Factors { scale: "约三百户".into(), nature: "民生供水".into(), ..Default::default() };
    let seen = office.record_factors(office.staff, &seen, first).await.unwrap();
    office.house.at("2026-11-10 10:00").await;
    let second = pb::Factors { scale: "约五百户".into(), nature: "民生供水".into(), ..Default::default() };
    office.record_factors(office.head, &seen, second).await.unwrap();
    office.place(incident, report(Tier::Central, Medium::Paper)).await;

    let now = office.factors(office.handler, incident, true).await.unwrap();
    let of = |kind, origin| now.iter().filter(move |f| f.kind() == kind && f.origin() == origin).collect::<Vec<_>>();
    let [entered] = of(Kind::Scale, Origin::Entered)[..] else { unreachable!("{now:?}") };
    assert_eq!((entered.text.as_str(), entered.person_id.as_str()), ("约五百户", office.head.to_string().as_str()));
    assert_eq!(entered.record_time, Some(wire_time(moment("2026-11-10 10:00"))));
    assert!(entered.method.is_empty() && entered.values_json.is_empty());
    let [computed] = of(Kind::Scale, Origin::Computed)[..] else { unreachable!("{now:?}") };
    assert_eq!(computed.text, "线索2条");
    // What did not change was not entered again; what was entered before is still there.
    let all = office.factors(office.handler, incident, false).await.unwrap();
    let scale: Vec<_> = all.iter().filter(|f| f.kind() == Kind::Scale).map(|f| (f.text.as_str(), f.current)).collect();
    assert_eq!(scale, [("线索2条", true), ("约五百户", true), ("约三百户", false), ("线索1条", false)]);
    assert_eq!(all.iter().filter(|f| f.kind() == Kind::Nature && f.origin() == Origin::Entered).count(), 1);
    // What the assessment shows of them is what people entered last.
    assert_eq!(office.assessment(incident).await.factors.unwrap().scale, "约五百户");
}

#[tokio::test]
async fn a_decision_keeps_what_the_factors_were_computed_to_be_when_it_was_made() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    let factors = office.factors(office.staff, incident, false).await.unwrap();
    let expected = [
        (Kind::Platform, Origin::Computed, "领导信箱1条"),
        (Kind::Scale, Origin::Computed, "线索1条,来信人1名"),
        (Kind::Nature, Origin::Computed, "没有线索标为敏感政务事件"),
    ];
    assert_eq!(texts(&factors), expected);
}
