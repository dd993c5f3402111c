//! Who wrote a letter (来信人): sealed, masked, shown to who answers, destroyed by decision.

use chassis::testing::{assert_refused, request_id};
use huiying_proto::intake::{self as pb, outlet::Medium, outlet::Tier};
use sqlx::{AssertSqlSafe, Connection};
use tonic::{Code, Status};
use uuid::Uuid;

use crate::office::{Office, PLANT, WATER, office, sighting};

/// A call to the hotline, with who called.
async fn call(office: &Office, hotline: &str, words: (&str, &str), name: &str, contact: &str) -> pb::Report {
    let writer = Some(pb::Writer { name: name.into(), contact: contact.into(), ..Default::default() });
    let (title, text) = words;
    office.placed(pb::RegisterReportRequest { writer, excerpt: text.into(), ..sighting(hotline, title, text) }).await
}

const YELLOW: (&str, &str) = ("河东自来水发黄", WATER);
const NOISE: (&str, &str) = ("搅拌站扰民", PLANT);

impl Office {
    async fn hotline(&self) -> String {
        self.register_outlet("热线", Tier::Hotline, Medium::Telephone).await.unwrap().outlet_id
    }

    pub async fn reveal(&self, by: Uuid, request_id: &str, report: &str) -> Result<Vec<pb::Writer>, Status> {
        let message = pb::RevealWritersRequest { request_id: request_id.into(), report_id: report.into(), reason: "电话答复".into() };
        Ok(self.client.clone().reveal_writers(self.house.ask(by, message)).await?.into_inner().writers)
    }

    async fn erase(&self, by: Uuid, message: pb::EraseWritersRequest) -> Result<i64, Status> {
        let message = pb::EraseWritersRequest { request_id: request_id(), reason: "已答复满期".into(), ..message };
        Ok(self.client.clone().erase_writers(self.house.ask(by, message)).await?.into_inner().letter_count)
    }

    async fn writers(&self, by: Uuid, report: &str) -> Vec<(String, String)> {
        let message = pb::GetReportRequest { report_id: report.into() };
        let answer = self.client.clone().get_report(self.house.ask(by, message)).await.unwrap().into_inner();
        answer.writers.into_iter().map(|writer| (writer.name, writer.contact)).collect()
    }

    /// Every row of the service's tables as text.
    async fn dumped(&self) -> String {
        let mut store = sqlx::PgConnection::connect(&self.house.url).await.unwrap();
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'intake'")
                .fetch_all(&mut store)
                .await
                .unwrap();
        let mut dumped = String::new();
        for table in tables {
            let rows = format!("SELECT coalesce(string_agg(row::text, chr(10)), '') FROM intake.{table} row");
            dumped += &sqlx::query_scalar::<_, String>(AssertSqlSafe(rows)).fetch_one(&mut store).await.unwrap();
        }
        dumped
    }
}

#[tokio::test]
async fn who_called_is_masked_for_the_office_hidden_from_the_unit_and_shown_to_who_says_why() {
    let office = office().await;
    let hotline = office.hotline().await;
    let call = call(&office, &hotline, YELLOW, "张某某", "13812345678").await;
    assert_eq!(office.writers(office.leader, &call.report_id).await, [("张**".to_owned(), "138******78".to_owned())]);
    let id = request_id();
    let shown = office.reveal(office.staff, &id, &call.report_id).await.unwrap();
    assert_eq!((shown[0].name.as_str(), shown[0].contact.as_str(), &shown[0].piece_id), ("张某某", "13812345678", &call.report_id));
    // The same call again shows it again, and tells nothing twice.
    assert_eq!(office.reveal(office.staff, &id, &call.report_id).await.unwrap(), shown);
    let told = office.told::<pb::WritersRevealed>().await;
    let [told] = told.as_slice() else { unreachable!("{told:?}") };
    assert_eq!((told.person_id.as_str(), told.reason.as_str()), (office.staff.to_string().as_str(), "电话答复"));
    assert_eq!((&told.report_id, &told.incident_id), (&call.report_id, &call.incident_id));
    let incident = office.incident(&call.incident_id).await;
    office.name_bodies(&incident, &[office.water]).await.unwrap();
    assert!(office.writers(office.water_head, &call.report_id).await.is_empty());
    assert_refused(office.reveal(office.water_head, &request_id(), &call.report_id).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.reveal(office.leader, &request_id(), &call.report_id).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn neither_the_store_nor_the_ledger_holds_who_called() {
    let office = office().await;
    let hotline = office.hotline().await;
    let call = call(&office, &hotline, YELLOW, "张某某", "13812345678").await;
    office.reveal(office.staff, &request_id(), &call.report_id).await.unwrap();
    let dumped = office.dumped().await;
    for (told, kept) in [(YELLOW.0, true), ("张某某", false), ("13812345678", false)] {
        assert_eq!(dumped.contains(told) || dumped.contains(&hex::encode(told)), kept, "{told}");
    }
}

#[tokio::test]
async fn two_who_call_with_the_same_words_are_two_and_one_who_calls_again_is_counted_as_one_and_kept_with_both_calls() {
    let office = office().await;
    let hotline = office.hotline().await;
    let first = call(&office, &hotline, NOISE, "张某某", "138-1234-5678").await;
    let again = call(&office, &hotline, NOISE, "张某某", "13812345678").await;
    assert_eq!((&again.report_id, again.sighting_count), (&first.report_id, 2));
    let other = call(&office, &hotline, NOISE, "李某", "13987654321").await;
    assert_ne!(other.report_id, first.report_id);
    assert_eq!(office.incident(&first.incident_id).await.distinct_writer_count, 2);
    let writers = office.reveal(office.staff, &request_id(), &first.report_id).await.unwrap();
    assert_eq!(writers.iter().map(|writer| writer.contact.as_str()).collect::<Vec<_>>(), ["138-1234-5678", "13812345678"]);
}

#[tokio::test]
async fn of_those_who_publish_nobody_is_kept_and_a_writer_of_nothing_is_refused() {
    let office = office().await;
    let writer = |name: &str| Some(pb::Writer { name: name.into(), ..Default::default() });
    let hotline = office.hotline().await;
    let article = pb::RegisterReportRequest { writer: writer("某记者"), ..sighting(&office.paper, "河东自来水发黄", WATER) };
    assert_refused(office.register_by(office.staff, article).await, Code::FailedPrecondition, "WRITER_NOT_KEPT");
    let call = pb::RegisterReportRequest { writer: writer(" "), ..sighting(&hotline, "河东自来水发黄", WATER) };
    assert_refused(office.register_by(office.staff, call).await, Code::InvalidArgument, "FIELDS_INVALID");
    let silent = office.placed(sighting(&hotline, "河东自来水发黄", WATER)).await;
    assert!(office.writers(office.staff, &silent.report_id).await.is_empty());
    assert_refused(office.reveal(office.staff, &request_id(), &silent.report_id).await, Code::NotFound, "WRITER_UNKNOWN");
}

#[tokio::test]
async fn by_a_recorded_decision_who_wrote_is_destroyed_and_the_letter_stays() {
    let office = office().await;
    let hotline = office.hotline().await;
    let old = call(&office, &hotline, YELLOW, "张某某", "13812345678").await;
    office.house.at("2026-11-20 10:00").await;
    let new = call(&office, &hotline, NOISE, "李某", "13987654321").await;
    let head = office.head;
    assert_refused(office.erase(head, pb::EraseWritersRequest::default()).await, Code::InvalidArgument, "ERASURE_UNCLEAR");
    let before = Some(chassis::wire_time(chassis::testing::moment("2026-11-15 00:00")));
    assert_eq!(office.erase(head, pb::EraseWritersRequest { registered_before: before, ..Default::default() }).await.unwrap(), 1);
    assert_refused(office.reveal(office.staff, &request_id(), &old.report_id).await, Code::NotFound, "WRITER_UNKNOWN");
    assert_eq!(office.report(office.staff, &old.report_id).await.unwrap().title, "河东自来水发黄");
    assert_eq!(office.reveal(office.staff, &request_id(), &new.report_id).await.unwrap()[0].name, "李某");
    assert_eq!(
        office.erase(head, pb::EraseWritersRequest { report_ids: vec![new.report_id.clone()], ..Default::default() }).await.unwrap(),
        1
    );
    let told = office.told::<pb::WritersErased>().await;
    assert_eq!(told.iter().map(|told| (told.letter_count, told.reason.as_str())).collect::<Vec<_>>(), [(1, "已答复满期"); 2]);
}
