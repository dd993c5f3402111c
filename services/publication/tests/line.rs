//! Lines to take, through the contract.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::Arc;

use chassis::testing::{House, Rig, assert_refused, request_id};
use huiying_proto::{
    directory::{Role, body::Kind},
    intake::IncidentOpened,
    publication::{self as pb, publication_service_client::PublicationServiceClient as Client},
};
use tonic::{Code, transport::Channel};
use uuid::Uuid;

struct Office {
    house: House,
    client: Client<Channel>,
    staff: Uuid,
    head: Uuid,
    incident: Uuid,
}

async fn office() -> Office {
    let rig = Rig::new("2026-11-10 09:00").await;
    let db = rig.db(publication::NAME, &publication::MIGRATOR).await;
    let rule = Arc::new(regulation::testing::toksun());
    let service = publication::service(&db, &rule);
    let house = rig.serve(vec![service], &["intake"]).await;
    let body = house.body("office", "政务舆情处置办公室", Kind::DisposalOffice).await;
    let staff = house.person("staff", body, &[Role::OfficeStaff]).await;
    let head = house.person("head", body, &[Role::OfficeHead]).await;
    let incident = house.new_id();
    house.tell("intake", IncidentOpened { incident_id: incident.to_string(), number: "2026-0001".into(), title: "河东供水".into(), ..Default::default() }).await;
    let client = Client::new(house.channel.clone());
    Office { house, client, staff, head, incident }
}

impl Office {
    async fn propose(&mut self, text: &str) -> pb::Line {
        let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: self.incident.to_string(), text: text.into() };
        self.client.propose_line(self.house.ask(self.staff, message)).await.unwrap().into_inner().line.unwrap()
    }

    async fn approve(&mut self, by: Uuid, line: &pb::Line) -> Result<pb::Line, tonic::Status> {
        let message = pb::ApproveLineRequest { request_id: request_id(), line_id: line.line_id.clone(), etag: line.etag.clone() };
        Ok(self.client.approve_line(self.house.ask(by, message)).await?.into_inner().line.unwrap())
    }
}

#[tokio::test]
async fn a_newer_line_replaces_the_current_one() {
    let mut office = office().await;
    let first = office.propose("正在核查").await;
    office.approve(office.head, &first).await.unwrap();
    let second = office.propose("已查明原因").await;
    office.approve(office.head, &second).await.unwrap();
    let message = pb::GetCurrentLineRequest { incident_id: office.incident.to_string() };
    let current = office.client.get_current_line(office.house.ask(office.staff, message)).await.unwrap().into_inner().line.unwrap();
    assert_eq!((current.text.as_str(), current.revision, current.state()), ("已查明原因", 2, pb::line::State::Current));
}

#[tokio::test]
async fn nobody_approves_a_line_they_proposed_themselves() {
    let mut office = office().await;
    let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: office.incident.to_string(), text: "正在核查".into() };
    let line = office.client.propose_line(office.house.ask(office.head, message)).await.unwrap().into_inner().line.unwrap();
    let refused = office.approve(office.head, &line).await;
    assert_refused(refused, Code::PermissionDenied, "OWN_WORK");
}

#[tokio::test]
async fn an_approval_of_what_was_changed_meanwhile_is_refused() {
    let mut office = office().await;
    let line = office.propose("正在核查").await;
    office.approve(office.head, &line).await.unwrap();
    let refused = office.approve(office.head, &line).await;
    assert_refused(refused, Code::Aborted, "LINE_STALE");
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer_and_adds_nothing() {
    let mut office = office().await;
    let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: office.incident.to_string(), text: "正在核查".into() };
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
