//! What tests of services share: a database of their own, a clock held still, real gRPC on a real port, and sources
//! whose facts the test tells. Nothing here replaces our own code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "tests fail by panicking")]

mod database;
pub mod plans;

use std::{collections::HashMap, time::Duration};

use huiying_proto::{
    directory as pb,
    directory::Role,
    event::{Record, StreamEventsRequest, feed_service_client::FeedServiceClient},
};
use jiff::Timestamp;
use prost::{Message, Name};
use sqlx::migrate::Migrator;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Status, transport::Channel};
use tonic_types::StatusExt;
use uuid::Uuid;

use crate::{
    Audit, Clock, Db, DbOptions, ServeOptions, Service, Tx,
    ledger::CheckpointKey,
    migrate,
    peers::{Peers, connect},
    probe, serve,
    tls::Trust,
    token::{Issuer, Verifier},
    wire_time,
};

/// A database of its own and a clock held still.
#[derive(Clone, Debug)]
pub struct Rig {
    pub url: String,
    pub clock: Clock,
    /// The schemas that are there already, each with its count of migrations.
    schemas: Vec<(&'static str, usize)>,
}

impl Rig {
    /// An empty database. `at` is civil time, such as "2026-11-10 09:00".
    pub async fn new(at: &str) -> Self {
        Self::on(database::copy("template0").await, Clock::manual(moment(at)))
    }

    /// A database that has these services' schemas and the bare ledgers of all others.
    pub async fn of(at: &str, services: &[(&'static str, &Migrator)]) -> Self {
        let (clock, schemas) = (Clock::manual(moment(at)), database::with_ledgers(services));
        let url = database::copy(&database::template(&schemas, &clock).await).await;
        let schemas = schemas.iter().map(|(service, own)| (*service, own.migrations.len())).collect();
        Self { url, clock, schemas }
    }

    /// A database that is there already.
    pub fn on(url: String, clock: Clock) -> Self {
        Self { url, clock, schemas: Vec::new() }
    }

    /// Migrates and opens a service's store.
    pub async fn db(&self, service: &'static str, migrator: &Migrator) -> Db {
        if !self.schemas.contains(&(service, migrator.migrations.len())) {
            migrate(service, &self.url, migrator).await.unwrap();
        }
        Db::open(service, &DbOptions { url: self.url.clone(), connections: 8 }, self.clock.clone()).await.unwrap()
    }

    /// Serves the services under test, and bare ledgers of the sources whose facts the test tells. "directory" is always one.
    pub async fn serve(self, services: Vec<Service>, sources: &[&'static str]) -> House {
        let mut bare = HashMap::new();
        for source in sources.iter().copied().chain(["directory"]) {
            if !bare.contains_key(source) && !services.iter().any(|s| s.db.service() == source) {
                bare.insert(source, self.db(source, &Migrator::DEFAULT).await);
            }
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Issuer::generate("test").unwrap();
        let verifier = Verifier::new(&[("test".to_owned(), issuer.public_pem().to_owned())]).unwrap();
        let token = issuer.service("test", &[Role::System], self.clock.now(), 10 * 365 * 86400).unwrap();
        let peers = Peers::new(Some(&address), &HashMap::new(), &token, &Trust::Plain).unwrap();
        let stop = CancellationToken::new();
        let all: Vec<Service> = services.into_iter().chain(bare.values().map(|db| bare_service(db.clone()))).collect();
        let options = ServeOptions {
            listener,
            verifier,
            tls: None,
            peers,
            checkpoint_key: Some(CheckpointKey::generate("test")),
            stop: stop.clone(),
            drain: std::time::Duration::ZERO,
        };
        let server = tokio::spawn(serve(options, all));
        let channel = connect(&address, &Trust::Plain).unwrap();
        let house = House { clock: self.clock, url: self.url, address, channel, issuer, sources: bare, stop, server: Some(server) };
        house.settle().await;
        house
    }
}

fn bare_service(db: Db) -> Service {
    Service { db, permissions: &[], routes: Box::new(|_| ()), consumers: Vec::new(), tasks: Vec::new(), check: None, http: None }
}

/// A running house.
#[derive(Debug)]
pub struct House {
    pub clock: Clock,
    pub url: String,
    pub address: String,
    pub channel: Channel,
    pub issuer: Issuer,
    sources: HashMap<&'static str, Db>,
    stop: CancellationToken,
    server: Option<tokio::task::JoinHandle<Result<(), crate::Error>>>,
}

impl House {
    /// A request of a person, with their token.
    pub fn ask<M>(&self, person: Uuid, message: M) -> Request<M> {
        let token = self.issuer.person(person, self.clock.now(), 86400).unwrap();
        with_token(message, &token)
    }

    /// A request of a service or platform with some roles.
    pub fn ask_as_service<M>(&self, name: &str, roles: &[Role], message: M) -> Request<M> {
        let token = self.issuer.service(name, roles, self.clock.now(), 86400).unwrap();
        with_token(message, &token)
    }

    /// Tells facts of a source that is not under test, in one record, and waits until all have heard them.
    pub async fn tell<F: Message + Name>(&self, source: &str, fact: F) {
        let mut tx = self.sources[source].begin("test.tell").await.unwrap();
        tx.emit(fact);
        tx.commit_task(Audit::of("test", "")).await.unwrap();
        self.settle().await;
    }

    /// Tells a fact of a source as something that a person did.
    pub async fn tell_as<F: Message + Name>(&self, source: &str, person: Uuid, fact: F) {
        let db = &self.sources[source];
        let (actor, now) = (crate::Actor::Person(person), self.clock.now());
        let caller = crate::Caller {
            actor,
            roles: Vec::new(),
            roster: db.roster(),
            now,
            method: "test.tell".into(),
            standing: crate::ctx::Standing { expires: i64::MAX, opens: &[] },
        };
        let mut tx = crate::Ctx::new(caller, db.clone(), None).begin().await.unwrap();
        tx.emit(fact);
        tx.commit_task(Audit::of("test", "")).await.unwrap();
        self.settle().await;
    }

    /// Who is who, told together: each telling by itself takes as long.
    pub async fn enrol(&self) -> Enrolment {
        Enrolment { tx: self.sources["directory"].begin("test.tell").await.unwrap(), clock: self.clock.clone() }
    }

    /// Registers a body, through directory's facts.
    pub async fn body(&self, code: &str, name: &str, kind: pb::body::Kind) -> Uuid {
        let mut people = self.enrol().await;
        let id = people.body(code, name, kind);
        people.told(self).await;
        id
    }

    /// Registers a person with a position in a body, through directory's facts.
    pub async fn person(&self, name: &str, body: Uuid, roles: &[Role]) -> Uuid {
        let mut people = self.enrol().await;
        let id = people.person(name, body, roles);
        people.told(self).await;
        id
    }

    /// Puts bodies into a leader's portfolio, through directory's facts.
    pub async fn portfolio(&self, leader: Uuid, bodies: &[Uuid]) {
        let mut people = self.enrol().await;
        people.portfolio(leader, bodies);
        people.told(self).await;
    }

    pub fn new_id(&self) -> Uuid {
        crate::ctx::mint(self.clock.now())
    }

    /// The records of a service's ledger, oldest first.
    pub async fn ledger(&self, service: &str) -> Vec<Record> {
        self.settle().await;
        let message = StreamEventsRequest { service_name: service.into(), after_position: 0, follow: false };
        let request = self.ask_as_service("reader", &[Role::System], message);
        let mut stream = FeedServiceClient::new(self.channel.clone()).stream_events(request).await.unwrap().into_inner();
        let mut records = Vec::new();
        while let Some(message) = stream.message().await.unwrap() {
            records.extend(message.records.iter().map(|sealed| Record::decode(sealed.record.clone()).unwrap()));
        }
        records
    }

    /// The facts of one type that a service told, oldest first.
    pub async fn told<F: Message + Name + Default>(&self, service: &str) -> Vec<F> {
        let events = self.ledger(service).await.into_iter().flat_map(|record| record.events);
        events.filter(|event| event.r#type == F::full_name()).map(|event| F::decode(event.payload.clone()).unwrap()).collect()
    }

    /// Sets the clock to a civil time, such as "2026-11-10 18:30", and waits until everything due has happened.
    pub async fn at(&self, civil: &str) {
        self.clock.set(moment(civil)).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.settle().await;
    }

    /// Waits until every committed fact is sealed and has had its effect everywhere.
    pub async fn settle(&self) {
        probe::settle(std::slice::from_ref(&self.address), &Trust::Plain, Duration::from_secs(30)).await.unwrap();
    }

    /// The text of a public HTTP page.
    pub async fn get(&self, path: &str) -> (u16, String) {
        probe::http_get(&self.address, path).await.unwrap()
    }

    /// Ends it in order.
    pub async fn end(mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            server.await.unwrap().unwrap();
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Facts of directory that are told in one record.
#[derive(Debug)]
pub struct Enrolment {
    tx: Tx,
    clock: Clock,
}

impl Enrolment {
    fn new_id(&self) -> Uuid {
        crate::ctx::mint(self.clock.now())
    }

    /// A fact.
    pub fn tell<F: Message + Name>(&mut self, fact: F) {
        self.tx.emit(fact);
    }

    /// A body.
    pub fn body(&mut self, code: &str, name: &str, kind: pb::body::Kind) -> Uuid {
        let id = self.new_id();
        let body =
            pb::Body { body_id: id.to_string(), code: code.into(), name: name.into(), kind: kind.into(), parent_body_id: String::new() };
        self.tell(pb::BodyRegistered { body: Some(body) });
        id
    }

    /// A person with a position in a body.
    pub fn person(&mut self, name: &str, body: Uuid, roles: &[Role]) -> Uuid {
        let id = self.new_id();
        let person = pb::Person { person_id: id.to_string(), code: name.into(), name: name.into() };
        let position = pb::Position {
            position_id: self.new_id().to_string(),
            person_id: id.to_string(),
            body_id: body.to_string(),
            title: "测试".into(),
            roles: roles.iter().map(|r| *r as i32).collect(),
            start_time: Some(wire_time(moment("2020-01-01 00:00"))),
            end_time: None,
        };
        self.tell(pb::PersonRegistered { person: Some(person) });
        self.tell(pb::PositionAppointed { position: Some(position) });
        id
    }

    /// The bodies of a leader's portfolio.
    pub fn portfolio(&mut self, leader: Uuid, bodies: &[Uuid]) {
        let portfolio = pb::Portfolio {
            portfolio_id: self.new_id().to_string(),
            person_id: leader.to_string(),
            body_ids: bodies.iter().map(Uuid::to_string).collect(),
            topics: Vec::new(),
            start_time: Some(wire_time(moment("2020-01-01 00:00"))),
            end_time: None,
        };
        self.tell(pb::PortfolioAssigned { portfolio: Some(portfolio) });
    }

    /// Tells all of it, and waits until all have heard it.
    pub async fn told(self, house: &House) {
        self.tx.commit_task(Audit::of("test", "")).await.unwrap();
        house.settle().await;
    }
}

/// Puts a token on a request.
pub fn with_token<M>(message: M, token: &str) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// A new request id.
pub fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// A civil time, such as "2026-11-10 09:00".
pub fn moment(civil: &str) -> Timestamp {
    civil.parse::<jiff::civil::DateTime>().unwrap().to_zoned(crate::clock::zone()).unwrap().timestamp()
}

/// The reason of a refusal, as the wire carries it.
pub fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// Asserts a refusal by code and reason, and that its message for people is Chinese.
pub fn assert_refused<T: std::fmt::Debug>(outcome: Result<T, Status>, code: tonic::Code, expected: &str) {
    let status = outcome.expect_err("it should be refused");
    assert_eq!((status.code(), reason(&status).as_str()), (code, expected), "{status:?}");
    let details = status.get_error_details();
    let message = details.localized_message().expect("a message for people");
    assert_eq!(message.locale, "zh-CN");
    assert!(message.message.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "not Chinese: {}", message.message);
}
