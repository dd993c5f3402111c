//! The four tests of 二, run on what intake tells.

use chassis::{testing::moment, wire_time};
use huiying_proto::{
    assessment::{self as pb, EventGrade, IncidentAssessed, IncidentPredated, Level, assessment::State},
    intake::{ReportPlaced, outlet::Medium, outlet::Tier},
};
use serde_json::{Value, json};

use crate::office::{letter, office, report};

fn clauses(assessment: &pb::Assessment) -> Vec<&str> {
    assessment.grounds.iter().map(|g| g.clause.as_str()).collect()
}

fn seen(ground: &pb::Ground) -> Value {
    serde_json::from_str(&ground.values_json).unwrap()
}

#[tokio::test]
async fn an_ordinary_letter_is_assessed_as_ordinary_and_tells_nothing() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(
        (assessment.state(), assessment.suggested_level(), assessment.level()),
        (State::Suggested, Level::Ordinary, Level::Unspecified)
    );
    assert_eq!((assessment.incident_number.as_str(), assessment.incident_title.as_str()), ("2026-0001", "河东供水"));
    assert_eq!(assessment.rule_version, regulation::testing::toksun().version());
    assert!(assessment.grounds.is_empty());
    assert!(office.told::<IncidentAssessed>().await.is_empty());
    assert!(office.listed(office.staff, true).await.is_empty());
}

#[tokio::test]
async fn a_central_outlet_hits_the_first_test_with_what_it_saw() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, report(Tier::CentralStationed, Medium::Web)).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(assessment.suggested_level(), Level::Important);
    let [ground] = assessment.grounds.as_slice() else { unreachable!("one hit: {:?}", assessment.grounds) };
    assert_eq!((ground.test_id.as_str(), ground.clause.as_str(), ground.needs_confirmation), ("central_media", "二(一)", false));
    assert_eq!((ground.report_id.as_str(), ground.hit_time), (id.to_string().as_str(), Some(wire_time(moment("2026-11-10 09:00")))));
    assert!(ground.text.contains("中央驻疆媒体"));
    assert_eq!(seen(ground), json!({"report.sensitive": true, "report.tier": "central_stationed", "report.medium": "web"}));
}

#[tokio::test]
async fn a_county_site_with_a_wide_reaction_hits_the_second_test_and_wants_a_person() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, ReportPlaced { view_count: 9_999, ..report(Tier::County, Medium::Web) }).await;
    assert!(office.assessment(incident).await.grounds.is_empty());
    office
        .place(incident, ReportPlaced { view_count: 10_000, comment_count: 7, repost_count: 3, ..report(Tier::County, Medium::Web) })
        .await;
    let assessment = office.assessment(incident).await;
    assert_eq!(clauses(&assessment), ["二(二)"]);
    assert!(assessment.grounds[0].needs_confirmation);
    let values = seen(&assessment.grounds[0]);
    assert_eq!((&values["report.views"], &values["threshold.reaction_views"]), (&json!(10_000), &json!(10_000)));
    assert_eq!((&values["report.comments"], &values["report.reposts"]), (&json!(7), &json!(3)));
}

#[tokio::test]
async fn an_inner_page_of_a_paper_hits_the_third_test() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, ReportPlaced { page: "第七版".into(), ..report(Tier::City, Medium::Paper) }).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(clauses(&assessment), ["二(三)"]);
    assert_eq!((&seen(&assessment.grounds[0])["report.page"], assessment.suggested_level()), (&json!("第七版"), Level::Important));
}

#[tokio::test]
async fn letters_of_as_many_writers_as_the_threshold_are_flagged_as_concentrated() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, ReportPlaced { report_count: 12, ..letter(9) }).await;
    assert!(office.assessment(incident).await.grounds.is_empty());
    office.place(incident, ReportPlaced { report_count: 13, ..letter(10) }).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(clauses(&assessment), ["二(四)"]);
    let ground = &assessment.grounds[0];
    assert_eq!((ground.report_id.as_str(), ground.needs_confirmation), ("", true));
    let values = seen(ground);
    assert_eq!(values["incident.distinct_writers"], json!(10));
    assert_eq!(values["incident.report_count"], json!(13));
    assert_eq!(values["threshold.concentration_distinct_writers"], json!(10));
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
}

#[tokio::test]
async fn a_concentration_lapses_when_so_many_writers_leave_that_the_others_are_none_and_comes_again_with_what_is_seen_then() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, ReportPlaced { report_count: 13, ..letter(10) }).await;
    office.recount(incident, 12, 10).await;
    assert_eq!(clauses(&office.assessment(incident).await), ["二(四)"], "ten are still ten");
    office.recount(incident, 7, 6).await;
    let left = office.assessment(incident).await;
    assert_eq!((left.grounds.len(), left.suggested_level()), (0, Level::Ordinary));
    let steps = office.level_changes(office.staff, incident).await.unwrap();
    assert_eq!(steps.iter().map(pb::LevelChange::level).collect::<Vec<_>>(), [Level::Ordinary, Level::Important]);
    office.house.at("2026-11-12 10:00").await;
    office.place(incident, ReportPlaced { report_count: 15, ..letter(11) }).await;
    let again = office.assessment(incident).await;
    assert_eq!((seen(&again.grounds[0])["incident.distinct_writers"].clone(), again.grounds.len()), (json!(11), 1));
    assert_eq!(again.grounds[0].hit_time, Some(chassis::wire_time(chassis::testing::moment("2026-11-12 10:00"))));
}

#[tokio::test]
async fn what_is_not_sensitive_hits_none_of_the_media_tests() {
    let office = office().await;
    let incident = office.incident().await;
    for (tier, medium) in [(Tier::Central, Medium::Television), (Tier::County, Medium::Web), (Tier::City, Medium::Paper)] {
        office.place(incident, ReportPlaced { sensitive: false, view_count: 99_999, ..report(tier, medium) }).await;
    }
    let assessment = office.assessment(incident).await;
    assert_eq!((assessment.grounds.len(), assessment.suggested_level()), (0, Level::Ordinary));
}

#[tokio::test]
async fn every_new_report_assesses_anew_and_the_hits_before_are_kept() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(10)).await;
    office.house.at("2026-11-10 11:00").await;
    office.place(incident, report(Tier::Central, Medium::Paper)).await;
    office.place(incident, letter(14)).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(clauses(&assessment), ["二(四)", "二(一)", "二(三)"]);
    assert_eq!(assessment.grounds[0].hit_time, Some(wire_time(moment("2026-11-10 09:00"))));
    assert_eq!(seen(&assessment.grounds[0])["incident.distinct_writers"], json!(10));
    assert_eq!(assessment.grounds[1].hit_time, Some(wire_time(moment("2026-11-10 11:00"))));
}

#[tokio::test]
async fn only_a_new_hit_is_told_with_every_ground() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(10)).await;
    office.place(incident, letter(11)).await;
    office.place(incident, report(Tier::Central, Medium::Web)).await;
    office.place(incident, letter(12)).await;
    let told = office.told::<IncidentAssessed>().await;
    assert_eq!(told.len(), 2);
    let (last, record) = &told[1];
    assert_eq!((last.suggested_level(), last.level(), last.grounds.len()), (Level::Important, Level::Unspecified, 2));
    assert_eq!((last.number.as_str(), last.title.as_str()), ("2026-0001", "河东供水"));
    assert_eq!(last.rule_version, regulation::testing::toksun().version());
    assert_eq!(record.events[0].incident_id, incident.to_string());
}

#[tokio::test]
async fn a_report_that_is_told_twice_hits_once() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, report(Tier::Central, Medium::Web)).await;
    office.place_as(id, incident, report(Tier::Central, Medium::Web)).await;
    assert_eq!(office.assessment(incident).await.grounds.len(), 1);
    assert_eq!(office.told::<IncidentAssessed>().await.len(), 1);
}

#[tokio::test]
async fn a_moved_report_takes_its_hits_along_and_both_incidents_are_assessed_anew() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    office.place(from, letter(1)).await;
    let id = office.place(from, report(Tier::City, Medium::Paper)).await;
    office.move_report(id, from, to).await;
    let (left, reached) = (office.assessment(from).await, office.assessment(to).await);
    assert_eq!((left.grounds.len(), left.suggested_level()), (0, Level::Ordinary));
    assert_eq!((clauses(&reached), reached.suggested_level()), (vec!["二(三)"], Level::Important));
    let told: Vec<_> =
        office.told::<IncidentAssessed>().await.into_iter().map(|(f, _)| (f.incident_id.clone(), f.suggested_level())).collect();
    let expected = [(from, Level::Important), (from, Level::Ordinary), (to, Level::Important)];
    assert_eq!(told, expected.map(|(id, level)| (id.to_string(), level)));
    // And back: the ground that lapsed holds again, as it first hit.
    office.move_report(id, to, from).await;
    let back = office.assessment(from).await;
    assert_eq!(clauses(&back), ["二(三)"]);
    assert!(office.assessment(to).await.grounds.is_empty());
}

#[tokio::test]
async fn an_incident_that_takes_in_an_earlier_report_after_it_was_classified_is_told_as_predated() {
    let office = office().await;
    let (incident, unclassified) = (office.incident().await, office.incident().await);
    office.place(incident, report(Tier::Central, Medium::Web)).await;
    office.place(unclassified, letter(1)).await;
    office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    // Its first report had been moved away; then one comes that is earlier, and leaves again. No level hangs on the other.
    let times = [
        (incident, "2026-11-10 08:40"),
        (unclassified, "2026-11-09 17:00"),
        (incident, "2026-11-09 17:00"),
        (incident, "2026-11-10 08:40"),
    ];
    for (incident, first) in times {
        office.place_from(office.house.new_id(), incident, first, letter(2)).await;
    }
    let told = office.told::<IncidentPredated>().await;
    assert_eq!(told.len(), 1);
    let fact = &told[0].0;
    assert_eq!((&fact.incident_id, fact.level()), (&incident.to_string(), Level::Important));
    assert_eq!(fact.first_report_time, Some(wire_time(moment("2026-11-09 17:00"))));
    assert_eq!(fact.previous_first_report_time, Some(wire_time(moment("2026-11-10 08:40"))));
}

#[tokio::test]
async fn a_report_that_is_placed_elsewhere_leaves_the_incident_it_was_in() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    let id = office.place(from, report(Tier::City, Medium::Paper)).await;
    office.place_as(id, to, report(Tier::City, Medium::Paper)).await;
    office.move_report(id, from, to).await;
    assert!(office.assessment(from).await.grounds.is_empty());
    assert_eq!(clauses(&office.assessment(to).await), ["二(三)"]);
    // It is counted where it is, once.
    assert_eq!((office.pieces(from).await, office.pieces(to).await), (0, 1));
    office.confirm(office.staff, &office.assessment(to).await, EventGrade::None).await.unwrap();
    office.place(to, letter(1)).await;
    office.place(to, report(Tier::Central, Medium::Web)).await;
    let factors = office.factors(office.staff, to, true).await.unwrap();
    assert!(factors.iter().any(|factor| factor.text == "中央媒体1条、市级媒体1条、领导信箱1条"), "{factors:?}");
}

#[tokio::test]
async fn a_report_moved_before_its_new_incident_is_heard_of_is_assessed_when_it_is() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.house.new_id());
    let id = office.place(from, report(Tier::City, Medium::Paper)).await;
    office.move_report(id, from, to).await;
    office.open(to).await;
    assert_eq!(clauses(&office.assessment(to).await), ["二(三)"]);
}

#[tokio::test]
async fn a_decision_stays_in_force_when_new_hits_overtake_it_and_waits_again() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    let ordinary = office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    assert_eq!((ordinary.state(), ordinary.level()), (State::Confirmed, Level::Ordinary));
    office.place(incident, report(Tier::Central, Medium::Web)).await;
    let overtaken = office.assessment(incident).await;
    assert_eq!((overtaken.state(), overtaken.level(), overtaken.suggested_level()), (State::Confirmed, Level::Ordinary, Level::Important));
    assert_eq!(office.told::<IncidentAssessed>().await[0].0.level(), Level::Ordinary);
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    let important = office.confirm(office.staff, &overtaken, EventGrade::None).await.unwrap();
    assert_eq!(important.level(), Level::Important);
    assert!(office.listed(office.staff, true).await.is_empty());
    // More of the same speaks for the decision: nobody need decide again.
    office.place(incident, report(Tier::Central, Medium::Television)).await;
    assert!(office.listed(office.staff, true).await.is_empty());
}

#[tokio::test]
async fn a_new_hit_against_an_override_brings_it_back_to_a_person() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(10)).await;
    let seen = office.assessment(incident).await;
    let overridden = office.override_level(office.head, &seen, Level::Ordinary, "同一小区集体来信,已办结").await.unwrap();
    office.place(incident, letter(15)).await;
    assert!(office.listed(office.staff, true).await.is_empty());
    office.place(incident, report(Tier::Central, Medium::Web)).await;
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    let now = office.assessment(incident).await;
    assert_eq!((now.state(), now.level()), (State::Overridden, Level::Ordinary));
    assert_ne!(now.etag, overridden.etag);
    // Who decides the same again decides knowingly.
    office.override_level(office.head, &now, Level::Ordinary, "报道的是办结情况").await.unwrap();
    assert!(office.listed(office.staff, true).await.is_empty());
}
