//! Measures, in one run on one machine: `RegisterReport` by 64 concurrent callers against PostgreSQL itself doing the same rows.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, missing_docs, reason = "a tool for the people who build it")]

use std::time::{Duration, Instant};

use chassis::{Clock, peers::connect, testing::with_token, wire_time};
use huiying::{client::Addresses, demo, story};
use huiying_proto::{
    directory::Role,
    intake::{RegisterOutletRequest, RegisterReportRequest, intake_service_client::IntakeServiceClient, outlet::Medium, outlet::Tier},
};
use sqlx::{Connection, PgConnection};

const CALLERS: usize = 64;

#[tokio::main]
async fn main() {
    let seconds: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(5);
    let (cluster, dir) = huiying_tests::processes::cluster("load");
    cluster.create_database("county").unwrap();
    let urls = (cluster.url("county", "huiying"), cluster.url("county", "huiying_SERVICE").replace("SERVICE", "{service}"));
    let admin = urls.0.clone();
    let clock = Clock::manual(story::begin().unwrap());
    let plan = demo::OfficePlan { name: story::PUBLIC_NAME, urls, listen: "127.0.0.1:0", clock: clock.clone(), superior: None };
    let office = demo::open_office(plan).await.unwrap();
    let token = office.issuer.service("load", &[Role::System], clock.now(), 86_400).unwrap();
    let channel = connect(Addresses::one(&office.address).of("intake")).unwrap();
    let outlet = RegisterOutletRequest {
        request_id: huiying::client::request_id(),
        name: "信箱".into(),
        tier: Tier::Mailbox.into(),
        medium: Medium::Letter.into(),
        hosts: vec![],
    };
    let outlet =
        IntakeServiceClient::new(channel.clone()).register_outlet(with_token(outlet, &token)).await.unwrap().into_inner().outlet.unwrap();
    let until = Instant::now() + Duration::from_secs(seconds);
    let callers = (0..CALLERS).map(|caller| {
        let (mut intake, token, outlet_id) = (IntakeServiceClient::new(channel.clone()), token.clone(), outlet.outlet_id.clone());
        let publish_time = Some(wire_time(clock.now()));
        tokio::spawn(async move {
            let mut done = 0_u64;
            while Instant::now() < until {
                let request = RegisterReportRequest {
                    request_id: huiying::client::request_id(),
                    outlet_id: outlet_id.clone(),
                    title: format!("第{caller}-{done}件"),
                    excerpt: "路灯不亮,请修复。".into(),
                    publish_time,
                    non_classified: true,
                    ..Default::default()
                };
                intake.register_report(with_token(request, &token)).await.unwrap();
                done += 1;
            }
            done
        })
    });
    let mut registered = 0;
    for caller in callers.collect::<Vec<_>>() {
        registered += caller.await.unwrap();
    }
    office.end().await.unwrap();
    let rows = plain_rows(&admin, seconds).await;
    println!(
        "RegisterReport: {} /s; PostgreSQL alone, three inserts a transaction, {CALLERS} connections: {} /s",
        registered / seconds,
        rows / seconds
    );
    println!(
        "{{\"register_report_per_second\":{},\"postgresql_per_second\":{},\"ratio\":{:.2}}}",
        registered / seconds,
        rows / seconds,
        registered as f64 / rows as f64
    );
    cluster.stop().unwrap();
    drop(std::fs::remove_dir_all(dir));
}

async fn plain_rows(url: &str, seconds: u64) -> u64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    for table in ["r", "s", "l"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE TABLE {table} (id uuid PRIMARY KEY, a text, b bytea)")))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    let until = Instant::now() + Duration::from_secs(seconds);
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let mut connection = PgConnection::connect(&url).await.unwrap();
                let mut done = 0;
                while Instant::now() < until {
                    let mut tx = connection.begin().await.unwrap();
                    for sql in
                        ["INSERT INTO r VALUES ($1, $2, $3)", "INSERT INTO s VALUES ($1, $2, $3)", "INSERT INTO l VALUES ($1, $2, $3)"]
                    {
                        sqlx::query(sql)
                            .bind(uuid::Uuid::new_v4())
                            .bind("路灯不亮,请修复。")
                            .bind([7_u8; 300].as_slice())
                            .execute(&mut *tx)
                            .await
                            .unwrap();
                    }
                    tx.commit().await.unwrap();
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut total = 0;
    for caller in callers {
        total += caller.await.unwrap();
    }
    total
}
