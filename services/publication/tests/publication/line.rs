//! Lines to take, through the contract.

use crate::office::office_without_line as office;
use chassis::testing::{assert_refused, request_id};
use huiying_proto::publication as pb;
use tonic::Code;

#[tokio::test]
async fn a_newer_line_replaces_the_current_one() {
    let mut office = office().await;
    let first = office.propose_line(office.staff, "正在核查").await.unwrap();
    office.approve_line(office.head, &first).await.unwrap();
    let second = office.propose_line(office.staff, "已查明原因").await.unwrap();
    office.approve_line(office.head, &second).await.unwrap();
    let message = pb::GetCurrentLineRequest { incident_id: office.incident.to_string() };
    let current = office.client.get_current_line(office.house.ask(office.staff, message)).await.unwrap().into_inner().line.unwrap();
    assert_eq!((current.text.as_str(), current.revision, current.state()), ("已查明原因", 2, pb::line::State::Current));
}

#[tokio::test]
async fn nobody_approves_a_line_they_proposed_themselves() {
    let office = office().await;
    let line = office.propose_line(office.head, "正在核查").await.unwrap();
    let refused = office.approve_line(office.head, &line).await;
    assert_refused(refused, Code::PermissionDenied, "OWN_WORK");
}

#[tokio::test]
async fn an_approval_of_what_was_changed_meanwhile_is_refused() {
    let office = office().await;
    let line = office.propose_line(office.staff, "正在核查").await.unwrap();
    office.approve_line(office.head, &line).await.unwrap();
    let refused = office.approve_line(office.head, &line).await;
    assert_refused(refused, Code::Aborted, "LINE_STALE");
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer_and_adds_nothing() {
    let mut office = office().await;
    let message =
        pb::ProposeLineRequest { request_id: request_id(), incident_id: office.incident.to_string(), text: "正在核查".into() };
    let first = office.client.propose_line(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
    let second = office.client.propose_line(office.house.ask(office.staff, message.clone())).await.unwrap().into_inner();
    assert_eq!(first, second);
    let other = pb::ProposeLineRequest { text: "别的内容".into(), ..message };
    let refused = office.client.propose_line(office.house.ask(office.staff, other)).await;
    assert_refused(refused, Code::InvalidArgument, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn bad_input_is_named_field_by_field() {
    let mut office = office().await;
    let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: "nonsense".into(), text: "  ".into() };
    let refused = office.client.propose_line(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: office.house.new_id().to_string(), text: "有".into() };
    let refused = office.client.propose_line(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::NotFound, "INCIDENT_UNKNOWN");
}
