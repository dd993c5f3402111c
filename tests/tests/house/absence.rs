//! A service that is away for a while, in processes of their own: what its followers say of it, and when they say it no more.

use std::time::Duration;

use chassis::probe::http_get;
use huiying::compose::SERVICES;
use huiying_tests::processes::{self, Office};
use jiff::Timestamp;

async fn until(office: &Office, service: &str, what: &str, holds: impl Fn(u16, &str) -> bool) {
    let mut last = None;
    for _ in 0..300 {
        last = http_get(office.addresses.of(service), "/healthz").await;
        if last.as_ref().is_some_and(|(status, page)| holds(*status, page)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{service} is never {what}: {last:?}\n{}", office.logs());
}

#[tokio::test]
async fn who_follows_a_service_that_was_away_is_well_again_when_it_is_back_though_it_had_nothing_to_tell() {
    let (cluster, dir) = processes::cluster("absence");
    let mut office = Office::prepare(&cluster, &dir, "county", None, Timestamp::now(), None).await;
    for (service, ..) in SERVICES.iter().filter(|(service, ..)| *service != "notification") {
        office.start(service);
    }
    until(&office, "accountability", "unwell", |status, page| status == 503 && page.contains("跟随 notification 停在第 0 条之后")).await;
    office.start("notification");
    until(&office, "accountability", "well", |_, page| !page.contains("跟随")).await;
    office.kill_all();
    cluster.kill().unwrap();
    std::fs::remove_dir_all(dir).unwrap();
}
