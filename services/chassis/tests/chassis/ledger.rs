//! The ledger and the feed: nothing is skipped, nothing doubled, the chain holds.

use std::{collections::HashSet, sync::Arc, time::Duration};

use chassis::{
    Audit, Consumer, Db, Error, Heard, Reaction, Service, Tx,
    ledger::LedgerVerifier,
    testing::{House, Rig},
};
use huiying_proto::{
    directory::{DutyScheduled, Role},
    event::{GetCheckpointRequest, SealedRecord, StreamEventsRequest, feed_service_client::FeedServiceClient},
};
use prost::Message;
use sqlx::{Connection, PgConnection, migrate::Migrator};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

fn bare(db: &Db, consumers: Vec<Consumer>) -> Service {
    Service { db: db.clone(), permissions: &[], routes: Box::new(|_| ()), consumers, tasks: Vec::new(), check: None, http: None }
}

/// Counts each fact's effect; a second effect of one fact violates the key, and so is seen.
struct Count;

#[async_trait::async_trait]
impl Reaction for Count {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        sqlx::query("INSERT INTO beta.effect (event_id) VALUES ($1)").bind(heard.event_id).execute(tx.conn()).await?;
        Ok(())
    }
}

async fn two_houses(rig: Rig) -> (House, House, Db) {
    let other = rig.clone();
    let alpha = rig.db("alpha", &Migrator::DEFAULT).await;
    let beta = rig.db("beta", &Migrator::DEFAULT).await;
    let mut connection = PgConnection::connect(&rig.url).await.unwrap();
    sqlx::query("CREATE TABLE beta.effect (event_id uuid PRIMARY KEY)").execute(&mut connection).await.unwrap();
    let (alpha_too, beta_too) = (other.db("alpha", &Migrator::DEFAULT).await, other.db("beta", &Migrator::DEFAULT).await);
    let first = rig.serve(vec![bare(&alpha, vec![]), bare(&beta, vec![Consumer::new(&beta, "alpha", Count)])], &[]).await;
    let second = other.serve(vec![bare(&alpha_too, vec![]), bare(&beta_too, vec![Consumer::new(&beta_too, "alpha", Count)])], &[]).await;
    (first, second, alpha)
}

async fn write_one(db: &Db, number: u32) -> Option<String> {
    let mut tx = db.begin("test.write").await.unwrap();
    tx.emit(DutyScheduled { duty_date: format!("{number}"), person_id: String::new(), reading_body_ids: Vec::new() });
    tokio::time::sleep(Duration::from_micros(u64::from(number * 7919 % 3000))).await;
    if number % 10 == 3 {
        return None;
    }
    tx.commit_task(Audit::of("test", number)).await.unwrap();
    Some(number.to_string())
}

async fn ledger_of(house: &House) -> Vec<SealedRecord> {
    let mut feed = FeedServiceClient::new(house.channel.clone());
    let request = StreamEventsRequest { service_name: "alpha".into(), after_position: 0, follow: false };
    let mut stream = feed.stream_events(house.ask_as_service("test", &[Role::System], request)).await.unwrap().into_inner();
    let mut records = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        records.extend(message.records);
    }
    records
}

async fn effects(house: &House) -> i64 {
    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    sqlx::query_scalar("SELECT count(*) FROM beta.effect").fetch_one(&mut connection).await.unwrap()
}

/// Waits for what only one of two processes does: the settled one of the two says little of the other.
async fn until_effects(house: &House, expected: usize) {
    for _ in 0..600 {
        if effects(house).await == expected as i64 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} effects of {expected}", effects(house).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_concurrent_transactions_are_each_delivered_once_in_dense_positions_on_a_chain_that_verifies() {
    let (first, second, alpha) = two_houses(Rig::new("2026-11-10 09:00").await).await;
    let db = Arc::new(alpha);
    let writers: Vec<_> = (0..1000_u32)
        .map(|n| {
            tokio::spawn({
                let db = db.clone();
                async move { write_one(&db, n).await }
            })
        })
        .collect();
    let mut committed = HashSet::new();
    for writer in writers {
        committed.extend(writer.await.unwrap());
    }
    assert_eq!(committed.len(), 900);
    until_effects(&first, committed.len()).await;

    let mut feed = FeedServiceClient::new(second.channel.clone());
    let request = GetCheckpointRequest { service_name: "alpha".into() };
    let checkpoint =
        feed.get_checkpoint(second.ask_as_service("test", &[Role::System], request)).await.unwrap().into_inner().checkpoint.unwrap();
    let mut verifier = LedgerVerifier::new(Some(&checkpoint));
    let mut told = Vec::new();
    for record in ledger_of(&first).await {
        told.extend(verifier.push(&record).unwrap().events.into_iter().map(|e| {
            let fact: DutyScheduled = prost::Message::decode(e.payload.clone()).unwrap();
            fact.duty_date
        }));
    }
    verifier.finish(&checkpoint).unwrap();
    assert_eq!(told.len(), 900, "each once");
    assert_eq!(told.into_iter().collect::<HashSet<_>>(), committed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_that_ends_between_batches_loses_and_doubles_nothing() {
    let (first, second, alpha) = two_houses(Rig::new("2026-11-10 09:00").await).await;
    for number in 10..13 {
        write_one(&alpha, number).await;
    }
    first.end().await;
    // The first house's pool is closed with it; the writer goes on through a store of its own.
    let rig = Rig::on(second.url.clone(), second.clock.clone());
    let writer = rig.db("alpha", &Migrator::DEFAULT).await;
    for number in 20..23 {
        write_one(&writer, number).await;
    }
    until_effects(&second, 6).await;
    let mut verifier = LedgerVerifier::new(None);
    for record in ledger_of(&second).await {
        verifier.push(&record).unwrap();
    }
    assert_eq!(verifier.size(), 6);
}

#[tokio::test]
async fn a_sealer_that_was_fenced_out_writes_nothing_under_its_old_token() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let alpha = rig.db("alpha", &Migrator::DEFAULT).await;
    let house = rig.serve(vec![bare(&alpha, vec![])], &[]).await;
    write_one(&alpha, 1).await;
    house.settle().await;
    // Another has taken over with a younger token while this one was asleep.
    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    sqlx::query("UPDATE alpha.ledger_head SET fencing_token = 1000").execute(&mut connection).await.unwrap();
    write_one(&alpha, 2).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(ledger_of(&house).await.len(), 1);
    // With a lease younger than that, it seals again.
    sqlx::query("UPDATE alpha.lease SET token = 1000 WHERE name = 'sealer'").execute(&mut connection).await.unwrap();
    house.settle().await;
    assert_eq!(ledger_of(&house).await.len(), 2);
}

#[tokio::test]
async fn a_consumer_that_cannot_apply_a_fact_stops_visibly_and_goes_on_when_it_can() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let (alpha, beta) = (rig.db("alpha", &Migrator::DEFAULT).await, rig.db("beta", &Migrator::DEFAULT).await);
    let services = vec![bare(&alpha, vec![]), bare(&beta, vec![Consumer::new(&beta, "alpha", Count)])];
    let house = rig.serve(services, &[]).await;
    write_one(&alpha, 1).await;
    let mut page = (0, String::new());
    for _ in 0..100 {
        page = house.get("/healthz").await;
        if page.0 == 503 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(page.0, 503);
    assert!(page.1.contains("跟随 alpha 停在第 0 条之后"), "{}", page.1);
    // It answers calls all the same, and so stays in rotation.
    let mut health = HealthClient::new(house.channel.clone());
    let answer = health.check(HealthCheckRequest::default()).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
    assert_eq!(house.get("/readyz").await.0, 200);
    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    sqlx::query("CREATE TABLE beta.effect (event_id uuid PRIMARY KEY)").execute(&mut connection).await.unwrap();
    until_effects(&house, 1).await;
    house.settle().await;
    assert_eq!(house.get("/healthz").await.0, 200);
}

#[tokio::test]
async fn long_records_are_delivered_to_a_client_that_takes_four_mebibytes_at_once() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let alpha = rig.db("alpha", &Migrator::DEFAULT).await;
    let house = rig.serve(vec![bare(&alpha, vec![])], &[]).await;
    for kilobytes in [300; 20].into_iter().chain([3900, 1, 3900]) {
        let mut tx = alpha.begin("test.write").await.unwrap();
        tx.emit(DutyScheduled { duty_date: "2026-11-10".into(), person_id: "x".repeat(kilobytes << 10), reading_body_ids: Vec::new() });
        tx.commit_task(Audit::of("test", "")).await.unwrap();
    }
    house.settle().await;
    let positions: Vec<i64> = ledger_of(&house).await.iter().map(|record| record.position).collect();
    assert_eq!(positions, (1..=23).collect::<Vec<_>>());
}

/// Emits a fact for each that it hears, before they are applied.
struct Early;

#[async_trait::async_trait]
impl Reaction for Early {
    async fn prepare(&self, tx: &mut Tx, heard: &[Heard]) -> Result<(), Error> {
        for one in heard {
            tx.react_to(one.event_id);
            tx.emit(DutyScheduled { duty_date: one.event_id.to_string(), person_id: String::new(), reading_body_ids: Vec::new() });
        }
        Ok(())
    }

    async fn apply(&self, _: &mut Tx, _: &Heard) -> Result<(), Error> {
        Ok(())
    }
}

#[tokio::test]
async fn what_a_chunk_s_preparation_emits_is_recorded_with_the_fact_that_caused_it() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let (alpha, beta) = (rig.db("alpha", &Migrator::DEFAULT).await, rig.db("beta", &Migrator::DEFAULT).await);
    let house = rig.serve(vec![bare(&alpha, vec![]), bare(&beta, vec![Consumer::new(&beta, "alpha", Early)])], &[]).await;
    let mut tx = alpha.begin("test.write").await.unwrap();
    for day in ["2026-11-10", "2026-11-11"] {
        tx.emit(DutyScheduled { duty_date: day.into(), person_id: String::new(), reading_body_ids: Vec::new() });
    }
    tx.commit_task(Audit::of("test", "")).await.unwrap();
    house.settle().await;
    let causes: Vec<String> = house.ledger("alpha").await.into_iter().flat_map(|r| r.events).map(|e| e.event_id).collect();
    let told = house.ledger("beta").await;
    assert_eq!(told.iter().map(|record| record.cause_event_id.clone()).collect::<Vec<_>>(), causes);
    for record in &told {
        let fact = DutyScheduled::decode(record.events[0].payload.clone()).unwrap();
        assert_eq!((record.events.len(), fact.duty_date), (1, record.cause_event_id.clone()));
    }
}
