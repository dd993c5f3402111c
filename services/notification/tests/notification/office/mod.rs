//! The office that the tests act in: its people, two units, and the sources whose facts the test tells.

use std::sync::Arc;

use chassis::{
    Clock,
    testing::{House, Rig, moment, request_id},
    wire_time,
};
use huiying_proto::{
    accountability::ObligationReminded,
    assessment::{IncidentClassified, Level},
    directory::{self, Role, body::Kind},
    disposal::{LeadUndetermined, UnitAssigned},
    event::Record,
    notification::{self as pb, notification_service_client::NotificationServiceClient as Client},
};
use prost::{Message, Name};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub use huiying_proto::notification::notice::State;

/// Whose facts are heard.
pub const SOURCES: [&str; 5] = ["intake", "assessment", "disposal", "publication", "accountability"];

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    pub staff: Uuid,
    pub head: Uuid,
    pub leader: Uuid,
    pub principal: Uuid,
    pub auditor: Uuid,
    /// The water bureau and its people.
    pub water: Uuid,
    pub water_head: Uuid,
    pub water_handler: Uuid,
    /// The traffic bureau and its information officer.
    pub traffic: Uuid,
    pub traffic_officer: Uuid,
    /// The disposal office.
    pub office: Uuid,
    pub incident: Uuid,
}

/// The office and two units.
pub async fn office() -> Office {
    office_whose_head_is(&[Role::OfficeHead]).await
}

async fn serve(rig: Rig) -> House {
    let db = rig.db(notification::NAME, &notification::MIGRATOR).await;
    let service = notification::service(&db, &Arc::new(regulation::testing::toksun().into()));
    rig.serve(vec![service], &SOURCES).await
}

/// The same, its head holding other roles.
pub async fn office_whose_head_is(roles: &[Role]) -> Office {
    let house = serve(Rig::of("2026-11-10 09:00", &[(notification::NAME, &notification::MIGRATOR)]).await).await;
    let mut people = house.enrol().await;
    let office = people.body("office", "政务舆情处置办公室", Kind::DisposalOffice);
    let group = people.body("group", "政务舆情处置领导小组", Kind::LeadingGroup);
    let water = people.body("water", "水务局", Kind::Unit);
    let traffic = people.body("traffic", "交通运输局", Kind::Unit);
    let all = Office {
        staff: people.person("staff", office, &[Role::OfficeStaff]),
        head: people.person("head", office, roles),
        leader: people.person("leader", group, &[Role::LeaderInCharge]),
        principal: people.person("principal", group, &[Role::PrincipalLeader]),
        auditor: people.person("auditor", group, &[Role::Auditor]),
        water_head: people.person("water-head", water, &[Role::UnitHead]),
        water_handler: people.person("water-handler", water, &[Role::UnitHandler]),
        traffic_officer: people.person("traffic-officer", traffic, &[Role::InformationOfficer]),
        client: Client::new(house.channel.clone()),
        incident: house.new_id(),
        water,
        traffic,
        office,
        house,
    };
    people.told(&all.house).await;
    all
}

impl Office {
    /// Ends the house, and opens it again on the same database at another time.
    pub async fn restart(self, civil: &str) -> Office {
        let rig = Rig::on(self.house.url.clone(), Clock::manual(moment(civil)));
        self.house.end().await;
        let house = serve(rig).await;
        Office { client: Client::new(house.channel.clone()), house, ..self }
    }

    /// A unit is given a task: a notice to its people, to be acknowledged.
    pub async fn assign(&self, body: Uuid, title: &str) {
        self.assign_task(body, title, "查明停水原因").await;
    }

    /// The same, with its task.
    pub async fn assign_task(&self, body: Uuid, title: &str, task: &str) {
        let fact = UnitAssigned {
            incident_id: self.incident.to_string(),
            title: title.into(),
            assignment_id: self.house.new_id().to_string(),
            body_id: body.to_string(),
            task: task.into(),
        };
        self.house.tell("disposal", fact).await;
    }

    /// A line is proposed: a notice to the leaders in charge, not to be acknowledged.
    pub async fn propose_line(&self) {
        let fact = huiying_proto::publication::LineProposed {
            incident_id: self.incident.to_string(),
            line_id: self.house.new_id().to_string(),
            person_id: self.staff.to_string(),
        };
        self.house.tell("publication", fact).await;
    }

    /// An incident is classified: as important for the first time, it is told to leaders, units and office.
    pub async fn classify(&self, level: Level, before: Level, bodies: &[Uuid]) {
        let fact = IncidentClassified {
            incident_id: self.incident.to_string(),
            number: "〔2026〕7".into(),
            title: "河东停水".into(),
            level: level.into(),
            previous_level: before.into(),
            body_ids: bodies.iter().map(Uuid::to_string).collect(),
            clauses: vec!["二(三)".into()],
            reason: "核实后调整".into(),
            ..Default::default()
        };
        self.house.tell("assessment", fact).await;
    }

    /// Several leaders could lead: each person is named in the fact.
    pub async fn lead_undetermined(&self, candidates: &[Uuid]) {
        let fact = LeadUndetermined {
            incident_id: self.incident.to_string(),
            title: "河东停水".into(),
            candidate_person_ids: candidates.iter().map(Uuid::to_string).collect(),
        };
        self.house.tell("disposal", fact).await;
    }

    /// A reminder of something owed by a body.
    pub fn reminder(&self, debtor: Uuid, due: Option<&str>) -> ObligationReminded {
        ObligationReminded {
            obligation_id: self.house.new_id().to_string(),
            incident_id: self.incident.to_string(),
            duty_id: "same_day_response".into(),
            name: "当日回应".into(),
            clause: "四(三)".into(),
            debtor_body_id: debtor.to_string(),
            due_time: due.map(|civil| wire_time(moment(civil))),
            stage: "before_due".into(),
            ..Default::default()
        }
    }

    /// Appoints a person to a post for a time.
    pub async fn appoint(&self, person: Uuid, body: Uuid, role: Role, (start, end): (&str, Option<&str>)) {
        let position = directory::Position {
            position_id: self.house.new_id().to_string(),
            person_id: person.to_string(),
            body_id: body.to_string(),
            title: "职务".into(),
            roles: vec![role.into()],
            start_time: Some(wire_time(moment(start))),
            end_time: end.map(|civil| wire_time(moment(civil))),
        };
        self.house.tell("directory", directory::PositionAppointed { position: Some(position) }).await;
    }

    /// Lets one person stand in for another.
    pub async fn delegate(&self, from: Uuid, to: Uuid, (start, end): (&str, &str)) {
        let delegation = directory::Delegation {
            delegation_id: self.house.new_id().to_string(),
            from_person_id: from.to_string(),
            to_person_id: to.to_string(),
            start_time: Some(wire_time(moment(start))),
            end_time: Some(wire_time(moment(end))),
            reason: "外出学习".into(),
        };
        self.house.tell("directory", directory::DelegationGranted { delegation: Some(delegation) }).await;
    }

    pub async fn page(&self, by: Uuid, unread: bool, page_size: i32, page_token: &str) -> Result<pb::ListNoticesResponse, Status> {
        let message = pb::ListNoticesRequest { unread, page_size, page_token: page_token.into() };
        Ok(self.client.clone().list_notices(self.house.ask(by, message)).await?.into_inner())
    }

    /// A person's notices, newest first.
    pub async fn inbox(&self, of: Uuid) -> Vec<pb::Notice> {
        self.page(of, false, 1000, "").await.unwrap().notices
    }

    /// The titles of a person's notices, newest first.
    pub async fn titles(&self, of: Uuid) -> Vec<String> {
        self.inbox(of).await.into_iter().map(|n| n.title).collect()
    }

    pub async fn open(&self, by: Uuid, notice_id: &str) -> Result<pb::Notice, Status> {
        let message = pb::OpenNoticeRequest { request_id: request_id(), notice_id: notice_id.into() };
        let notice = self.client.clone().open_notice(self.house.ask(by, message)).await?.into_inner().notice.unwrap();
        self.house.settle().await;
        Ok(notice)
    }

    pub async fn acknowledge(&self, by: Uuid, notice_id: &str, etag: &str) -> Result<pb::Notice, Status> {
        let message = pb::AcknowledgeNoticeRequest { request_id: request_id(), notice_id: notice_id.into(), etag: etag.into() };
        let notice = self.client.clone().acknowledge_notice(self.house.ask(by, message)).await?.into_inner().notice.unwrap();
        self.house.settle().await;
        Ok(notice)
    }

    pub async fn deliveries(
        &self,
        by: Uuid,
        incident: &str,
        page_size: i32,
        page_token: &str,
    ) -> Result<pb::ListDeliveriesResponse, Status> {
        let message = pb::ListDeliveriesRequest { incident_id: incident.into(), page_size, page_token: page_token.into() };
        Ok(self.client.clone().list_deliveries(self.house.ask(by, message)).await?.into_inner())
    }

    /// Every record of the service's ledger.
    pub async fn records(&self) -> Vec<Record> {
        self.house.ledger(notification::NAME).await
    }

    /// Every fact of a type, in order.
    pub async fn facts<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told(notification::NAME).await
    }
}
