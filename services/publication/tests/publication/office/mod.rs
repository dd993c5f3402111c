//! The office that the tests act in: its people, an incident with a current line to take, and a channel.

use std::sync::Arc;

use chassis::{
    Press,
    testing::{House, Rig, request_id},
};
use huiying_proto::{
    directory::{Role, body},
    intake::IncidentOpened,
    publication::{self as pb, publication_service_client::PublicationServiceClient as Client},
};
use prost::{Message, Name};
use regulation::Rule;
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub use huiying_proto::publication::statement::{Kind, State};

pub const SITE_URL: &str = "https://shahe.example";

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    /// Writes.
    pub staff: Uuid,
    /// Works beside the writer.
    pub colleague: Uuid,
    pub head: Uuid,
    pub leader: Uuid,
    pub principal: Uuid,
    pub incident: Uuid,
    pub bureau: Uuid,
}

/// The office, with an incident that has no line yet.
pub async fn office_without_line() -> Office {
    office_under(regulation::testing::toksun()).await
}

/// The office, with an incident and its current line.
pub async fn office() -> Office {
    let office = office_without_line().await;
    office.line("正在核查").await;
    office
}

/// The office under a rule, with an incident that has no line yet.
pub async fn office_under(rule: Rule) -> Office {
    let rig = Rig::of("2026-11-10 09:00", &[(publication::NAME, &publication::MIGRATOR)]).await;
    let db = rig.db(publication::NAME, &publication::MIGRATOR).await;
    let site = publication::Site { name: "沙河县人民政府办公室".into(), url: format!("{SITE_URL}/") };
    let service = publication::service(
        &db,
        &Arc::new(rule.into()),
        site,
        Press::new(papers::Stationery { office: "沙河县人民政府办公室".into(), font: None }, None),
    );
    let house = rig.serve(vec![service], &["intake"]).await;
    let mut people = house.enrol().await;
    let office = people.body("office", "政务舆情处置办公室", body::Kind::DisposalOffice);
    let group = people.body("group", "政务舆情处置领导小组", body::Kind::LeadingGroup);
    let bureau = people.body("water", "水务局", body::Kind::Unit);
    let staff = people.person("staff", office, &[Role::OfficeStaff]);
    let colleague = people.person("colleague", office, &[Role::OfficeStaff]);
    let head = people.person("head", office, &[Role::OfficeHead]);
    let leader = people.person("leader", group, &[Role::LeaderInCharge]);
    let principal = people.person("principal", group, &[Role::PrincipalLeader]);
    people.told(&house).await;
    let client = Client::new(house.channel.clone());
    let mut office = Office { house, client, staff, colleague, head, leader, principal, incident: Uuid::nil(), bureau };
    office.incident = office.open_incident("2026-0001", "河东供水").await;
    office
}

impl Office {
    pub async fn open_incident(&self, number: &str, title: &str) -> Uuid {
        let id = self.house.new_id();
        let fact = IncidentOpened { incident_id: id.to_string(), number: number.into(), title: title.into(), ..Default::default() };
        self.house.tell("intake", fact).await;
        id
    }

    pub async fn propose_line(&self, by: Uuid, text: &str) -> Result<pb::Line, Status> {
        let message = pb::ProposeLineRequest { request_id: request_id(), incident_id: self.incident.to_string(), text: text.into() };
        Ok(self.client.clone().propose_line(self.house.ask(by, message)).await?.into_inner().line.unwrap())
    }

    pub async fn approve_line(&self, by: Uuid, line: &pb::Line) -> Result<pb::Line, Status> {
        let message = pb::ApproveLineRequest { request_id: request_id(), line_id: line.line_id.clone(), etag: line.etag.clone() };
        Ok(self.client.clone().approve_line(self.house.ask(by, message)).await?.into_inner().line.unwrap())
    }

    /// Makes a line current.
    pub async fn line(&self, text: &str) -> pb::Line {
        let line = self.propose_line(self.staff, text).await.unwrap();
        self.approve_line(self.leader, &line).await.unwrap()
    }

    pub async fn draft_by(&self, by: Uuid, kind: Kind, title: &str, text: &str) -> Result<pb::Statement, Status> {
        let message = pb::DraftStatementRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            kind: kind.into(),
            title: title.into(),
            text: text.into(),
        };
        Ok(self.client.clone().draft_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn draft(&self, title: &str, text: &str) -> pb::Statement {
        self.draft_by(self.staff, Kind::Full, title, text).await.unwrap()
    }

    pub async fn revise(&self, by: Uuid, seen: &pb::Statement, title: &str, text: &str) -> Result<pb::Statement, Status> {
        let message = pb::ReviseStatementRequest {
            request_id: request_id(),
            statement_id: seen.statement_id.clone(),
            etag: seen.etag.clone(),
            title: title.into(),
            text: text.into(),
        };
        Ok(self.client.clone().revise_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn submit(&self, by: Uuid, seen: &pb::Statement) -> Result<pb::Statement, Status> {
        let message =
            pb::SubmitStatementRequest { request_id: request_id(), statement_id: seen.statement_id.clone(), etag: seen.etag.clone() };
        Ok(self.client.clone().submit_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    /// Reviews, confirming: not classified, no personal data, facts checked.
    pub async fn review_with(&self, by: Uuid, seen: &pb::Statement, confirmed: [bool; 3]) -> Result<pb::Statement, Status> {
        let [non_classified, no_personal_data, facts_checked] = confirmed;
        let message = pb::ReviewStatementRequest {
            request_id: request_id(),
            statement_id: seen.statement_id.clone(),
            etag: seen.etag.clone(),
            non_classified,
            no_personal_data,
            facts_checked,
        };
        Ok(self.client.clone().review_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn review(&self, by: Uuid, seen: &pb::Statement) -> Result<pb::Statement, Status> {
        self.review_with(by, seen, [true; 3]).await
    }

    pub async fn send_back(&self, by: Uuid, seen: &pb::Statement, reason: &str) -> Result<pb::Statement, Status> {
        let message = pb::ReturnStatementRequest {
            request_id: request_id(),
            statement_id: seen.statement_id.clone(),
            etag: seen.etag.clone(),
            reason: reason.into(),
        };
        Ok(self.client.clone().return_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn approve_text(&self, by: Uuid, seen: &pb::Statement, text_sha256: &str) -> Result<pb::Statement, Status> {
        let message = pb::ApproveStatementRequest {
            request_id: request_id(),
            statement_id: seen.statement_id.clone(),
            etag: seen.etag.clone(),
            text_sha256: text_sha256.into(),
        };
        Ok(self.client.clone().approve_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn approve(&self, by: Uuid, seen: &pb::Statement) -> Result<pb::Statement, Status> {
        self.approve_text(by, seen, &seen.text_sha256).await
    }

    pub async fn release_through(&self, by: Uuid, seen: &pb::Statement, channels: &[String]) -> Result<pb::Release, Status> {
        let message = pb::ReleaseStatementRequest {
            request_id: request_id(),
            statement_id: seen.statement_id.clone(),
            etag: seen.etag.clone(),
            channel_ids: channels.to_vec(),
        };
        Ok(self.client.clone().release_statement(self.house.ask(by, message)).await?.into_inner().release.unwrap())
    }

    pub async fn release(&self, by: Uuid, seen: &pb::Statement) -> Result<pb::Release, Status> {
        let portal = self.register_channel(self.head, "政府门户网站", "https://shahe.example/").await?;
        self.release_through(by, seen, &[portal.channel_id]).await
    }

    pub async fn submitted(&self, title: &str, text: &str) -> pb::Statement {
        let draft = self.draft(title, text).await;
        self.submit(self.staff, &draft).await.unwrap()
    }

    pub async fn reviewed(&self, title: &str, text: &str) -> pb::Statement {
        let submitted = self.submitted(title, text).await;
        self.review(self.head, &submitted).await.unwrap()
    }

    pub async fn approved(&self, title: &str, text: &str) -> pb::Statement {
        let reviewed = self.reviewed(title, text).await;
        self.approve(self.principal, &reviewed).await.unwrap()
    }

    pub async fn released(&self, title: &str, text: &str) -> pb::Release {
        let approved = self.approved(title, text).await;
        self.release(self.staff, &approved).await.unwrap()
    }

    pub async fn get(&self, by: Uuid, statement_id: &str) -> Result<pb::Statement, Status> {
        let message = pb::GetStatementRequest { statement_id: statement_id.into() };
        Ok(self.client.clone().get_statement(self.house.ask(by, message)).await?.into_inner().statement.unwrap())
    }

    pub async fn register_channel(&self, by: Uuid, name: &str, url: &str) -> Result<pb::Channel, Status> {
        let message = pb::RegisterChannelRequest { request_id: request_id(), name: name.into(), url: url.into() };
        Ok(self.client.clone().register_channel(self.house.ask(by, message)).await?.into_inner().channel.unwrap())
    }

    pub async fn releases(&self, by: Uuid, incident: &str) -> Vec<pb::Release> {
        let message = pb::ListReleasesRequest { incident_id: incident.into(), ..Default::default() };
        self.client.clone().list_releases(self.house.ask(by, message)).await.unwrap().into_inner().releases
    }

    /// The facts of one type that publication told, oldest first.
    pub async fn told<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told(publication::NAME).await
    }
}
