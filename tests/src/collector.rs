//! An OTLP collector that keeps what it is sent: where traces and figures go in a county that has one.

use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::{
    collector::{
        metrics::v1::{
            ExportMetricsServiceRequest, ExportMetricsServiceResponse,
            metrics_service_server::{MetricsService, MetricsServiceServer},
        },
        trace::v1::{
            ExportTraceServiceRequest, ExportTraceServiceResponse,
            trace_service_server::{TraceService, TraceServiceServer},
        },
    },
    common::v1::{KeyValue, any_value::Value},
    resource::v1::Resource,
};
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, transport::server::TcpIncoming};

/// One span, as far as tests look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The process that it is of.
    pub process: String,
    pub name: String,
    pub trace_id: String,
    attributes: Vec<(String, String)>,
}

impl Span {
    pub fn attribute(&self, key: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == key).map_or("", |(_, value)| value)
    }
}

#[derive(Debug, Default)]
struct Received {
    spans: Vec<Span>,
    /// Process and figure.
    figures: Vec<(String, String)>,
    /// All of it, for what must not be in it.
    text: String,
}

/// A collector that runs until the test ends.
#[derive(Clone, Debug)]
pub struct Collector {
    pub address: String,
    received: Arc<Mutex<Received>>,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let collector = Self { address: format!("http://{}", listener.local_addr().unwrap()), received: Arc::default() };
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(collector.clone()))
            .add_service(MetricsServiceServer::new(collector.clone()));
        tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
        collector
    }

    /// The spans of a trace.
    pub fn trace(&self, trace_id: &str) -> Vec<Span> {
        self.received.lock().unwrap().spans.iter().filter(|span| span.trace_id == trace_id).cloned().collect()
    }

    /// Whether a process has sent a figure.
    pub fn has_figure(&self, process: &str, name: &str) -> bool {
        self.received.lock().unwrap().figures.iter().any(|figure| figure == &(process.to_owned(), name.to_owned()))
    }

    /// All that was received, as text.
    pub fn text(&self) -> String {
        self.received.lock().unwrap().text.clone()
    }
}

fn text_of(attribute: &KeyValue) -> String {
    match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn process(resource: Option<&Resource>) -> String {
    let attributes = resource.map(|resource| resource.attributes.as_slice()).unwrap_or_default();
    attributes.iter().find(|attribute| attribute.key == "service.name").map(text_of).unwrap_or_default()
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(&self, request: Request<ExportTraceServiceRequest>) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let request = request.into_inner();
        let mut received = self.received.lock().unwrap();
        received.text.push_str(&format!("{request:?}"));
        for of_one in request.resource_spans {
            let process = process(of_one.resource.as_ref());
            let spans = of_one.scope_spans.into_iter().flat_map(|scope| scope.spans);
            received.spans.extend(spans.map(|span| Span {
                process: process.clone(),
                name: span.name,
                trace_id: hex::encode(span.trace_id),
                attributes: span.attributes.iter().map(|attribute| (attribute.key.clone(), text_of(attribute))).collect(),
            }));
        }
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(&self, request: Request<ExportMetricsServiceRequest>) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let request = request.into_inner();
        let mut received = self.received.lock().unwrap();
        received.text.push_str(&format!("{request:?}"));
        for of_one in request.resource_metrics {
            let process = process(of_one.resource.as_ref());
            let metrics = of_one.scope_metrics.into_iter().flat_map(|scope| scope.metrics);
            received.figures.extend(metrics.map(|metric| (process.clone(), metric.name)));
        }
        Ok(Response::new(Default::default()))
    }
}
