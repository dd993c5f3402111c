//! The main job of the demo against a deployment: the county's people call through its edge, over TLS and with tokens, the principal
//! leader from a browser; the city's office runs here and receives the report.
//!
//! What this and the script hand each other lies in the folder EXCHANGE: `clock` (which the county's containers read), `superior.jwt` and
//! `service.jwt` (which they are to show), then, when the county serves, `services.json`: a service's name and its container's address.

use std::{collections::HashMap, path::Path, time::Duration};

use chassis::{
    Clock,
    tls::{Tls, TlsFiles, Trust},
    token::Issuer,
};
use huiying::{
    client::{Addresses, Protocol},
    demo::{self, OfficePlan},
    story::{self, Stage, Telling},
};
use huiying_proto::directory::Role;
use huiying_tests::processes;
use tokio::net::{TcpListener, TcpStream};

const YEAR: i64 = 365 * 86_400;
/// Where the city listens, for the county's containers.
const CITY: &str = "0.0.0.0:18500";

/// Plays it, and says what came of it.
pub async fn run(edge: &str, secrets: &Path, exchange: &Path) {
    let begin = story::begin().unwrap();
    let clock_file = exchange.join("clock");
    std::fs::write(&clock_file, begin.to_string()).unwrap();
    let clock = Clock::file(clock_file).unwrap();

    let (cluster, folder) = processes::cluster("city");
    let plan = OfficePlan {
        name: "市政府办公室",
        urls: (cluster.url("postgres", "huiying"), cluster.url("postgres", "huiying_SERVICE").replace("SERVICE", "{service}")),
        listen: CITY,
        clock: clock.clone(),
        book: demo::shipped_rule().unwrap(),
        superior: None,
    };
    let city = demo::open_office(plan).await.unwrap();
    let issuer = Issuer::from_pem("huiying", &std::fs::read_to_string(secrets.join("issuer/issuer.key")).unwrap()).unwrap();
    let give = |name: &str, token: String| std::fs::write(exchange.join(name), token).unwrap();
    give("service.jwt", issuer.service("huiying", &[Role::System], begin, 10 * YEAR).unwrap());
    give("superior.jwt", city.issuer.service("shahe", &[Role::SubordinatePlatform], begin, YEAR).unwrap());

    let authority = Trust::authority(&secrets.join("authority/authority.pem")).unwrap();
    let stage = Stage {
        clock,
        county: Addresses::one(edge).trusting(authority).before(inside(secrets, &served(exchange).await).await),
        city: Addresses::one(&city.address),
        issuer,
        city_issuer: city.issuer.clone(),
        letters: story::sample_letters().unwrap(),
        principal_protocol: Protocol::GrpcWeb,
        receipt_lost: false,
    };
    let mut telling = Telling::silent();
    let account = story::play(&stage, &mut telling).await.unwrap_or_else(|e| panic!("{}: {e}", telling.current_act()));
    assert_eq!((account.letters_registered, account.released.len(), account.received_by_city), (191, 3, 1));
    assert!(!account.breached.is_empty() && account.ledgers.len() == 7, "{account:?}");
    println!(
        "{} steps, {} letters, {} statements released, {} breaches of the silent unit, {} ledgers verified",
        telling.steps().len(),
        account.letters_registered,
        account.released.len(),
        account.breached.len(),
        account.ledgers.len()
    );
    city.end().await.unwrap();
    cluster.stop().unwrap();
    drop(std::fs::remove_dir_all(folder));
}

/// The addresses of the county's containers, once the script says that they serve.
async fn served(exchange: &Path) -> HashMap<String, String> {
    for _ in 0..3000 {
        if let Ok(text) = std::fs::read_to_string(exchange.join("services.json")) {
            return serde_json::from_str(&text).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the county does not serve");
}

/// The services themselves, called as the operator: each behind a port of this machine, which its certificate names.
async fn inside(secrets: &Path, services: &HashMap<String, String>) -> Addresses {
    let file = |name: &str| secrets.join("operator").join(name);
    let files = TlsFiles { certificate: file("certificate.pem"), key: file("key.pem"), authority: file("authority.pem") };
    let mut addresses = HashMap::new();
    for (service, container) in services {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        addresses.insert(service.clone(), format!("https://{}", listener.local_addr().unwrap()));
        let container = container.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut far = TcpStream::connect(&container).await.unwrap();
                tokio::spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await });
            }
        });
    }
    Addresses::each(addresses).trusting(Trust::House(Tls::load(files).unwrap()))
}
