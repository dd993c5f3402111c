//! The office that the tests act in: a collector on duty, staff, units, a mailbox and a paper.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use chassis::{
    Converter, Press,
    testing::{House, Rig, moment, request_id},
    wire_time,
};
use huiying_proto::{
    assessment,
    directory::{self, Role, body::Kind},
    event::Record,
    intake::{
        self as pb,
        intake_service_client::IntakeServiceClient as Client,
        outlet::{Medium, Tier},
    },
};
use papers::{Stationery, chart::Font};
use prost::{Message, Name};
use tonic::{Status, transport::Channel};
use uuid::Uuid;

pub struct Office {
    pub house: House,
    pub client: Client<Channel>,
    /// On duty on the days from the 9th to the 15th of November 2026.
    pub collector: Uuid,
    pub staff: Uuid,
    pub head: Uuid,
    pub leader: Uuid,
    pub water: Uuid,
    pub housing: Uuid,
    /// Of the water bureau.
    pub water_head: Uuid,
    /// Of the housing bureau.
    pub officer: Uuid,
    pub mailbox: String,
    pub paper: String,
}

/// The store, on Tuesday, the 10th of November 2026, at nine.
pub async fn rig() -> Rig {
    Rig::of("2026-11-10 09:00", &[(intake::NAME, &intake::MIGRATOR)]).await
}

/// The office at that time.
pub async fn office() -> Office {
    office_on(rig().await).await
}

/// Nothing private may be asked.
pub fn outside() -> intake::Outside {
    intake::Outside::new(&intake::OutsideOptions::default()).unwrap()
}

/// The office on a store and a clock.
pub async fn office_on(rig: Rig) -> Office {
    office_with(rig, None, None, outside()).await
}

/// The office with a way to the outside.
pub async fn office_asking(rig: Rig, outside: intake::Outside) -> Office {
    office_with(rig, None, None, outside).await
}

/// The office on a store and a clock, with a font for its charts, a converter to PDF and a way to the outside.
pub async fn office_with(rig: Rig, font: Option<Font>, converter: Option<Converter>, outside: intake::Outside) -> Office {
    let db = rig.db(intake::NAME, &intake::MIGRATOR).await;
    let press = Press::new(Stationery { office: "沙河县人民政府办公室".into(), font }, converter);
    let book = Arc::new(regulation::testing::toksun().into());
    let service = intake::service(&db, &book, intake::WriterKey::new([7; 32]), press, outside);
    let house = rig.serve(vec![service], &["assessment"]).await;
    let mut people = house.enrol().await;
    let body = people.body("office", "政务舆情处置办公室", Kind::DisposalOffice);
    let water = people.body("shuiwu", "县水务局", Kind::Unit);
    let housing = people.body("zhujian", "县住房和城乡建设局", Kind::Unit);
    let collector = people.person("周小燕", body, &[Role::Collector]);
    let staff = people.person("郑一鸣", body, &[Role::OfficeStaff]);
    let head = people.person("吴主任", body, &[Role::OfficeHead]);
    let leader = people.person("钱县长", body, &[Role::LeaderInCharge]);
    let water_head = people.person("孙局长", water, &[Role::UnitHead]);
    let officer = people.person("信息员", housing, &[Role::InformationOfficer]);
    for day in 9..=15 {
        let fact = directory::DutyScheduled {
            duty_date: format!("2026-11-{day:02}"),
            person_id: collector.to_string(),
            reading_body_ids: Vec::new(),
        };
        people.tell(fact);
    }
    people.told(&house).await;
    let client = Client::new(house.channel.clone());
    let (mailbox, paper) = (String::new(), String::new());
    let mut office = Office { house, client, collector, staff, head, leader, water, housing, water_head, officer, mailbox, paper };
    office.mailbox = office.register_outlet("领导信箱", Tier::Mailbox, Medium::Letter).await.unwrap().outlet_id;
    office.paper = office.register_outlet("X市日报", Tier::City, Medium::Paper).await.unwrap().outlet_id;
    office
}

/// A report with everything that is asked for. No two say quite the same: what repeats a report is counted with it.
pub fn sighting(outlet: &str, title: &str, text: &str) -> pb::RegisterReportRequest {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    pb::RegisterReportRequest {
        request_id: request_id(),
        outlet_id: outlet.into(),
        title: title.into(),
        excerpt: format!("{text}({number})"),
        publish_time: Some(wire_time(moment("2026-11-10 08:00"))),
        non_classified: true,
        ..Default::default()
    }
}

/// A letter of a row.
pub fn letter(row: i32, id: &str, sender: &str, title: &str, text: &str, at: &str) -> pb::LetterRow {
    pb::LetterRow {
        row,
        external_id: id.into(),
        sender: sender.into(),
        title: title.into(),
        text: text.into(),
        publish_time: Some(wire_time(moment(at))),
    }
}

pub const PLANT: &str = "锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。";
pub const WATER: &str = "河东片区向阳里小区的自来水发黄浑浊,有异味,不敢喝。";
pub const BUS: &str = "3路公交改线后不再经过文庙街,老人去医院很不方便。";

impl Office {
    pub async fn register_outlet(&self, name: &str, tier: Tier, medium: Medium) -> Result<pb::Outlet, Status> {
        let message = pb::RegisterOutletRequest {
            request_id: request_id(),
            name: name.into(),
            tier: tier.into(),
            medium: medium.into(),
            hosts: vec![format!("{}.example", request_id())],
        };
        Ok(self.client.clone().register_outlet(self.house.ask(self.staff, message)).await?.into_inner().outlet.unwrap())
    }

    pub async fn register_by(&self, by: Uuid, message: pb::RegisterReportRequest) -> Result<pb::Report, Status> {
        Ok(self.client.clone().register_report(self.house.ask(by, message)).await?.into_inner().report.unwrap())
    }

    /// Registers a report and returns it with its incident.
    pub async fn placed(&self, message: pb::RegisterReportRequest) -> pb::Report {
        let report = self.register_by(self.staff, message).await.unwrap();
        self.house.settle().await;
        self.report(self.staff, &report.report_id).await.unwrap()
    }

    pub async fn import(&self, rows: Vec<pb::LetterRow>) -> Result<Vec<pb::LetterOutcome>, Status> {
        let message = pb::ImportLettersRequest { request_id: request_id(), outlet_id: self.mailbox.clone(), rows, non_classified: true };
        let answer = self.client.clone().import_letters(self.house.ask(self.collector, message)).await?;
        self.house.settle().await;
        Ok(answer.into_inner().outcomes)
    }

    pub async fn report(&self, by: Uuid, id: &str) -> Result<pb::Report, Status> {
        let message = pb::GetReportRequest { report_id: id.into() };
        Ok(self.client.clone().get_report(self.house.ask(by, message)).await?.into_inner().report.unwrap())
    }

    pub async fn reports(&self, by: Uuid, incident: &str) -> Result<Vec<pb::Report>, Status> {
        let message = pb::ListReportsRequest { incident_id: incident.into(), page_size: 1000, page_token: String::new() };
        Ok(self.client.clone().list_reports(self.house.ask(by, message)).await?.into_inner().reports)
    }

    pub async fn shown(&self, by: Uuid, id: &str) -> Result<pb::GetIncidentResponse, Status> {
        let message = pb::GetIncidentRequest { incident_id: id.into() };
        Ok(self.client.clone().get_incident(self.house.ask(by, message)).await?.into_inner())
    }

    pub async fn incident(&self, id: &str) -> pb::Incident {
        self.shown(self.staff, id).await.unwrap().incident.unwrap()
    }

    pub async fn incidents(&self, by: Uuid) -> Vec<pb::Incident> {
        let order = pb::list_incidents_request::Order::ReportCount.into();
        let message = pb::ListIncidentsRequest { order, page_size: 1000, ..Default::default() };
        self.client.clone().list_incidents(self.house.ask(by, message)).await.unwrap().into_inner().incidents
    }

    pub async fn name_bodies(&self, seen: &pb::Incident, bodies: &[Uuid]) -> Result<pb::Incident, Status> {
        let message = pb::NameInvolvedBodiesRequest {
            request_id: request_id(),
            incident_id: seen.incident_id.clone(),
            etag: seen.etag.clone(),
            body_ids: bodies.iter().map(Uuid::to_string).collect(),
        };
        Ok(self.client.clone().name_involved_bodies(self.house.ask(self.staff, message)).await?.into_inner().incident.unwrap())
    }

    pub async fn move_report(&self, report: &str, to: &str) -> Result<pb::Report, Status> {
        let message = pb::MoveReportRequest {
            request_id: request_id(),
            report_id: report.into(),
            to_incident_id: to.into(),
            reason: "不是一件事".into(),
        };
        let moved = self.client.clone().move_report(self.house.ask(self.staff, message)).await?;
        self.house.settle().await;
        Ok(moved.into_inner().report.unwrap())
    }

    /// Assessment decides that an incident is of a level.
    pub async fn classify(&self, incident: &str, level: assessment::Level) {
        let fact = assessment::IncidentClassified {
            incident_id: incident.into(),
            level: level.into(),
            clauses: vec!["二(四)".into()],
            ..Default::default()
        };
        self.house.tell("assessment", fact).await;
    }

    pub async fn compile(&self, by: Uuid, day: &str) -> Result<pb::DailyRegister, Status> {
        self.compile_as(by, day, false).await
    }

    /// Compiles a day's register anew with what came in since.
    pub async fn supplement(&self, by: Uuid, day: &str) -> Result<pb::DailyRegister, Status> {
        self.compile_as(by, day, true).await
    }

    async fn compile_as(&self, by: Uuid, day: &str, supplement: bool) -> Result<pb::DailyRegister, Status> {
        let message = pb::CompileDailyRegisterRequest { request_id: request_id(), register_date: day.into(), supplement };
        Ok(self.client.clone().compile_daily_register(self.house.ask(by, message)).await?.into_inner().daily_register.unwrap())
    }

    pub async fn issue(&self, kind: pb::bulletin::Kind, incident: &str, week: &str) -> Result<pb::Bulletin, Status> {
        self.issue_correcting("", kind, incident, week).await
    }

    /// The week's bulletin again, in place of one that was issued.
    pub async fn correct(&self, bulletin: &pb::Bulletin, week: &str) -> Result<pb::Bulletin, Status> {
        self.issue_correcting(&bulletin.bulletin_id, pb::bulletin::Kind::Weekly, "", week).await
    }

    async fn issue_correcting(
        &self,
        corrected: &str,
        kind: pb::bulletin::Kind,
        incident: &str,
        week: &str,
    ) -> Result<pb::Bulletin, Status> {
        let message = pb::IssueBulletinRequest {
            corrects_bulletin_id: corrected.into(),
            request_id: request_id(),
            kind: kind.into(),
            incident_id: incident.into(),
            week_of: week.into(),
            comment: "请阅示".into(),
        };
        Ok(self.client.clone().issue_bulletin(self.house.ask(self.staff, message)).await?.into_inner().bulletin.unwrap())
    }

    /// The records of intake's ledger.
    pub async fn ledger(&self) -> Vec<Record> {
        self.house.ledger(intake::NAME).await
    }

    /// The facts of one type that intake told, oldest first.
    pub async fn told<F: Message + Name + Default>(&self) -> Vec<F> {
        self.house.told(intake::NAME).await
    }
}
