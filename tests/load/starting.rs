//! Exec to serving on an existing database, and the memory that is resident then.

use std::time::{Duration, Instant};

use chassis::probe::http_get;

use crate::{Findings, Plan, median, town::Town};

/// How long a process rests before its memory is read.
const REST: Duration = Duration::from_secs(3);

pub async fn measure(town: &mut Town, plan: Plan, findings: &mut Findings) {
    // The first start of all writes what a new database lacks; it is not measured.
    serving(town, "all").await;
    town.office.stop("all");
    for (service, called) in [("all", "serve all"), ("intake", "serve intake")] {
        let mut milliseconds = Vec::new();
        for _ in 1..plan.starts {
            milliseconds.push(serving(town, service).await);
            town.office.stop(service);
        }
        milliseconds.push(serving(town, service).await);
        tokio::time::sleep(REST).await;
        let memory = town.office.resident_kib(service) as f64 / 1024.0;
        town.office.stop(service);
        let key = called.replace(' ', "_");
        findings.add(
            &format!("{key}_start_ms"),
            &format!("{called}: exec to serving on an existing database, median"),
            "ms",
            median(milliseconds),
        );
        findings.add(&format!("{key}_resident_mib"), &format!("{called}: resident memory, idle"), "MiB", memory);
    }
}

async fn serving(town: &mut Town, service: &'static str) -> f64 {
    let address = town.office.addresses.of("intake").to_owned();
    let start = Instant::now();
    town.office.start(service);
    while start.elapsed() < Duration::from_secs(60) {
        if http_get(&address, "/healthz").await.is_some() {
            return start.elapsed().as_secs_f64() * 1000.0;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("{service} does not serve: {}", town.office.logs());
}
