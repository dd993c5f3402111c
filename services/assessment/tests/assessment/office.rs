//! The office of the tests: its people, and intake as it tells.

use std::sync::Arc;

use chassis::testing::{House, Rig, moment, request_id};
use huiying_proto::{
    assessment::{self as pb, assessment_service_client::AssessmentServiceClient as Client},
    directory::{Role, body::Kind},
    event::Record,
    intake::{
        IncidentMerged, IncidentOpened, IncidentRecounted, InvolvedBodiesNamed, RegroupingUndone, ReportMoved, ReportPlaced,
        outlet::Medium, outlet::Tier, regrouping,
    },
};
use prost::{Message, Name};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    pub body: Uuid,
    pub unit: Uuid,
    pub other_unit: Uuid,
    pub staff: Uuid,
    pub head: Uuid,
    pub leader: Uuid,
    pub handler: Uuid,
    pub other_handler: Uuid,
}

pub async fn office() -> Office {
    let rig = Rig::of("2026-11-10 09:00", &[(assessment::NAME, &assessment::MIGRATOR)]).await;
    let db = rig.db(assessment::NAME, &assessment::MIGRATOR).await;
    let rule = Arc::new(regulation::testing::toksun().into());
    let house = rig.serve(vec![assessment::service(&db, &rule)], &["intake"]).await;
    let mut people = house.enrol().await;
    let body = people.body("office", "政务舆情处置办公室", Kind::DisposalOffice);
    let unit = people.body("water", "县水利局", Kind::Unit);
    let other_unit = people.body("roads", "县交通局", Kind::Unit);
    let all = Office {
        staff: people.person("staff", body, &[Role::OfficeStaff]),
        head: people.person("head", body, &[Role::OfficeHead]),
        leader: people.person("leader", body, &[Role::LeaderInCharge]),
        handler: people.person("handler", unit, &[Role::UnitHandler]),
        other_handler: people.person("other-handler", other_unit, &[Role::UnitHandler]),
        client: Client::new(house.channel.clone()),
        house,
        body,
        unit,
        other_unit,
    };
    people.told(&all.house).await;
    all
}

/// A letter to the leader mailbox.
pub fn letter(writers: i64) -> ReportPlaced {
    ReportPlaced { tier: Tier::Mailbox.into(), medium: Medium::Letter.into(), distinct_writers: writers, ..Default::default() }
}

/// A sensitive report of some outlet.
pub fn report(tier: Tier, medium: Medium) -> ReportPlaced {
    ReportPlaced { tier: tier.into(), medium: medium.into(), sensitive: true, ..Default::default() }
}

impl Office {
    /// Opens an incident that involves the water bureau.
    pub async fn incident(&self) -> Uuid {
        let id = self.house.new_id();
        self.open(id).await;
        id
    }

    pub async fn open(&self, id: Uuid) {
        let opened = IncidentOpened {
            incident_id: id.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            first_report_time: Some(chassis::wire_time(moment("2026-11-10 08:30"))),
            body_ids: vec![self.unit.to_string()],
        };
        self.house.tell("intake", opened).await;
    }

    /// Has a report placed in an incident.
    pub async fn place(&self, incident: Uuid, report: ReportPlaced) -> Uuid {
        let id = self.house.new_id();
        self.place_as(id, incident, report).await;
        id
    }

    pub async fn place_as(&self, id: Uuid, incident: Uuid, report: ReportPlaced) {
        self.place_from(id, incident, "2026-11-10 08:30", report).await;
    }

    /// A report is placed in an incident, whose first report is then of this time.
    pub async fn place_from(&self, id: Uuid, incident: Uuid, first: &str, report: ReportPlaced) {
        let placed = ReportPlaced {
            incident_id: incident.to_string(),
            report_id: id.to_string(),
            incident_number: "2026-0001".into(),
            incident_title: "河东供水".into(),
            first_report_time: Some(chassis::wire_time(moment(first))),
            body_ids: vec![self.unit.to_string()],
            ..report
        };
        self.house.tell("intake", placed).await;
    }

    pub async fn move_report(&self, report: Uuid, from: Uuid, to: Uuid) {
        let moved = ReportMoved {
            incident_id: to.to_string(),
            from_incident_id: from.to_string(),
            report_id: report.to_string(),
            reason: "另一件事".into(),
            regrouping_id: String::new(),
        };
        self.house.tell("intake", moved).await;
    }

    /// Intake tells that an incident was merged into another.
    pub async fn merge(&self, from: (Uuid, &str), into: (Uuid, &str)) {
        let merged = IncidentMerged {
            incident_id: from.0.to_string(),
            number: from.1.into(),
            into_incident_id: into.0.to_string(),
            into_number: into.1.into(),
            ..Default::default()
        };
        self.house.tell("intake", merged).await;
    }

    /// Intake tells that such a merge was taken back.
    pub async fn part(&self, merged: (Uuid, &str), left: Uuid) {
        let undone = RegroupingUndone {
            incident_id: merged.0.to_string(),
            number: merged.1.into(),
            left_incident_id: left.to_string(),
            kind: regrouping::Kind::Merge.into(),
            ..Default::default()
        };
        self.house.tell("intake", undone).await;
    }

    /// Intake tells what an incident adds up to without the reports that left it.
    pub async fn recount(&self, incident: Uuid, report_count: i64, distinct_writers: i64) {
        let incident_id = incident.to_string();
        self.house.tell("intake", IncidentRecounted { incident_id, report_count, distinct_writers, ..Default::default() }).await;
    }

    pub async fn involve(&self, incident: Uuid, bodies: &[Uuid]) {
        let named = InvolvedBodiesNamed { incident_id: incident.to_string(), body_ids: chassis::wire_ids(bodies) };
        self.house.tell("intake", named).await;
    }

    pub async fn get(&self, by: Uuid, incident: Uuid) -> Result<pb::Assessment, Status> {
        let message = pb::GetAssessmentRequest { incident_id: incident.to_string() };
        Ok(self.client.clone().get_assessment(self.house.ask(by, message)).await?.into_inner().assessment.unwrap())
    }

    pub async fn assessment(&self, incident: Uuid) -> pb::Assessment {
        self.get(self.staff, incident).await.unwrap()
    }

    /// The incidents that a caller finds in the list.
    pub async fn listed(&self, by: Uuid, waiting: bool) -> Vec<String> {
        let message = pb::ListAssessmentsRequest { waiting, ..Default::default() };
        let answer = self.client.clone().list_assessments(self.house.ask(by, message)).await.unwrap().into_inner();
        answer.assessments.into_iter().map(|a| a.incident_id).collect()
    }

    pub async fn confirm(&self, by: Uuid, seen: &pb::Assessment, grade: pb::EventGrade) -> Result<pb::Assessment, Status> {
        let message = pb::ConfirmAssessmentRequest {
            request_id: request_id(),
            incident_id: seen.incident_id.clone(),
            etag: seen.etag.clone(),
            grade: grade.into(),
        };
        Ok(self.client.clone().confirm_assessment(self.house.ask(by, message)).await?.into_inner().assessment.unwrap())
    }

    pub async fn override_level(&self, by: Uuid, seen: &pb::Assessment, level: pb::Level, reason: &str) -> Result<pb::Assessment, Status> {
        let message = pb::OverrideAssessmentRequest {
            request_id: request_id(),
            incident_id: seen.incident_id.clone(),
            etag: seen.etag.clone(),
            level: level.into(),
            grade: pb::EventGrade::None.into(),
            reason: reason.into(),
        };
        Ok(self.client.clone().override_assessment(self.house.ask(by, message)).await?.into_inner().assessment.unwrap())
    }

    pub async fn record_factors(&self, by: Uuid, seen: &pb::Assessment, factors: pb::Factors) -> Result<pb::Assessment, Status> {
        let message = pb::RecordFactorsRequest {
            request_id: request_id(),
            incident_id: seen.incident_id.clone(),
            etag: seen.etag.clone(),
            factors: Some(factors),
        };
        Ok(self.client.clone().record_factors(self.house.ask(by, message)).await?.into_inner().assessment.unwrap())
    }

    pub async fn trend(&self, by: Uuid, incident: Uuid, hours: i32, forecast_hours: i32) -> Result<pb::Trend, Status> {
        let message = pb::GetTrendRequest { incident_id: incident.to_string(), hours, forecast_hours };
        Ok(self.client.clone().get_trend(self.house.ask(by, message)).await?.into_inner().trend.unwrap())
    }

    /// How many reports appeared in the last hours.
    pub async fn pieces(&self, incident: Uuid) -> i64 {
        self.trend(self.staff, incident, 12, 0).await.unwrap().hours.iter().map(|hour| hour.report_count).sum()
    }

    /// Every factor, or the current ones, page by page, the newest first.
    pub async fn factors(&self, by: Uuid, incident: Uuid, current: bool) -> Result<Vec<pb::Factor>, Status> {
        let (mut factors, mut page_token) = (Vec::new(), String::new());
        loop {
            let message = pb::ListFactorsRequest { incident_id: incident.to_string(), current, page_size: 3, page_token };
            let answer = self.client.clone().list_factors(self.house.ask(by, message)).await?.into_inner();
            factors.extend(answer.factors);
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(factors);
            }
        }
    }

    /// Every hit on an incident, or those of a test, page by page.
    pub async fn grounds(&self, by: Uuid, incident: Uuid, test: &str) -> Result<Vec<pb::Ground>, Status> {
        let (mut grounds, mut page_token) = (Vec::new(), String::new());
        loop {
            let message = pb::ListGroundsRequest { incident_id: incident.to_string(), test_id: test.into(), page_size: 3, page_token };
            let answer = self.client.clone().list_grounds(self.house.ask(by, message)).await?.into_inner();
            grounds.extend(answer.grounds);
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(grounds);
            }
        }
    }

    /// Every step of an incident's level, page by page, the newest first.
    pub async fn level_changes(&self, by: Uuid, incident: Uuid) -> Result<Vec<pb::LevelChange>, Status> {
        let (mut changes, mut page_token) = (Vec::new(), String::new());
        loop {
            let message = pb::ListLevelChangesRequest { incident_id: incident.to_string(), page_size: 2, page_token };
            let answer = self.client.clone().list_level_changes(self.house.ask(by, message)).await?.into_inner();
            changes.extend(answer.level_changes);
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return Ok(changes);
            }
        }
    }

    pub async fn file_opinion(&self, by: Uuid, incident: Uuid, text: &str) -> Result<pb::Opinion, Status> {
        let message = pb::FileOpinionRequest { request_id: request_id(), incident_id: incident.to_string(), text: text.into(), level: 0 };
        Ok(self.client.clone().file_opinion(self.house.ask(by, message)).await?.into_inner().opinion.unwrap())
    }

    /// Every fact of a kind that assessment told, with the record it came in.
    pub async fn told<F: Message + Name + Default>(&self) -> Vec<(F, Record)> {
        let mut told = Vec::new();
        for record in self.house.ledger("assessment").await {
            for event in record.events.iter().filter(|e| e.r#type == F::full_name()) {
                told.push((F::decode(event.payload.clone()).unwrap(), record.clone()));
            }
        }
        told
    }
}
