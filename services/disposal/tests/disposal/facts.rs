//! Facts carry a state and their evidence, 三(二); bad input is named field by field.

use crate::office::{fact, office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::disposal::{self as pb, finding_fact::State};
use tonic::Code;
use tonic_types::StatusExt;

#[tokio::test]
async fn a_verified_or_refuted_fact_names_its_evidence() {
    let office = office().await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    let assignment = office.acknowledge(office.handler, &assignment).await.unwrap();
    for state in [State::Verified, State::Refuted] {
        let facts = vec![fact("已停水", State::Unknown, ""), fact("水质超标", state, "  ")];
        let status = office.submit_facts(office.handler, &assignment, facts).await.unwrap_err();
        let details = status.get_error_details();
        let named: Vec<String> = details.bad_request().unwrap().field_violations.iter().map(|v| v.field.clone()).collect();
        assert_eq!(named, ["facts[1].evidence"]);
        assert_refused::<()>(Err(status), Code::InvalidArgument, "EVIDENCE_MISSING");
    }
    let facts = vec![fact("水质超标", State::Refuted, "疾控中心检测报告"), fact("影响户数", State::Verifying, "")];
    let findings = office.submit_facts(office.handler, &assignment, facts.clone()).await.unwrap();
    assert_eq!(findings.facts, facts);
    assert_eq!(office.look(office.handler).await.unwrap().findings[0].facts, facts);
}

#[tokio::test]
async fn facts_are_of_a_known_state_and_not_too_many() {
    let office = office().await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    let assignment = office.acknowledge(office.handler, &assignment).await.unwrap();
    let odd = pb::FindingFact { state: 77, ..fact("停水", State::Unknown, "") };
    let long = fact(&"长".repeat(1_001), State::Unknown, "");
    let unspecified = fact("停水", State::Unspecified, "");
    let many = vec![fact("停水", State::Unknown, ""); 101];
    for facts in [vec![odd], vec![long], vec![unspecified], many, vec![]] {
        assert_refused(office.submit_facts(office.handler, &assignment, facts).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn bad_input_is_named_field_by_field() {
    let office = office().await;
    let message = pb::AssignUnitRequest { request_id: request_id(), incident_id: "x".into(), task: " ".into(), ..Default::default() };
    let status = office.client.clone().assign_unit(office.house.ask(office.staff, message)).await.unwrap_err();
    let details = status.get_error_details();
    let named: Vec<String> = details.bad_request().unwrap().field_violations.iter().map(|v| v.field.clone()).collect();
    assert_eq!(named, ["incident_id", "body_id", "task"]);
    assert_refused::<()>(Err(status), Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.list_cases(office.staff, -1, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.list_cases(office.staff, 0, "nonsense!").await, Code::InvalidArgument, "FIELDS_INVALID");
    let message = pb::CloseCaseRequest { request_id: request_id(), incident_id: office.incident.to_string(), etag: "0".into() };
    let refused = office.client.clone().close_case(office.house.ask(office.head, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
}
