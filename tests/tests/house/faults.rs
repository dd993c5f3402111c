//! Killed for real: separate processes under load, `kill -9` of a random one, PostgreSQL included. `HUIYING_FAULTS=50` for
//! the long run; a few kills otherwise.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chassis::{
    cluster::{Cluster, Options},
    peers::connect,
    testing::with_token,
    tls::Trust,
    wire_time,
};
use huiying::{
    client::{Client, Protocol},
    compose::SERVICES,
    ledger,
};
use huiying_proto::{
    directory::Role,
    intake::{
        ListReportsRequest, RegisterOutletRequest, RegisterReportRequest, RegisterReportResponse,
        intake_service_client::IntakeServiceClient, outlet::Medium, outlet::Tier,
    },
};
use huiying_tests::processes::{self, Office};
use jiff::Timestamp;
use rand::Rng;
use tonic::transport::Channel;

const WRITERS: usize = 8;

fn report(outlet_id: &str, writer: usize, number: usize) -> RegisterReportRequest {
    RegisterReportRequest {
        request_id: uuid::Uuid::from_u128(((writer as u128 + 1) << 64) | (number as u128 + 1)).to_string(),
        outlet_id: outlet_id.to_owned(),
        external_id: format!("{writer}-{number}"),
        title: format!("第{writer}组第{number}件:路灯不亮"),
        excerpt: format!("城{}路第{number}盏路灯不亮,请尽快修复。", ["东", "西", "南", "北"][number % 4]),
        publish_time: Some(wire_time("2026-11-16T02:00:00Z".parse::<Timestamp>().unwrap())),
        non_classified: true,
        ..Default::default()
    }
}

type Acknowledged = Arc<Mutex<HashMap<String, (RegisterReportRequest, RegisterReportResponse)>>>;

/// Writes until told to stop; what fails is tried again under the same request id, as any client should.
async fn write((channel, token): (Channel, String), outlet_id: String, writer: usize, stop: Arc<AtomicBool>, acknowledged: Acknowledged) {
    let mut intake = IntakeServiceClient::new(channel);
    for number in 0.. {
        let request = report(&outlet_id, writer, number);
        loop {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let mut call = with_token(request.clone(), &token);
            call.set_timeout(Duration::from_secs(5));
            match intake.register_report(call).await {
                Ok(answer) => {
                    acknowledged.lock().unwrap().insert(request.external_id.clone(), (request.clone(), answer.into_inner()));
                    break;
                }
                Err(status) if status.code() == tonic::Code::InvalidArgument => panic!("{status:?}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_is_there_once_whatever_is_killed_and_everybody_catches_up() {
    let kills: usize = std::env::var("HUIYING_FAULTS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let (cluster, dir) = processes::cluster("faults");
    let mut cluster = Some(cluster);
    let now: Timestamp = "2026-11-17T01:00:00Z".parse().unwrap();
    let clock = dir.join("clock");
    std::fs::write(&clock, now.to_string()).unwrap();
    let mut office = Office::prepare(cluster.as_ref().unwrap(), &dir, "county", Some(&clock), now, None).await;
    office.start_all().await;
    let token = office.issuer.service("load", &[Role::System], now, 365 * 86_400).unwrap();
    let client = Client::new(&office.addresses, &token, Protocol::Grpc).unwrap();
    let outlet = RegisterOutletRequest {
        request_id: uuid::Uuid::from_u128(1).to_string(),
        name: "信箱".into(),
        tier: Tier::Mailbox.into(),
        medium: Medium::Letter.into(),
        hosts: vec![],
    };
    let outlet_id = client.intake().unwrap().register_outlet(outlet).await.unwrap().into_inner().outlet.unwrap().outlet_id;

    let channel = connect(office.addresses.of("intake"), &Trust::Plain).unwrap();
    let (stop, acknowledged) = (Arc::new(AtomicBool::new(false)), Acknowledged::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write((channel.clone(), token.clone()), outlet_id.clone(), writer, stop.clone(), acknowledged.clone())))
        .collect();
    let names: Vec<&'static str> = SERVICES.iter().map(|(name, ..)| *name).collect();
    for round in 0..kills {
        tokio::time::sleep(Duration::from_millis(rand::rng().random_range(200..900))).await;
        office.revive();
        // Intake and PostgreSQL surely; for the rest whom chance names.
        let victim = match round % 6 {
            1 => names.len(),
            0 => 1,
            _ => rand::rng().random_range(0..=names.len()),
        };
        match names.get(victim) {
            Some(service) => {
                office.kill(service);
                office.start(service);
            }
            None => {
                let killed = cluster.take().unwrap();
                killed.kill().unwrap();
                drop(killed);
                cluster = Some(Cluster::start(Options { data_dir: dir.join("postgres"), durable: true, ..Options::default() }).unwrap());
            }
        }
    }
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        office.revive();
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    office.settle().await;

    let acknowledged = std::mem::take(&mut *acknowledged.lock().unwrap());
    assert!(acknowledged.len() > 20 * kills.min(10), "only {} writes in all", acknowledged.len());
    let mut found: HashMap<String, usize> = HashMap::new();
    let mut page_token = String::new();
    loop {
        let request = ListReportsRequest { incident_id: String::new(), page_size: 1000, page_token };
        let page = client_as_auditor(&office, now).await.intake().unwrap().list_reports(request).await.unwrap().into_inner();
        for report in page.reports {
            assert!(!report.incident_id.is_empty(), "{} was not placed", report.external_id);
            *found.entry(report.external_id).or_default() += 1;
        }
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    for (external_id, (request, answer)) in &acknowledged {
        assert_eq!(found.get(external_id), Some(&1), "{external_id}");
        let again = client.intake().unwrap().register_report(request.clone()).await.unwrap().into_inner();
        assert_eq!(&again, answer, "{external_id} gets the saved answer");
    }
    for name in names {
        let copy = ledger::copy(&client, name).await.unwrap();
        ledger::verify(&copy).unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
    }
    println!("{kills} kills, {} acknowledged writes, each there once", acknowledged.len());
    drop(office);
    cluster.take().unwrap().stop().unwrap();
    drop(std::fs::remove_dir_all(dir));
}

/// Reading needs a role that reads; the load's own only writes.
async fn client_as_auditor(office: &Office, now: Timestamp) -> Client {
    let token = office.issuer.service("reader", &[Role::Auditor], now, 365 * 86_400).unwrap();
    Client::new(&office.addresses, &token, Protocol::Grpc).unwrap()
}
