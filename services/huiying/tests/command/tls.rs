//! Mutual TLS: who shows a certificate of the house is served, nobody else is, and new certificates need no restart.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use chassis::{
    ServeOptions,
    peers::{Peers, connect},
    serve,
    testing::Rig,
    tls::{Tls, TlsFiles, Trust},
    token::{Issuer, Verifier},
};
use huiying::certs::{certs, secrets};
use huiying_proto::directory::Role;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("huiying-tls-{}", uuid::Uuid::from_u128(rand::random())));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn files(folder: &Path, holder: &str) -> TlsFiles {
    let file = |name: &str| folder.join(holder).join(name);
    TlsFiles { certificate: file("certificate.pem"), key: file("key.pem"), authority: file("authority.pem") }
}

fn house(folder: &Path, holder: &str) -> Trust {
    Trust::House(Tls::load(files(folder, holder)).unwrap())
}

/// A directory that shows the certificate of its name, and its port.
async fn served(folder: &Path) -> (String, CancellationToken) {
    let rig = Rig::of("2026-11-10 09:00", &[(directory::NAME, &directory::MIGRATOR)]).await;
    let db = rig.db(directory::NAME, &directory::MIGRATOR).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (issuer, stop) = (Issuer::generate("house").unwrap(), CancellationToken::new());
    let token = issuer.service("directory", &[Role::System], Timestamp::now(), 86_400).unwrap();
    let options = ServeOptions {
        listener,
        verifier: Verifier::new(&[("house".to_owned(), issuer.public_pem().to_owned())]).unwrap(),
        tls: Some(Tls::load(files(folder, "directory")).unwrap()),
        peers: Peers::new(Some(&address), &HashMap::new(), &token, &house(folder, "directory")).unwrap(),
        checkpoint_key: None,
        stop: stop.clone(),
        drain: std::time::Duration::ZERO,
    };
    tokio::spawn(serve(options, vec![directory::service(&db)]));
    (address, stop)
}

async fn ask(address: &str, trust: &Trust) -> Result<ServingStatus, Code> {
    let mut client = HealthClient::new(connect(address, trust).unwrap());
    let mut status = Err(Code::Unknown);
    for _ in 0..50 {
        status = client.check(HealthCheckRequest::default()).await.map(|answer| answer.into_inner().status()).map_err(|s| s.code());
        if status == Ok(ServingStatus::Serving) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    status
}

#[tokio::test]
async fn who_shows_a_certificate_of_the_house_is_served_and_nobody_else() {
    let (folder, other) = (Folder::new(), Folder::new());
    for folder in [&folder, &other] {
        certs(&folder.0, &[], 30, Timestamp::now()).unwrap();
    }
    let (address, _stop) = served(&folder.0).await;
    assert_eq!(ask(&address, &house(&folder.0, "edge")).await, Ok(ServingStatus::Serving));
    // Trusts the house and shows nothing; shows another house's; speaks without TLS.
    let silent = Trust::authority(&folder.0.join("authority/authority.pem")).unwrap();
    assert!(ask(&address, &silent).await.is_err());
    assert!(ask(&address, &house(&other.0, "edge")).await.is_err());
    assert!(ask(&address.replace("https", "http"), &Trust::Plain).await.is_err());
    assert!(connect(&address, &Trust::Plain).unwrap_err().to_string().contains("没有给出信任的证书颁发机构"));
}

#[tokio::test]
async fn a_certificate_that_has_expired_is_refused_and_a_new_one_is_taken_up_without_a_restart() {
    let folder = Folder::new();
    certs(&folder.0, &[], 30, Timestamp::now()).unwrap();
    let caller = house(&folder.0, "edge");
    let (address, _stop) = served(&folder.0).await;
    assert_eq!(ask(&address, &caller).await, Ok(ServingStatus::Serving));
    let long_ago = Timestamp::now() - jiff::SignedDuration::from_hours(24 * 40);
    certs(&folder.0, &[], 30, long_ago).unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(ask(&address, &caller).await, Err(Code::Unavailable));
    certs(&folder.0, &[], 30, Timestamp::now()).unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(ask(&address, &caller).await, Ok(ServingStatus::Serving));
}

#[tokio::test]
async fn a_file_that_is_missing_or_holds_something_else_is_named() {
    let folder = Folder::new();
    certs(&folder.0, &[], 30, Timestamp::now()).unwrap();
    let refused = |files: TlsFiles| Tls::load(files).map(drop).unwrap_err().to_string();
    let missing = TlsFiles { key: folder.0.join("nothing.pem"), ..files(&folder.0, "intake") };
    assert!(refused(missing).contains("nothing.pem"));
    std::fs::write(folder.0.join("text.pem"), "证书").unwrap();
    let wrong = TlsFiles { certificate: folder.0.join("text.pem"), ..files(&folder.0, "intake") };
    assert!(refused(wrong).contains("text.pem"));
    let of_another = TlsFiles { key: folder.0.join("edge/key.pem"), ..files(&folder.0, "intake") };
    assert!(refused(of_another).contains("intake/certificate.pem"));
}

#[tokio::test]
async fn secrets_are_made_once_and_kept() {
    let folder = Folder::new();
    let all = |folder: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let mut found: Vec<(PathBuf, Vec<u8>)> = [
            "issuer/issuer.key",
            "shared/service.jwt",
            "shared/writer.key",
            "shared/checkpoint.key",
            "authority/authority.key",
            "edge/key.pem",
        ]
        .iter()
        .map(|name| (folder.join(name), std::fs::read(folder.join(name)).unwrap()))
        .collect();
        found.sort();
        found
    };
    secrets(&folder.0, &["huiying.example".to_owned()], 30, "county", Timestamp::now()).unwrap();
    let made = all(&folder.0);
    secrets(&folder.0, &[], 30, "county", Timestamp::now()).unwrap();
    assert_eq!(all(&folder.0), made);
    for (file, _) in made {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}
