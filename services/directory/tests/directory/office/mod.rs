//! The registry that the tests act in: the bodies and people of an office, imported by the house's setup.

use chassis::{
    testing::{House, Rig, moment, request_id},
    wire_time,
};
use huiying_proto::{
    directory::{self as pb, Role, body::Kind, directory_service_client::DirectoryServiceClient as Client},
    event::Record,
};
use prost::{Message, Name};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub type Entries = pb::ImportDirectoryRequest;

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    /// System administrator.
    pub admin: Uuid,
    pub head: Uuid,
    pub principal: Uuid,
    pub leader: Uuid,
    pub staff: Uuid,
}

/// A service with an empty registry.
pub async fn empty() -> Office {
    let rig = Rig::of("2026-11-10 09:00", &[(directory::NAME, &directory::MIGRATOR)]).await;
    let db = rig.db(directory::NAME, &directory::MIGRATOR).await;
    let house = rig.serve(vec![directory::service(&db)], &[]).await;
    let client = Client::new(house.channel.clone());
    Office { house, client, admin: Uuid::nil(), head: Uuid::nil(), principal: Uuid::nil(), leader: Uuid::nil(), staff: Uuid::nil() }
}

/// The registry with the office's people.
pub async fn office() -> Office {
    let mut office = empty().await;
    office.import(people()).await.unwrap();
    let persons = office.persons().await;
    let id = |code: &str| Uuid::parse_str(&persons.iter().find(|p| p.code == code).unwrap().person_id).unwrap();
    (office.admin, office.head, office.principal, office.leader, office.staff) =
        (id("admin"), id("head"), id("principal"), id("leader"), id("staff"));
    office
}

/// A body below the office, a few people, a portfolio, a delegation and a duty.
pub fn people() -> Entries {
    Entries {
        bodies: vec![
            body("office", "县政府办公室", Kind::Unit, ""),
            body("disposal", "处置办公室", Kind::DisposalOffice, "office"),
            body("water", "水务局", Kind::Unit, ""),
        ],
        persons: ["admin", "head", "principal", "leader", "staff"].map(|code| person(code, code)).to_vec(),
        positions: vec![
            position("admin", "office", "系统管理员", &[Role::SystemAdministrator]),
            position("head", "disposal", "主任", &[Role::OfficeHead]),
            position("principal", "office", "办公室主任", &[Role::PrincipalLeader]),
            position("leader", "office", "副主任", &[Role::LeaderInCharge]),
            position("staff", "disposal", "干部", &[Role::OfficeStaff, Role::Collector]),
        ],
        portfolios: vec![portfolio("leader", &["water"], "2024-03-01 00:00")],
        delegations: vec![delegation("leader", "head", "2026-11-20 00:00", "2026-12-01 00:00")],
        duties: vec![duty("2026-11-10", "staff")],
        ..Entries::default()
    }
}

pub fn body(code: &str, name: &str, kind: Kind, parent: &str) -> pb::BodyEntry {
    pb::BodyEntry { code: code.into(), name: name.into(), kind: kind.into(), parent_code: parent.into() }
}

pub fn person(code: &str, name: &str) -> pb::PersonEntry {
    pb::PersonEntry { code: code.into(), name: name.into() }
}

pub fn position(person: &str, body: &str, title: &str, roles: &[Role]) -> pb::PositionEntry {
    pb::PositionEntry {
        person_code: person.into(),
        body_code: body.into(),
        title: title.into(),
        roles: roles.iter().map(|r| *r as i32).collect(),
        start_time: time("2024-03-01 00:00"),
        end_time: None,
    }
}

pub fn portfolio(leader: &str, bodies: &[&str], start: &str) -> pb::PortfolioEntry {
    pb::PortfolioEntry {
        person_code: leader.into(),
        body_codes: bodies.iter().map(|b| (*b).to_owned()).collect(),
        topics: vec!["供水".into()],
        start_time: time(start),
    }
}

pub fn delegation(from: &str, to: &str, start: &str, end: &str) -> pb::DelegationEntry {
    pb::DelegationEntry {
        from_person_code: from.into(),
        to_person_code: to.into(),
        start_time: time(start),
        end_time: time(end),
        reason: "外出学习".into(),
    }
}

pub fn duty(day: &str, person: &str) -> pb::DutyEntry {
    pb::DutyEntry { duty_date: day.into(), person_code: person.into() }
}

pub fn time(civil: &str) -> Option<prost_types::Timestamp> {
    Some(wire_time(moment(civil)))
}

impl Office {
    /// Imports as the service that sets the house up.
    pub async fn import(&self, entries: Entries) -> Result<pb::ImportDirectoryResponse, Status> {
        let message = Entries { request_id: request_id(), ..entries };
        let answer = self.client.clone().import_directory(self.house.ask_as_service("setup", &[Role::System], message)).await?.into_inner();
        self.house.settle().await;
        Ok(answer)
    }

    pub async fn persons(&self) -> Vec<pb::Person> {
        let message = pb::ListPersonsRequest { page_size: 1000, page_token: String::new() };
        self.client.clone().list_persons(self.house.ask_as_service("setup", &[Role::System], message)).await.unwrap().into_inner().persons
    }

    pub async fn bodies(&self) -> Vec<pb::Body> {
        let message = pb::ListBodiesRequest { page_size: 1000, page_token: String::new() };
        self.client.clone().list_bodies(self.house.ask_as_service("setup", &[Role::System], message)).await.unwrap().into_inner().bodies
    }

    pub async fn positions(&self) -> Vec<pb::Position> {
        let message = pb::ListPositionsRequest { page_size: 1000, page_token: String::new() };
        self.client
            .clone()
            .list_positions(self.house.ask_as_service("setup", &[Role::System], message))
            .await
            .unwrap()
            .into_inner()
            .positions
    }

    pub async fn body_id(&self, code: &str) -> String {
        self.bodies().await.into_iter().find(|b| b.code == code).unwrap().body_id
    }

    pub async fn myself(&self, person: Uuid) -> Result<pb::GetSelfResponse, Status> {
        Ok(self.client.clone().get_self(self.house.ask(person, pb::GetSelfRequest {})).await?.into_inner())
    }

    /// What a person may act in now: titles and bodies' codes do not matter, roles do.
    pub async fn roles_of(&self, person: Uuid) -> Vec<Role> {
        let mut roles: Vec<Role> =
            self.myself(person).await.unwrap().positions.iter().flat_map(|p| p.roles().collect::<Vec<_>>()).collect();
        roles.sort_by_key(|r| *r as i32);
        roles
    }

    pub async fn appoint(&self, by: Uuid, person: Uuid, body: &str, roles: &[Role], start: &str) -> Result<pb::Position, Status> {
        let message = pb::AppointPositionRequest {
            request_id: request_id(),
            person_id: person.to_string(),
            body_id: body.into(),
            title: "科长".into(),
            roles: roles.iter().map(|r| *r as i32).collect(),
            start_time: time(start),
            end_time: None,
        };
        let position = self.client.clone().appoint_position(self.house.ask(by, message)).await?.into_inner().position.unwrap();
        self.house.settle().await;
        Ok(position)
    }

    pub async fn end_position(&self, by: Uuid, position_id: &str, end: &str) -> Result<pb::Position, Status> {
        let message = pb::EndPositionRequest { request_id: request_id(), position_id: position_id.into(), end_time: time(end) };
        let position = self.client.clone().end_position(self.house.ask(by, message)).await?.into_inner().position.unwrap();
        self.house.settle().await;
        Ok(position)
    }

    pub async fn grant(&self, by: Uuid, (from, to): (Uuid, Uuid), (start, end): (&str, &str)) -> Result<pb::Delegation, Status> {
        let message = pb::GrantDelegationRequest {
            request_id: request_id(),
            from_person_id: from.to_string(),
            to_person_id: to.to_string(),
            start_time: time(start),
            end_time: time(end),
            reason: "出差".into(),
        };
        let delegation = self.client.clone().grant_delegation(self.house.ask(by, message)).await?.into_inner().delegation.unwrap();
        self.house.settle().await;
        Ok(delegation)
    }

    pub async fn revoke(&self, by: Uuid, delegation_id: &str) -> Result<pb::Delegation, Status> {
        let message = pb::RevokeDelegationRequest { request_id: request_id(), delegation_id: delegation_id.into() };
        let delegation = self.client.clone().revoke_delegation(self.house.ask(by, message)).await?.into_inner().delegation.unwrap();
        self.house.settle().await;
        Ok(delegation)
    }

    pub async fn duties(&self, from: &str, to: &str) -> Result<Vec<pb::Duty>, Status> {
        let message = pb::ListDutiesRequest { from_date: from.into(), to_date: to.into() };
        Ok(self.client.clone().list_duties(self.house.ask(self.staff, message)).await?.into_inner().duties)
    }

    /// Every record of the service's ledger.
    pub async fn records(&self) -> Vec<Record> {
        self.house.ledger(directory::NAME).await
    }

    /// Every fact of a type, in order.
    pub async fn facts<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told(directory::NAME).await
    }

    /// How many facts there are.
    pub async fn fact_count(&self) -> usize {
        self.records().await.iter().map(|r| r.events.len()).sum()
    }
}
