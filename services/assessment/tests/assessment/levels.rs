//! How the level of an incident came about, 二.

use chassis::{testing::moment, wire_time};
use huiying_proto::{
    assessment::{EventGrade, Level, level_change::Kind},
    intake::{outlet::Medium, outlet::Tier},
};

use crate::office::{letter, office, report};

#[tokio::test]
async fn every_suggestion_and_every_decision_is_a_step_and_stays_one() {
    let office = office().await;
    let (incident, other) = (office.incident().await, office.incident().await);
    office.place(incident, letter(1)).await;
    office.confirm(office.staff, &office.assessment(incident).await, EventGrade::None).await.unwrap();
    office.house.at("2026-11-10 10:00").await;
    let id = office.place(incident, report(Tier::Central, Medium::Web)).await;
    let seen = office.confirm(office.staff, &office.assessment(incident).await, EventGrade::General).await.unwrap();
    let seen = office.override_level(office.head, &seen, Level::Ordinary, "报道的是办结情况").await.unwrap();
    assert_eq!(seen.level(), Level::Ordinary);
    office.move_report(id, incident, other).await;

    let steps = office.level_changes(office.handler, incident).await.unwrap();
    let seen: Vec<_> = steps.iter().map(|step| (step.kind(), step.level(), step.grade())).collect();
    let expected = [
        (Kind::Suggested, Level::Ordinary, EventGrade::Unspecified),
        (Kind::Overridden, Level::Ordinary, EventGrade::None),
        (Kind::Confirmed, Level::Important, EventGrade::General),
        (Kind::Suggested, Level::Important, EventGrade::Unspecified),
        (Kind::Confirmed, Level::Ordinary, EventGrade::None),
    ];
    assert_eq!(seen, expected);
    let overridden = &steps[1];
    assert_eq!((overridden.reason.as_str(), overridden.person_id.as_str()), ("报道的是办结情况", office.head.to_string().as_str()));
    assert_eq!((&overridden.clauses, &overridden.incident_id), (&vec!["二(一)".to_owned()], &incident.to_string()));
    assert_eq!(overridden.change_time, Some(wire_time(moment("2026-11-10 10:00"))));
    assert!(steps[0].person_id.is_empty() && steps[0].reason.is_empty());
    assert_eq!(steps[4].change_time, Some(wire_time(moment("2026-11-10 09:00"))));
    assert_eq!(office.level_changes(office.staff, other).await.unwrap().len(), 1);
}
