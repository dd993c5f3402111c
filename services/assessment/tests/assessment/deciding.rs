//! People decide: confirm, override, record factors.

use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::{
    assessment::{self as pb, EventGrade, FactorsRecorded, IncidentClassified, Level, assessment::State},
    intake::{ReportPlaced, outlet::Medium, outlet::Tier},
};
use tonic::Code;
use uuid::Uuid;

use crate::office::{Office, letter, office, report};

/// An incident that the tests hold important, and its assessment.
async fn important(office: &Office) -> pb::Assessment {
    let incident = office.incident().await;
    office.place(incident, report(Tier::Central, Medium::Paper)).await;
    office.place(incident, letter(10)).await;
    office.assessment(incident).await
}

#[tokio::test]
async fn a_confirmed_level_is_told_with_its_clauses_and_units() {
    let office = office().await;
    let seen = important(&office).await;
    office.house.at("2026-11-10 09:40").await;
    let confirmed = office.confirm(office.staff, &seen, EventGrade::Major).await.unwrap();
    assert_eq!((confirmed.state(), confirmed.level(), confirmed.grade()), (State::Confirmed, Level::Important, EventGrade::Major));
    assert_eq!(confirmed.decide_person_id, office.staff.to_string());
    assert_eq!(confirmed.decide_time, Some(wire_time(moment("2026-11-10 09:40"))));
    assert_eq!(confirmed, office.get(office.leader, seen.incident_id.parse().unwrap()).await.unwrap());
    let told = office.told::<IncidentClassified>().await;
    let expected = IncidentClassified {
        incident_id: seen.incident_id.clone(),
        number: "2026-0001".into(),
        title: "河东供水".into(),
        level: Level::Important.into(),
        previous_level: Level::Unspecified.into(),
        grade: EventGrade::Major.into(),
        person_id: office.staff.to_string(),
        overridden: false,
        reason: String::new(),
        first_report_time: Some(wire_time(moment("2026-11-10 08:30"))),
        body_ids: vec![office.unit.to_string()],
        clauses: ["二(一)", "二(三)", "二(四)"].map(str::to_owned).to_vec(),
        rule_version: seen.rule_version.clone(),
    };
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, expected);
    let audit = told[0].1.audit.clone().unwrap();
    assert_eq!((audit.subject_type.as_str(), audit.clause.as_str(), audit.incident_id), ("assessment", "二", seen.incident_id));
}

#[tokio::test]
async fn a_decision_that_changes_nothing_is_refused() {
    let office = office().await;
    let seen = important(&office).await;
    let confirmed = office.confirm(office.staff, &seen, EventGrade::None).await.unwrap();
    let refused = office.confirm(office.head, &confirmed, EventGrade::None).await;
    assert_refused(refused, Code::FailedPrecondition, "LEVEL_UNCHANGED");
    let regraded = office.confirm(office.head, &confirmed, EventGrade::Larger).await.unwrap();
    assert_eq!(regraded.grade(), EventGrade::Larger);
    let told = office.told::<IncidentClassified>().await;
    assert_eq!((told.len(), told[1].0.previous_level()), (2, Level::Important));
}

#[tokio::test]
async fn an_override_decides_another_level_and_says_why() {
    let office = office().await;
    let seen = important(&office).await;
    let overridden = office.override_level(office.leader, &seen, Level::Ordinary, "报道的是上年旧事,已办结").await.unwrap();
    assert_eq!(
        (overridden.state(), overridden.level(), overridden.suggested_level()),
        (State::Overridden, Level::Ordinary, Level::Important)
    );
    assert_eq!(overridden.reason, "报道的是上年旧事,已办结");
    let told = office.told::<IncidentClassified>().await;
    let (fact, record) = &told[0];
    assert_eq!((fact.overridden, fact.reason.as_str(), fact.level()), (true, "报道的是上年旧事,已办结", Level::Ordinary));
    assert_eq!(record.audit.clone().unwrap().reason, "报道的是上年旧事,已办结");
    let refused = office.override_level(office.leader, &overridden, Level::Ordinary, "仍如此").await;
    assert_refused(refused, Code::FailedPrecondition, "LEVEL_UNCHANGED");
    // To confirm the tests after all takes the reason away.
    let confirmed = office.confirm(office.leader, &overridden, EventGrade::None).await.unwrap();
    assert_eq!((confirmed.state(), confirmed.level(), confirmed.reason.as_str()), (State::Confirmed, Level::Important, ""));
    assert_eq!(office.told::<IncidentClassified>().await[1].0.previous_level(), Level::Ordinary);
}

#[tokio::test]
async fn an_ordinary_incident_can_be_held_important() {
    let office = office().await;
    let incident = office.incident().await;
    office.place(incident, letter(1)).await;
    let seen = office.assessment(incident).await;
    let overridden = office.override_level(office.head, &seen, Level::Important, "涉及学生饮水安全").await.unwrap();
    assert_eq!((overridden.level(), overridden.suggested_level()), (Level::Important, Level::Ordinary));
    assert!(office.told::<IncidentClassified>().await[0].0.clauses.is_empty());
}

#[tokio::test]
async fn an_override_needs_a_reason() {
    let office = office().await;
    let seen = important(&office).await;
    let refused = office.override_level(office.head, &seen, Level::Ordinary, "  ").await;
    assert_refused(refused, Code::InvalidArgument, "REASON_MISSING");
    assert_eq!(office.assessment(seen.incident_id.parse().unwrap()).await, seen);
}

#[tokio::test]
async fn an_override_to_what_the_tests_say_is_refused() {
    let office = office().await;
    let seen = important(&office).await;
    let refused = office.override_level(office.head, &seen, Level::Important, "同意").await;
    assert_refused(refused, Code::FailedPrecondition, "NOTHING_TO_OVERRIDE");
}

#[tokio::test]
async fn a_decision_on_what_was_changed_meanwhile_is_refused() {
    let office = office().await;
    let seen = important(&office).await;
    let incident: Uuid = seen.incident_id.parse().unwrap();
    // A letter that hits nothing new changes nothing that a decision rests on.
    office.place(incident, letter(11)).await;
    assert_eq!(office.assessment(incident).await.etag, seen.etag);
    // The first hit of a test does.
    office.place(incident, ReportPlaced { view_count: 10_000, ..report(Tier::County, Medium::Web) }).await;
    assert_refused(office.confirm(office.staff, &seen, EventGrade::None).await, Code::Aborted, "ASSESSMENT_STALE");
    assert_refused(office.override_level(office.head, &seen, Level::Ordinary, "旧闻").await, Code::Aborted, "ASSESSMENT_STALE");
    assert_refused(office.record_factors(office.staff, &seen, pb::Factors::default()).await, Code::Aborted, "ASSESSMENT_STALE");
}

#[tokio::test]
async fn staff_may_confirm_but_not_override_and_a_unit_decides_nothing() {
    let office = office().await;
    let seen = important(&office).await;
    let refused = office.override_level(office.staff, &seen, Level::Ordinary, "旧闻").await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.confirm(office.handler, &seen, EventGrade::None).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let refused = office.record_factors(office.handler, &seen, pb::Factors::default()).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn factors_are_recorded_apart_from_the_tests() {
    let office = office().await;
    let seen = important(&office).await;
    let factors =
        pb::Factors {
            nature: "民生供水".into(), scale: "约三百户".into(), platform: "中央媒体".into(), influence: "转载较多".into()
        };
    let recorded = office.record_factors(office.staff, &seen, factors.clone()).await.unwrap();
    assert_eq!((recorded.factors.as_ref(), recorded.state()), (Some(&factors), State::Suggested));
    assert_eq!(recorded.grounds, seen.grounds);
    assert_ne!(recorded.etag, seen.etag);
    let told = office.told::<FactorsRecorded>().await;
    assert_eq!(told[0].0, FactorsRecorded { incident_id: seen.incident_id.clone(), factors: Some(factors) });
    let too_long = pb::Factors { nature: "长".repeat(501), ..Default::default() };
    assert_refused(office.record_factors(office.staff, &recorded, too_long).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer_and_tells_nothing_again() {
    let office = office().await;
    let seen = important(&office).await;
    let message = pb::ConfirmAssessmentRequest {
        request_id: request_id(),
        incident_id: seen.incident_id.clone(),
        etag: seen.etag.clone(),
        grade: EventGrade::None.into(),
    };
    let mut client = office.client.clone();
    let first = client.confirm_assessment(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
    let second = client.confirm_assessment(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
    assert_eq!(first, second);
    assert_eq!(office.told::<IncidentClassified>().await.len(), 1);
    let other = pb::ConfirmAssessmentRequest { grade: EventGrade::Larger.into(), ..message };
    let refused = client.confirm_assessment(office.house.ask(office.staff, other)).await;
    assert_refused(refused, Code::InvalidArgument, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn bad_input_and_unknown_incidents_are_refused() {
    let office = office().await;
    let seen = important(&office).await;
    let refused = office.confirm(office.staff, &seen, EventGrade::Unspecified).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let refused = office.override_level(office.head, &seen, Level::Unspecified, "旧闻").await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let refused = office.override_level(office.head, &seen, Level::Ordinary, &"长".repeat(1_001)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let malformed = pb::Assessment { incident_id: "nonsense".into(), etag: String::new(), ..Default::default() };
    assert_refused(office.confirm(office.staff, &malformed, EventGrade::None).await, Code::InvalidArgument, "FIELDS_INVALID");
    let unknown = pb::Assessment { incident_id: office.house.new_id().to_string(), ..seen };
    assert_refused(office.confirm(office.staff, &unknown, EventGrade::None).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.override_level(office.head, &unknown, Level::Ordinary, "旧闻").await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.record_factors(office.staff, &unknown, pb::Factors::default()).await, Code::NotFound, "INCIDENT_UNKNOWN");
}
