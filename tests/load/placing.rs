//! From the answer of a report to its place, one after the other.

use std::time::{Duration, Instant};

use huiying_proto::intake::{GetReportRequest, RegisterReportRequest};

use crate::{Findings, quantile, town::Town};

/// Registers reports and waits for the place of each; the first one is not counted. Says it under a name.
pub async fn measure(town: &Town, findings: &mut Findings, name: &str, mut reports: impl Iterator<Item = RegisterReportRequest>) {
    // Whatever was before, the placer has read what it compares with.
    place(town, reports.next().unwrap()).await;
    let before = placings(town).await;
    let mut milliseconds = Vec::new();
    for report in reports {
        milliseconds.push(place(town, report).await);
    }
    let after = placings(town).await;
    let key = |part: &str| format!("{name}{part}");
    findings.add(
        &key("placed_ms_median"),
        "from a report's answer to its place, sealed and followed: median",
        "ms",
        quantile(milliseconds.clone(), 0.5),
    );
    findings.add(
        &key("placed_ms_p99"),
        "                                                          p99",
        "ms",
        quantile(milliseconds, 0.99),
    );
    let share = 100.0 * (after[0] - before[0]) / (after[1] - before[1]);
    findings.add(&key("placed_within_10_ms_percent"), "  of these, placed and committed within 10 ms of being heard", "%", share);
}

/// Milliseconds until a report has its place.
async fn place(town: &Town, report: RegisterReportRequest) -> f64 {
    let mut intake = town.client().intake().unwrap();
    let report_id = intake.register_report(report).await.unwrap().into_inner().report.unwrap().report_id;
    let begun = Instant::now();
    loop {
        let report = intake.get_report(GetReportRequest { report_id: report_id.clone() }).await.unwrap().into_inner().report.unwrap();
        if !report.incident_id.is_empty() {
            return begun.elapsed().as_secs_f64() * 1000.0;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// How often something was placed since the start: within 10 ms, and at all.
async fn placings(town: &Town) -> [f64; 2] {
    let (_, text) = chassis::probe::http_get(town.office.addresses.of("intake"), "/metrics").await.unwrap();
    let count = |of: &str| -> f64 {
        let mut lines =
            text.lines().filter(|line| line.starts_with("huiying_consumer_effect_seconds_") && line.contains("\"intake:placing\""));
        lines.find(|line| line.contains(of)).and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
    };
    [count("le=\"0.01\""), count("_count")]
}
