//! Monitoring vendors push: by webhook over real HTTP, and by rpc.

use crate::office::Office;
use crate::site::{described, office_online};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chassis::testing::{assert_refused, request_id};
use hmac::{Hmac, Mac};
use http_body_util::{BodyExt, Full};
use huiying_proto::{
    directory::Role,
    intake::{self as pb, sighting_outcome::Outcome, source::Kind},
};
use hyper::body::Bytes;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};
use tonic::{Code, Status};

/// A call as a vendor makes it.
struct Push<'a> {
    source: &'a str,
    id: &'a str,
    key: &'a [u8],
    /// Seconds from now.
    off: i64,
    body: String,
}

async fn push(office: &Office, call: Push<'_>) -> (u16, Value) {
    let timestamp = office.house.clock.now().as_second() + call.off;
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(call.key).unwrap();
    mac.update(format!("{}.{timestamp}.{}", call.id, call.body).as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let request = http::Request::post(format!("{}/webhook/{}", office.house.address, call.source))
        .header("webhook-id", call.id)
        .header("webhook-timestamp", timestamp)
        .header("webhook-signature", signature)
        .body(Full::new(Bytes::from(call.body)))
        .unwrap();
    let answer = Client::builder(TokioExecutor::new()).build_http().request(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

pub async fn vendor(office: &Office, secrets: &[&str]) -> pb::Source {
    let secret_names = secrets.iter().map(|name| (*name).to_owned()).collect();
    let message = pb::RegisterSourceRequest { secret_names, outlet_id: office.paper.clone(), ..described(Kind::Webhook, "监测商", "") };
    office.register_source(office.staff, message).await.unwrap()
}

fn key() -> Vec<u8> {
    STANDARD.decode("c2VjcmV0LW9mLXRoZS12ZW5kb3Itbm8tMDE=").unwrap()
}

fn items() -> String {
    json!({"sightings": [
        {"external_id": "1", "title": "河东停水", "excerpt": "正文", "url": "https://a.example/1", "publish_time": "2026-11-10T08:00:00+08:00",
         "author": "某甲", "author_id": "42", "spread": {"read_time": "2026-11-10T08:50:00+08:00", "view_count": 1200, "repost_count": 30}},
        {"external_id": "2", "title": "搅拌站", "url": "javascript:alert(1)"},
        {"external_id": "3", "title": "坏时间", "publish_time": "昨天"},
        {"external_id": "4"},
    ]})
    .to_string()
}

#[tokio::test]
async fn a_signed_call_is_taken_item_by_item_and_a_repeated_one_has_no_second_effect() {
    let office = office_online().await;
    let source = vendor(&office, &["vendor.key"]).await;
    let key = key();
    let call = |off| Push { source: &source.source_id, id: "msg_1", key: &key, off, body: items() };
    let (status, answer) = push(&office, call(0)).await;
    assert_eq!(status, 200, "{answer}");
    let outcomes: Vec<&str> = answer["outcomes"].as_array().unwrap().iter().map(|o| o["outcome"].as_str().unwrap()).collect();
    let (new, refused) = ("OUTCOME_REGISTERED", "OUTCOME_REFUSED");
    assert_eq!(outcomes, [new, new, refused, refused], "{answer}");
    let outcomes_of = |answer: &serde_json::Value| -> Vec<String> {
        answer["outcomes"].as_array().unwrap().iter().map(|o| o["outcome"].as_str().unwrap().to_owned()).collect()
    };
    let (status, answer) = push(&office, call(10)).await;
    let known = "OUTCOME_KNOWN";
    assert_eq!(
        (status, outcomes_of(&answer)),
        (200, [known, known, refused, refused].map(str::to_owned).to_vec()),
        "a repetition is answered"
    );
    // A vendor that counts its calls anew loses nothing.
    let other = json!({"sightings": [{"external_id": "9", "title": "另一件", "text": "河西停电。", "outlet_name": "X市日报"}]}).to_string();
    let (status, answer) = push(&office, Push { body: other, ..call(0) }).await;
    assert_eq!((status, answer["outcomes"][0]["outcome"].as_str()), (200, Some("OUTCOME_REGISTERED")), "{answer}");
    let (status, answer) = push(&office, Push { id: "msg_2", ..call(0) }).await;
    assert_eq!((status, answer["outcomes"][0]["outcome"].as_str()), (200, Some("OUTCOME_KNOWN")), "other calls with the same items");
    let reports = office.all_reports().await;
    assert_eq!(reports.len(), 3);
    let report = reports.iter().find(|report| report.title == "河东停水").unwrap();
    assert_eq!((report.view_count, report.repost_count), (1200, 30));
    let told = office.provenance(&report.report_id).await;
    assert_eq!((told.spreads.len(), told.spreads[0].view_count), (1, 1200));
    let other = reports.iter().find(|report| report.title == "搅拌站").unwrap();
    assert!(other.url.is_empty() && office.provenance(&other.report_id).await.provenance.unwrap().doubt.contains("javascript"));
    // Nobody is profiled: who wrote it is nowhere.
    assert!(!format!("{reports:?} {:?}", office.ledger().await).contains("某甲"));
}

#[tokio::test]
async fn calls_that_are_late_forged_of_an_old_key_or_of_nobody_are_turned_away_alike() {
    let office = office_online().await;
    let source = vendor(&office, &["vendor.key"]).await;
    let body = items;
    let (id, new) = (source.source_id.as_str(), key());
    let nobody = office.house.new_id().to_string();
    let old = STANDARD.decode("b2xkLXNlY3JldC1vZi10aGUtdmVuZG9y").unwrap();
    let calls = [
        Push { source: id, id: "a", key: &new, off: -301, body: body() },
        Push { source: id, id: "b", key: &new, off: 301, body: body() },
        Push { source: id, id: "c", key: &old, off: 0, body: body() },
        Push { source: id, id: "d", key: &[0; 32], off: 0, body: body() },
        Push { source: &nobody, id: "e", key: &new, off: 0, body: body() },
        Push { source: "x", id: "f", key: &new, off: 0, body: body() },
        Push { source: id, id: "", key: &new, off: 0, body: body() },
    ];
    for call in calls {
        let what = format!("{} {}", call.id, call.off);
        assert_eq!(push(&office, call).await, (401, json!({"message": "签名不被接受"})), "{what}");
    }
    assert!(office.all_reports().await.is_empty());
    for (id, body) in [("g", "不是 JSON".to_owned()), ("h", "{}".to_owned()), ("i", json!({"sightings": []}).to_string())] {
        assert_eq!(push(&office, Push { source: source.source_id.as_str(), id, key: &new, off: 0, body }).await.0, 400, "{id}");
    }
    let large = Push { source: source.source_id.as_str(), id: "j", key: &new, off: 0, body: " ".repeat((5 << 20) + 1) };
    assert_eq!(push(&office, large).await.0, 413);
}

#[tokio::test]
async fn while_keys_change_both_hold_and_then_the_old_one_does_not() {
    let office = office_online().await;
    let source = vendor(&office, &["vendor.old", "vendor.key"]).await;
    let old = STANDARD.decode("b2xkLXNlY3JldC1vZi10aGUtdmVuZG9y").unwrap();
    let new = key();
    let call = |id, key| Push { source: &source.source_id, id, key, off: 0, body: items() };
    assert_eq!(push(&office, call("1", &old)).await.0, 200);
    assert_eq!(push(&office, call("2", &new)).await.0, 200);
    let message = pb::UpdateSourceRequest {
        request_id: request_id(),
        source_id: source.source_id.clone(),
        etag: source.etag.clone(),
        outlet_id: office.paper.clone(),
        secret_names: vec!["vendor.key".into()],
        ..Default::default()
    };
    office.sources().update_source(office.house.ask(office.head, message.clone())).await.unwrap();
    assert_eq!(push(&office, call("3", &old)).await.0, 401);
    assert_eq!(push(&office, call("4", &new)).await.0, 200);
    let stale = pb::UpdateSourceRequest { request_id: request_id(), ..message };
    assert_refused(office.sources().update_source(office.house.ask(office.head, stale)).await, Code::Aborted, "SOURCE_STALE");
    // A secret is nowhere but in its file.
    let shown = format!("{:?} {:?}", office.ledger().await, office.source(&source.source_id).await);
    assert!(!shown.contains("c2VjcmV0") && !shown.contains("secret-of"), "{shown}");
}

#[tokio::test]
async fn a_paused_source_takes_nothing_and_says_to_come_again() {
    let office = office_online().await;
    let source = vendor(&office, &["vendor.key"]).await;
    let pause = |etag: &str| pb::PauseSourceRequest {
        request_id: request_id(),
        source_id: source.source_id.clone(),
        etag: etag.into(),
        reason: "合同到期".into(),
    };
    let paused = office.sources().pause_source(office.house.ask(office.staff, pause(&source.etag))).await.unwrap().into_inner();
    let paused = paused.source.unwrap();
    assert_eq!(push(&office, Push { source: &source.source_id, id: "1", key: &key(), off: 0, body: items() }).await.0, 503);
    let again = office.sources().pause_source(office.house.ask(office.staff, pause(&paused.etag))).await;
    assert_refused(again, Code::FailedPrecondition, "SOURCE_PAUSED");
    let resume = |etag: &str| pb::ResumeSourceRequest { request_id: request_id(), source_id: source.source_id.clone(), etag: etag.into() };
    let resumed = office.sources().resume_source(office.house.ask(office.staff, resume(&paused.etag))).await.unwrap().into_inner();
    let etag = resumed.source.unwrap().etag;
    let again = office.sources().resume_source(office.house.ask(office.staff, resume(&etag))).await;
    assert_refused(again, Code::FailedPrecondition, "SOURCE_NOT_PAUSED");
    // The same call, sent again as it was: nothing is lost.
    assert_eq!(push(&office, Push { source: &source.source_id, id: "1", key: &key(), off: 0, body: items() }).await.0, 200);
    assert_eq!(office.all_reports().await.len(), 2);
}

pub async fn push_by_rpc(office: &Office, vendor: &str, message: pb::PushSightingsRequest) -> Result<Vec<pb::SightingOutcome>, Status> {
    let ask = office.house.ask_as_service(vendor, &[Role::MonitoringVendor], message);
    Ok(office.sources().push_sightings(ask).await?.into_inner().outcomes)
}

#[tokio::test]
async fn a_vendor_pushes_by_rpc_to_the_source_that_bears_its_name_alone() {
    let office = office_online().await;
    let source = vendor(&office, &[]).await;
    let sighting = |id: &str, title: &str| pb::SourceItem { external_id: id.into(), title: title.into(), ..Default::default() };
    let message = pb::PushSightingsRequest {
        request_id: request_id(),
        source_id: source.source_id.clone(),
        sightings: vec![sighting("1", "甲"), sighting("1", "甲"), sighting("2", ""), sighting("3", "丙")],
    };
    let outcomes = push_by_rpc(&office, "监测商", message.clone()).await.unwrap();
    let told: Vec<Outcome> = outcomes.iter().map(pb::SightingOutcome::outcome).collect();
    assert_eq!(told, [Outcome::Registered, Outcome::Known, Outcome::Refused, Outcome::Registered]);
    assert_eq!(outcomes[0].report_id, outcomes[1].report_id);
    assert_eq!(push_by_rpc(&office, "监测商", message.clone()).await.unwrap(), outcomes, "the same request, the same answer");
    let other = pb::PushSightingsRequest { request_id: request_id(), ..message.clone() };
    assert_refused(push_by_rpc(&office, "别的监测商", other).await, Code::NotFound, "SOURCE_UNKNOWN");
    let feed = office.register_source(office.staff, described(Kind::Feed, "订阅", "https://a.example/feed")).await.unwrap();
    let wrong = pb::PushSightingsRequest { request_id: request_id(), source_id: feed.source_id, ..message };
    let ask = office.house.ask(office.collector, wrong);
    assert_refused(office.sources().push_sightings(ask).await, Code::FailedPrecondition, "SOURCE_KIND_WRONG");
    let taken = office.register_source(office.staff, described(Kind::Webhook, "监测商", "")).await;
    assert_refused(taken, Code::AlreadyExists, "SOURCE_NAME_TAKEN");
}

#[tokio::test]
async fn figures_are_kept_with_the_time_they_were_read() {
    let office = office_online().await;
    let report = office.register_by(office.staff, crate::office::sighting(&office.paper, "甲", "乙")).await.unwrap();
    let at = |civil: &str, views| pb::SpreadFigures {
        read_time: Some(chassis::wire_time(chassis::testing::moment(civil))),
        view_count: views,
        ..Default::default()
    };
    let record = |spread| {
        let message = pb::RecordSpreadRequest { request_id: request_id(), report_id: report.report_id.clone(), spread };
        let (mut sources, ask) = (office.sources(), office.house.ask(office.collector, message));
        async move { sources.record_spread(ask).await }
    };
    record(Some(at("2026-11-10 08:30", 10))).await.unwrap();
    let spreads = record(Some(at("2026-11-10 08:59", 900))).await.unwrap().into_inner().spreads;
    assert_eq!(spreads.iter().map(|spread| spread.view_count).collect::<Vec<_>>(), [900, 10]);
    for bad in [None, Some(at("2026-11-11 08:00", 1)), Some(at("2026-11-10 08:00", -1)), Some(pb::SpreadFigures::default())] {
        assert_refused(record(bad).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    assert!(office.provenance(&report.report_id).await.provenance.is_none(), "it was typed in");
}
