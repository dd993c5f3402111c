//! Health that tells what is wrong: an unreachable store, a stuck consumer, what a service finds out about itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use tonic_health::{ServingStatus, server::HealthReporter};
use uuid::Uuid;

use crate::{consumer::Consumer, db::Db, error::Error, metrics, permission::Permission, tls::Tls};

/// A consumer that failed this often at one fact is stuck.
const STUCK: u32 = 3;
const LOOK: Duration = Duration::from_secs(2);
const PATIENCE: Duration = Duration::from_secs(2);

/// What a service finds out about itself (自查), beside what can be wrong with every one.
#[async_trait::async_trait]
pub trait Check: Send + Sync + 'static {
    /// Looks now; it is asked every two seconds, and so must cost next to nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn look(&self) -> Result<Vec<Reading>, Error>;
}

/// A figure that a service reads off itself.
#[derive(Clone, Debug, Serialize)]
pub struct Reading {
    /// The metric's name, such as `huiying_clock_lateness_seconds`.
    pub metric: &'static str,
    /// What it tells, for whoever reads the metrics.
    #[serde(skip)]
    pub what: &'static str,
    /// What it is of, where a service reads it of several: a label's name and value, such as `("channel", "sms")`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<(&'static str, &'static str)>,
    /// The figure.
    pub value: f64,
    /// In Chinese, when it must not stay so.
    #[serde(skip)]
    pub problem: Option<String>,
}

/// One service as health sees it.
pub(crate) struct Watched {
    pub db: Db,
    pub consumers: Vec<Consumer>,
    pub permissions: &'static [Permission],
    pub check: Option<Box<dyn Check>>,
    /// The certificates of this process.
    pub tls: Option<Arc<Tls>>,
    /// Whether it could answer calls when it was looked at last.
    pub serving: AtomicBool,
}

/// How one service is.
#[derive(Debug, Serialize)]
pub struct ServiceHealth {
    /// The service.
    pub service: String,
    /// Whether it can answer calls: its store does.
    pub serving: bool,
    /// Sealed records; -1 when the store cannot be reached.
    pub sealed: i64,
    /// Committed records that wait for their seal.
    pub unsealed: i64,
    /// How far it has followed the others.
    pub consumers: Vec<ConsumerHealth>,
    /// What it finds out about itself.
    pub readings: Vec<Reading>,
    /// What is wrong, in words; empty when nothing is.
    pub problems: Vec<String>,
}

/// How one consumer is.
#[derive(Debug, Serialize)]
pub struct ConsumerHealth {
    /// Its name, which begins with the service that it follows.
    pub name: String,
    /// The service that it follows.
    pub source: String,
    /// Position of the last record whose effect is committed.
    pub position: i64,
    /// Failed attempts at the next one.
    pub failures: u32,
    /// For how long facts may have waited for their effect; 0 while the source has nothing more to tell.
    pub lag_seconds: f64,
}

impl Watched {
    pub(crate) async fn look(&self) -> ServiceHealth {
        let mut problems = Vec::new();
        let counted = tokio::time::timeout(PATIENCE, async {
            let mut connection = self.db.acquire().await?;
            let counts: (i64, i64, jiff_sqlx::Timestamp, Option<Uuid>) = sqlx::query_as(
                "SELECT (SELECT position FROM ledger_head), (SELECT count(*) FROM (SELECT 1 FROM ledger_entry WHERE position IS NULL LIMIT 10000) u),
                        clock_timestamp(), (SELECT record_id FROM ledger_entry WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1)",
            )
            .fetch_one(&mut *connection)
            .await?;
            Ok::<_, Error>(counts)
        })
        .await;
        let (sealed, unsealed) = match counted {
            Ok(Ok((sealed, unsealed, store, newest))) => {
                problems.extend(self.db.judge_clock(store.to_jiff(), newest));
                (sealed, unsealed)
            }
            Ok(Err(error)) => {
                problems.push(format!("数据库不可用: {error}"));
                (-1, -1)
            }
            Err(_) => {
                problems.push("数据库 2 秒内没有应答".to_owned());
                (-1, -1)
            }
        };
        let now = self.db.clock().now();
        let consumers = self
            .consumers
            .iter()
            .map(|consumer| {
                let progress = consumer.progress();
                if progress.failures >= STUCK {
                    problems.push(format!(
                        "跟随 {} 停在第 {} 条之后,已失败 {} 次: {}",
                        consumer.name(),
                        progress.position,
                        progress.failures,
                        progress.error
                    ));
                }
                let name = consumer.name().to_owned();
                let (source, lag_seconds) = (consumer.source.to_owned(), progress.lag(now).as_secs_f64());
                ConsumerHealth { name, source, position: progress.position, failures: progress.failures, lag_seconds }
            })
            .collect();
        let mut readings = self.readings(&mut problems).await;
        readings.extend(self.means(now));
        let service = self.db.service().to_owned();
        let health = ServiceHealth { service, serving: sealed >= 0, sealed, unsealed, consumers, readings, problems };
        self.serving.store(health.serving, Relaxed);
        metrics::record(&health);
        health
    }

    async fn readings(&self, problems: &mut Vec<String>) -> Vec<Reading> {
        let Some(check) = &self.check else { return Vec::new() };
        match tokio::time::timeout(PATIENCE, check.look()).await {
            Ok(Ok(readings)) => {
                problems.extend(readings.iter().filter_map(|reading| reading.problem.clone()));
                readings
            }
            Ok(Err(error)) => {
                problems.push(format!("自查失败: {error}"));
                Vec::new()
            }
            Err(_) => {
                problems.push("自查 2 秒内没有结果".to_owned());
                Vec::new()
            }
        }
    }

    /// What the process has to work with.
    fn means(&self, now: Timestamp) -> Vec<Reading> {
        let pool = self.db.pool();
        let (open, idle) = (f64::from(pool.size()), f64::from(u32::try_from(pool.num_idle()).unwrap_or(u32::MAX)));
        let most = f64::from(pool.options().get_max_connections());
        let reading = |metric, what, value| Reading { metric, what, label: None, value, problem: None };
        let mut means = vec![
            reading("huiying_pool_connections", "Connections to the store", open),
            reading("huiying_pool_idle", "Connections to the store that nobody uses", idle),
            reading("huiying_pool_max", "Connections to the store at the most", most),
            reading(
                "huiying_clock_doubted",
                "Whether this machine's clock speaks against others: 1",
                f64::from(u8::from(self.db.doubts_clock())),
            ),
        ];
        if let Some(tls) = &self.tls {
            means.push(reading("huiying_certificate_days", "Days until this process's TLS certificate ends", tls.days_left(now)));
        }
        means
    }

    fn grpc_name(&self) -> Option<&'static str> {
        self.permissions.first().and_then(|row| row.method.split('/').nth(1))
    }
}

/// Keeps the gRPC health service up to date, by which a service is taken out of rotation: so it says only whether calls can be
/// answered. What else is wrong is for people, on the page.
pub(crate) async fn report(watched: Arc<Vec<Watched>>, reporter: HealthReporter, stop: CancellationToken) {
    loop {
        let mut all_serve = true;
        for service in watched.iter() {
            let serves = service.look().await.serving;
            all_serve &= serves;
            if let Some(name) = service.grpc_name() {
                reporter.set_service_status(name, status(serves)).await;
            }
        }
        reporter.set_service_status("", status(all_serve)).await;
        tokio::select! {
            () = stop.cancelled() => {
                reporter.set_service_status("", ServingStatus::NotServing).await;
                return;
            }
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

fn status(serves: bool) -> ServingStatus {
    if serves { ServingStatus::Serving } else { ServingStatus::NotServing }
}

/// Whether calls can be answered, for proxies that ask over HTTP: `GET /readyz`. It costs nothing: `report` looks all the time.
/// One that is about to end is not found: new calls go elsewhere, those under way go on.
pub(crate) fn ready(watched: &[Watched], leaving: bool) -> http::StatusCode {
    if leaving {
        return http::StatusCode::NOT_FOUND;
    }
    let serving = watched.iter().all(|service| service.db.is_reachable() && service.serving.load(Relaxed));
    if serving { http::StatusCode::OK } else { http::StatusCode::SERVICE_UNAVAILABLE }
}

/// Health for people and alerts: `GET /healthz`, 503 when something is wrong.
pub(crate) async fn page(watched: Arc<Vec<Watched>>) -> (http::StatusCode, [(http::HeaderName, &'static str); 1], String) {
    let mut all = Vec::with_capacity(watched.len());
    for service in watched.iter() {
        all.push(service.look().await);
    }
    let status = if all.iter().all(|s| s.problems.is_empty()) { http::StatusCode::OK } else { http::StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string_pretty(&all).unwrap_or_default();
    (status, [(http::header::CONTENT_TYPE, "application/json; charset=utf-8")], body)
}
