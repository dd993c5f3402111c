//! The main job, end to end, through the public contract alone: in one process, and with each service in its own.

mod replaying;

use chassis::{Clock, cluster::Cluster, peers::connect, probe::http_get, tls::Trust};
use disposal::Superior;
use huiying::{
    client::{Addresses, Client, Protocol},
    demo::{self, LossyWay, OfficePlan},
    story::{self, Account, Stage, Telling},
};
use huiying_proto::{
    accountability::{ListObligationsRequest, obligation::State},
    assessment::{GetAssessmentRequest, Level, assessment::State as Assessed},
    directory::Role,
    disposal::{GetEscalationRequest, escalation},
    publication::{GetStatementRequest, ListReleasesRequest},
};
use huiying_tests::processes::{self, Office};
use sha2::{Digest, Sha256};

const YEAR: i64 = 365 * 86_400;

async fn person(stage: &Stage, code: &str) -> Client {
    let token = stage.issuer.service("test", &[Role::System], stage.clock.now(), YEAR).unwrap();
    let setup = Client::new(&stage.county, &token, Protocol::Grpc).unwrap();
    let request = huiying_proto::directory::ListPersonsRequest { page_size: 1000, page_token: String::new() };
    let persons = setup.directory().unwrap().list_persons(request).await.unwrap().into_inner().persons;
    let id = &persons.iter().find(|p| p.code == code).unwrap().person_id;
    let token = stage.issuer.person(id.parse().unwrap(), stage.clock.now(), YEAR).unwrap();
    Client::new(&stage.county, &token, Protocol::Grpc).unwrap()
}

/// What must be true when the story is told, looked at from outside and not taken from the story's own word.
async fn assert_told(stage: &Stage, account: &Account) {
    assert_eq!((account.letters_registered, account.letters_registered_again), (191, 0));
    assert_eq!(account.broken_rows, [3, 5, 7, 9]);
    assert!(account.most_writers >= 10, "{} writers", account.most_writers);
    let clerk = person(stage, "zheng-yiming").await;

    let assessment = |id: &String| GetAssessmentRequest { incident_id: id.clone() };
    let plant = clerk.assessment().unwrap().get_assessment(assessment(&account.plant)).await.unwrap().into_inner().assessment.unwrap();
    assert_eq!((plant.level(), plant.state()), (Level::Important, Assessed::Confirmed));
    for clause in ["二(二)", "二(三)", "二(四)"] {
        let ground = plant.grounds.iter().find(|g| g.clause == clause).unwrap_or_else(|| panic!("no hit of {clause}"));
        assert!(ground.values_json.len() > 2, "{clause} keeps the values it saw");
    }
    let water = clerk.assessment().unwrap().get_assessment(assessment(&account.water)).await.unwrap().into_inner().assessment.unwrap();
    assert!(water.grounds.iter().any(|g| g.clause == "二(一)"));
    let ordinary =
        clerk.assessment().unwrap().get_assessment(assessment(&account.ordinary)).await.unwrap().into_inner().assessment.unwrap();
    assert_eq!((ordinary.level(), ordinary.state()), (Level::Ordinary, Assessed::Overridden));
    assert!(!ordinary.reason.is_empty());

    let releases = clerk.publication().unwrap().list_releases(ListReleasesRequest::default()).await.unwrap().into_inner().releases;
    assert_eq!((releases.len(), account.released.len()), (3, 3));
    let (_, feed) = http_get(stage.county.of("publication"), "/feed.atom").await.unwrap();
    for (statement_id, approved) in &account.released {
        let request = GetStatementRequest { statement_id: statement_id.clone() };
        let statement = clerk.publication().unwrap().get_statement(request).await.unwrap().into_inner().statement.unwrap();
        let release = releases.iter().find(|r| r.statement_id == *statement_id).unwrap();
        let digest = hex::encode(Sha256::digest(format!("{}\n{}", release.title, release.text)));
        assert_eq!((&digest, &statement.approved_sha256, approved), (&release.text_sha256, &release.text_sha256, &release.text_sha256));
        assert!(statement.author_person_id != statement.review_person_id && statement.review_person_id != statement.approve_person_id);
        assert!(feed.contains(&release.release_id));
    }

    let request = GetEscalationRequest { escalation_id: account.escalation.clone() };
    let escalation = clerk.disposal().unwrap().get_escalation(request).await.unwrap().into_inner().escalation.unwrap();
    assert_eq!((escalation.state(), escalation.attempt_count), (escalation::State::Delivered, 2));
    assert_eq!(account.received_by_city, 1);

    let request = ListObligationsRequest { state: State::Breached.into(), page_size: 1000, ..Default::default() };
    let breached = clerk.accountability().unwrap().list_obligations(request).await.unwrap().into_inner().obligations;
    assert!(breached.iter().all(|o| !o.clause.is_empty() && !o.basis.is_empty() && !o.derivation.is_empty()));
    for duty in ["unit_acknowledgement", "unit_feedback_office", "unit_feedback_leader", "daily_reading"] {
        assert!(breached.iter().any(|o| o.duty_id == duty && o.debtor_body_id == account.silent_body), "{duty} is breached");
    }
    let request = ListObligationsRequest {
        incident_id: account.water.clone(),
        state: State::Discharged.into(),
        page_size: 1000,
        ..Default::default()
    };
    let kept = clerk.accountability().unwrap().list_obligations(request).await.unwrap().into_inner().obligations;
    for duty in [
        "same_day_response",
        "national_response",
        "same_day_escalation",
        "leader_report",
        "name_lead",
        "important_bulletin",
        "findings_again",
        "material",
    ] {
        assert!(kept.iter().any(|o| o.duty_id == duty), "{duty} is discharged");
    }
    assert_eq!(account.ledgers.len(), 7);
    let (position, flaw) = account.flaw.clone().unwrap();
    assert!(flaw.contains(&format!("第 {position} 条")), "{flaw}");
}

async fn databases(cluster: &Cluster) {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(&cluster.url("postgres", "huiying")).await.unwrap();
    for name in ["county", "city"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0"))).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_runs_with_all_services_on_one_port_and_the_principal_leader_in_a_browser() {
    let (cluster, dir) = processes::cluster("story");
    databases(&cluster).await;
    let clock = Clock::manual(story::begin().unwrap());
    let urls =
        |database: &str| (cluster.url(database, "huiying"), cluster.url(database, "huiying_SERVICE").replace("SERVICE", "{service}"));
    let city = OfficePlan {
        name: "市政府办公室",
        urls: urls("city"),
        listen: "127.0.0.1:0",
        clock: clock.clone(),
        book: demo::shipped_rule().unwrap(),
        superior: None,
    };
    let city = demo::open_office(city).await.unwrap();
    let way = LossyWay::open(&city.address).await.unwrap();
    let token = city.issuer.service("shahe", &[Role::SubordinatePlatform], clock.now(), YEAR).unwrap();
    let superior = Some(Superior { channel: connect(&way.address, &Trust::Plain).unwrap(), token });
    let county = OfficePlan {
        name: story::PUBLIC_NAME,
        urls: urls("county"),
        listen: "127.0.0.1:0",
        clock: clock.clone(),
        book: replaying::versions(&dir, &[]),
        superior,
    };
    let county = demo::open_office(county).await.unwrap();
    let stage = Stage {
        clock,
        county: Addresses::one(&county.address),
        city: Addresses::one(&city.address),
        issuer: county.issuer.clone(),
        city_issuer: city.issuer.clone(),
        letters: story::sample_letters().unwrap(),
        principal_protocol: Protocol::GrpcWeb,
        receipt_lost: true,
    };
    let mut telling = Telling::silent();
    let account = story::play(&stage, &mut telling).await.unwrap_or_else(|e| panic!("{}: {e}", telling.current_act()));
    assert_told(&stage, &account).await;
    let (auditor, clerk) = (person(&stage, "qu-zhengping").await, person(&stage, "zheng-yiming").await);
    replaying::review(&person(&stage, "zhao-mingyuan").await, &county.address).await;
    replaying::regroup(&clerk, &county.address, (&account.plant, &account.water, &account.ordinary)).await;
    replaying::assert_replays(&auditor, &clerk, &dir).await;
    replaying::assert_explained(&clerk, &account.plant).await;
    assert!(telling.steps().iter().all(|step| !step.clause.is_empty()), "every step cites its clause");
    county.end().await.unwrap();
    city.end().await.unwrap();
    cluster.stop().unwrap();
    drop(std::fs::remove_dir_all(dir));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_main_job_runs_with_each_service_in_a_process_of_its_own() {
    let (cluster, dir) = processes::cluster("processes");
    let clock_file = dir.join("clock");
    let begin = story::begin().unwrap();
    std::fs::write(&clock_file, begin.to_string()).unwrap();
    let clock = Clock::file(clock_file.clone()).unwrap();
    let mut city = Office::prepare(&cluster, &dir, "city", Some(&clock_file), begin, None).await;
    city.start_all().await;
    let way = LossyWay::open(city.addresses.of("disposal")).await.unwrap();
    let token = city.issuer.service("shahe", &[Role::SubordinatePlatform], begin, YEAR).unwrap();
    let mut county = Office::prepare(&cluster, &dir, "county", Some(&clock_file), begin, Some((way.address.clone(), token))).await;
    county.start_all().await;
    let stage = Stage {
        clock,
        county: county.addresses.clone(),
        city: city.addresses.clone(),
        issuer: county.issuer.clone(),
        city_issuer: city.issuer.clone(),
        letters: story::sample_letters().unwrap(),
        principal_protocol: Protocol::GrpcWeb,
        receipt_lost: true,
    };
    let mut telling = Telling::silent();
    let played = story::play(&stage, &mut telling).await;
    let account = played.unwrap_or_else(|e| panic!("{}: {e}\n{}", telling.current_act(), county.logs()));
    assert_told(&stage, &account).await;
    drop((county, city));
    cluster.stop().unwrap();
    drop(std::fs::remove_dir_all(dir));
}
