//! Every alert has its paragraph in the runbook, and stands on figures that a running process tells.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use chassis::{
    Clock, ServeOptions,
    ledger::CheckpointKey,
    peers::{Peers, connect},
    testing::{Rig, with_token},
    tls::{Tls, TlsFiles, Trust},
    token::{Issuer, Verifier},
};
use http_body_util::BodyExt;
use huiying::{
    certs::certs,
    compose::{Parts, SERVICES, rule_book},
    config::RuleFiles,
};
use huiying_proto::{
    directory::Role,
    event::{GetCheckpointRequest, feed_service_client::FeedServiceClient},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, transport::Channel};
use tower::ServiceExt;

use super::{files, none, root};

fn alerts() -> String {
    std::fs::read_to_string(root().join("deploy/observability/alerts.yml")).unwrap()
}

#[test]
fn every_alert_has_its_paragraph_and_every_paragraph_its_alert() {
    let alerts = alerts();
    let named: BTreeSet<&str> = alerts.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    let runbook = std::fs::read_to_string(root().join("deploy/README.md")).unwrap();
    let section = runbook.split("\n## ").find(|section| section.contains("(告警与处置)")).unwrap();
    let told: BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("** — ").map(|(name, _)| name)).collect();
    assert!(!named.is_empty());
    none("alerts and the runbook", named.symmetric_difference(&told).map(|name| (*name).to_owned()).collect());
}

/// The figures that alerts and dashboards stand on.
fn figures() -> BTreeSet<String> {
    let dashboards = files("deploy/observability", "").into_iter().filter(|(path, _)| path.ends_with(".json")).map(|(_, text)| text);
    let mut found = BTreeSet::new();
    for text in dashboards.chain([alerts()]) {
        for rest in text.split("huiying_").skip(1) {
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            found.insert(format!("huiying_{name}"));
        }
    }
    found
}

/// All seven services on one port with the house's TLS, and who may read them.
async fn house() -> (Channel, String, CancellationToken) {
    let folder = std::env::temp_dir().join(format!("huiying-alerts-{}", std::process::id()));
    let clock = Clock::system();
    certs(&folder, &[], 397, clock.now()).unwrap();
    let file = |name: &str| folder.join("intake").join(name);
    let files = TlsFiles { certificate: file("certificate.pem"), key: file("key.pem"), authority: file("authority.pem") };
    let tls = Tls::load(files).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let rig = Rig::of("2026-11-10 09:00", &SERVICES.map(|(name, migrator, _)| (name, migrator))).await;
    let names: Vec<&str> = SERVICES.iter().map(|(name, ..)| *name).collect();
    let deploy = |path: &str| root().join("deploy").join(path);
    let rules = RuleFiles {
        base: deploy("regulation/toksun.yaml"),
        overlays: vec![deploy("regulation/national.yaml")],
        calendars: vec![deploy("calendar/2026.yaml")],
        later: vec![],
    };
    let parts = Parts {
        book: rule_book(&rules).unwrap(),
        database_url: rig.url.clone(),
        connections: 4,
        writer_key: [7; 32],
        office: "测试".into(),
        site_url: "https://localhost".into(),
        superior: None,
        papers: (None, None),
        sources: Default::default(),
        clock,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let issuer = Issuer::generate("house").unwrap();
    let token = issuer.service("house", &[Role::System], parts.clock.now(), 86_400).unwrap();
    let trust = Trust::House(tls.clone());
    let stop = CancellationToken::new();
    let options = ServeOptions {
        listener,
        verifier: Verifier::new(&[("house".to_owned(), issuer.public_pem().to_owned())]).unwrap(),
        tls: Some(tls),
        peers: Peers::new(Some(&address), &HashMap::new(), &token, &trust).unwrap(),
        checkpoint_key: Some(CheckpointKey::generate("house")),
        stop: stop.clone(),
        drain: std::time::Duration::ZERO,
    };
    let parts = Arc::new(parts);
    tokio::spawn(async move { parts.serve(&names, options).await.unwrap() });
    (connect(&address, &trust).unwrap(), token, stop)
}

async fn page(channel: &Channel) -> Option<String> {
    let request = http::Request::get("/metrics").body(Body::empty()).unwrap();
    let response = channel.clone().oneshot(request).await.ok()?;
    Some(String::from_utf8(response.into_body().collect().await.ok()?.to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn every_figure_that_an_alert_or_a_dashboard_names_is_told_by_a_running_process() {
    let (channel, token, stop) = house().await;
    let mut missing = figures();
    assert!(missing.len() > 10, "{missing:?}");
    let mut last = String::new();
    for _ in 0..200 {
        let call = with_token(GetCheckpointRequest { service_name: "intake".into() }, &token);
        drop(FeedServiceClient::new(channel.clone()).get_checkpoint(call).await);
        last = page(&channel).await.unwrap_or_default();
        missing.retain(|name| !last.lines().any(|line| line.starts_with(&format!("{name}{{"))));
        if missing.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.cancel();
    none(&format!("not at /metrics, which says\n{last}"), missing.into_iter().collect());
}
