//! Folding (重复归一): what repeats a report is counted with it, and nothing that was said is lost.

use crate::office::{BUS, Office, PLANT, WATER, letter, office, sighting};
use chassis::testing::{assert_refused, moment, request_id};
use chassis::wire_time;
use huiying_proto::intake::{
    self as pb,
    letter_outcome::Outcome,
    outlet::{Medium, Tier},
};
use sqlx::Connection;
use tonic::{Code, Status};
use uuid::Uuid;

impl Office {
    async fn answer(&self, message: pb::RegisterReportRequest) -> pb::RegisterReportResponse {
        let answer = self.client.clone().register_report(self.house.ask(self.staff, message)).await.unwrap().into_inner();
        self.house.settle().await;
        answer
    }

    pub async fn sightings(&self, by: Uuid, report: &str) -> Result<Vec<pb::Sighting>, Status> {
        let message = pb::ListSightingsRequest { report_id: report.into(), ..Default::default() };
        Ok(self.client.clone().list_sightings(self.house.ask(by, message)).await?.into_inner().sightings)
    }
}

/// A report of an outlet that says exactly this.
fn piece(outlet: &str, text: &str) -> pb::RegisterReportRequest {
    pb::RegisterReportRequest { excerpt: text.into(), ..sighting(outlet, "搅拌站扰民", text) }
}

#[tokio::test]
async fn a_repost_is_counted_with_the_report_and_keeps_all_that_was_said_of_it() {
    let office = office().await;
    let site = office.register_outlet("X新闻网", Tier::County, Medium::Web).await.unwrap().outlet_id;
    let first = office.answer(piece(&office.paper, PLANT)).await;
    assert!(!first.folded && first.sighting_id.is_empty());
    let first = first.report.unwrap();
    let again = pb::RegisterReportRequest {
        url: "https://x.example/7".into(),
        external_id: "X7".into(),
        view_count: 900,
        publish_time: Some(wire_time(moment("2026-11-10 08:30"))),
        ..piece(&site, "【转载】锦绣家园旁边的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉!")
    };
    let answer = office.answer(again.clone()).await;
    assert!(answer.folded);
    let report = answer.report.clone().unwrap();
    assert_eq!((report.report_id.as_str(), report.sighting_count), (first.report_id.as_str(), 2));
    assert_eq!(office.reports(office.staff, "").await.unwrap().len(), 1);
    let sightings = office.sightings(office.staff, &first.report_id).await.unwrap();
    let [seen] = sightings.as_slice() else { panic!("{sightings:?}") };
    assert_eq!((seen.sighting_id.as_str(), seen.outlet_name.as_str(), seen.tier()), (answer.sighting_id.as_str(), "X新闻网", Tier::County));
    assert_eq!((seen.excerpt.as_str(), seen.url.as_str(), seen.view_count), (again.excerpt.as_str(), "https://x.example/7", 900));
    assert_eq!((seen.publish_time, seen.ground.as_str(), seen.external_id.as_str()), (again.publish_time, "正文相同", "X7"));
    let told = office.told::<pb::ReportSighted>().await.remove(0);
    assert_eq!(
        (told.incident_id.as_str(), told.sighting_count),
        (office.report(office.staff, &first.report_id).await.unwrap().incident_id.as_str(), 2)
    );
    assert_eq!(told.sighting.unwrap().excerpt, "");
    assert_eq!(office.told::<pb::ReportRegistered>().await.len(), 1);
    // The same call gets the saved answer; the same piece of the outlet is known, and counted once.
    assert_eq!(office.answer(again.clone()).await, answer);
    let known = office.answer(pb::RegisterReportRequest { request_id: request_id(), ..again.clone() }).await;
    assert_eq!((known.folded, known.report.unwrap().sighting_count), (false, 2));
    let other = pb::RegisterReportRequest { request_id: request_id(), excerpt: WATER.into(), ..again };
    assert_refused(office.register_by(office.staff, other).await, Code::AlreadyExists, "REPORT_DUPLICATE");
}

#[tokio::test]
async fn one_address_in_an_outlet_is_one_report_and_short_or_other_words_are_others() {
    let office = office().await;
    let at = |text: &str, url: &str| pb::RegisterReportRequest { url: url.into(), ..piece(&office.paper, text) };
    let first = office.answer(at(PLANT, "https://a.example/1")).await.report.unwrap();
    let corrected = office.answer(at("搅拌站已停产整改。", "https://a.example/1")).await;
    assert_eq!((corrected.folded, corrected.report.unwrap().report_id), (true, first.report_id.clone()));
    assert_eq!(office.sightings(office.staff, &first.report_id).await.unwrap()[0].ground, "同一网址");
    let of_the_bus = pb::RegisterReportRequest { title: "3路公交改线".into(), ..at(BUS, "https://a.example/2") };
    // The front page of an outlet has another piece tomorrow.
    let of_the_bus_there = pb::RegisterReportRequest {
        title: "公交又改线".into(),
        ..at("3路公交改线以后老人看病要走两公里,请恢复原来的站点。", "https://a.example/1")
    };
    for other in [of_the_bus, of_the_bus_there, at("停水了", ""), at("停水了", "")] {
        assert!(!office.answer(other).await.folded);
    }
    // Where a person says it belongs elsewhere, it is a report of its own; long afterwards it is of another event.
    office.house.settle().await;
    let bus = office.reports(office.staff, "").await.unwrap().into_iter().find(|r| r.excerpt == BUS).unwrap();
    let elsewhere = pb::RegisterReportRequest { incident_id: bus.incident_id.clone(), ..piece(&office.paper, PLANT) };
    let elsewhere = office.answer(elsewhere).await;
    assert_eq!((elsewhere.folded, elsewhere.report.unwrap().incident_id), (false, String::new()));
    office.house.at("2026-12-31 09:00").await;
    assert!(!office.answer(piece(&office.paper, BUS)).await.folded);
    assert!(office.answer(piece(&office.paper, BUS)).await.folded);
}

#[tokio::test]
async fn letters_of_one_text_by_distinct_writers_stay_apart_and_one_writer_s_is_counted_once() {
    let office = office().await;
    let rows = vec![
        letter(1, "1", "S1", "搅拌站", PLANT, "2026-11-09 20:00"),
        letter(2, "2", "S2", "搅拌站", PLANT, "2026-11-09 20:00"),
        letter(3, "3", "S1", "又来反映", PLANT, "2026-11-09 21:00"),
        letter(4, "4", "", "搅拌站", PLANT, "2026-11-09 20:00"),
        letter(5, "5", "", "搅拌站", PLANT, "2026-11-09 20:00"),
    ];
    let outcomes = office.import(rows.clone()).await.unwrap();
    let told: Vec<Outcome> = outcomes.iter().map(pb::LetterOutcome::outcome).collect();
    assert_eq!(told, [Outcome::Registered, Outcome::Registered, Outcome::Folded, Outcome::Registered, Outcome::Registered]);
    assert_eq!(outcomes[2].report_id, outcomes[0].report_id);
    let incident = office.incidents(office.staff).await.remove(0);
    assert_eq!((incident.report_count, incident.distinct_writer_count), (4, 2));
    assert_eq!(office.report(office.staff, &outcomes[0].report_id).await.unwrap().sighting_count, 2);
    // Imported once more, nothing is added.
    let again = office.import(rows).await.unwrap();
    assert!(again.iter().all(|o| o.outcome() == Outcome::Known), "{again:?}");
    assert_eq!(office.sightings(office.staff, &outcomes[0].report_id).await.unwrap().len(), 1);
    // In a medium, the same words are no letter's repetition.
    assert!(!office.answer(piece(&office.paper, PLANT)).await.folded);
}

#[tokio::test]
async fn many_who_register_one_piece_at_once_register_one_report() {
    let office = office().await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..100 {
        let message = if n % 2 == 0 { piece(&office.paper, PLANT) } else { piece(&office.paper, WATER) };
        let (mut client, ask) = (office.client.clone(), office.house.ask(office.staff, message));
        calls.spawn(async move { client.register_report(ask).await.unwrap().into_inner().folded });
    }
    let folded = calls.join_all().await.into_iter().filter(|folded| *folded).count();
    office.house.settle().await;
    assert_eq!(folded, 98);
    let mut reports = office.reports(office.staff, "").await.unwrap();
    reports.sort_by_key(|r| r.sighting_count);
    assert_eq!(reports.iter().map(|r| r.sighting_count).collect::<Vec<_>>(), [50, 50]);
    assert_eq!(office.told::<pb::ReportSighted>().await.len(), 98);
}

#[tokio::test]
async fn a_piece_that_comes_to_an_address_while_another_is_being_registered_there_is_a_report() {
    let office = office().await;
    let at = |title: &str, text: &str| pb::RegisterReportRequest {
        title: title.into(),
        url: "https://a.example/".into(),
        ..piece(&office.paper, text)
    };
    let first = office.answer(at("搅拌站扰民", PLANT)).await.report.unwrap().report_id;
    // As if it were being registered: what holds the address is not committed yet.
    let mut other = sqlx::PgConnection::connect(&office.house.url).await.unwrap();
    let release =
        "UPDATE intake.report r SET url_key = NULL FROM intake.report was WHERE was.report_id = r.report_id AND r.report_id = $1::uuid
                   RETURNING was.url_key";
    let key: Vec<u8> = sqlx::query_scalar(release).bind(&first).fetch_one(&mut other).await.unwrap();
    sqlx::query("BEGIN").execute(&mut other).await.unwrap();
    sqlx::query("UPDATE intake.report SET url_key = $2 WHERE report_id = $1::uuid")
        .bind(&first)
        .bind(key)
        .execute(&mut other)
        .await
        .unwrap();
    let (mut client, ask) = (office.client.clone(), office.house.ask(office.staff, at("3路公交改线", BUS)));
    let second = tokio::spawn(async move { client.register_report(ask).await });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(!second.is_finished(), "it waits for the other");
    sqlx::query("COMMIT").execute(&mut other).await.unwrap();
    let second = second.await.unwrap().unwrap().into_inner();
    assert!(!second.folded && second.report.unwrap().report_id != first);
}

#[tokio::test]
async fn a_report_that_is_moved_takes_its_sightings_along() {
    let office = office().await;
    let plant = office.answer(piece(&office.paper, PLANT)).await.report.unwrap();
    office.answer(piece(&office.paper, PLANT)).await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.move_report(&plant.report_id, &water.incident_id).await.unwrap();
    let told = office.told::<pb::SightingPlaced>().await.pop().unwrap();
    assert_eq!((told.incident_id, told.report_id), (water.incident_id, plant.report_id));
}

#[tokio::test]
async fn sightings_are_seen_by_who_sees_the_report() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    assert_refused(office.sightings(office.water_head, &report.report_id).await, Code::NotFound, "REPORT_UNKNOWN");
    office.name_bodies(&office.incident(&report.incident_id).await, &[office.water]).await.unwrap();
    assert!(office.sightings(office.water_head, &report.report_id).await.unwrap().is_empty());
    assert_refused(office.sightings(office.staff, "nonsense").await, Code::InvalidArgument, "FIELDS_INVALID");
}
