//! A standing load: each report is registered as a client's standard retry does it, the same request again while the answer is
//! UNAVAILABLE. At the end everything acknowledged must be there, once. The last line is JSON.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
    time::{Duration, Instant},
};

use chassis::{tls::Trust, token::Issuer, wire_time};
use huiying::client::{Addresses, Client, Protocol, request_id};
use huiying_proto::{
    directory::{BodyEntry, ImportDirectoryRequest, ListPersonsRequest, PersonEntry, PositionEntry, Role, body::Kind},
    intake::{GetReportRequest, RegisterOutletRequest, RegisterReportRequest, outlet::Medium, outlet::Tier},
};
use jiff::Timestamp;
use serde_json::json;
use tonic::{Code, Status};

/// Callers at once.
const CALLERS: usize = 8;
/// How long a client waits for an answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a client goes on trying.
const PATIENCE: Duration = Duration::from_secs(90);
const ROLES: [Role; 3] = [Role::Collector, Role::OfficeStaff, Role::OfficeHead];

/// Registers reports through the edge at an address for some seconds, or until there is a file `FILE.enough`, and writes the ids of those
/// acknowledged to FILE.
pub async fn run(address: &str, secrets: &Path, seconds: u64, acknowledged: &Path) {
    let (client, outlet_id) = enter(address, secrets).await;
    let (end, enough) = (Instant::now() + Duration::from_secs(seconds), acknowledged.with_extension("enough"));
    let callers = (0..CALLERS).map(|caller| {
        // One of them is a browser.
        let client = if caller == 0 { &client.1 } else { &client.0 };
        register(client, &outlet_id, end, &enough)
    });
    let (mut ids, mut tries, mut waits) = (Vec::new(), Tries::default(), Vec::new());
    for done in futures::future::join_all(callers).await {
        ids.extend(done.ids);
        tries.count += done.tries.count;
        tries.unanswered += done.tries.unanswered;
        tries.longest = tries.longest.max(done.tries.longest);
        tries.refusals.extend(done.tries.refusals);
        waits.extend(done.waits);
    }
    let distinct: HashSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), ids.len(), "two requests were answered with one report");
    std::fs::write(acknowledged, ids.join("\n")).unwrap();
    let missing = missing(&client.0, &ids).await;
    assert!(missing.is_empty(), "acknowledged, and not there: {missing:?}");
    waits.sort_by(f64::total_cmp);
    let at = |part: f64| waits[((waits.len() - 1) as f64 * part) as usize];
    println!(
        "{}",
        json!({"acknowledged": ids.len(), "tries": tries.count, "unanswered": tries.unanswered, "longest_try_ms": tries.longest.as_millis(), "median_ms": at(0.5).round(), "p99_ms": at(0.99).round(), "longest_ms": at(1.0).round(), "refusals": tries.refusals})
    );
}

/// Looks for the reports of a file, and says how many there are.
pub async fn verify(address: &str, secrets: &Path, acknowledged: &Path) {
    let (client, _) = enter(address, secrets).await;
    let ids: Vec<String> = std::fs::read_to_string(acknowledged).unwrap().lines().map(str::to_owned).collect();
    let missing = missing(&client.0, &ids).await;
    println!("{}", json!({"acknowledged": ids.len(), "missing": missing.len()}));
}

async fn missing(client: &Client, ids: &[String]) -> Vec<String> {
    let intake = client.intake().unwrap();
    let mut missing = Vec::new();
    for id in ids {
        let request = GetReportRequest { report_id: id.clone() };
        let mut tries = Tries::default();
        let found = persist(&mut tries, async || match intake.clone().get_report(request.clone()).await {
            Ok(answer) => Ok(answer.into_inner().report.is_some_and(|report| &report.report_id == id)),
            Err(status) if status.code() == Code::NotFound => Ok(false),
            Err(status) => Err(status),
        });
        if !found.await {
            missing.push(id.clone());
        }
    }
    missing
}

/// Within so long every process of a service has read who is who, once one has heard of it.
const EVERY_PROCESS: Duration = Duration::from_secs(2);

/// The one person of the office, as a program and as a browser, and a mailbox.
pub async fn enter(address: &str, secrets: &Path) -> ((Client, Client), String) {
    let authority = Trust::authority(&secrets.join("authority/authority.pem")).unwrap();
    let addresses = Addresses::one(address).trusting(authority);
    let issuer = Issuer::from_pem("huiying", &std::fs::read_to_string(secrets.join("issuer/issuer.key")).unwrap()).unwrap();
    let now = Timestamp::now();
    let administrator = issuer.service("containers", &[Role::SystemAdministrator], now, 86_400).unwrap();
    let mut directory = Client::new(&addresses, &administrator, Protocol::Grpc).unwrap().directory().unwrap();
    let position = |roles: &[Role]| PositionEntry {
        person_code: "clerk".into(),
        body_code: "office".into(),
        title: "主任".into(),
        roles: roles.iter().map(|role| *role as i32).collect(),
        start_time: Some(wire_time("2026-01-01T00:00:00Z".parse().unwrap())),
        end_time: None,
    };
    let office = ImportDirectoryRequest {
        request_id: request_id(),
        bodies: vec![BodyEntry {
            code: "office".into(),
            name: "处置办".into(),
            kind: Kind::DisposalOffice.into(),
            parent_code: String::new(),
        }],
        persons: vec![PersonEntry { code: "clerk".into(), name: "某".into() }],
        positions: vec![position(&ROLES)],
        ..Default::default()
    };
    persist(&mut Tries::default(), async || directory.clone().import_directory(office.clone()).await).await;
    let persons = directory.list_persons(ListPersonsRequest::default()).await.unwrap().into_inner().persons;
    let person = persons.iter().find(|person| person.code == "clerk").unwrap().person_id.parse().unwrap();
    let token = issuer.person(person, now, 86_400).unwrap();
    let as_program = Client::new(&addresses, &token, Protocol::Grpc).unwrap();
    let as_browser = Client::new(&addresses, &token, Protocol::GrpcWeb).unwrap();
    let outlet = RegisterOutletRequest {
        request_id: request_id(),
        name: format!("信箱 {now}"),
        tier: Tier::Mailbox.into(),
        medium: Medium::Letter.into(),
        hosts: vec![],
    };
    let mut intake = as_program.intake().unwrap();
    // Intake learns from directory's facts who may: a moment later.
    for _ in 0..100 {
        match intake.register_outlet(outlet.clone()).await {
            Ok(answer) => {
                tokio::time::sleep(EVERY_PROCESS).await;
                return ((as_program, as_browser), answer.into_inner().outlet.unwrap().outlet_id);
            }
            Err(status) if matches!(status.code(), Code::PermissionDenied | Code::Unauthenticated | Code::Unavailable) => {}
            Err(status) => panic!("{status}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody may register an outlet");
}

/// Calls that were sent, those of them that only their own deadline ended, how long the longest took, and what refusals said.
#[derive(Default)]
struct Tries {
    count: usize,
    unanswered: usize,
    longest: Duration,
    refusals: BTreeSet<String>,
}

#[derive(Default)]
struct Done {
    ids: Vec<String>,
    tries: Tries,
    waits: Vec<f64>,
}

async fn register(client: &Client, outlet_id: &str, end: Instant, enough: &Path) -> Done {
    let mut done = Done::default();
    let intake = client.intake().unwrap();
    while Instant::now() < end && !enough.exists() {
        let request = RegisterReportRequest {
            request_id: request_id(),
            outlet_id: outlet_id.to_owned(),
            title: "路灯不亮".into(),
            excerpt: "路灯不亮,请修复。".into(),
            publish_time: Some(wire_time(Timestamp::now())),
            non_classified: true,
            ..Default::default()
        };
        let start = Instant::now();
        let answer = persist(&mut done.tries, async || {
            let mut call = tonic::Request::new(request.clone());
            call.set_timeout(DEADLINE);
            intake.clone().register_report(call).await
        });
        done.ids.push(answer.await.into_inner().report.unwrap().report_id);
        done.waits.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    done
}

/// Tries again, after a pause, what the service could not answer.
async fn persist<T>(tries: &mut Tries, call: impl AsyncFn() -> Result<T, Status>) -> T {
    let start = Instant::now();
    let mut pause = Duration::from_millis(50);
    loop {
        let begun = Instant::now();
        let answer = call().await;
        tries.count += 1;
        tries.longest = tries.longest.max(begun.elapsed());
        match answer {
            Ok(answer) => return answer,
            Err(status) => {
                tries.unanswered += usize::from(status.code() == Code::DeadlineExceeded || begun.elapsed() >= DEADLINE);
                tries.refusals.insert(format!("{:?}: {}", status.code(), status.message()));
                // A connection that breaks under a call is UNKNOWN to tonic; a deadline is the client's own.
                let again = matches!(
                    status.code(),
                    Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded | Code::ResourceExhausted
                );
                assert!(again && start.elapsed() < PATIENCE, "after {:?}: {status}", start.elapsed());
            }
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
