//! A site that the tests' sources are on: real HTTP on this machine, answering as a test tells it, and remembering what it was asked.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "each test file uses a part of it, and tests fail by panicking")]

use std::{
    future::Future,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use chassis::testing::request_id;
use http::HeaderMap;
use huiying_proto::intake::{self as pb, source::Kind, source_service_client::SourceServiceClient};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

use crate::office::{Office, office_asking};

type Answering = dyn Fn(&str, &HeaderMap) -> Response + Send + Sync;

#[derive(Clone)]
struct Seen {
    answering: Arc<Mutex<Arc<Answering>>>,
    asked: Arc<Mutex<Vec<(String, HeaderMap)>>>,
}

/// The site.
pub struct Site {
    pub port: u16,
    seen: Seen,
}

impl Site {
    pub async fn new(answering: impl Fn(&str, &HeaderMap) -> Response + Send + Sync + 'static) -> Self {
        let seen = Seen { answering: Arc::new(Mutex::new(Arc::new(answering))), asked: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = Router::new().fallback(answer).with_state(seen.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, seen }
    }

    /// The address of a path.
    pub fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// From now on it answers otherwise.
    pub fn answers(&self, answering: impl Fn(&str, &HeaderMap) -> Response + Send + Sync + 'static) {
        *self.seen.answering.lock().unwrap() = Arc::new(answering);
    }

    /// What it was asked: path and headers.
    pub fn asked(&self) -> Vec<(String, HeaderMap)> {
        self.seen.asked.lock().unwrap().clone()
    }
}

async fn answer(State(seen): State<Seen>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    seen.asked.lock().unwrap().push((path.clone(), request.headers().clone()));
    let answering = seen.answering.lock().unwrap().clone();
    answering(&path, request.headers())
}

/// An answer with a status, headers and a text.
pub fn say(status: u16, headers: &[(&str, &str)], text: impl Into<Body>) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(text.into()).unwrap()
}

/// An RSS feed of some entries: title, address, time.
pub fn rss(entries: &[(&str, &str, &str)]) -> String {
    let items: String = entries
        .iter()
        .map(|(title, link, time)| {
            format!(
                "<item><title>{title}</title><link>{link}</link><pubDate>{time}</pubDate><description>{title}的正文</description></item>"
            )
        })
        .collect();
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>台</title>{items}</channel></rss>")
}

/// The office that may ask this machine, by the name "localhost" alone, with a folder of secrets.
pub async fn office_online() -> Office {
    office_beyond(
        &[("vendor.key", "whsec_c2VjcmV0LW9mLXRoZS12ZW5kb3Itbm8tMDE="), ("vendor.old", "whsec_b2xkLXNlY3JldC1vZi10aGUtdmVuZG9y")],
        None,
    )
    .await
}

/// The same, with secrets and an authority of its own.
pub async fn office_beyond(secrets: &[(&str, &str)], authority: Option<std::path::PathBuf>) -> Office {
    let folder = std::env::temp_dir().join(format!("secrets-{}", request_id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, secret) in secrets {
        std::fs::write(folder.join(name), secret).unwrap();
    }
    let options = intake::OutsideOptions { secrets: Some(folder), private_hosts: vec!["localhost".into()], authority };
    office_asking(crate::office::rig().await, intake::Outside::new(&options).unwrap()).await
}

/// A source with everything that is asked for.
pub fn described(kind: Kind, name: &str, address: &str) -> pb::RegisterSourceRequest {
    pb::RegisterSourceRequest {
        request_id: request_id(),
        kind: kind.into(),
        name: name.into(),
        address: address.into(),
        non_classified: true,
        ..Default::default()
    }
}

impl Office {
    pub fn sources(&self) -> SourceServiceClient<Channel> {
        SourceServiceClient::new(self.house.channel.clone())
    }

    pub async fn register_source(&self, by: Uuid, message: pb::RegisterSourceRequest) -> Result<pb::Source, Status> {
        Ok(self.sources().register_source(self.house.ask(by, message)).await?.into_inner().source.unwrap())
    }

    pub async fn source(&self, id: &str) -> pb::Source {
        let message = pb::GetSourceRequest { source_id: id.into() };
        self.sources().get_source(self.house.ask(self.staff, message)).await.unwrap().into_inner().source.unwrap()
    }

    /// Waits until a source was looked at by now: without failure, or with as many.
    pub async fn looked_at(&self, id: &str) -> pb::Source {
        let now = chassis::wire_time(self.house.clock.now());
        within(async || {
            let source = self.source(id).await;
            let later = |time: Option<prost_types::Timestamp>| time.is_some_and(|time| time.seconds > now.seconds);
            (later(source.next_poll_time)).then_some(source)
        })
        .await
    }

    pub async fn all_reports(&self) -> Vec<pb::Report> {
        self.reports(self.staff, "").await.unwrap()
    }

    /// Waits until a figure of the service is told as this.
    pub async fn shows(&self, figure: &str, value: f64) {
        let mut last = String::new();
        for _ in 0..100 {
            last = self.house.get("/metrics").await.1;
            let mut lines = last.lines().filter(|line| line.starts_with(&format!("{figure}{{")) && line.contains("\"intake\""));
            if lines.any(|line| line.rsplit_once(' ').is_some_and(|(_, told)| told.parse() == Ok(value))) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("{figure} never becomes {value}: {last}");
    }

    pub async fn unknown_outlets(&self) -> Vec<pb::UnknownOutlet> {
        let message = pb::ListUnknownOutletsRequest { page_size: 1000, page_token: String::new() };
        self.sources().list_unknown_outlets(self.house.ask(self.staff, message)).await.unwrap().into_inner().outlets
    }

    pub async fn provenance(&self, report: &str) -> pb::GetProvenanceResponse {
        let message = pb::GetProvenanceRequest { report_id: report.into() };
        self.sources().get_provenance(self.house.ask(self.staff, message)).await.unwrap().into_inner()
    }
}

/// Waits until something is there.
pub async fn within<T, W: Future<Output = Option<T>>>(mut look: impl FnMut() -> W) -> T {
    for _ in 0..1500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not come about within 30 seconds");
}
