//! What a program says when it cannot serve: one clear line, in Chinese, that says what to do.

use std::process::{Command, Output, Stdio};

use chassis::{cluster::Cluster, testing::moment};
use huiying::certs::certs;
use huiying_proto::directory::Role;
use huiying_tests::processes::{self, Office};
use jiff::Timestamp;
use sqlx::{Connection, Executor, PgConnection};

/// An office whose directory is started over and over.
struct Bench {
    cluster: Cluster,
    office: Office,
}

impl Bench {
    async fn new(name: &str) -> Self {
        let (cluster, dir) = processes::cluster(name);
        let office = Office::prepare(&cluster, &dir, "county", None, Timestamp::now(), None).await;
        Self { cluster, office }
    }

    /// What directory says when it is started with some settings, and how it ends.
    fn serve(&self, settings: &[&str]) -> String {
        self.said("serve", &["directory"], settings)
    }

    fn said(&self, command: &str, arguments: &[&str], settings: &[&str]) -> String {
        let mut program = Command::new("timeout");
        program.arg("20").arg(processes::huiying()).arg(command).args(arguments).arg("--config").arg(self.office.dir.join("huiying.toml"));
        program.args(["--set", "listen=127.0.0.1:0"]).args(settings.iter().flat_map(|setting| ["--set", setting]));
        line_of(&program.env_remove("HUIYING_FAULTS").stdin(Stdio::null()).output().unwrap())
    }

    async fn in_store(&self, sql: &'static str) {
        let mut connection = PgConnection::connect(&self.cluster.url("county", "huiying")).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    fn end(self) {
        let dir = self.office.dir.parent().unwrap().to_owned();
        drop(self.office);
        self.cluster.kill().unwrap();
        drop(std::fs::remove_dir_all(dir));
    }
}

/// The one line on standard error that begins with the program's name.
fn line_of(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("huiying: ")).collect();
    assert!(!output.status.success(), "it ended well: {text}");
    assert_eq!(lines.len(), 1, "{:?}: {text}", output.status);
    lines[0].to_owned()
}

#[track_caller]
fn says(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "no {word} in: {line}");
    }
}

#[tokio::test]
async fn a_missing_or_wrong_secret_is_named() {
    let bench = Bench::new("secret").await;
    let token = bench.office.dir.join("service.jwt");
    let kept = std::fs::read_to_string(&token).unwrap();

    std::fs::remove_file(&token).unwrap();
    says(&bench.serve(&[]), &["读不到密钥文件", "service.jwt"]);

    let stranger = chassis::token::Issuer::generate("county").unwrap();
    std::fs::write(&token, stranger.service("county", &[Role::System], Timestamp::now(), 86_400).unwrap()).unwrap();
    says(&bench.serve(&[]), &["identity.service_token", "identity.issuers", "重新签发"]);

    let past = bench.office.issuer.service("county", &[Role::System], moment("2026-01-01 09:00"), 86_400).unwrap();
    std::fs::write(&token, past).unwrap();
    says(&bench.serve(&[]), &["identity.service_token", "已过期"]);

    std::fs::write(&token, kept).unwrap();
    says(&bench.serve(&["keys.writer=short"]), &["keys.writer", "64 位十六进制"]);
    bench.end();
}

#[tokio::test]
async fn an_expired_certificate_is_named_with_its_day_and_what_to_run() {
    let bench = Bench::new("expired").await;
    let folder = bench.office.dir.join("secrets");
    certs(&folder, &[], 1, moment("2026-01-01 09:00")).unwrap();
    let file = |name: &str| format!("tls.{name}={}/{{service}}/{name}.pem", folder.display());
    let settings = ["certificate", "key", "authority"].map(file);
    says(&bench.serve(&settings.each_ref().map(String::as_str)), &["directory/certificate.pem", "2026年1月2日", "到期", "huiying certs"]);
    bench.end();
}

#[tokio::test]
async fn a_store_that_was_not_migrated_or_has_grown_past_the_program_is_refused_and_one_that_only_grew_is_not() {
    let bench = Bench::new("schema").await;
    bench.in_store("INSERT INTO directory._migration SELECT 9999, 'later', now(), true, ''::bytea, 0").await;
    let names = ["directory"];
    let url = bench.cluster.url("county", "huiying_SERVICE").replace("SERVICE", "{service}");
    huiying::compose::migrate(&url, &names).await.unwrap();

    bench.in_store("UPDATE directory.schema_floor SET own = 9999").await;
    says(&bench.serve(&[]), &["directory 的数据库结构", "比本程序新", "9999", "更新的程序"]);
    let refused = huiying::compose::migrate(&url, &names).await.unwrap_err().to_string();
    says(&refused, &["directory 的数据库结构", "比本程序新", "9999"]);

    bench.in_store("UPDATE directory.schema_floor SET own = 0; DELETE FROM directory._migration WHERE version = 10").await;
    says(&bench.serve(&[]), &["directory 的数据库结构", "尚未升级", "huiying migrate"]);
    bench.end();
}

#[tokio::test]
async fn a_store_of_another_deployment_is_left_alone() {
    let mut bench = Bench::new("deployments").await;
    bench.office.start_all().await;
    bench.office.kill_all();
    let other = format!("keys.writer={}", "a5".repeat(32));
    says(&bench.serve(&[&other]), &["directory 的数据库结构", "属于另一套部署", "database.url"]);
    bench.end();
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_named() {
    let bench = Bench::new("nowhere").await;
    says(&bench.serve(&["database.url=postgres://huiying_{service}@127.0.0.1:9/county"]), &["数据库"]);
    bench.end();
}
