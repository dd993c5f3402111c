//! Registering reports one by one, through the contract.

use std::time::Duration;

use crate::office::{BUS, Office, PLANT, WATER, office, sighting};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    directory::Role,
    intake::{self as pb, outlet::Tier, report::State},
};
use sqlx::{Connection, PgConnection};
use tonic::Code;

#[tokio::test]
async fn a_registered_report_carries_its_outlet_s_level_and_is_told_without_its_text() {
    let office = office().await;
    let message = pb::RegisterReportRequest {
        excerpt: PLANT.into(),
        page: "头版".into(),
        sensitive: true,
        view_count: 7,
        ..sighting(&office.paper, "搅拌站扰民", PLANT)
    };
    let report = office.register_by(office.collector, message).await.unwrap();
    assert_eq!((report.outlet_name.as_str(), report.tier(), report.state()), ("X市日报", Tier::City, State::Registered));
    assert_eq!((report.excerpt.as_str(), report.page.as_str(), report.incident_id.as_str()), (PLANT, "头版", ""));
    let told = office.told::<pb::ReportRegistered>().await.remove(0).report.unwrap();
    assert_eq!((told.report_id, told.excerpt.as_str(), told.sensitive, told.view_count), (report.report_id, "", true, 7));
}

#[tokio::test]
async fn the_same_sighting_under_an_outlet_s_own_id_is_registered_once_and_another_is_refused() {
    let office = office().await;
    let message = pb::RegisterReportRequest { external_id: "A1".into(), ..sighting(&office.paper, "搅拌站扰民", PLANT) };
    let first = office.register_by(office.staff, message.clone()).await.unwrap();
    let again = office
        .register_by(office.staff, pb::RegisterReportRequest { request_id: chassis::testing::request_id(), ..message.clone() })
        .await
        .unwrap();
    assert_eq!(first.report_id, again.report_id);
    let other = pb::RegisterReportRequest { request_id: chassis::testing::request_id(), title: "另一件事".into(), ..message };
    assert_refused(office.register_by(office.staff, other).await, Code::AlreadyExists, "REPORT_DUPLICATE");
    assert_eq!(office.told::<pb::ReportRegistered>().await.len(), 1);
}

#[tokio::test]
async fn many_callers_share_transactions_and_the_refused_among_them_spoil_nothing() {
    let office = office().await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..120 {
        let message = match n % 4 {
            0 => sighting(&office.house.new_id().to_string(), "不存在的来源", PLANT),
            // One and the same sighting, from many at once.
            1 => pb::RegisterReportRequest { external_id: "S".into(), excerpt: BUS.into(), ..sighting(&office.paper, "同一篇", BUS) },
            _ => pb::RegisterReportRequest { external_id: format!("N{n}"), ..sighting(&office.paper, &format!("第{n}篇"), WATER) },
        };
        let (mut client, ask) = (office.client.clone(), office.house.ask(office.staff, message));
        calls.spawn(async move { (n, client.register_report(ask).await) });
    }
    let mut same = std::collections::HashSet::new();
    while let Some(done) = calls.join_next().await {
        let (n, outcome) = done.unwrap();
        match n % 4 {
            0 => assert_refused(outcome, Code::NotFound, "OUTLET_UNKNOWN"),
            1 => drop(same.insert(outcome.unwrap().into_inner().report.unwrap().report_id)),
            _ => assert_eq!(outcome.unwrap().into_inner().report.unwrap().title, format!("第{n}篇")),
        }
    }
    assert_eq!(same.len(), 1);
    assert_eq!(office.told::<pb::ReportRegistered>().await.len(), 61);
    assert_eq!(office.reports(office.staff, "").await.unwrap().len(), 61);
}

#[tokio::test]
async fn two_who_meet_under_one_number_spoil_nothing_for_those_who_share_a_transaction_with_one_of_them() {
    let office = office().await;
    // Too short to be known by their texts.
    let named = |id: String| {
        let (title, text) = (format!("第{id}篇"), format!("第{id}篇的正文"));
        pb::RegisterReportRequest { external_id: id, ..sighting(&office.paper, &title, &text) }
    };
    let register = |id: String| {
        let (mut client, ask) = (office.client.clone(), office.house.ask(office.staff, named(id)));
        tokio::spawn(async move { client.register_report(ask).await })
    };
    // Under each of three numbers another piece is being registered, and not committed yet.
    let mut before = Vec::new();
    for n in 1..=3 {
        before.push(office.placed(named(format!("P{n}"))).await.report_id);
    }
    let mut meeting = Vec::new();
    for (n, before) in (1..).zip(before) {
        let mut other = PgConnection::connect(&office.house.url).await.unwrap();
        sqlx::query("BEGIN").execute(&mut other).await.unwrap();
        let renamed = sqlx::query("UPDATE intake.report SET external_id = $2 WHERE report_id = $1::uuid");
        renamed.bind(before).bind(format!("S{n}")).execute(&mut other).await.unwrap();
        meeting.push(other);
    }
    // Both workers wait, each for one of them; so what comes then shares a transaction.
    let first = register("S1".into());
    waiting(&office, 1).await;
    let second = register("S2".into());
    waiting(&office, 2).await;
    let third = register("S3".into());
    let others: Vec<_> = (0..5).map(|n| register(format!("N{n}"))).collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    sqlx::query("ROLLBACK").execute(&mut meeting[1]).await.unwrap();
    second.await.unwrap().unwrap();
    waiting(&office, 2).await;
    sqlx::query("COMMIT").execute(&mut meeting[2]).await.unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_refused(third.await.unwrap(), Code::AlreadyExists, "REPORT_DUPLICATE");
    sqlx::query("ROLLBACK").execute(&mut meeting[0]).await.unwrap();
    first.await.unwrap().unwrap();
}

/// Waits until so many transactions wait for another.
async fn waiting(office: &Office, expected: i64) {
    let mut store = PgConnection::connect(&office.house.url).await.unwrap();
    let now = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..200 {
        if sqlx::query_scalar::<_, i64>(now).fetch_one(&mut store).await.unwrap() == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("{expected} transactions never waited");
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer() {
    let office = office().await;
    let message = sighting(&office.paper, "搅拌站扰民", PLANT);
    let first = office.register_by(office.staff, message.clone()).await.unwrap();
    assert_eq!(office.register_by(office.staff, message.clone()).await.unwrap(), first);
    let other = pb::RegisterReportRequest { title: "改了".into(), ..message };
    assert_refused(office.register_by(office.staff, other).await, Code::InvalidArgument, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn unknown_outlets_bodies_and_incidents_are_refused() {
    let office = office().await;
    let nobody = office.house.new_id().to_string();
    assert_refused(office.register_by(office.staff, sighting(&nobody, "题", "文")).await, Code::NotFound, "OUTLET_UNKNOWN");
    let message = pb::RegisterReportRequest { body_ids: vec![nobody.clone()], ..sighting(&office.paper, "题", "文") };
    assert_refused(office.register_by(office.staff, message).await, Code::NotFound, "BODY_UNKNOWN");
    let message = pb::RegisterReportRequest { incident_id: nobody, ..sighting(&office.paper, "题", "文") };
    assert_refused(office.register_by(office.staff, message).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert!(office.reports(office.staff, "").await.unwrap().is_empty());
}

#[tokio::test]
async fn bad_input_the_future_and_what_is_not_confirmed_are_refused() {
    let office = office().await;
    let good = || sighting(&office.paper, "题", "文");
    let bad = [
        pb::RegisterReportRequest { outlet_id: "nonsense".into(), ..good() },
        pb::RegisterReportRequest { title: "题".repeat(201), ..good() },
        pb::RegisterReportRequest { excerpt: "文".repeat(20_001), ..good() },
        pb::RegisterReportRequest { excerpt: " \n".into(), ..good() },
        pb::RegisterReportRequest { view_count: -1, ..good() },
        pb::RegisterReportRequest { publish_time: None, ..good() },
        pb::RegisterReportRequest { publish_time: Some(wire_time(moment("2026-11-10 09:02"))), ..good() },
        pb::RegisterReportRequest { body_ids: vec![office.water.to_string(); 2], ..good() },
        pb::RegisterReportRequest { request_id: String::new(), ..good() },
    ];
    for message in bad {
        assert_refused(office.register_by(office.staff, message).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    let message = pb::RegisterReportRequest { non_classified: false, ..good() };
    assert_refused(office.register_by(office.staff, message).await, Code::FailedPrecondition, "NON_CLASSIFIED_NOT_CONFIRMED");
}

#[tokio::test]
async fn who_has_no_such_duty_registers_nothing() {
    let office = office().await;
    for person in [office.leader, office.water_head] {
        assert_refused(office.register_by(person, sighting(&office.paper, "题", "文")).await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    office.register_by(office.officer, sighting(&office.paper, "题", "文")).await.unwrap();
    let ask = office.house.ask_as_service("crawler", &[Role::System], sighting(&office.paper, "题", "文"));
    office.client.clone().register_report(ask).await.unwrap();
}

#[tokio::test]
async fn reports_are_listed_newest_first_page_by_page_and_a_page_of_long_texts_ends_early() {
    let office = office().await;
    for n in 0..90 {
        // 60,000 bytes each.
        office.register_by(office.staff, sighting(&office.paper, &format!("第{n}篇"), &"水".repeat(19_990))).await.unwrap();
    }
    let (mut titles, mut pages, mut page_token) = (Vec::new(), 0, String::new());
    loop {
        let message = pb::ListReportsRequest { incident_id: String::new(), page_size: 1000, page_token };
        let page = office.client.clone().list_reports(office.house.ask(office.staff, message)).await.unwrap().into_inner();
        titles.extend(page.reports.into_iter().map(|r| r.title));
        (pages, page_token) = (pages + 1, page.next_page_token);
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(titles, (0..90).rev().map(|n| format!("第{n}篇")).collect::<Vec<_>>());
    assert_eq!(pages, 2);
    let message = pb::ListReportsRequest { page_token: "???".into(), ..Default::default() };
    let refused = office.client.clone().list_reports(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn what_is_entered_later_carries_when_it_came_in_and_a_witness_who_is_not_the_registrar() {
    let office = office().await;
    let telephone = office.register_outlet("值班电话", Tier::Mailbox, pb::outlet::Medium::Telephone).await.unwrap().outlet_id;
    let entered = |witness: &str, at: Option<&str>| pb::RegisterReportRequest {
        received_time: at.map(|at| wire_time(moment(at))),
        witness_person_id: witness.into(),
        ..sighting(&telephone, "来电反映停水", WATER)
    };
    let witness = office.staff.to_string();
    let report = office.register_by(office.collector, entered(&witness, Some("2026-11-10 08:10"))).await.unwrap();
    assert_eq!((report.received_time, report.witness_person_id.as_str()), (Some(wire_time(moment("2026-11-10 08:10"))), witness.as_str()));
    assert_eq!(office.report(office.staff, &report.report_id).await.unwrap().witness_person_id, witness);
    let told = office.told::<pb::ReportRegistered>().await.remove(0).report.unwrap();
    assert_eq!((told.received_time, told.witness_person_id), (report.received_time, witness.clone()));
    let own = office.register_by(office.staff, entered(&witness, Some("2026-11-10 08:10"))).await;
    assert_refused(own, Code::PermissionDenied, "WITNESS_IS_REGISTRAR");
    let nobody = office.register_by(office.staff, entered(&office.house.new_id().to_string(), Some("2026-11-10 08:10"))).await;
    assert_refused(nobody, Code::NotFound, "WITNESS_UNKNOWN");
    for (witness, at) in [(witness.as_str(), Some("2026-11-11 08:10")), (witness.as_str(), None), ("", Some("2026-11-10 08:10"))] {
        assert_refused(office.register_by(office.collector, entered(witness, at)).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
}
