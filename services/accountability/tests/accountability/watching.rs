//! The watchdog of the clock-keeper: what it finds is on health and a metric, and set right in the open.

use std::time::Duration;

use crate::office::{Office, State, office};
use huiying_proto::{accountability as pb, assessment::Level};
use sqlx::{Connection, PgConnection};

async fn tamper(office: &Office, statement: &'static str) {
    let mut connection = PgConnection::connect(&office.house.url).await.unwrap();
    assert!(sqlx::query(statement).execute(&mut connection).await.unwrap().rows_affected() > 0);
}

/// The health page, once it says something.
async fn health_says(office: &Office, words: &str) -> (u16, String) {
    let mut page = (0, String::new());
    for _ in 0..150 {
        page = office.house.get("/healthz").await;
        if page.1.contains(words) {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("health never says {words}: {}", page.1);
}

/// Waits until health finds nothing wrong.
async fn well(office: &Office) {
    for _ in 0..100 {
        if office.house.get("/healthz").await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", office.house.get("/healthz").await.1);
}

async fn metric(office: &Office, name: &str) -> f64 {
    let page = office.house.get("/metrics").await.1;
    let line = page.lines().find(|line| line.starts_with(&format!("{name}{{")) && line.contains("service=\"accountability\""));
    let line = line.unwrap_or_else(|| panic!("no {name} in {page}"));
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[tokio::test]
async fn a_fact_that_should_have_discharged_and_did_not_is_found_told_and_set_right() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.classify().await;
    office.release().await;
    let before = office.owed("same_day_response").await;
    assert_eq!(before.state(), State::Discharged);
    office.quiet().await;
    assert_eq!(office.house.get("/healthz").await.0, 200);
    assert_eq!(metric(&office, "huiying_clock_differences").await, 0.0);
    let told = office.told::<pb::ObligationDischarged>().await.len();
    tamper(
        &office,
        "UPDATE accountability.obligation SET outcome = 'OPEN', outcome_event_id = NULL, outcome_time = NULL, next_moment = due_time
         WHERE duty_id = 'same_day_response'",
    )
    .await;
    let page = health_says(&office, "复核发现 1 处责任时限与事实不符").await;
    assert_eq!(page.0, 503);
    assert_eq!(metric(&office, "huiying_clock_differences").await, 1.0);
    let after = office.owed("same_day_response").await;
    assert_eq!((after.state(), after.discharge_time), (State::Discharged, before.discharge_time));
    assert_eq!(office.told::<pb::ObligationDischarged>().await.len(), told + 1);
    // It was set right: after ten minutes health is of what is.
    office.house.at("2026-11-10 10:11").await;
    well(&office).await;
    assert_eq!(metric(&office, "huiying_clock_differences").await, 1.0);
}

#[tokio::test]
async fn a_subject_that_cannot_be_held_against_its_facts_is_named_and_keeps_no_other_back() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.assign().await;
    // It comes after the first in the round.
    let second = office.open_incident().await;
    office.house.tell("assessment", office.classified(second, Level::Important, Level::Unspecified)).await;
    office.house.tell("publication", office.released(second)).await;
    office.quiet().await;
    tamper(
        &office,
        "DELETE FROM accountability.fact WHERE subject = (SELECT min(subject) FROM accountability.obligation WHERE outcome = 'OPEN')",
    )
    .await;
    tamper(
        &office,
        "UPDATE accountability.obligation SET outcome = 'OPEN', outcome_event_id = NULL, outcome_time = NULL, next_moment = due_time
         WHERE duty_id = 'same_day_response'",
    )
    .await;
    health_says(&office, "复核发现 1 处责任时限与事实不符").await;
    health_says(&office, &format!("责任时限复核失败: {}", office.incident)).await;
    let owed = office.obligations(second).await.into_iter().find(|owed| owed.duty_id == "same_day_response").unwrap();
    assert_eq!(owed.state(), State::Discharged);
}

#[tokio::test]
async fn an_open_obligation_without_a_next_moment_is_found_and_goes_off_all_the_same() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.assign().await;
    office.quiet().await;
    tamper(&office, "UPDATE accountability.obligation SET next_moment = NULL WHERE duty_id = 'unit_acknowledgement'").await;
    assert_eq!(health_says(&office, "有 1 项未办结的责任时限没有下一时刻").await.0, 503);
    health_says(&office, "复核发现 1 处").await;
    let breached = office.at_with_breaches("2026-11-10 10:30", 1).await;
    assert_eq!(breached[0].duty_id, "unit_acknowledgement");
}

#[tokio::test]
async fn a_calendar_that_is_about_to_end_is_on_health_with_what_to_load() {
    let office = office().await;
    office.house.at("2026-12-01 09:00").await;
    well(&office).await;
    assert_eq!(metric(&office, "huiying_calendar_days").await, 30.0);
    office.house.at("2026-12-02 09:00").await;
    let page = health_says(&office, "deploy/calendar/2027.yaml").await;
    assert!(page.0 == 503 && page.1.contains("\"serving\": true") && page.1.contains("工作日历只到2026-12-31"), "{}", page.1);
}

#[tokio::test]
async fn a_keeper_that_lags_is_on_health() {
    let office = office().await;
    office.house.at("2026-11-10 10:00").await;
    office.assign().await;
    office.quiet().await;
    // A keeper elsewhere holds the lease and does nothing.
    tamper(
        &office,
        "UPDATE accountability.lease SET token = token + 1, holder = gen_random_uuid(), expire_time = now() + interval '1 hour'
         WHERE name = 'clock-keeper'",
    )
    .await;
    office.house.at("2026-11-10 10:31").await;
    let page = health_says(&office, "时限结算滞后").await;
    assert_eq!(page.0, 503);
    assert!(metric(&office, "huiying_clock_lateness_seconds").await >= 60.0);
    tamper(&office, "UPDATE accountability.lease SET expire_time = '-infinity' WHERE name = 'clock-keeper'").await;
    well(&office).await;
}
