//! Logs and traces of services that are processes of their own: one trace from a call to what others make of it, and nothing in
//! either that tells of a person.

use std::time::Duration;

use chassis::{cluster::Cluster, peers::connect, testing::with_token, tls::Trust, wire_time};
use huiying::client::{Client, Protocol};
use huiying_proto::{
    directory::Role,
    intake::{
        ImportLettersRequest, LetterRow, RegisterOutletRequest, RegisterReportRequest,
        intake_service_client::IntakeServiceClient,
        outlet::{Medium, Tier},
    },
};
use huiying_tests::{
    collector::Collector,
    processes::{self, Office},
};
use jiff::Timestamp;
use tonic::{Code, Request};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Nothing of these may be told to whoever reads logs or traces; the last is the caller's program.
const PRIVATE: [&str; 7] = ["古丽娜尔", "13999990001", "河东村三组", "井水发黄", "writer-4711", "geheim", "tonic/0."];

struct County {
    cluster: Cluster,
    office: Office,
    collector: Collector,
    dir: std::path::PathBuf,
    token: String,
    outlet_id: String,
}

/// An office whose logs are JSON down to a level, and whose telemetry goes to a collector.
async fn county(name: &str, level: &str) -> County {
    let collector = Collector::start().await;
    let (cluster, dir) = processes::cluster(name);
    let mut office = Office::prepare(&cluster, &dir, "county", None, Timestamp::now(), None).await;
    office.set(&[format!("log.level={level}"), "log.json=true".to_owned(), format!("log.otlp={}", collector.address)]);
    office.start_all().await;
    let token = office.issuer.service("letters", &[Role::System], Timestamp::now(), 86_400).unwrap();
    let client = Client::new(&office.addresses, &token, Protocol::Grpc).unwrap();
    let outlet = RegisterOutletRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        name: "信箱".into(),
        tier: Tier::Mailbox.into(),
        medium: Medium::Letter.into(),
        hosts: vec![],
    };
    let outlet_id = client.intake().unwrap().register_outlet(outlet).await.unwrap().into_inner().outlet.unwrap().outlet_id;
    County { cluster, office, collector, dir, token, outlet_id }
}

impl County {
    fn report(&self, outlet_id: &str) -> RegisterReportRequest {
        RegisterReportRequest {
            request_id: uuid::Uuid::new_v4().to_string(),
            outlet_id: outlet_id.to_owned(),
            external_id: uuid::Uuid::new_v4().to_string(),
            title: "河东村三组井水发黄".into(),
            // No two are alike: what repeats a report is counted with it.
            excerpt: format!("我是古丽娜尔,电话13999990001,井水发黄已有半月。{}", uuid::Uuid::new_v4()),
            publish_time: Some(wire_time(Timestamp::now())),
            sensitive: true,
            non_classified: true,
            ..Default::default()
        }
    }

    fn traced<M>(&self, message: M) -> Request<M> {
        let mut request = with_token(message, &self.token);
        request.metadata_mut().insert("traceparent", format!("00-{TRACE}-00f0670000000007-01").parse().unwrap());
        request
    }

    fn intake(&self) -> IntakeServiceClient<tonic::transport::Channel> {
        IntakeServiceClient::new(connect(self.office.addresses.of("intake"), &Trust::Plain).unwrap())
    }

    /// The log lines of a service, all of which are JSON.
    fn lines(&self, service: &str) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.dir.join("county").join(format!("{service}.log"))).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }

    fn end(mut self) {
        self.office.kill_all();
        self.cluster.kill().unwrap();
        std::fs::remove_dir_all(&self.dir).unwrap();
    }
}

async fn until(what: &str, holds: impl Fn() -> bool, otherwise: impl Fn() -> String) {
    for _ in 0..300 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{what}: {}", otherwise());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_and_what_other_services_make_of_it_are_one_trace() {
    let mut county = county("traces", "warn").await;
    county.intake().register_report(county.traced(county.report(&county.outlet_id))).await.unwrap();
    let spans = || county.collector.trace(TRACE);
    let has = |process: &str, name: &str, event: &str| {
        spans().iter().any(|span| span.process == process && span.name == name && span.attribute("event") == event)
    };
    // The call, what intake makes of it by itself, and what others make of that in turn.
    let all_there = || {
        has("huiying-intake", "huiying.intake.v1.IntakeService/RegisterReport", "")
            && has("huiying-intake", "react", "huiying.intake.v1.ReportRegistered")
            && has("huiying-assessment", "react", "huiying.intake.v1.IncidentOpened")
            && has("huiying-accountability", "react", "huiying.intake.v1.IncidentOpened")
    };
    until("one trace", all_there, || format!("{:#?}", spans())).await;
    // Figures take the same way; they leave every minute, and at the end.
    county.office.stop("intake");
    assert!(county.collector.has_figure("huiying-intake", "huiying_rpc_seconds"));
    county.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_lines_name_their_trace_and_neither_they_nor_spans_tell_of_a_person() {
    let mut county = county("logs", "debug").await;
    let mut intake = county.intake();
    intake.register_report(county.traced(county.report(&county.outlet_id))).await.unwrap();
    // What is refused, what is wrong, and who may not call are told of; what they said is not.
    let unknown = uuid::Uuid::new_v4().to_string();
    let refused = intake.register_report(county.traced(county.report(&unknown))).await.unwrap_err();
    assert!(matches!(refused.code(), Code::NotFound | Code::FailedPrecondition), "{refused:?}");
    let wrong = RegisterReportRequest { request_id: "古丽娜尔".into(), ..county.report(&county.outlet_id) };
    assert_eq!(intake.register_report(county.traced(wrong)).await.unwrap_err().code(), Code::InvalidArgument);
    let stranger = with_token(county.report(&county.outlet_id), "geheim");
    assert_eq!(intake.register_report(stranger).await.unwrap_err().code(), Code::Unauthenticated);
    let letter = LetterRow {
        row: 1,
        external_id: "2026-1".into(),
        sender: "writer-4711".into(),
        title: "井水发黄".into(),
        text: "我是河东村三组的古丽娜尔,电话13999990001。".into(),
        publish_time: Some(wire_time(Timestamp::now())),
    };
    let letters = ImportLettersRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        outlet_id: county.outlet_id.clone(),
        rows: vec![letter],
        non_classified: true,
    };
    intake.import_letters(county.traced(letters)).await.unwrap();
    county.office.settle().await;
    for service in ["intake", "assessment", "accountability", "notification"] {
        county.office.stop(service);
    }

    let refused = |line: &serde_json::Value| line["fields"]["message"] == "refused" && line["trace_id"] == TRACE;
    assert!(county.lines("intake").iter().any(refused));
    for (service, ..) in huiying::compose::SERVICES {
        let lines = county.lines(service);
        assert!(!lines.is_empty(), "{service} logs nothing");
        for line in lines {
            assert!(line["trace_id"].is_string(), "{service}: {line}");
            let text = line.to_string();
            for private in PRIVATE.iter().copied().chain([county.token.as_str()]) {
                assert!(!text.contains(private), "{service} tells of {private}: {text}");
            }
        }
    }
    let sent = county.collector.text();
    assert!(sent.contains("RegisterReport") && sent.contains("ImportLetters"));
    for private in PRIVATE.iter().copied().chain([county.token.as_str()]) {
        assert!(!sent.contains(private), "a span tells of {private}");
    }
    county.end();
}
