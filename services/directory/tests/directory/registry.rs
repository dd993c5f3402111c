//! Positions, delegations, duties and lists, through the contract.

use crate::office::{Entries, office, people, position, time};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::directory::{self as pb, Role};
use tonic::Code;
use uuid::Uuid;

#[tokio::test]
async fn an_appointment_gives_its_roles_from_its_start_and_an_end_takes_them() {
    let mut office = office().await;
    let water = office.body_id("water").await;
    let position = office.appoint(office.admin, office.staff, &water, &[Role::UnitHead], "2026-11-11 00:00").await.unwrap();
    assert_eq!(office.roles_of(office.staff).await, [Role::Collector, Role::OfficeStaff]);
    office.house.at("2026-11-11 09:00").await;
    assert_eq!(office.roles_of(office.staff).await, [Role::Collector, Role::UnitHead, Role::OfficeStaff]);
    let ended = office.end_position(office.admin, &position.position_id, "2026-11-12 00:00").await.unwrap();
    assert_eq!((&ended.position_id, ended.end_time), (&position.position_id, time("2026-11-12 00:00")));
    let told = office.facts::<pb::PositionEnded>().await;
    assert_eq!((told.len(), &told[0].position_id, told[0].end_time), (1, &position.position_id, time("2026-11-12 00:00")));
    assert!(office.positions().await.iter().any(|p| p.position_id == position.position_id));
    office.house.at("2026-11-12 09:00").await;
    assert_eq!(office.roles_of(office.staff).await, [Role::Collector, Role::OfficeStaff]);
    assert!(office.positions().await.iter().all(|p| p.position_id != position.position_id));
    // The gate goes by the same roster: who holds no position may not even ask who they are.
    let stranger = office.house.ask(Uuid::from_u128(7), pb::GetSelfRequest {});
    assert_refused(office.client.get_self(stranger).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn the_same_appointment_again_corrects_it() {
    let office = office().await;
    let water = office.body_id("water").await;
    let first = office.appoint(office.admin, office.staff, &water, &[Role::UnitHead], "2026-11-10 00:00").await.unwrap();
    let second = office.appoint(office.admin, office.staff, &water, &[Role::UnitHandler], "2026-11-10 00:00").await.unwrap();
    assert_eq!(first.position_id, second.position_id);
    assert_eq!(office.roles_of(office.staff).await, [Role::Collector, Role::UnitHandler, Role::OfficeStaff]);
}

#[tokio::test]
async fn an_appointment_of_or_to_what_is_not_there_is_refused() {
    let mut office = office().await;
    let water = office.body_id("water").await;
    let nobody = Uuid::from_u128(7);
    assert_refused(
        office.appoint(office.admin, nobody, &water, &[Role::UnitHead], "2026-11-11 00:00").await,
        Code::NotFound,
        "PERSON_UNKNOWN",
    );
    let nowhere = nobody.to_string();
    assert_refused(
        office.appoint(office.admin, office.staff, &nowhere, &[Role::UnitHead], "2026-11-11 00:00").await,
        Code::NotFound,
        "BODY_UNKNOWN",
    );
    let message = pb::AppointPositionRequest {
        request_id: request_id(),
        person_id: office.staff.to_string(),
        body_id: water.clone(),
        title: "局长".into(),
        roles: vec![Role::UnitHead.into()],
        start_time: time("2026-11-11 00:00"),
        end_time: time("2026-11-11 00:00"),
    };
    let refused = office.client.appoint_position(office.house.ask(office.admin, message)).await;
    assert_refused(refused, Code::InvalidArgument, "PERIOD_INVALID");
    for roles in [&[][..], &[Role::System], &[Role::Unspecified]] {
        assert_refused(
            office.appoint(office.admin, office.staff, &water, roles, "2026-11-11 00:00").await,
            Code::InvalidArgument,
            "FIELDS_INVALID",
        );
    }
    assert_refused(
        office.appoint(office.head, office.staff, &water, &[Role::UnitHead], "2026-11-11 00:00").await,
        Code::PermissionDenied,
        "PERMISSION_DENIED",
    );
}

#[tokio::test]
async fn a_position_ends_once_and_not_before_it_began() {
    let office = office().await;
    let position = office.positions().await.into_iter().find(|p| p.title == "干部").unwrap();
    let unknown = Uuid::from_u128(7).to_string();
    assert_refused(office.end_position(office.admin, &unknown, "2026-11-10 12:00").await, Code::NotFound, "POSITION_UNKNOWN");
    assert_refused(office.end_position(office.admin, "nonsense", "2026-11-10 12:00").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(
        office.end_position(office.admin, &position.position_id, "2024-03-01 00:00").await,
        Code::InvalidArgument,
        "PERIOD_INVALID",
    );
    office.end_position(office.admin, &position.position_id, "2026-11-10 09:00").await.unwrap();
    assert_refused(
        office.end_position(office.admin, &position.position_id, "2026-11-10 12:00").await,
        Code::FailedPrecondition,
        "POSITION_ENDED",
    );
}

#[tokio::test]
async fn a_stand_in_acts_in_the_other_s_positions_while_it_lasts_and_until_it_is_revoked() {
    let mut office = office().await;
    let delegation =
        office.grant(office.principal, (office.principal, office.leader), ("2026-11-10 10:00", "2026-11-12 00:00")).await.unwrap();
    assert_eq!(office.roles_of(office.leader).await, [Role::LeaderInCharge]);
    office.house.at("2026-11-10 10:00").await;
    assert_eq!(office.roles_of(office.leader).await, [Role::LeaderInCharge, Role::PrincipalLeader]);
    let myself = office.myself(office.leader).await.unwrap();
    assert_eq!(myself.person.unwrap().person_id, office.leader.to_string());
    assert!(myself.positions.iter().any(|p| p.person_id == office.principal.to_string()));
    let revoked = office.revoke(office.head, &delegation.delegation_id).await.unwrap();
    assert_eq!(revoked.end_time, time("2026-11-10 10:00").map(|t| prost_types::Timestamp { nanos: 1000, ..t }));
    office.house.at("2026-11-10 10:01").await;
    assert_eq!(office.roles_of(office.leader).await, [Role::LeaderInCharge]);
    assert_eq!(office.facts::<pb::DelegationRevoked>().await.len(), 1);
    assert!(office.revoke(office.head, &delegation.delegation_id).await.is_err());
    let other = office.client.get_self(office.house.ask_as_service("setup", &[Role::System], pb::GetSelfRequest {})).await;
    assert_refused(other, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn nobody_grants_themselves_another_s_powers() {
    let office = office().await;
    let when = ("2026-11-10 10:00", "2026-11-12 00:00");
    assert_refused(
        office.grant(office.head, (office.principal, office.head), when).await,
        Code::PermissionDenied,
        "DELEGATION_BY_STAND_IN",
    );
    assert_refused(
        office.grant(office.admin, (office.principal, office.admin), when).await,
        Code::PermissionDenied,
        "DELEGATION_BY_STAND_IN",
    );
    assert_refused(office.grant(office.leader, (office.leader, office.head), when).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_eq!(office.facts::<pb::DelegationGranted>().await.len(), 1);
}

#[tokio::test]
async fn another_s_positions_are_delegated_by_the_system_administrator_alone() {
    let office = office().await;
    let when = ("2026-11-10 10:00", "2026-11-12 00:00");
    assert_refused(office.grant(office.head, (office.leader, office.staff), when).await, Code::PermissionDenied, "DELEGATION_BY_STAND_IN");
    assert_refused(
        office.grant(office.principal, (office.leader, office.head), when).await,
        Code::PermissionDenied,
        "DELEGATION_BY_STAND_IN",
    );
    assert_eq!(office.facts::<pb::DelegationGranted>().await.len(), 1);
    office.grant(office.head, (office.head, office.staff), when).await.unwrap();
    office.grant(office.admin, (office.leader, office.head), when).await.unwrap();
    assert_eq!(office.facts::<pb::DelegationGranted>().await.len(), 3);
}

#[tokio::test]
async fn a_delegation_that_makes_no_sense_is_refused() {
    let office = office().await;
    let when = ("2026-11-10 10:00", "2026-11-12 00:00");
    assert_refused(office.grant(office.principal, (office.leader, office.leader), when).await, Code::InvalidArgument, "DELEGATION_TO_SELF");
    assert_refused(office.grant(office.principal, (office.leader, Uuid::from_u128(7)), when).await, Code::NotFound, "PERSON_UNKNOWN");
    let backwards = ("2026-11-12 00:00", "2026-11-10 10:00");
    assert_refused(office.grant(office.principal, (office.leader, office.head), backwards).await, Code::InvalidArgument, "PERIOD_INVALID");
    assert_refused(office.revoke(office.principal, &Uuid::from_u128(7).to_string()).await, Code::NotFound, "DELEGATION_UNKNOWN");
}

#[tokio::test]
async fn a_day_that_begins_without_a_collector_is_told_of_once() {
    let office = office().await;
    let told = async |days: usize| {
        for _ in 0..100 {
            if office.facts::<pb::DutyUnfilled>().await.len() >= days {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        office.facts::<pb::DutyUnfilled>().await.into_iter().map(|told| told.duty_date).collect::<Vec<_>>()
    };
    // On the 10th somebody collects.
    office.house.at("2026-11-11 00:00").await;
    assert_eq!(told(1).await, ["2026-11-11"]);
    // Down on the 12th, it tells of that day as well.
    office.house.at("2026-11-13 09:00").await;
    assert_eq!(told(3).await, ["2026-11-11", "2026-11-12", "2026-11-13"]);
    office.house.at("2026-11-13 10:00").await;
    assert_eq!(told(3).await.len(), 3);
}

#[tokio::test]
async fn the_office_names_the_collector_of_a_day_and_names_another() {
    let mut office = office().await;
    let message =
        |person: Uuid| pb::ScheduleDutyRequest { request_id: request_id(), duty_date: "2026-11-12".into(), person_id: person.to_string() };
    // Whoever could not compile the register is not put on the roster.
    let refused = office.client.schedule_duty(office.house.ask(office.staff, message(office.head))).await;
    assert_refused(refused, Code::FailedPrecondition, "NOT_A_COLLECTOR");
    let disposal = office.body_id("disposal").await;
    office.appoint(office.admin, office.head, &disposal, &[Role::Collector], "2026-11-13 00:00").await.unwrap();
    let refused = office.client.schedule_duty(office.house.ask(office.staff, message(office.head))).await;
    assert_refused(refused, Code::FailedPrecondition, "NOT_A_COLLECTOR");
    office.appoint(office.admin, office.head, &disposal, &[Role::Collector], "2026-11-12 08:00").await.unwrap();
    for (person, by) in [(office.staff, office.head), (office.head, office.staff)] {
        let duty = office.client.schedule_duty(office.house.ask(by, message(person))).await.unwrap().into_inner().duty.unwrap();
        assert_eq!((duty.duty_date.as_str(), duty.person_id), ("2026-11-12", person.to_string()));
    }
    let duties = office.duties("2026-11-10", "2026-11-12").await.unwrap();
    assert_eq!(duties.iter().map(|d| d.duty_date.as_str()).collect::<Vec<_>>(), ["2026-11-10", "2026-11-12"]);
    assert_eq!(duties[1].person_id, office.head.to_string());
    assert!(office.duties("2026-11-11", "2026-11-11").await.unwrap().is_empty());
    let message =
        pb::ScheduleDutyRequest { request_id: request_id(), duty_date: "2026-11-12".into(), person_id: Uuid::from_u128(7).to_string() };
    assert_refused(office.client.schedule_duty(office.house.ask(office.head, message.clone())).await, Code::NotFound, "PERSON_UNKNOWN");
    let malformed = pb::ScheduleDutyRequest { duty_date: "明天".into(), ..message };
    assert_refused(
        office.client.schedule_duty(office.house.ask(office.head, malformed.clone())).await,
        Code::InvalidArgument,
        "FIELDS_INVALID",
    );
    assert_refused(
        office.client.schedule_duty(office.house.ask(office.leader, malformed)).await,
        Code::PermissionDenied,
        "PERMISSION_DENIED",
    );
}

#[tokio::test]
async fn a_duty_roster_is_asked_for_a_year_at_the_most_and_forwards() {
    let office = office().await;
    assert!(office.duties("2026-01-01", "2027-01-02").await.is_ok());
    assert_refused(office.duties("2026-01-01", "2027-01-03").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.duties("2026-01-02", "2026-01-01").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.duties("", "2026-01-01").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn lists_page_through_everything_once() {
    let mut office = office().await;
    let (mut codes, mut token) = (Vec::new(), String::new());
    loop {
        let message = pb::ListPersonsRequest { page_size: 2, page_token: token };
        let page = office.client.list_persons(office.house.ask(office.staff, message)).await.unwrap().into_inner();
        codes.extend(page.persons.into_iter().map(|p| p.code));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(codes, ["admin", "head", "leader", "principal", "staff"]);
    let (mut titles, mut token) = (Vec::new(), String::new());
    loop {
        let message = pb::ListPositionsRequest { page_size: 2, page_token: token };
        let page = office.client.list_positions(office.house.ask(office.staff, message)).await.unwrap().into_inner();
        titles.extend(page.positions.into_iter().map(|p| p.title));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(titles.len(), 5);
    let message = pb::ListBodiesRequest { page_size: 1, page_token: String::new() };
    let page = office.client.list_bodies(office.house.ask(office.staff, message)).await.unwrap().into_inner();
    assert_eq!((page.bodies[0].code.as_str(), page.next_page_token.is_empty()), ("disposal", false));
    let message = pb::ListBodiesRequest { page_size: 1001, page_token: String::new() };
    assert_refused(office.client.list_bodies(office.house.ask(office.staff, message)).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_superior_platform_reads_nothing_of_the_registry() {
    let mut office = office().await;
    let message = pb::ListPersonsRequest { page_size: 0, page_token: String::new() };
    let refused = office.client.list_persons(office.house.ask_as_service("city", &[Role::SuperiorPlatform], message)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_repeated_import_request_gets_the_saved_answer() {
    let office = office().await;
    let message = Entries { request_id: request_id(), positions: vec![position("staff", "water", "挂职", &[])], ..Entries::default() };
    let ask = || office.house.ask_as_service("setup", &[Role::System], message.clone());
    let first = office.client.clone().import_directory(ask()).await.unwrap().into_inner();
    let second = office.client.clone().import_directory(ask()).await.unwrap().into_inner();
    assert_eq!((first.changed_count, second.changed_count), (1, 1));
    office.house.settle().await;
    assert_eq!(office.facts::<pb::PositionAppointed>().await.len(), people().positions.len() + 1);
}
