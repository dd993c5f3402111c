//! Where a report appeared is corrected (更正线索): the tests of 二 look at it again.

use huiying_proto::{
    assessment::{EventGrade, Level, factor::Kind},
    intake::{ReportCorrected, Sighting, outlet::Medium, outlet::Tier},
};
use uuid::Uuid;

use crate::{
    office::{Office, office, report},
    spreading::again,
};

fn corrected(report: Uuid, sighting: &str, tier: Tier, medium: Medium) -> ReportCorrected {
    ReportCorrected {
        report_id: report.to_string(),
        sighting_id: sighting.into(),
        tier: tier.into(),
        medium: medium.into(),
        sensitive: true,
        ..Default::default()
    }
}

impl Office {
    async fn correct(&self, incident: Uuid, fact: ReportCorrected) {
        self.house.tell("intake", ReportCorrected { incident_id: incident.to_string(), ..fact }).await;
    }

    /// The tests that hit, and what they suggest.
    async fn hits(&self, incident: Uuid) -> (Vec<String>, Level) {
        let assessment = self.assessment(incident).await;
        let level = assessment.suggested_level();
        (assessment.grounds.into_iter().map(|ground| ground.clause).collect(), level)
    }
}

#[tokio::test]
async fn a_hit_that_the_corrected_report_does_not_carry_lapses_and_the_decision_waits_for_a_person() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, report(Tier::Central, Medium::Web)).await;
    office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    office.correct(incident, corrected(id, "", Tier::County, Medium::Web)).await;
    assert_eq!(office.hits(incident).await, (vec![], Level::Ordinary));
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    let platform = office.factors(office.staff, incident, true).await.unwrap().into_iter().find(|f| f.kind() == Kind::Platform).unwrap();
    assert_eq!(platform.text, "县级媒体1条");
    // And another one hits by what it is now.
    office.correct(incident, corrected(id, "", Tier::City, Medium::Paper)).await;
    assert_eq!(office.hits(incident).await, (vec!["二(三)".to_owned()], Level::Important));
}

#[tokio::test]
async fn what_was_not_marked_as_sensitive_hits_when_it_is() {
    let office = office().await;
    let incident = office.incident().await;
    let plain = huiying_proto::intake::ReportPlaced { sensitive: false, ..report(Tier::Central, Medium::Web) };
    let id = office.place(incident, plain).await;
    assert_eq!(office.hits(incident).await.1, Level::Ordinary);
    office.correct(incident, corrected(id, "", Tier::Central, Medium::Web)).await;
    assert_eq!(office.hits(incident).await, (vec!["二(一)".to_owned()], Level::Important));
}

#[tokio::test]
async fn a_hit_stays_as_long_as_the_report_or_anything_that_repeats_it_carries_it() {
    let office = office().await;
    let incident = office.incident().await;
    let id = office.place(incident, report(Tier::Central, Medium::Web)).await;
    let repost = Sighting { tier: Tier::CentralStationed.into(), ..again(&office, id, "2026-11-10 08:20", 300) };
    office.seen_again(incident, &repost).await;
    office.correct(incident, corrected(id, "", Tier::County, Medium::Web)).await;
    assert_eq!(office.hits(incident).await.0, ["二(一)"], "the repost is the central media's");
    office.correct(incident, corrected(id, &repost.sighting_id, Tier::City, Medium::Web)).await;
    assert_eq!(office.hits(incident).await, (vec![], Level::Ordinary));
    let factors = office.factors(office.staff, incident, true).await.unwrap();
    assert!(factors.iter().any(|f| f.text == "市级媒体1条、县级媒体1条"), "{factors:?}");
    office.correct(incident, corrected(id, &repost.sighting_id, Tier::City, Medium::Paper)).await;
    assert_eq!(office.hits(incident).await.0, ["二(三)"]);
}

#[tokio::test]
async fn a_correction_of_what_is_not_placed_yet_bears_on_nothing() {
    let office = office().await;
    let incident = office.incident().await;
    office.correct(incident, corrected(office.house.new_id(), "", Tier::Central, Medium::Web)).await;
    assert_eq!(office.hits(incident).await, (vec![], Level::Ordinary));
}
