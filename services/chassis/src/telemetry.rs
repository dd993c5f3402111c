//! Logs, and traces that go on across gRPC and across facts.

use std::{collections::HashMap, fmt};

use opentelemetry::{
    Context,
    propagation::TextMapPropagator,
    trace::{TraceContextExt, TracerProvider as _},
};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tonic::Request;
use tracing::{Event, Span, Subscriber, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{
    EnvFilter, Layer,
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use crate::metrics;

/// Ends telemetry when dropped, so that the last spans leave.
#[derive(Debug)]
pub struct Telemetry(SdkTracerProvider);

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::debug!(%error, "telemetry ended badly");
        }
        metrics::stop();
    }
}

/// Starts logs (JSON, or lines for people), metrics and traces of a process under its name, such as "huiying-intake". Figures and
/// traces are sent when an OTLP address is given; without one, traces are followed all the same, for the logs.
///
/// # Errors
/// When the OTLP address is malformed, or telemetry was started before.
pub fn start(name: &str, level: &str, json: bool, otlp: Option<&str>) -> Result<Telemetry, String> {
    let level = EnvFilter::try_new(level).map_err(|e| format!("日志级别无效: {e}"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = if json { lines.json().with_span_list(false).map_event_format(Traced).boxed() } else { lines.compact().boxed() };
    metrics::start(name, otlp)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder().with_resource(Resource::builder().with_service_name(name.to_owned()).build());
    let provider = match otlp {
        // Whoever calls may send theirs: their wish to have a trace recorded is handed on.
        None => provider.with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOff))),
        Some(address) => {
            let exporter = opentelemetry_otlp::SpanExporter::builder().with_tonic().with_endpoint(address).build();
            provider.with_batch_exporter(exporter.map_err(|e| format!("OTLP 地址无效: {e}"))?)
        }
    };
    let provider = provider.build();
    // Traces do not depend on how much is logged.
    let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer("huiying"));
    let traces = traces.with_location(false).with_threads(false).with_tracked_inactivity(false).with_filter(LevelFilter::INFO);
    tracing_subscriber::registry().with(traces).with(lines.with_filter(level)).try_init().map_err(|e| e.to_string())?;
    Ok(Telemetry(provider))
}

/// A JSON line with the id of the trace that it belongs to; the id is empty on lines that belong to none.
struct Traced<F>(F);

impl<S, N, F> FormatEvent<S, N> for Traced<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let current = Context::current();
        let span = current.span();
        let trace = Some(span.span_context()).filter(|trace| trace.is_valid()).map(|trace| trace.trace_id().to_string());
        write!(writer, "{{\"trace_id\":\"{}\",{}", trace.unwrap_or_default(), line.trim_start_matches('{'))
    }
}

/// A span as a W3C trace parent; empty when nothing is traced.
pub(crate) fn trace_parent(span: &Span) -> String {
    let context = span.context();
    if !context.span().span_context().is_valid() {
        return String::new();
    }
    let mut carrier = HashMap::new();
    TraceContextPropagator::new().inject_context(&context, &mut carrier);
    carrier.remove("traceparent").unwrap_or_default()
}

/// Has a call that goes out belong to the current span's trace.
pub fn carry<M>(request: &mut Request<M>) {
    let parent = trace_parent(&Span::current());
    if !parent.is_empty()
        && let Ok(parent) = parent.parse()
    {
        request.metadata_mut().insert("traceparent", parent);
    }
}

/// Makes a span go on from a W3C trace parent.
pub(crate) fn continue_trace(span: &Span, trace_parent: &str) {
    if trace_parent.is_empty() {
        return;
    }
    let carrier = HashMap::from([("traceparent".to_owned(), trace_parent.to_owned())]);
    if let Err(error) = span.set_parent(TraceContextPropagator::new().extract(&carrier)) {
        tracing::debug!(?error, "trace not continued");
    }
}
