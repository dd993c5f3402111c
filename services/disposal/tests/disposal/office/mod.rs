//! The county that the tests act in: its people, two portfolios, a classified incident, and a channel.

mod handling;
mod media;
mod upward;

use std::future::Future;

use chassis::{
    Press,
    testing::{House, Rig, moment, request_id},
    wire_time,
};
use disposal::Superior;
use huiying_proto::{
    assessment::{IncidentClassified, Level},
    directory::{self, Role, body::Kind},
    disposal::{self as pb, disposal_service_client::DisposalServiceClient as Client},
    intake::InvolvedBodiesNamed,
};
use prost::{Message, Name};
use tonic::{Response, Status, transport::Channel};
use uuid::Uuid;

pub use handling::fact;
pub use media::Given;

/// The answer of an rpc, or its refusal.
pub type Asked<T> = Result<T, Status>;

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    pub staff: Uuid,
    pub head: Uuid,
    /// In charge of the water bureau.
    pub lead: Uuid,
    /// In charge of the roads bureau.
    pub other_leader: Uuid,
    pub principal: Uuid,
    pub auditor: Uuid,
    /// The water bureau, and its people.
    pub water: Uuid,
    pub handler: Uuid,
    pub unit_head: Uuid,
    pub officer: Uuid,
    /// The roads bureau, and its handler.
    pub roads: Uuid,
    pub roads_handler: Uuid,
    pub incident: Uuid,
}

/// The county's office on a morning, with no incident yet.
pub async fn quiet_office(superior: Option<Superior>) -> Office {
    let rig = Rig::of("2026-11-10 09:00", &[(disposal::NAME, &disposal::MIGRATOR)]).await;
    let db = rig.db(disposal::NAME, &disposal::MIGRATOR).await;
    let service = disposal::service(
        &db,
        disposal::Office { name: "沙河县人民政府办公室".into(), superior },
        Press::new(papers::Stationery { office: "沙河县人民政府办公室".into(), font: None }, None),
    );
    let house = rig.serve(vec![service], &["intake", "assessment", "publication"]).await;
    let mut people = house.enrol().await;
    let office = people.body("office", "政务舆情处置办公室", Kind::DisposalOffice);
    let group = people.body("group", "政务舆情处置领导小组", Kind::LeadingGroup);
    let water = people.body("water", "县水务局", Kind::Unit);
    let roads = people.body("roads", "县交通运输局", Kind::Unit);
    let lead = people.person("lead", group, &[Role::LeaderInCharge]);
    let other_leader = people.person("other", group, &[Role::LeaderInCharge]);
    people.portfolio(lead, &[water]);
    people.portfolio(other_leader, &[roads]);
    let all = Office {
        client: Client::new(house.channel.clone()),
        staff: people.person("staff", office, &[Role::OfficeStaff]),
        head: people.person("head", office, &[Role::OfficeHead]),
        lead,
        other_leader,
        principal: people.person("principal", group, &[Role::PrincipalLeader]),
        auditor: people.person("auditor", group, &[Role::Auditor]),
        water,
        handler: people.person("handler", water, &[Role::UnitHandler]),
        unit_head: people.person("unit_head", water, &[Role::UnitHead]),
        officer: people.person("officer", water, &[Role::InformationOfficer]),
        roads,
        roads_handler: people.person("roads_handler", roads, &[Role::UnitHandler]),
        incident: house.new_id(),
        house,
    };
    people.told(&all.house).await;
    all
}

/// The county's office, with an important incident of the water bureau.
pub async fn office() -> Office {
    office_under(None).await
}

/// The same, with a superior.
pub async fn office_under(superior: Option<Superior>) -> Office {
    let office = quiet_office(superior).await;
    office.classify(Level::Important, &[office.water]).await;
    office
}

impl Office {
    /// Assessment tells that the incident was classified.
    pub async fn classify(&self, level: Level, bodies: &[Uuid]) {
        let fact = IncidentClassified {
            incident_id: self.incident.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            level: level.into(),
            body_ids: chassis::wire_ids(bodies),
            ..Default::default()
        };
        self.house.tell("assessment", fact).await;
    }

    /// Intake tells which units are involved.
    pub async fn involve(&self, bodies: &[Uuid]) {
        let fact = InvolvedBodiesNamed { incident_id: self.incident.to_string(), body_ids: chassis::wire_ids(bodies) };
        self.house.tell("intake", fact).await;
    }

    /// Directory tells that somebody stands in for another today.
    pub async fn delegate(&self, from: Uuid, to: Uuid) {
        let delegation = directory::Delegation {
            delegation_id: self.house.new_id().to_string(),
            from_person_id: from.to_string(),
            to_person_id: to.to_string(),
            start_time: Some(wire_time(moment("2026-11-10 00:00"))),
            end_time: Some(wire_time(moment("2026-11-11 00:00"))),
            ..Default::default()
        };
        self.house.tell("directory", directory::DelegationGranted { delegation: Some(delegation) }).await;
    }

    /// Disposal's facts of a type, in order, as other services hear them.
    pub async fn facts<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told(disposal::NAME).await
    }

    pub async fn look(&self, by: Uuid) -> Asked<pb::GetCaseResponse> {
        let message = pb::GetCaseRequest { incident_id: self.incident.to_string() };
        inner(self.client.clone().get_case(self.house.ask(by, message))).await
    }

    pub async fn case(&self) -> pb::Case {
        self.look(self.staff).await.unwrap().case.unwrap()
    }

    pub async fn list_cases(&self, by: Uuid, page_size: i32, page_token: &str) -> Asked<pb::ListCasesResponse> {
        let message = pb::ListCasesRequest { page_size, page_token: page_token.into() };
        inner(self.client.clone().list_cases(self.house.ask(by, message))).await
    }

    pub async fn designate(&self, by: Uuid, seen: &pb::Case, leader: Uuid) -> Asked<pb::Case> {
        let message = pb::DesignateLeadRequest {
            request_id: request_id(),
            incident_id: seen.incident_id.clone(),
            etag: seen.etag.clone(),
            leader_person_id: leader.to_string(),
        };
        Ok(inner(self.client.clone().designate_lead(self.house.ask(by, message))).await?.case.unwrap())
    }

    pub async fn close(&self, by: Uuid, seen: &pb::Case) -> Asked<pb::Case> {
        let message = pb::CloseCaseRequest { request_id: request_id(), incident_id: seen.incident_id.clone(), etag: seen.etag.clone() };
        Ok(inner(self.client.clone().close_case(self.house.ask(by, message))).await?.case.unwrap())
    }
}

pub async fn inner<T>(answer: impl Future<Output = Result<Response<T>, Status>>) -> Asked<T> {
    answer.await.map(Response::into_inner)
}
