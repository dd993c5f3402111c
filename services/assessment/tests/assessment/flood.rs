//! A flood of reports (舆情爆发), 二: every hit is kept, and nobody is kept from deciding.

use std::time::Duration;

use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::{
        EventGrade, IncidentAssessed, Level,
        factor::{Kind, Origin},
    },
    intake::{ReportPlaced, outlet::Medium, outlet::Tier},
};
use sqlx::{Connection, PgConnection};
use tonic::Code;
use uuid::Uuid;

use crate::office::{Office, letter, office, report};

impl Office {
    /// Places reports of the central media: their ids.
    async fn flood(&self, incident: Uuid, reports: usize) -> Vec<Uuid> {
        let mut ids = Vec::new();
        for _ in 0..reports {
            ids.push(self.place(incident, report(Tier::Central, Medium::Web)).await);
        }
        ids
    }

    /// The level of outlets, as computed last.
    async fn platform(&self, incident: Uuid) -> String {
        let factors = self.factors(self.staff, incident, true).await.unwrap();
        factors.into_iter().find(|f| f.kind() == Kind::Platform && f.origin() == Origin::Computed).unwrap().text
    }
}

#[tokio::test]
async fn every_hit_of_a_test_is_kept_and_listed_and_the_assessment_shows_the_first_with_how_many_there_are() {
    let office = office().await;
    let incident = office.incident().await;
    let ids: Vec<String> = office.flood(incident, 7).await.iter().map(Uuid::to_string).collect();
    let paper = office.place(incident, report(Tier::City, Medium::Paper)).await.to_string();
    let shown = office.assessment(incident).await.grounds;
    let seen: Vec<_> = shown.iter().map(|g| (g.clause.as_str(), g.report_id.as_str(), g.hit_count)).collect();
    assert_eq!(seen, [("二(一)", ids[0].as_str(), 7), ("二(三)", paper.as_str(), 1)]);
    let listed = office.grounds(office.handler, incident, "").await.unwrap();
    let reports: Vec<&str> = listed.iter().map(|g| g.report_id.as_str()).collect();
    assert_eq!(reports, ids.iter().chain([&paper]).collect::<Vec<_>>());
    let of_test = office.grounds(office.staff, incident, &shown[1].test_id).await.unwrap();
    assert_eq!(of_test.iter().map(|g| g.report_id.as_str()).collect::<Vec<_>>(), [paper.as_str()]);
    assert_refused(office.grounds(office.other_handler, incident, "").await, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn further_hits_of_a_test_are_told_to_nobody_and_make_no_decision_stale() {
    let office = office().await;
    let incident = office.incident().await;
    office.flood(incident, 1).await;
    let seen = office.assessment(incident).await;
    office.flood(incident, 5).await;
    let decided = office.confirm(office.staff, &seen, EventGrade::None).await.unwrap();
    assert_eq!((decided.level(), decided.grounds[0].hit_count), (Level::Important, 6));
    office.flood(incident, 5).await;
    assert_eq!(office.assessment(incident).await.etag, decided.etag);
    assert_eq!(office.told::<IncidentAssessed>().await.len(), 1);
    // The factors keep up with them.
    assert_eq!(office.platform(incident).await, "中央媒体11条");
    // The first hit of another test is new to whoever is looking.
    office.place(incident, report(Tier::City, Medium::Paper)).await;
    assert_ne!(office.assessment(incident).await.etag, decided.etag);
    assert_eq!(office.told::<IncidentAssessed>().await.len(), 2);
}

#[tokio::test]
async fn a_further_hit_that_speaks_against_a_decision_brings_it_back_to_a_person_once() {
    let office = office().await;
    let incident = office.incident().await;
    office.flood(incident, 2).await;
    let seen = office.assessment(incident).await;
    office.override_level(office.head, &seen, Level::Ordinary, "报道的是办结情况").await.unwrap();
    office.flood(incident, 1).await;
    assert_eq!(office.listed(office.staff, true).await, [incident.to_string()]);
    let overtaken = office.assessment(incident).await;
    office.flood(incident, 3).await;
    assert_eq!(office.assessment(incident).await.etag, overtaken.etag);
    assert_eq!(office.told::<IncidentAssessed>().await.len(), 2);
    office.override_level(office.head, &overtaken, Level::Ordinary, "仍是办结情况").await.unwrap();
}

#[tokio::test]
async fn when_the_first_hit_leaves_the_next_stands_for_its_test() {
    let office = office().await;
    let (from, to) = (office.incident().await, office.incident().await);
    let ids = office.flood(from, 3).await;
    office.move_report(ids[0], from, to).await;
    let left = office.assessment(from).await;
    assert_eq!((left.grounds[0].report_id.clone(), left.grounds[0].hit_count), (ids[1].to_string(), 2));
    assert_eq!(office.platform(from).await, "中央媒体2条");
    for id in &ids[1..] {
        office.move_report(*id, from, to).await;
    }
    assert_eq!(office.assessment(from).await.suggested_level(), Level::Ordinary);
    assert_eq!((office.assessment(to).await.grounds[0].hit_count, office.platform(to).await.as_str()), (3, "中央媒体3条"));
}

#[tokio::test]
async fn figures_that_add_up_past_what_a_number_holds_are_summed_and_leave_again() {
    let office = office().await;
    let (incident, other) = (office.incident().await, office.incident().await);
    let vast = || ReportPlaced { view_count: i64::MAX, ..report(Tier::County, Medium::Web) };
    let ids = [office.place(incident, vast()).await, office.place(incident, vast()).await];
    office.place(incident, ReportPlaced { view_count: 50, report_count: 3, ..letter(1) }).await;
    for id in ids {
        office.move_report(id, incident, other).await;
    }
    office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    let factors = office.factors(office.staff, incident, true).await.unwrap();
    let influence = factors.iter().find(|f| f.kind() == Kind::Influence).unwrap();
    assert_eq!(influence.text, "阅读50次");
}

#[tokio::test]
async fn a_decision_waits_for_nothing_that_is_being_counted() {
    let office = office().await;
    let incident = office.incident().await;
    office.flood(incident, 1).await;
    let seen = office.assessment(incident).await;
    // As if reposts were being counted, which will want the assessment in turn.
    let mut counting = PgConnection::connect(&office.house.url).await.unwrap();
    sqlx::query("BEGIN").execute(&mut counting).await.unwrap();
    let lock = sqlx::query("SELECT 1 FROM assessment.platform_sum WHERE incident_id = $1 FOR UPDATE");
    assert_eq!(lock.bind(incident).fetch_all(&mut counting).await.unwrap().len(), 1);
    let decided = tokio::time::timeout(Duration::from_secs(5), office.confirm(office.staff, &seen, EventGrade::None)).await;
    assert!(decided.is_ok_and(|decided| decided.unwrap().level() == Level::Important), "it waits for the counting");
}
