//! The office that the tests act in: its people, an incident, and the facts that others tell of it.

pub mod case;

use std::{sync::Arc, time::Duration};

use chassis::{
    Clock, Press,
    testing::{House, Rig, moment},
    wire_time,
};
use huiying_proto::{
    accountability::{self as pb, accountability_service_client::AccountabilityServiceClient as Client},
    assessment::{EventGrade, IncidentClassified, Level},
    directory::{Role, body::Kind},
    disposal as dp,
    event::Record,
    intake as it, publication as pub_,
};
use prost::{Message, Name};
use regulation::RuleBook;
use sqlx::{Connection, PgConnection};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub use pb::obligation::State;

const SOURCES: [&str; 5] = ["intake", "assessment", "disposal", "publication", "notification"];

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    pub people: People,
    pub incident: Uuid,
}

#[derive(Clone, Copy)]
pub struct People {
    pub staff: Uuid,
    pub head: Uuid,
    pub leader: Uuid,
    pub other_leader: Uuid,
    pub principal: Uuid,
    pub auditor: Uuid,
    pub collector: Uuid,
    /// The water bureau, its principal and a handler.
    pub bureau: Uuid,
    pub bureau_head: Uuid,
    pub handler: Uuid,
    /// Another unit.
    pub school: Uuid,
    pub school_head: Uuid,
    /// A section, its head, who is of the office too.
    pub section: Uuid,
    pub section_head: Uuid,
}

async fn serve(rig: Rig, book: RuleBook) -> House {
    let db = rig.db(accountability::NAME, &accountability::MIGRATOR).await;
    let service = accountability::service(
        &db,
        &Arc::new(book),
        Press::new(papers::Stationery { office: "沙河县人民政府办公室".into(), font: None }, None),
    );
    rig.serve(vec![service], &SOURCES).await
}

/// The office on Tuesday 2026-11-10 at 09:00, with an incident.
pub async fn office() -> Office {
    let house = serve(
        Rig::of("2026-11-10 09:00", &[(accountability::NAME, &accountability::MIGRATOR)]).await,
        regulation::testing::toksun().into(),
    )
    .await;
    let mut people = house.enrol().await;
    let office = people.body("office", "政务舆情处置办公室", Kind::DisposalOffice);
    let group = people.body("group", "政务舆情处置领导小组", Kind::LeadingGroup);
    let bureau = people.body("water", "水务局", Kind::Unit);
    let school = people.body("school", "教育局", Kind::Unit);
    let section = people.body("section", "信息科", Kind::Section);
    let everybody = People {
        staff: people.person("staff", office, &[Role::OfficeStaff]),
        head: people.person("head", office, &[Role::OfficeHead]),
        leader: people.person("leader", group, &[Role::LeaderInCharge]),
        other_leader: people.person("other-leader", group, &[Role::LeaderInCharge]),
        principal: people.person("principal", group, &[Role::PrincipalLeader]),
        auditor: people.person("auditor", office, &[Role::Auditor]),
        collector: people.person("collector", office, &[Role::Collector]),
        bureau,
        bureau_head: people.person("bureau-head", bureau, &[Role::UnitHead]),
        handler: people.person("handler", bureau, &[Role::UnitHandler]),
        school,
        school_head: people.person("school-head", school, &[Role::UnitHead]),
        section,
        section_head: people.person("section-head", section, &[Role::OfficeHead]),
    };
    people.told(&house).await;
    let client = Client::new(house.channel.clone());
    let mut office = Office { house, client, people: everybody, incident: Uuid::nil() };
    office.incident = office.open_incident().await;
    office
}

/// What the disposal office and the others do: facts, as their services would tell them.
impl Office {
    pub async fn open_incident(&self) -> Uuid {
        let id = self.house.new_id();
        self.house.tell("intake", self.opened(id)).await;
        id
    }

    pub fn opened(&self, id: Uuid) -> it::IncidentOpened {
        it::IncidentOpened {
            incident_id: id.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            first_report_time: Some(wire_time(moment("2026-11-10 09:00"))),
            body_ids: vec![self.people.bureau.to_string()],
        }
    }

    pub fn classified(&self, incident: Uuid, level: Level, previous: Level) -> IncidentClassified {
        IncidentClassified {
            incident_id: incident.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            level: level.into(),
            previous_level: previous.into(),
            grade: EventGrade::None.into(),
            person_id: self.people.head.to_string(),
            first_report_time: Some(wire_time(moment("2026-11-10 09:00"))),
            body_ids: vec![self.people.bureau.to_string()],
            ..Default::default()
        }
    }

    pub async fn classify(&self) {
        self.house.tell("assessment", self.classified(self.incident, Level::Important, Level::Unspecified)).await;
    }

    pub async fn demote(&self) {
        self.house.tell("assessment", self.classified(self.incident, Level::Ordinary, Level::Important)).await;
    }

    pub fn assigned(&self, incident: Uuid, assignment: Uuid) -> dp::UnitAssigned {
        dp::UnitAssigned {
            incident_id: incident.to_string(),
            title: "河东供水".into(),
            assignment_id: assignment.to_string(),
            body_id: self.people.bureau.to_string(),
            task: "查明原因".into(),
        }
    }

    pub async fn assign(&self) -> Uuid {
        let assignment = self.house.new_id();
        self.house.tell("disposal", self.assigned(self.incident, assignment)).await;
        assignment
    }

    pub fn acknowledged(&self, incident: Uuid, assignment: Uuid) -> dp::AssignmentAcknowledged {
        dp::AssignmentAcknowledged {
            incident_id: incident.to_string(),
            assignment_id: assignment.to_string(),
            body_id: self.people.bureau.to_string(),
            person_id: self.people.handler.to_string(),
        }
    }

    pub async fn acknowledge(&self, assignment: Uuid) {
        self.house.tell("disposal", self.acknowledged(self.incident, assignment)).await;
    }

    pub fn fed_back(&self, incident: Uuid, recipient: dp::FeedbackRecipient) -> dp::FeedbackSubmitted {
        dp::FeedbackSubmitted {
            incident_id: incident.to_string(),
            title: "河东供水".into(),
            feedback_id: self.house.new_id().to_string(),
            body_id: self.people.bureau.to_string(),
            person_id: self.people.handler.to_string(),
            recipient: recipient.into(),
        }
    }

    pub fn released(&self, incident: Uuid) -> pub_::StatementReleased {
        pub_::StatementReleased {
            incident_id: incident.to_string(),
            statement_id: self.house.new_id().to_string(),
            kind: pub_::statement::Kind::Holding.into(),
            title: "关于河东供水的情况说明".into(),
            person_id: self.people.staff.to_string(),
            release_id: self.house.new_id().to_string(),
            release_time: Some(wire_time(self.house.clock.now())),
            ..Default::default()
        }
    }

    pub async fn release(&self) {
        self.house.tell("publication", self.released(self.incident)).await;
    }

    pub fn bulletin(&self, incidents: &[Uuid]) -> it::BulletinIssued {
        it::BulletinIssued {
            bulletin_id: self.house.new_id().to_string(),
            kind: it::bulletin::Kind::Special.into(),
            year: 2026,
            number: 1,
            title: "河东供水专报".into(),
            text: "专报".into(),
            incident_ids: incidents.iter().map(Uuid::to_string).collect(),
            ..Default::default()
        }
    }
}

/// What accountability answers and tells.
impl Office {
    pub async fn list(&self, by: Uuid, message: pb::ListObligationsRequest) -> Result<pb::ListObligationsResponse, Status> {
        Ok(self.client.clone().list_obligations(self.house.ask(by, message)).await?.into_inner())
    }

    /// All obligations of an incident, as the principal leader sees them.
    pub async fn obligations(&self, incident: Uuid) -> Vec<pb::Obligation> {
        let message = pb::ListObligationsRequest { incident_id: incident.to_string(), page_size: 1000, ..Default::default() };
        self.list(self.people.principal, message).await.unwrap().obligations
    }

    /// The one obligation of a duty in the incident.
    pub async fn owed(&self, duty: &str) -> pb::Obligation {
        let mut found: Vec<_> = self.obligations(self.incident).await.into_iter().filter(|o| o.duty_id == duty).collect();
        assert_eq!(found.len(), 1, "{duty}: {found:?}");
        found.remove(0)
    }

    pub async fn get(&self, by: Uuid, obligation_id: &str) -> Result<pb::Obligation, Status> {
        let message = pb::GetObligationRequest { obligation_id: obligation_id.into() };
        Ok(self.client.clone().get_obligation(self.house.ask(by, message)).await?.into_inner().obligation.unwrap())
    }

    pub async fn timeline(&self, by: Uuid, incident: Uuid) -> Result<Vec<pb::KnowledgeEntry>, Status> {
        let message = pb::GetKnowledgeTimelineRequest { incident_id: incident.to_string() };
        Ok(self.client.clone().get_knowledge_timeline(self.house.ask(by, message)).await?.into_inner().entries)
    }

    /// The records of accountability's ledger.
    pub async fn ledger(&self) -> Vec<Record> {
        self.house.ledger("accountability").await
    }

    /// The facts of one kind that accountability told, in order.
    pub async fn told<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told("accountability").await
    }

    /// Sets the clock, and waits until the clock-keeper has told so many breaches in all.
    pub async fn at_with_breaches(&self, civil: &str, count: usize) -> Vec<pb::ObligationBreached> {
        self.house.at(civil).await;
        for _ in 0..200 {
            let told = self.told::<pb::ObligationBreached>().await;
            if told.len() >= count {
                self.quiet().await;
                return told;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("expected {count} breaches, told: {:?}", self.told::<pb::ObligationBreached>().await);
    }

    /// Waits until the clock-keeper tells nothing more.
    pub async fn quiet(&self) {
        let mut before = usize::MAX;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            self.house.settle().await;
            let now = self.ledger().await.len();
            if now == before {
                return;
            }
            before = now;
        }
        panic!("it does not become quiet");
    }

    /// Ends the house, and opens it again on the same database at another time.
    pub async fn restart(self, civil: &str) -> Office {
        self.restart_under(civil, regulation::testing::toksun().into()).await
    }

    /// The same, under other versions of the rule.
    pub async fn restart_under(self, civil: &str, book: RuleBook) -> Office {
        let rig = Rig::on(self.house.url.clone(), Clock::manual(moment(civil)));
        self.house.end().await;
        let house = serve(rig, book).await;
        let client = Client::new(house.channel.clone());
        Office { house, client, people: self.people, incident: self.incident }
    }

    /// Takes the cursors back to the beginning, so that after a restart everything is heard once more.
    pub async fn rewind(&self) {
        let mut connection = PgConnection::connect(&self.house.url).await.unwrap();
        sqlx::query("DELETE FROM accountability.consumer_cursor WHERE source <> 'directory:roster'")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}
