//! Delivery to a second house that plays the city, 四(五): once in effect, whatever the wire does.

use crate::office::{Office, office_under, quiet_office};
use chassis::{peers::connect, testing::assert_refused, tls::Trust};
use disposal::Superior;
use huiying_proto::{
    directory::Role,
    disposal::{
        self as pb,
        escalation::{Kind, State},
    },
};
use tonic::Code;

/// The city as the county's superior, reached at an address.
fn superior(city: &Office, address: &str) -> Superior {
    let token = city.house.issuer.service("shahe", &[Role::SubordinatePlatform], city.house.clock.now(), 86400).unwrap();
    Superior { channel: connect(address, &Trust::Plain).unwrap(), token }
}

#[tokio::test]
async fn an_approved_report_is_delivered_and_receipted() {
    let city = quiet_office(None).await;
    city.house.at("2026-11-10 09:30").await;
    let county = office_under(Some(superior(&city, &city.house.address))).await;
    let approved = county.approved(Kind::Initial).await;
    let delivered = county.delivered(&approved.escalation_id).await;
    assert_eq!((delivered.attempt_count, delivered.last_error.as_str()), (1, ""));

    let received = city.received(city.auditor).await.unwrap();
    assert_eq!(received.len(), 1);
    let received = &received[0];
    assert_eq!((&delivered.receipt_id, delivered.receipt_time), (&received.receipt_id, received.receive_time));
    assert_eq!((received.origin_name.as_str(), &received.origin_escalation_id), ("沙河县人民政府办公室", &approved.escalation_id));
    assert_eq!((received.origin_incident_number.as_str(), received.kind()), ("2026-0001", Kind::Initial));
    assert_eq!((&received.title, &received.text), (&approved.title, &approved.text));
    assert_eq!(city.facts::<pb::EscalationReceived>().await[0].received_escalation.as_ref(), Some(received));
    let told = county.facts::<pb::EscalationDelivered>().await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].receipt_id, told[0].attempt_count, told[0].kind()), (&received.receipt_id, 1, Kind::Initial));
    let case = county.case().await;
    assert!(county.close(county.head, &case).await.is_ok());
}

#[tokio::test]
async fn what_the_superior_records_of_a_report_is_of_the_trace_of_its_delivery() {
    let _telemetry = chassis::telemetry::start("huiying-test", "off", false, None).unwrap();
    let city = quiet_office(None).await;
    let county = office_under(Some(superior(&city, &city.house.address))).await;
    let approved = county.approved(Kind::Initial).await;
    county.delivered(&approved.escalation_id).await;
    let trace = async |office: &Office, fact: &str| {
        let record =
            office.house.ledger("disposal").await.into_iter().find(|record| record.events.iter().any(|e| e.r#type.ends_with(fact)));
        record.unwrap().trace_parent.split('-').nth(1).unwrap_or_default().to_owned()
    };
    let sent = trace(&county, ".EscalationDelivered").await;
    assert_eq!(sent.len(), 32);
    assert_eq!(trace(&city, ".EscalationReceived").await, sent);
}

#[tokio::test]
async fn a_receipt_lost_on_the_way_costs_another_attempt_and_nothing_else() {
    let city = quiet_office(None).await;
    let county = office_under(Some(superior(&city, &crate::wire::that_loses_the_first_answer(&city.house.address).await))).await;
    let approved = county.approved(Kind::Initial).await;
    let failed = county.escalation_when(&approved.escalation_id, |escalation| escalation.attempt_count > 0).await;
    // The city has it, although the county does not know.
    let receipt = city.received(city.staff).await.unwrap()[0].receipt_id.clone();
    if failed.state() == State::Approved {
        assert_eq!(failed.last_error, "与上级平台的连接未能建立或已中断");
    }

    let delivered = county.delivered(&approved.escalation_id).await;
    assert_eq!((delivered.attempt_count, &delivered.receipt_id, delivered.last_error.as_str()), (2, &receipt, ""));
    assert_eq!(city.received(city.staff).await.unwrap().len(), 1);
    assert_eq!(city.facts::<pb::EscalationReceived>().await.len(), 1);
    let told = county.facts::<pb::EscalationDelivered>().await;
    assert_eq!(told.iter().map(|fact| fact.attempt_count).collect::<Vec<_>>(), [2]);
}

#[tokio::test]
async fn a_superior_out_of_reach_is_tried_again_until_it_answers() {
    let city = quiet_office(None).await;
    let (address, door) = crate::wire::that_is_closed(&city.house.address).await;
    let county = office_under(Some(superior(&city, &address))).await;
    let approved = county.approved(Kind::Initial).await;
    let failed = county.escalation_when(&approved.escalation_id, |escalation| escalation.attempt_count >= 2).await;
    assert_eq!((failed.state(), failed.last_error.as_str()), (State::Approved, "与上级平台的连接未能建立或已中断"));
    door.send(true).unwrap();
    let delivered = county.delivered(&approved.escalation_id).await;
    assert!(delivered.attempt_count >= 3);
    assert_eq!(delivered.last_error, "");
    assert_eq!(city.received(city.staff).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_token_that_the_superior_does_not_know_is_named_as_the_trouble() {
    let city = quiet_office(None).await;
    let stranger = Superior { token: "geheim".into(), ..superior(&city, &city.house.address) };
    assert!(!format!("{stranger:?}").contains("geheim"));
    let county = office_under(Some(stranger)).await;
    let approved = county.approved(Kind::Initial).await;
    let failed = county.escalation_when(&approved.escalation_id, |escalation| escalation.attempt_count > 0).await;
    assert_eq!((failed.state(), failed.last_error.as_str()), (State::Approved, "上级平台不认可本办公室的令牌"));
}

#[tokio::test]
async fn a_superior_that_does_not_answer_is_given_up_after_seconds() {
    let city = quiet_office(None).await;
    let county = office_under(Some(superior(&city, &crate::wire::that_never_answers().await))).await;
    let approved = county.approved(Kind::Initial).await;
    let failed = county.escalation_when(&approved.escalation_id, |escalation| escalation.attempt_count > 0).await;
    assert_eq!((failed.state(), failed.last_error.as_str()), (State::Approved, "上级平台未在 5 秒内答复"));
}

#[tokio::test]
async fn the_reports_of_an_incident_arrive_in_their_order() {
    let city = quiet_office(None).await;
    let (address, door) = crate::wire::that_is_closed(&city.house.address).await;
    let county = office_under(Some(superior(&city, &address))).await;
    let initial = county.approved(Kind::Initial).await;
    let follow_up = county.approved(Kind::FollowUp).await;
    county.escalation_when(&initial.escalation_id, |escalation| escalation.attempt_count >= 1).await;
    assert_eq!(county.escalation(county.staff, &follow_up.escalation_id).await.unwrap().attempt_count, 0);
    door.send(true).unwrap();
    assert_eq!(county.delivered(&follow_up.escalation_id).await.attempt_count, 1);
    let kinds: Vec<Kind> = city.received(city.staff).await.unwrap().iter().map(pb::ReceivedEscalation::kind).collect();
    assert_eq!(kinds, [Kind::FollowUp, Kind::Initial]);
}

fn sent(request_id: &str) -> pb::ReceiveEscalationRequest {
    pb::ReceiveEscalationRequest {
        request_id: request_id.into(),
        origin_name: "沙河县人民政府办公室".into(),
        origin_escalation_id: "SH-2026-7".into(),
        origin_incident_number: "2026-0001".into(),
        kind: Kind::Initial.into(),
        title: "关于河东供水的报告".into(),
        text: "现将有关情况报告如下。".into(),
    }
}

#[tokio::test]
async fn the_same_report_gets_the_same_receipt_under_any_request_id() {
    let city = quiet_office(None).await;
    let first = city.receive("shahe", sent(&chassis::testing::request_id())).await.unwrap();
    city.house.at("2026-11-10 10:00").await;
    let again = city.receive("shahe", sent(&chassis::testing::request_id())).await.unwrap();
    assert_eq!(first, again);
    let other = pb::ReceiveEscalationRequest { text: "别的内容".into(), ..sent(&chassis::testing::request_id()) };
    assert_refused(city.receive("shahe", other).await, Code::AlreadyExists, "ESCALATION_ALREADY_RECEIVED");
    // Another county may use the same id.
    let neighbour = city.receive("linxian", sent(&chassis::testing::request_id())).await.unwrap();
    assert_ne!(neighbour.receipt_id, first.receipt_id);
    assert_eq!(city.facts::<pb::EscalationReceived>().await.len(), 2);
    assert_eq!(city.received(city.principal).await.unwrap(), [neighbour, first]);
}

#[tokio::test]
async fn only_a_lower_platform_reports_here_and_units_do_not_read_it() {
    let city = quiet_office(None).await;
    let platform = city.house.person("platform", city.water, &[Role::SubordinatePlatform]).await;
    let message = sent(&chassis::testing::request_id());
    let refused = city.client.clone().receive_escalation(city.house.ask(platform, message.clone())).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    let refused = city.client.clone().receive_escalation(city.house.ask_as_service("x", &[Role::System], message.clone())).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    let malformed = pb::ReceiveEscalationRequest { origin_name: "名".repeat(101), kind: 0, ..message };
    assert_refused(city.receive("shahe", malformed).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(city.received(city.handler).await, Code::PermissionDenied, "PERMISSION_DENIED");
}
