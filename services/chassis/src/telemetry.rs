//! Logs, and traces that go on across gRPC and across facts.

use std::collections::HashMap;

use opentelemetry::{
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider as _},
};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::metrics;

/// Ends telemetry when dropped, so that the last spans leave.
#[derive(Debug, Default)]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(provider) = &self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::debug!(%error, "telemetry ended badly");
        }
        metrics::stop();
    }
}

/// Starts logs (JSON, or lines for people), metrics and, when an OTLP address is given, traces.
///
/// # Errors
/// When the OTLP address is malformed, or telemetry was started before.
pub fn start(level: &str, json: bool, otlp: Option<&str>) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(level).map_err(|e| format!("日志级别无效: {e}"))?;
    let lines = if json {
        tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).boxed()
    } else {
        tracing_subscriber::fmt::layer().compact().with_writer(std::io::stderr).boxed()
    };
    metrics::start(otlp)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = match otlp {
        None => None,
        Some(address) => {
            let exporter = opentelemetry_otlp::SpanExporter::builder()
                .with_tonic()
                .with_endpoint(address)
                .build()
                .map_err(|e| format!("OTLP 地址无效: {e}"))?;
            let resource = Resource::builder().with_service_name("huiying").build();
            Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
        }
    };
    let traces = provider.as_ref().map(|p| tracing_opentelemetry::layer().with_tracer(p.tracer("huiying")));
    tracing_subscriber::registry().with(traces).with(lines).with(filter).try_init().map_err(|e| e.to_string())?;
    Ok(Telemetry(provider))
}

/// The current span as a W3C trace parent; empty when nothing is traced.
pub(crate) fn trace_parent() -> String {
    let context = tracing::Span::current().context();
    if !context.span().span_context().is_valid() {
        return String::new();
    }
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove("traceparent").unwrap_or_default()
}

/// Makes a span go on from a W3C trace parent.
pub(crate) fn continue_trace(span: &tracing::Span, trace_parent: &str) {
    if trace_parent.is_empty() {
        return;
    }
    let carrier = HashMap::from([("traceparent".to_owned(), trace_parent.to_owned())]);
    if let Err(error) = span.set_parent(TraceContextPropagator::new().extract(&carrier)) {
        tracing::debug!(?error, "trace not continued");
    }
}
