//! How reports spread after they were placed: read again, and seen again, 二(二), 四(二).

use chassis::{testing::moment, wire_time};
use huiying_proto::{
    assessment::{self as pb, Level},
    intake::{ReportPlaced, Sighting, SightingPlaced, SpreadRecorded, outlet::Medium, outlet::Tier},
};
use uuid::Uuid;

use crate::office::{Office, office, report};

/// A reading of a county's site.
fn reading(report: Uuid, views: i64) -> SpreadRecorded {
    SpreadRecorded {
        report_id: report.to_string(),
        tier: Tier::County.into(),
        medium: Medium::Web.into(),
        sensitive: true,
        view_count: views,
        ..Default::default()
    }
}

pub fn again(office: &Office, report: Uuid, civil: &str, views: i64) -> Sighting {
    Sighting {
        sighting_id: office.house.new_id().to_string(),
        report_id: report.to_string(),
        tier: Tier::City.into(),
        medium: Medium::Web.into(),
        sensitive: true,
        view_count: views,
        publish_time: Some(wire_time(moment(civil))),
        ..Default::default()
    }
}

impl Office {
    pub async fn seen_again(&self, incident: Uuid, sighting: &Sighting) {
        let (incident_id, report_id) = (incident.to_string(), sighting.report_id.clone());
        self.house.tell("intake", SightingPlaced { incident_id, report_id, sighting: Some(sighting.clone()) }).await;
    }

    /// Of the last hours: reports, sightings, reach.
    async fn hours(&self, incident: Uuid, hours: i32) -> Vec<(i64, Option<i64>, Option<i64>)> {
        let trend = self.trend(self.staff, incident, hours, 0).await.unwrap();
        trend.hours.iter().map(|hour| (hour.report_count, hour.sighting_count, hour.reach)).collect()
    }
}

#[tokio::test]
async fn a_report_that_spreads_past_the_threshold_later_is_tested_again_where_it_is_by_then() {
    let office = office().await;
    let (first, now) = (office.incident().await, office.incident().await);
    let web =
        ReportPlaced { view_count: 100, publish_time: Some(wire_time(moment("2026-11-10 08:10"))), ..report(Tier::County, Medium::Web) };
    let id = office.place(first, web).await;
    office.move_report(id, first, now).await;
    office.house.tell("intake", reading(id, 9_999)).await;
    assert_eq!(office.assessment(now).await.suggested_level(), Level::Ordinary);
    // The incident that the fact names may be one that the report left.
    office.house.tell("intake", SpreadRecorded { incident_id: first.to_string(), ..reading(id, 10_000) }).await;
    let assessed = office.assessment(now).await;
    assert_eq!((assessed.suggested_level(), assessed.grounds[0].clause.as_str()), (Level::Important, "二(二)"));
    assert_eq!(office.assessment(first).await.suggested_level(), Level::Ordinary);
    assert_eq!(office.hours(now, 2).await, [(1, Some(1), Some(10_000)), (0, None, None)]);
    let factors = office.factors(office.staff, now, true).await.unwrap();
    assert!(factors.iter().any(|factor| factor.kind() == pb::factor::Kind::Influence && factor.text.contains("10000")), "{factors:?}");
}

#[tokio::test]
async fn a_reading_of_what_is_not_placed_yet_bears_on_nothing() {
    let office = office().await;
    let incident = office.incident().await;
    office.house.tell("intake", SpreadRecorded { incident_id: incident.to_string(), ..reading(office.house.new_id(), 20_000) }).await;
    assert_eq!(office.hours(incident, 1).await, [(0, None, None)]);
    assert!(office.assessment(incident).await.grounds.is_empty());
}

#[tokio::test]
async fn a_repeated_sighting_is_counted_where_its_report_is_in_the_hour_in_which_it_appeared() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    let article = ReportPlaced { publish_time: Some(wire_time(moment("2026-11-10 07:10"))), ..report(Tier::County, Medium::Web) };
    let id = office.place(from, article).await;
    let repost = again(&office, id, "2026-11-10 08:20", 300);
    office.seen_again(from, &repost).await;
    // Told again, it is counted once.
    office.seen_again(from, &repost).await;
    assert_eq!(office.hours(from, 3).await, [(1, Some(1), None), (0, Some(1), Some(300)), (0, None, None)]);
    // Read again, it is where it was, with what was read, and is tested anew.
    let read = SpreadRecorded { sighting_id: repost.sighting_id.clone(), ..reading(id, 12_000) };
    office.house.tell("intake", read).await;
    assert_eq!(office.hours(from, 3).await[1], (0, Some(1), Some(12_000)));
    assert_eq!(office.assessment(from).await.suggested_level(), Level::Important);
    // It goes along with its report.
    office.move_report(id, from, to).await;
    office.seen_again(to, &Sighting { view_count: 12_000, ..repost }).await;
    assert_eq!(office.hours(from, 3).await, [(0, None, None), (0, None, None), (0, None, None)]);
    assert_eq!(office.hours(to, 3).await, [(1, Some(1), None), (0, Some(1), Some(12_000)), (0, None, None)]);
    assert_eq!(office.assessment(to).await.suggested_level(), Level::Important);
    assert_eq!(office.assessment(from).await.suggested_level(), Level::Ordinary);
}
