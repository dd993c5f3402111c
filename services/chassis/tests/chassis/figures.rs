//! The figures of a running house, as Prometheus reads them: calls, followers, the pool.

use std::time::Duration;

use chassis::{
    Audit, Consumer, Db, Error, Heard, Reaction, Service, Tx,
    testing::{House, Rig, moment},
};
use huiying_proto::{
    directory::{DutyScheduled, Role},
    event::{GetCheckpointRequest, StreamEventsRequest, feed_service_client::FeedServiceClient},
};
use sqlx::{Connection, PgConnection, migrate::Migrator};
use tonic::{Code, Request, client::Grpc};
use tonic_prost::ProstCodec;

fn bare(db: &Db, consumers: Vec<Consumer>) -> Service {
    Service { db: db.clone(), permissions: &[], routes: Box::new(|_| ()), consumers, tasks: Vec::new(), check: None, http: None }
}

/// The value of the one line that is of this figure and has all these labels.
async fn figure(house: &House, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let (_, page) = house.get("/metrics").await;
    let labels: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
    let found: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with(&format!("{name}{{")) && labels.iter().all(|label| line.contains(label.as_str())))
        .collect();
    assert!(found.len() < 2, "{found:?}");
    found.first().map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
}

async fn until(house: &House, name: &str, labels: &[(&str, &str)], holds: impl Fn(f64) -> bool) {
    let mut last = None;
    for _ in 0..200 {
        last = figure(house, name, labels).await;
        if last.is_some_and(&holds) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{name}{labels:?} is {last:?}");
}

async fn calls(house: &House, method: &str, code: &str) -> f64 {
    // The answer is out a moment before the call has ended.
    tokio::time::sleep(Duration::from_millis(50)).await;
    figure(house, "huiying_rpc_seconds_count", &[("method", method), ("code", code)]).await.unwrap_or(0.0)
}

fn from_start(follow: bool) -> StreamEventsRequest {
    StreamEventsRequest { service_name: "alpha".into(), after_position: 0, follow }
}

#[tokio::test]
async fn every_call_is_counted_by_its_rpc_and_by_how_it_ended() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let alpha = rig.db("alpha", &Migrator::DEFAULT).await;
    let house = rig.serve(vec![bare(&alpha, vec![])], &[]).await;
    let mut feed = FeedServiceClient::new(house.channel.clone());
    let checkpoint = |service: &str| GetCheckpointRequest { service_name: service.into() };
    let ours = |message| house.ask_as_service("test", &[Role::System], message);
    for _ in 0..3 {
        feed.get_checkpoint(ours(checkpoint("alpha"))).await.unwrap();
    }
    assert_eq!(feed.get_checkpoint(ours(checkpoint("omega"))).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(feed.get_checkpoint(Request::new(checkpoint("alpha"))).await.unwrap_err().code(), Code::Unauthenticated);
    let others = house.ask_as_service("test", &[Role::Collector], checkpoint("alpha"));
    assert_eq!(feed.get_checkpoint(others).await.unwrap_err().code(), Code::PermissionDenied);
    for (code, count) in [("OK", 3.0), ("NOT_FOUND", 1.0), ("UNAUTHENTICATED", 1.0), ("PERMISSION_DENIED", 1.0)] {
        assert_eq!(calls(&house, "GetCheckpoint", code).await, count, "{code}");
    }
    // All of them were faster than the largest bound, and none is counted twice.
    let all = [("method", "GetCheckpoint"), ("code", "OK"), ("le", "30")];
    assert_eq!(figure(&house, "huiying_rpc_seconds_bucket", &all).await, Some(3.0));

    // A stream that was read to its end, and one whose reader went away.
    let request = house.ask_as_service("test", &[Role::System], from_start(false));
    let mut ended = feed.stream_events(request).await.unwrap().into_inner();
    while ended.message().await.unwrap().is_some() {}
    assert_eq!((calls(&house, "StreamEvents", "OK").await, calls(&house, "StreamEvents", "CANCELLED").await), (1.0, 0.0));
    drop(feed.stream_events(house.ask_as_service("test", &[Role::System], from_start(true))).await.unwrap());
    until(&house, "huiying_rpc_seconds_count", &[("method", "StreamEvents"), ("code", "CANCELLED")], |count| count == 1.0).await;

    // What callers make up gets no figure of its own.
    for made_up in ["/huiying.event.v1.FeedService/Nothing", "/x.y.Z/1", "/x.y.Z/2"] {
        let mut grpc = Grpc::new(house.channel.clone());
        grpc.ready().await.unwrap();
        let codec = ProstCodec::<GetCheckpointRequest, GetCheckpointRequest>::default();
        let answer = grpc.unary(ours(checkpoint("alpha")), made_up.parse().unwrap(), codec).await;
        assert_eq!(answer.unwrap_err().code(), Code::PermissionDenied);
    }
    assert_eq!(calls(&house, "unknown", "PERMISSION_DENIED").await, 3.0);
    assert!(!house.get("/metrics").await.1.contains("Nothing"));
}

#[tokio::test]
async fn the_pool_is_told_as_it_is() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let alpha = rig.db("alpha", &Migrator::DEFAULT).await;
    let house = rig.serve(vec![bare(&alpha, vec![])], &[]).await;
    let labels = [("service", "alpha")];
    until(&house, "huiying_pool_max", &labels, |most| most == 8.0).await;
    let mut taken = Vec::new();
    for _ in 0..6 {
        taken.push(alpha.acquire().await.unwrap());
    }
    until(&house, "huiying_pool_connections", &labels, |open| open >= 6.0).await;
    until(&house, "huiying_pool_idle", &labels, |idle| idle <= 2.0).await;
    drop(taken);
    until(&house, "huiying_pool_idle", &labels, |idle| idle >= 5.0).await;
}

/// An effect that fails until its table is there.
struct Keep;

#[async_trait::async_trait]
impl Reaction for Keep {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        sqlx::query("INSERT INTO beta.effect (event_id) VALUES ($1)").bind(heard.event_id).execute(tx.conn()).await?;
        Ok(())
    }
}

#[tokio::test]
async fn who_follows_lags_for_as_long_as_a_fact_has_no_effect_and_then_no_more() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let (alpha, beta) = (rig.db("alpha", &Migrator::DEFAULT).await, rig.db("beta", &Migrator::DEFAULT).await);
    let house = rig.serve(vec![bare(&alpha, vec![]), bare(&beta, vec![Consumer::new(&beta, "alpha", Keep)])], &[]).await;
    let labels = [("service", "beta"), ("consumer", "alpha")];
    until(&house, "huiying_consumer_lag_seconds", &labels, |lag| lag == 0.0).await;

    let mut tx = alpha.begin("test.write").await.unwrap();
    tx.emit(DutyScheduled { duty_date: "1".into(), person_id: String::new(), reading_body_ids: Vec::new() });
    tx.commit_task(Audit::of("test", 1)).await.unwrap();
    until(&house, "huiying_consumer_failures", &labels, |failures| failures >= 1.0).await;
    house.clock.set(moment("2026-11-10 09:02")).unwrap();
    until(&house, "huiying_consumer_lag_seconds", &labels, |lag| lag == 120.0).await;

    let mut connection = PgConnection::connect(&house.url).await.unwrap();
    sqlx::query("CREATE TABLE beta.effect (event_id uuid PRIMARY KEY)").execute(&mut connection).await.unwrap();
    until(&house, "huiying_consumer_lag_seconds", &labels, |lag| lag == 0.0).await;
    until(&house, "huiying_consumer_position", &labels, |position| position == 1.0).await;
    // What failed is no effect; what had one is counted with how long it took.
    until(&house, "huiying_consumer_effect_seconds_count", &labels, |count| count == 1.0).await;
}

/// Has to do with one fact alone.
struct KeepTheThird;

#[async_trait::async_trait]
impl Reaction for KeepTheThird {
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error> {
        let third = heard.read::<DutyScheduled>()?.is_some_and(|duty| duty.duty_date == "3");
        if third { Keep.apply(tx, heard).await } else { Ok(()) }
    }
}

#[tokio::test]
async fn facts_that_a_service_has_nothing_to_do_with_cost_it_no_commit_and_it_knows_that_it_heard_them() {
    let rig = Rig::new("2026-11-10 09:00").await;
    let (alpha, gamma) = (rig.db("alpha", &Migrator::DEFAULT).await, rig.db("gamma", &Migrator::DEFAULT).await);
    let mut connection = PgConnection::connect(&rig.url).await.unwrap();
    sqlx::raw_sql("CREATE SCHEMA beta; CREATE TABLE beta.effect (event_id uuid PRIMARY KEY)").execute(&mut connection).await.unwrap();
    let house = rig.serve(vec![bare(&alpha, vec![]), bare(&gamma, vec![Consumer::new(&gamma, "alpha", KeepTheThird)])], &[]).await;
    for number in 1..=5 {
        let mut tx = alpha.begin("test.write").await.unwrap();
        tx.emit(DutyScheduled { duty_date: number.to_string(), person_id: String::new(), reading_body_ids: Vec::new() });
        tx.commit_task(Audit::of("test", number)).await.unwrap();
        house.settle().await;
    }
    let labels = [("service", "gamma"), ("consumer", "alpha")];
    assert_eq!(figure(&house, "huiying_consumer_effect_seconds_count", &labels).await, Some(1.0));
    let mut kept = 0;
    for _ in 0..200 {
        kept = sqlx::query_scalar::<_, i64>("SELECT position FROM gamma.consumer_cursor WHERE source = 'alpha'")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        if kept == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let effects: i64 = sqlx::query_scalar("SELECT count(*) FROM beta.effect").fetch_one(&mut connection).await.unwrap();
    assert_eq!((kept, effects), (5, 1));
}
