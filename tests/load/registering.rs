//! `RegisterReport`, 64 concurrent callers, durable, against what pgbench does with the same statements, in turn.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use chassis::{peers::connect, testing::with_token, tls::Trust, wire_time};
use huiying::client::request_id;
use huiying_proto::intake::{RegisterReportRequest, intake_service_client::IntakeServiceClient};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection};

use crate::{Findings, Plan, importing::letter, median, town::Town};

const CALLERS: usize = 64;

/// What one call comes to in the store, call by call: the lock of its request id, the saved answer, the outlet, the report, the
/// ledger entry with the answer. Ids ascend, as ours do; the sizes are those of our rows.
const STATEMENTS: &str = r"\set k random(1, 9000000000000000000)
\set j random(1, 9000000000000000000)
BEGIN;
SELECT pg_advisory_xact_lock(:k);
SELECT fingerprint, answer FROM intake.saved_answer WHERE actor = 'person:01a1e8d7-0000-7000-8000-000000000000' AND request_id = md5((:k)::text)::uuid;
SELECT outlet_id, name, tier, medium, hosts FROM intake.outlet WHERE outlet_id = '01a1e8d7-0000-7000-8000-000000000000';
INSERT INTO intake.report (report_id, outlet_id, outlet_name, tier, medium, content_digest, title, excerpt, url, page, publish_time, register_time, sensitive, view_count, comment_count, repost_count, body_ids) VALUES ((lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7000' || substr(md5((:k)::text), 1, 16))::uuid, '01a1e8d7-0000-7000-8000-000000000000', '信箱', 'TIER_MAILBOX', 'MEDIUM_LETTER', sha256('x'), '河东12号院停水', repeat('希望有关部门尽快派人来看一看', 12), '', '', now(), now(), false, 0, 0, 0, '{}');
WITH answer AS (INSERT INTO intake.saved_answer (actor, request_id, fingerprint, answer, save_time) VALUES ('person:01a1e8d7-0000-7000-8000-000000000000', md5((:k)::text)::uuid, sha256('x'), convert_to(repeat('x', ANSWER), 'UTF8'), now())) INSERT INTO intake.ledger_entry (month, record_id, record, leaf_hash) VALUES (date_trunc('month', now())::date, (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7000' || substr(md5((:j)::text), 1, 16))::uuid, convert_to(repeat('x', RECORD), 'UTF8'), sha256('x'));
COMMIT;
";

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let alone = register(town, 1, plan.seconds).await;
    findings.add("register_alone_ms", "RegisterReport of a letter, one caller: mean", "ms", 1000.0 / alone);
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let ours = register(town, CALLERS, plan.seconds).await;
        town.office.settle().await;
        let script = script(town).await;
        rounds.push((ours, pgbench(town, &script, plan.seconds)));
    }
    findings.add("register_report_per_second", "RegisterReport, 64 callers, durable", "/s", median(rounds.iter().map(|r| r.0).collect()));
    findings.add("pgbench_per_second", "the same statements by pgbench, 64 clients", "/s", median(rounds.iter().map(|r| r.1).collect()));
    findings.add(
        "register_ratio",
        "ratio, median of the rounds (limit: at least 1)",
        "×",
        median(rounds.iter().map(|r| r.0 / r.1).collect()),
    );
}

/// Calls a second.
async fn register(town: &Town, callers: usize, seconds: u64) -> f64 {
    let channel = connect(town.office.addresses.of("intake"), &Trust::Plain).unwrap();
    let (start, publish_time) = (Instant::now(), Some(wire_time(Timestamp::now())));
    let until = start + Duration::from_secs(seconds);
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let (mut intake, token, outlet_id) = (IntakeServiceClient::new(channel.clone()), town.token.clone(), town.outlet_id.clone());
            tokio::spawn(async move {
                let mut done = 0;
                while Instant::now() < until {
                    let letter = letter(caller + CALLERS * done);
                    let request = RegisterReportRequest {
                        request_id: request_id(),
                        outlet_id: outlet_id.clone(),
                        title: letter.title,
                        excerpt: letter.text,
                        publish_time,
                        non_classified: true,
                        ..Default::default()
                    };
                    intake.register_report(with_token(request, &token)).await.unwrap();
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for caller in callers {
        done += caller.await.unwrap();
    }
    done as f64 / start.elapsed().as_secs_f64()
}

/// The statements, with answers and records as long as ours.
async fn script(town: &Town) -> PathBuf {
    let mut connection = PgConnection::connect(&town.county()).await.unwrap();
    let (answer, record): (i32, i32) = sqlx::query_as(
        "SELECT (SELECT avg(octet_length(answer))::int FROM intake.saved_answer),
                (SELECT avg(octet_length(record))::int FROM intake.ledger_entry WHERE record LIKE '%RegisterReport%'::bytea)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let script = town.office.dir.join("register.sql");
    std::fs::write(&script, STATEMENTS.replace("ANSWER", &answer.to_string()).replace("RECORD", &record.to_string())).unwrap();
    script
}

fn pgbench(town: &Town, script: &Path, seconds: u64) -> f64 {
    let mut command = Command::new("pgbench");
    command.args(["--no-vacuum", "--protocol=prepared", "--client=64", "--jobs=2"]);
    command.arg(format!("--time={seconds}")).arg(format!("--file={}", script.display())).arg(town.beside());
    let output = command.output().expect("pgbench is not installed: it comes with Debian's postgresql");
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = line.and_then(|line| line.split(' ').next()).and_then(|tps| tps.parse().ok());
    tps.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
}
