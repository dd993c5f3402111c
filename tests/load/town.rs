//! A county whose seven services run in one process, and beside it, in the same PostgreSQL, a database that only PostgreSQL uses.

use std::path::PathBuf;

use chassis::{cluster::Cluster, wire_time};
use huiying::client::{Client, Protocol, request_id};
use huiying_proto::{
    directory::{BodyEntry, ImportDirectoryRequest, ListPersonsRequest, PersonEntry, PositionEntry, Role, body::Kind},
    intake::{RegisterOutletRequest, outlet::Medium, outlet::Tier},
};
use huiying_tests::processes::{self, Office};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};

pub const ROLES: [Role; 3] = [Role::Collector, Role::OfficeStaff, Role::OfficeHead];

pub struct Town {
    pub office: Office,
    cluster: Cluster,
    dir: PathBuf,
    /// Of the one person of the office.
    pub token: String,
    pub outlet_id: String,
}

impl Town {
    /// Everything but a running service.
    pub async fn found() -> Self {
        let (cluster, dir) = processes::cluster("load");
        let now = Timestamp::now();
        let office = Office::prepare(&cluster, &dir, "county", None, now, None).await.in_one_process();
        let beside = Office::prepare(&cluster, &dir, "beside", None, now, None).await;
        drop(beside);
        let mut connection = PgConnection::connect(&cluster.url("beside", "huiying")).await.unwrap();
        sqlx::query("CREATE TABLE intake.ledger_entry_any PARTITION OF intake.ledger_entry DEFAULT")
            .execute(&mut connection)
            .await
            .unwrap();
        Self { office, cluster, dir, token: String::new(), outlet_id: String::new() }
    }

    /// The county's database.
    pub fn county(&self) -> String {
        self.cluster.url("county", "huiying")
    }

    /// The database that only PostgreSQL uses.
    pub fn beside(&self) -> String {
        self.cluster.url("beside", "huiying")
    }

    /// Processor seconds that the services and PostgreSQL have taken.
    pub fn busy_seconds(&self) -> f64 {
        let ticks = processes::ticks(self.office.pid("all")) + processes::ticks_of_family(self.cluster.pid());
        ticks as f64 / rustix::param::clock_ticks_per_second() as f64
    }

    pub fn client(&self) -> Client {
        Client::new(&self.office.addresses, &self.token, Protocol::Grpc).unwrap()
    }

    /// Starts the services; one person comes into office, and a mailbox is registered.
    pub async fn open(&mut self) {
        self.office.start("all");
        self.office.settle().await;
        let now = Timestamp::now();
        self.token = self.office.issuer.service("load", &[Role::SystemAdministrator], now, 86_400).unwrap();
        let directory = ImportDirectoryRequest {
            request_id: request_id(),
            bodies: vec![BodyEntry {
                code: "office".into(),
                name: "处置办".into(),
                kind: Kind::DisposalOffice.into(),
                parent_code: String::new(),
            }],
            persons: vec![PersonEntry { code: "load".into(), name: "某".into() }],
            positions: vec![PositionEntry {
                person_code: "load".into(),
                body_code: "office".into(),
                title: "主任".into(),
                roles: ROLES.iter().map(|role| *role as i32).collect(),
                start_time: Some(wire_time("2026-01-01T00:00:00Z".parse().unwrap())),
                end_time: None,
            }],
            ..Default::default()
        };
        let mut client = self.client().directory().unwrap();
        client.import_directory(directory).await.unwrap();
        let persons = client.list_persons(ListPersonsRequest::default()).await.unwrap().into_inner().persons;
        let person = persons.iter().find(|person| person.code == "load").unwrap().person_id.parse().unwrap();
        self.token = self.office.issuer.person(person, now, 86_400).unwrap();
        self.office.settle().await;
        let outlet = RegisterOutletRequest {
            request_id: request_id(),
            name: "信箱".into(),
            tier: Tier::Mailbox.into(),
            medium: Medium::Letter.into(),
            hosts: vec![],
        };
        let answer = self.client().intake().unwrap().register_outlet(outlet).await.unwrap();
        self.outlet_id = answer.into_inner().outlet.unwrap().outlet_id;
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        self.office.kill_all();
        drop(self.cluster.kill());
        drop(std::fs::remove_dir_all(&self.dir));
    }
}
