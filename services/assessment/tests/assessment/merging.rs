//! What becomes of assessments when incidents are merged, and when a merge is taken back.

use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::{self as pb, EventGrade, IncidentAssessed, Level, assessment::State},
    intake::{self, outlet::Medium, outlet::Tier},
};
use tonic::Code;
use uuid::Uuid;

use crate::office::{Office, letter, office, report};

const MERGED: &str = "2026-0001";

/// An incident of a central paper's report, held important, and another of a letter.
async fn two(office: &Office, grade: EventGrade) -> (Uuid, Uuid, Uuid) {
    let (first, second) = (office.incident().await, office.incident().await);
    let article = office.place(first, report(Tier::Central, Medium::Paper)).await;
    office.place(second, letter(1)).await;
    office.confirm(office.staff, &office.assessment(first).await, grade).await.unwrap();
    (first, second, article)
}

/// Intake's facts of a merge, in its order.
async fn merge(office: &Office, (first, second, article): (Uuid, Uuid, Uuid)) {
    office.place_as(article, second, report(Tier::Central, Medium::Paper)).await;
    office.move_report(article, first, second).await;
    office.merge((first, MERGED), (second, "2026-0002")).await;
}

#[tokio::test]
async fn of_a_merged_incident_nothing_is_decided_and_the_refusal_names_the_other() {
    let office = office().await;
    let matters = two(&office, EventGrade::None).await;
    merge(&office, matters).await;
    let merged = office.assessment(matters.0).await;
    assert_eq!((merged.merged_into_incident_id.clone(), merged.merged_into_number.as_str()), (matters.1.to_string(), "2026-0002"));
    // What was decided stays on record.
    assert_eq!((merged.state(), merged.level()), (State::Confirmed, Level::Important));
    for refused in [
        office.confirm(office.staff, &merged, EventGrade::Major).await,
        office.override_level(office.head, &merged, Level::Ordinary, "改").await,
        office.record_factors(office.staff, &merged, pb::Factors::default()).await,
    ] {
        let refused = refused.unwrap_err();
        assert!(format!("{refused:?}").contains("2026-0002") || refused.message().contains("2026-0002"), "{refused:?}");
        assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "INCIDENT_MERGED");
    }
    assert_refused(office.file_opinion(office.staff, matters.0, "看法").await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_eq!(office.listed(office.staff, true).await, [matters.1.to_string()]);
}

#[tokio::test]
async fn a_merge_lowers_no_level_the_higher_one_is_put_to_a_person_with_its_ground() {
    let office = office().await;
    let matters = two(&office, EventGrade::Major).await;
    let target = office.assessment(matters.1).await;
    assert_eq!(target.suggested_level(), Level::Ordinary);
    office.confirm(office.staff, &target, EventGrade::None).await.unwrap();
    merge(&office, matters).await;
    let target = office.assessment(matters.1).await;
    assert_eq!((target.level(), target.suggested_level()), (Level::Ordinary, Level::Important));
    let ground = target.grounds.iter().find(|ground| ground.test_id == format!("{}{MERGED}", assessment::MERGED_IN)).unwrap();
    assert!(ground.needs_confirmation && ground.text.contains(MERGED) && ground.values_json.contains("EVENT_GRADE_MAJOR"), "{ground:?}");
    assert_eq!(office.listed(office.staff, true).await, [matters.1.to_string()]);
    assert_eq!(office.told::<IncidentAssessed>().await.pop().unwrap().0.incident_id, matters.1.to_string());
    let decided = office.confirm(office.staff, &target, EventGrade::Major).await.unwrap();
    assert_eq!(decided.level(), Level::Important);
    assert!(office.listed(office.staff, true).await.is_empty());
}

#[tokio::test]
async fn a_higher_grade_that_is_merged_in_waits_for_a_person_though_the_level_is_the_same() {
    let office = office().await;
    let matters = two(&office, EventGrade::Major).await;
    office.place(matters.1, report(Tier::Central, Medium::Web)).await;
    office.confirm(office.staff, &office.assessment(matters.1).await, EventGrade::None).await.unwrap();
    assert!(office.listed(office.staff, true).await.is_empty());
    merge(&office, matters).await;
    assert_eq!(office.listed(office.staff, true).await, [matters.1.to_string()]);
}

#[tokio::test]
async fn a_merge_taken_back_takes_its_ground_along_and_decisions_are_possible_again() {
    let office = office().await;
    let (first, second, article) = two(&office, EventGrade::None).await;
    merge(&office, (first, second, article)).await;
    office.place_as(article, first, report(Tier::Central, Medium::Paper)).await;
    office.move_report(article, second, first).await;
    office.part((first, MERGED), second).await;
    let (back, left) = (office.assessment(first).await, office.assessment(second).await);
    assert_eq!((back.merged_into_number.as_str(), back.level(), back.suggested_level()), ("", Level::Important, Level::Important));
    assert_eq!((left.suggested_level(), left.grounds.len()), (Level::Ordinary, 0));
    // Its hits had left it: the decision holds, and a person confirms it anew.
    assert_eq!(office.listed(office.staff, true).await, [first.to_string()]);
    office.confirm(office.staff, &back, EventGrade::None).await.unwrap();
    assert!(office.listed(office.staff, true).await.is_empty());
}

#[tokio::test]
async fn a_level_that_was_merged_in_and_not_decided_on_goes_along_when_the_other_is_merged_further() {
    let office = office().await;
    let matters = two(&office, EventGrade::None).await;
    let third = office.incident().await;
    merge(&office, matters).await;
    office.merge((matters.1, "2026-0002"), (third, "2026-0003")).await;
    let last = office.assessment(third).await;
    assert_eq!(last.suggested_level(), Level::Important);
    assert_eq!(office.listed(office.staff, true).await, [third.to_string()]);
}

#[tokio::test]
async fn a_repeat_in_a_higher_outlet_hits_the_tests_as_the_report_s_own_hit() {
    let office = office().await;
    let incident = office.incident().await;
    let article = office.place(incident, report(Tier::Commercial, Medium::Web)).await;
    assert_eq!(office.assessment(incident).await.suggested_level(), Level::Ordinary);
    let sighting = intake::Sighting {
        sighting_id: office.house.new_id().to_string(),
        tier: Tier::Central.into(),
        medium: Medium::Paper.into(),
        sensitive: true,
        ..Default::default()
    };
    let unplaced = intake::ReportSighted { report_id: article.to_string(), sighting: Some(sighting.clone()), ..Default::default() };
    office.house.tell("intake", unplaced).await;
    assert!(office.assessment(incident).await.grounds.is_empty());
    let (incident_id, report_id) = (incident.to_string(), article.to_string());
    office.house.tell("intake", intake::SightingPlaced { incident_id, report_id, sighting: Some(sighting) }).await;
    let assessment = office.assessment(incident).await;
    assert_eq!(assessment.suggested_level(), Level::Important);
    assert!(assessment.grounds.iter().all(|ground| ground.report_id == article.to_string()), "{:?}", assessment.grounds);
}
