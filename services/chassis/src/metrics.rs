//! Metrics: what health sees, as figures that are scraped (`GET /metrics`, Prometheus text) or sent (OTLP).

use std::{sync::OnceLock, time::Duration};

use opentelemetry::{
    KeyValue, global,
    metrics::{Gauge, Histogram, Meter},
};
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::{Resource, metrics::SdkMeterProvider};
use prometheus::{Registry, TextEncoder};

use crate::health::ServiceHealth;

/// Between which seconds calls are told apart; the alert RpcSlow names 1.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

static METRICS: OnceLock<Metrics> = OnceLock::new();

/// What is measured in this process.
#[derive(Debug)]
struct Metrics {
    registry: Registry,
    provider: SdkMeterProvider,
    meter: Meter,
    calls: Histogram<f64>,
    effects: Histogram<f64>,
    sealed: Gauge<i64>,
    unsealed: Gauge<i64>,
    consumer_position: Gauge<i64>,
    consumer_failures: Gauge<u64>,
    consumer_lag: Gauge<f64>,
    problems: Gauge<u64>,
    leases: Gauge<u64>,
}

/// Starts measuring under the process's name, once a process; sends too, when an OTLP address is given.
///
/// # Errors
/// When the OTLP address is malformed.
pub(crate) fn start(name: &str, otlp: Option<&str>) -> Result<(), String> {
    if METRICS.get().is_some() {
        return Ok(());
    }
    let registry = Registry::new();
    let scraped = opentelemetry_prometheus::exporter().with_registry(registry.clone()).without_target_info().build();
    let mut provider = SdkMeterProvider::builder()
        .with_resource(Resource::builder().with_service_name(name.to_owned()).build())
        .with_reader(scraped.map_err(|e| e.to_string())?);
    if let Some(address) = otlp {
        let exporter = opentelemetry_otlp::MetricExporter::builder().with_tonic().with_endpoint(address).build();
        provider = provider.with_periodic_exporter(exporter.map_err(|e| format!("OTLP 地址无效: {e}"))?);
    }
    let provider = provider.build();
    global::set_meter_provider(provider.clone());
    let meter = global::meter("huiying");
    let metrics = Metrics {
        registry,
        provider,
        calls: meter
            .f64_histogram("huiying_rpc_seconds")
            .with_description("Calls of an rpc, by how they ended and how long they took until the answer was out")
            .with_boundaries(SECONDS.to_vec())
            .build(),
        effects: meter
            .f64_histogram("huiying_consumer_effect_seconds")
            .with_description("From when facts were read until their effect was committed, several together where they came together")
            .with_boundaries(SECONDS.to_vec())
            .build(),
        sealed: meter.i64_gauge("huiying_ledger_sealed").with_description("Sealed records of the ledger").build(),
        unsealed: meter.i64_gauge("huiying_ledger_unsealed").with_description("Committed records that wait for their seal").build(),
        consumer_position: meter.i64_gauge("huiying_consumer_position").with_description("Last record whose effect is committed").build(),
        consumer_failures: meter.u64_gauge("huiying_consumer_failures").with_description("Failed attempts at the next record").build(),
        consumer_lag: meter
            .f64_gauge("huiying_consumer_lag_seconds")
            .with_description("For how long facts may have waited for their effect: 0 while the source has nothing more to tell")
            .build(),
        leases: meter
            .u64_gauge("huiying_lease_held")
            .with_description("1 while this process does work that one process at a time may do")
            .build(),
        problems: meter.u64_gauge("huiying_problems").with_description("What health finds wrong").build(),
        meter,
    };
    drop(METRICS.set(metrics)); // Another thread was faster: its metrics count.
    Ok(())
}

/// Sends what was measured last.
pub(crate) fn stop() {
    if let Some(metrics) = METRICS.get()
        && let Err(error) = metrics.provider.shutdown()
    {
        tracing::debug!(%error, "metrics ended badly");
    }
}

/// Records a call that has ended.
pub(crate) fn called(took: Duration, labels: &[KeyValue]) {
    if let Some(metrics) = METRICS.get() {
        metrics.calls.record(took.as_secs_f64(), labels);
    }
}

/// Records that facts have had their effect.
pub(crate) fn effected(took: Duration, service: &'static str, consumer: &str) {
    if let Some(metrics) = METRICS.get() {
        metrics.effects.record(took.as_secs_f64(), &[KeyValue::new("service", service), KeyValue::new("consumer", consumer.to_owned())]);
    }
}

/// Records that this process has a lease, or has it no more.
pub(crate) fn lease(service: &'static str, name: &str, held: bool) {
    if let Some(metrics) = METRICS.get() {
        metrics.leases.record(held.into(), &[KeyValue::new("service", service), KeyValue::new("lease", name.to_owned())]);
    }
}

/// Records how a service is.
pub(crate) fn record(health: &ServiceHealth) {
    let Some(metrics) = METRICS.get() else { return };
    let service = || KeyValue::new("service", health.service.clone());
    metrics.problems.record(u64::try_from(health.problems.len()).unwrap_or(u64::MAX), &[service()]);
    if health.sealed >= 0 {
        metrics.sealed.record(health.sealed, &[service()]);
        metrics.unsealed.record(health.unsealed, &[service()]);
    }
    for consumer in &health.consumers {
        let labels = [service(), KeyValue::new("consumer", consumer.name.clone())];
        metrics.consumer_position.record(consumer.position, &labels);
        metrics.consumer_failures.record(consumer.failures.into(), &labels);
        metrics.consumer_lag.record(consumer.lag_seconds, &labels);
    }
    for reading in &health.readings {
        let labels: Vec<KeyValue> = reading.label.iter().map(|(key, value)| KeyValue::new(*key, *value)).chain([service()]).collect();
        metrics.meter.f64_gauge(reading.metric).with_description(reading.what).build().record(reading.value, &labels);
    }
}

/// `GET /metrics`, for Prometheus.
pub(crate) async fn page() -> (http::StatusCode, [(http::HeaderName, &'static str); 1], String) {
    let text = METRICS.get().and_then(|metrics| TextEncoder::new().encode_to_string(&metrics.registry.gather()).ok());
    (http::StatusCode::OK, [(http::header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.unwrap_or_default())
}
