//! Importing the registry, through the contract.

use crate::office::{Entries, body, delegation, duty, empty, office, people, person, portfolio, position, time};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::directory::{self as pb, Role, body::Kind};
use tonic::Code;
use tonic_types::StatusExt;

#[tokio::test]
async fn an_import_tells_every_entry_once_and_the_same_import_again_tells_nothing_but_is_recorded() {
    let office = empty().await;
    let first = office.import(people()).await.unwrap();
    assert_eq!((first.changed_count, first.unchanged_count), (16, 0));
    assert_eq!((office.fact_count().await, office.records().await.len()), (16, 1));
    let second = office.import(people()).await.unwrap();
    assert_eq!((second.changed_count, second.unchanged_count), (0, 16));
    assert_eq!((office.fact_count().await, office.records().await.len()), (16, 2));
    let record = office.records().await.pop().unwrap();
    assert_eq!((record.actor.unwrap().service_name.as_str(), record.audit.unwrap().clause.as_str()), ("setup", "一"));
}

#[tokio::test]
async fn a_system_administrator_imports_too_and_others_may_not() {
    let office = office().await;
    let message = Entries { request_id: request_id(), persons: vec![person("new", "新人")], ..Entries::default() };
    let answer = office.client.clone().import_directory(office.house.ask(office.admin, message.clone())).await.unwrap().into_inner();
    assert_eq!(answer.changed_count, 1);
    let refused = office.client.clone().import_directory(office.house.ask(office.head, message)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn only_what_changed_is_told_again_under_the_same_id() {
    let office = office().await;
    let before = office.positions().await.into_iter().find(|p| p.title == "干部").unwrap();
    let mut entries = people();
    entries.bodies[2].name = "水务和水利局".into();
    entries.persons[4].name = "郑一鸣".into();
    entries.positions[4].roles = vec![Role::OfficeStaff.into()];
    entries.positions[1].roles = vec![Role::OfficeHead.into(), Role::Collector.into()];
    entries.duties[0].person_code = "head".into();
    let answer = office.import(entries).await.unwrap();
    assert_eq!((answer.changed_count, answer.unchanged_count), (5, 11));
    assert_eq!(office.fact_count().await, 21);
    let told = office.facts::<pb::PositionAppointed>().await.pop().unwrap().position.unwrap();
    let roles: Vec<Role> = told.roles().collect();
    assert_eq!((told.position_id, roles), (before.position_id, vec![Role::OfficeStaff]));
    assert_eq!(office.facts::<pb::BodyRegistered>().await.pop().unwrap().body.unwrap().name, "水务和水利局");
    assert_eq!(office.facts::<pb::PersonRegistered>().await.pop().unwrap().person.unwrap().name, "郑一鸣");
    assert_eq!(office.facts::<pb::DutyScheduled>().await.pop().unwrap().person_id, office.head.to_string());
}

#[tokio::test]
async fn an_end_that_the_list_adds_or_takes_back_is_told_with_the_same_position() {
    let office = office().await;
    let mut entries = people();
    entries.positions[3].end_time = time("2026-12-31 00:00");
    office.import(entries).await.unwrap();
    office.import(people()).await.unwrap();
    let told: Vec<pb::Position> =
        office.facts::<pb::PositionAppointed>().await.into_iter().filter_map(|f| f.position).filter(|p| p.title == "副主任").collect();
    assert_eq!(told.iter().map(|p| p.end_time).collect::<Vec<_>>(), [None, time("2026-12-31 00:00"), None]);
    assert!(told.iter().all(|p| p.position_id == told[0].position_id));
}

#[tokio::test]
async fn bodies_may_come_in_any_order_and_are_told_parents_first() {
    let office = empty().await;
    let bodies = vec![
        body("traffic", "交警大队", Kind::Unit, "police"),
        body("police", "公安局", Kind::Partner, "county"),
        body("county", "县政府", Kind::Unit, ""),
    ];
    office.import(Entries { bodies, ..Entries::default() }).await.unwrap();
    let told: Vec<String> = office.facts::<pb::BodyRegistered>().await.into_iter().map(|f| f.body.unwrap().code).collect();
    assert_eq!(told, ["county", "police", "traffic"]);
    let (police, traffic) = (office.body_id("police").await, office.bodies().await.into_iter().find(|b| b.code == "traffic").unwrap());
    assert_eq!(traffic.parent_body_id, police);
}

#[tokio::test]
async fn a_body_cannot_lie_above_itself() {
    let office = office().await;
    let circle = Entries { bodies: vec![body("office", "县政府办公室", Kind::Unit, "disposal")], ..Entries::default() };
    assert_refused(office.import(circle).await, Code::InvalidArgument, "BODY_ABOVE_ITSELF");
    let itself = Entries { bodies: vec![body("new", "新设机构", Kind::Unit, "new")], ..Entries::default() };
    assert_refused(office.import(itself).await, Code::InvalidArgument, "BODY_ABOVE_ITSELF");
}

#[tokio::test]
async fn an_unknown_code_refuses_the_whole_import_and_says_where_it_stands() {
    let office = empty().await;
    let mut cases: Vec<(Entries, &str)> = vec![(people(), "bodies[1].parent_code"); 9];
    cases[0].0.bodies[1].parent_code = "nowhere".into();
    (cases[1].0.positions[2].person_code, cases[1].1) = ("nobody".into(), "positions[2].person_code");
    (cases[2].0.positions[2].body_code, cases[2].1) = ("nowhere".into(), "positions[2].body_code");
    (cases[3].0.portfolios[0].person_code, cases[3].1) = ("nobody".into(), "portfolios[0].person_code");
    (cases[4].0.portfolios[0].body_codes, cases[4].1) = (vec!["water".into(), "nowhere".into()], "portfolios[0].body_codes[1]");
    (cases[5].0.delegations[0].from_person_code, cases[5].1) = ("nobody".into(), "delegations[0].from_person_code");
    (cases[6].0.delegations[0].to_person_code, cases[6].1) = ("nobody".into(), "delegations[0].to_person_code");
    (cases[7].0.duties[0].person_code, cases[7].1) = ("nobody".into(), "duties[0].person_code");
    // What is no body must not pass as one because a person has that code.
    (cases[8].0.positions[0].body_code, cases[8].1) = ("admin".into(), "positions[0].body_code");
    for (entries, field) in cases {
        let refused = office.import(entries).await;
        let named = refused.as_ref().unwrap_err().get_error_details().error_info().unwrap().metadata["field"].clone();
        assert_eq!(named, field);
        assert_refused(refused, Code::NotFound, "CODE_UNKNOWN");
    }
    assert!(office.bodies().await.is_empty() && office.persons().await.is_empty());
    assert_eq!(office.fact_count().await, 0);
}

#[tokio::test]
async fn periods_and_delegations_that_make_no_sense_are_refused() {
    let office = empty().await;
    let mut entries = people();
    entries.positions[0].end_time = entries.positions[0].start_time;
    assert_refused(office.import(entries).await, Code::InvalidArgument, "PERIOD_INVALID");
    let entries = Entries { delegations: vec![delegation("leader", "head", "2026-11-20 00:00", "2026-11-19 00:00")], ..people() };
    assert_refused(office.import(entries).await, Code::InvalidArgument, "PERIOD_INVALID");
    let entries = Entries { delegations: vec![delegation("leader", "leader", "2026-11-20 00:00", "2026-11-21 00:00")], ..people() };
    assert_refused(office.import(entries).await, Code::InvalidArgument, "DELEGATION_TO_SELF");
    assert!(office.persons().await.is_empty());
}

#[tokio::test]
async fn malformed_entries_are_named_field_by_field() {
    let office = empty().await;
    let entries = Entries {
        bodies: vec![body("Büro", "", Kind::Unspecified, ""), body("same", "甲", Kind::Unit, ""), body("same", "乙", Kind::Unit, "")],
        persons: vec![person("x", &"长".repeat(51))],
        positions: vec![pb::PositionEntry { roles: vec![Role::System.into(), 99], start_time: None, ..position("x", "same", "", &[]) }],
        duties: vec![duty("2026-13-01", "x")],
        ..Entries::default()
    };
    let refused = office.import(entries).await;
    let details = refused.as_ref().unwrap_err().get_error_details();
    let fields: Vec<&str> = details.bad_request().unwrap().field_violations.iter().map(|v| v.field.as_str()).collect();
    let expected = [
        "bodies[0].kind",
        "bodies[0].code",
        "bodies[0].name",
        "persons[0].name",
        "positions[0].start_time",
        "positions[0].title",
        "positions[0].roles[0]",
        "positions[0].roles[1]",
        "duties[0].duty_date",
        "bodies[2]",
    ];
    assert!(expected.iter().all(|field| fields.contains(field)) && fields.len() == expected.len(), "{fields:?}");
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    for entries in
        [Entries::default(), Entries { persons: (0..5001).map(|n| person(&format!("p{n}"), "某")).collect(), ..Entries::default() }]
    {
        assert_refused(office.import(entries).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn a_reference_that_is_no_code_is_malformed_and_not_repeated_in_the_answer() {
    let office = empty().await;
    let long = "x".repeat(100_000);
    let mut entries = people();
    entries.bodies[1].parent_code = long.clone();
    (entries.positions[2].person_code, entries.positions[2].body_code) = (String::new(), long.clone());
    (entries.portfolios[0].person_code, entries.portfolios[0].body_codes) = (long.clone(), vec!["Water".into()]);
    (entries.delegations[0].from_person_code, entries.delegations[0].to_person_code) = (long.clone(), long.clone());
    entries.duties[0].person_code = long;
    let refused = office.import(entries).await;
    assert!(refused.as_ref().unwrap_err().details().len() < 10_000);
    assert_eq!(refused.as_ref().unwrap_err().get_error_details().bad_request().unwrap().field_violations.len(), 8);
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    assert_eq!(office.fact_count().await, 0);
}

#[tokio::test]
async fn a_refusal_of_very_many_entries_still_reaches_the_caller() {
    let office = empty().await;
    let entries = Entries { persons: (0..5000).map(|_| person("Falsch", "")).collect(), ..Entries::default() };
    assert_refused(office.import(entries).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_whole_county_is_imported_at_once() {
    let office = empty().await;
    let persons: Vec<pb::PersonEntry> = (0..2400).map(|n| person(&format!("p{n}"), "某")).collect();
    let positions = persons.iter().map(|p| position(&p.code, "water", "干部", &[Role::UnitHandler])).collect();
    let entries = Entries { bodies: vec![body("water", "水务局", Kind::Unit, "")], persons, positions, ..Entries::default() };
    assert_eq!(office.import(entries.clone()).await.unwrap().changed_count, 4801);
    assert_eq!(office.import(entries).await.unwrap().unchanged_count, 4801);
}

#[tokio::test]
async fn two_imports_at_once_make_one_registry() {
    let office = empty().await;
    let (one, two) = tokio::join!(office.import(people()), office.import(people()));
    assert_eq!(one.unwrap().changed_count + two.unwrap().changed_count, 16);
    assert_eq!(office.fact_count().await, 16);
}

#[tokio::test]
async fn a_leader_s_next_portfolio_ends_the_one_before() {
    let office = office().await;
    let first = office.facts::<pb::PortfolioAssigned>().await.pop().unwrap().portfolio.unwrap();
    let entries = Entries { portfolios: vec![portfolio("leader", &["office"], "2026-11-11 00:00")], ..Entries::default() };
    assert_eq!(office.import(entries.clone()).await.unwrap().changed_count, 1);
    let told: Vec<pb::Portfolio> = office.facts::<pb::PortfolioAssigned>().await.into_iter().filter_map(|f| f.portfolio).collect();
    assert_eq!(told.len(), 3);
    assert_eq!(told[1], pb::Portfolio { end_time: time("2026-11-11 00:00"), ..first });
    assert_eq!(told[2].end_time, None);
    office.import(people()).await.unwrap();
    office.import(entries).await.unwrap();
    assert_eq!(office.facts::<pb::PortfolioAssigned>().await.len(), 3);
}

#[tokio::test]
async fn what_was_ended_or_revoked_by_decision_is_not_brought_back_by_an_older_list() {
    let office = office().await;
    let held = office.positions().await.into_iter().find(|p| p.title == "副主任").unwrap();
    office.end_position(office.admin, &held.position_id, "2026-11-10 12:00").await.unwrap();
    let granted = office.facts::<pb::DelegationGranted>().await.pop().unwrap().delegation.unwrap();
    office.revoke(office.principal, &granted.delegation_id).await.unwrap();
    let facts = office.fact_count().await;
    let answer = office.import(people()).await.unwrap();
    assert_eq!((answer.changed_count, office.fact_count().await), (0, facts));
    office.house.at("2026-11-25 09:00").await;
    assert_eq!(office.roles_of(office.head).await, [Role::OfficeHead]);
}
