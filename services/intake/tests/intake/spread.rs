//! How reports spread, and what repeats them, as sources bring it: nothing is lost, and all of it is told.

use chassis::{
    testing::{moment, request_id},
    wire_time,
};
use huiying_proto::intake::{self as pb, sighting_outcome::Outcome};

use crate::{
    office::{BUS, Office, PLANT, WATER, sighting},
    site::office_online,
    webhook::{push_by_rpc, vendor},
};

fn item(id: &str, text: &str, read: Option<(&str, i64)>) -> pb::SourceItem {
    pb::SourceItem {
        external_id: id.into(),
        title: format!("标题{id}"),
        excerpt: text.into(),
        url: format!("https://a.example/{id}"),
        publish_time: Some(wire_time(moment("2026-11-10 08:00"))),
        spread: read.map(|(civil, views)| figures(civil, views)),
        ..Default::default()
    }
}

fn figures(civil: &str, view_count: i64) -> pb::SpreadFigures {
    pb::SpreadFigures { read_time: Some(wire_time(moment(civil))), view_count, ..Default::default() }
}

impl Office {
    async fn pushed(&self, source: &pb::Source, sightings: Vec<pb::SourceItem>) -> Vec<(Outcome, String)> {
        let message = pb::PushSightingsRequest { request_id: request_id(), source_id: source.source_id.clone(), sightings };
        let outcomes = push_by_rpc(self, "监测商", message).await.unwrap();
        self.house.settle().await;
        outcomes.into_iter().map(|outcome| (outcome.outcome(), outcome.report_id)).collect()
    }

    async fn looked_up(&self, report: &pb::Report, civil: &str, views: i64) {
        let spread = Some(figures(civil, views));
        let message = pb::RecordSpreadRequest { request_id: request_id(), report_id: report.report_id.clone(), spread };
        self.sources().record_spread(self.house.ask(self.collector, message)).await.unwrap();
        self.house.settle().await;
    }

    /// Views of what was told to have spread: the incident, the sighting or nothing, and the views.
    async fn spread(&self) -> Vec<(String, String, i64)> {
        let told = self.told::<pb::SpreadRecorded>().await;
        told.into_iter().map(|fact| (fact.incident_id, fact.sighting_id, fact.view_count)).collect()
    }
}

#[tokio::test]
async fn what_a_source_brings_that_repeats_a_report_is_counted_with_it_and_not_lost() {
    let office = office_online().await;
    let source = vendor(&office, &[]).await;
    let first = office.placed(pb::RegisterReportRequest { excerpt: PLANT.into(), ..sighting(&office.paper, "搅拌站", PLANT) }).await;
    let outcomes = office.pushed(&source, vec![item("1", PLANT, None), item("2", WATER, None), item("3", WATER, None)]).await;
    let water = outcomes[1].1.clone();
    let expected = [(Outcome::Folded, &first.report_id), (Outcome::Registered, &water), (Outcome::Folded, &water)];
    assert_eq!(outcomes, expected.map(|(outcome, report)| (outcome, report.clone())));
    for (report, count) in [(&first.report_id, 2), (&water, 2)] {
        assert_eq!(office.report(office.staff, report).await.unwrap().sighting_count, count);
    }
    // The same items again add nothing.
    let again = office.pushed(&source, vec![item("1", PLANT, None), item("3", WATER, None)]).await;
    assert_eq!(again, [(Outcome::Known, first.report_id.clone()), (Outcome::Known, water.clone())]);
    assert_eq!(office.report(office.staff, &water).await.unwrap().sighting_count, 2);
    assert_eq!(office.told::<pb::ReportSighted>().await.len() + office.told::<pb::SightingPlaced>().await.len(), 3);
}

#[tokio::test]
async fn the_last_reading_is_what_a_report_says_and_is_told_when_it_is_another() {
    let office = office_online().await;
    let report = office.placed(pb::RegisterReportRequest { view_count: 50, ..sighting(&office.paper, "搅拌站", PLANT) }).await;
    office.house.at("2026-11-10 10:00").await;
    office.looked_up(&report, "2026-11-10 09:20", 12_000).await;
    // Read before it was registered, and the same figures again: nothing new.
    office.looked_up(&report, "2026-11-10 08:50", 20).await;
    office.looked_up(&report, "2026-11-10 09:40", 12_000).await;
    assert_eq!(office.spread().await, [(report.incident_id.clone(), String::new(), 12_000)]);
    assert_eq!(office.report(office.staff, &report.report_id).await.unwrap().view_count, 12_000);
    let read = office.provenance(&report.report_id).await.spreads;
    assert_eq!(read.iter().map(|reading| reading.view_count).collect::<Vec<_>>(), [12_000, 12_000, 50, 20]);
    // Wherever it goes, it goes with the last figures.
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.move_report(&report.report_id, &bus.incident_id).await.unwrap();
    assert_eq!(office.told::<pb::ReportPlaced>().await.pop().unwrap().view_count, 12_000);
}

#[tokio::test]
async fn a_later_look_at_the_same_item_is_a_reading_of_its_report_or_of_the_sighting_that_it_became() {
    let office = office_online().await;
    let source = vendor(&office, &[]).await;
    let first = [item("1", PLANT, Some(("2026-11-10 08:30", 10))), item("2", PLANT, Some(("2026-11-10 08:30", 7)))];
    let outcomes = office.pushed(&source, first.to_vec()).await;
    assert!(office.spread().await.is_empty());
    office.house.at("2026-11-10 12:00").await;
    let later = [item("1", PLANT, Some(("2026-11-10 11:00", 900))), item("2", PLANT, Some(("2026-11-10 11:00", 15_000)))];
    office.pushed(&source, later.to_vec()).await;
    let report = office.report(office.staff, &outcomes[0].1).await.unwrap();
    let message = pb::ListSightingsRequest { report_id: report.report_id.clone(), ..Default::default() };
    let sightings = office.client.clone().list_sightings(office.house.ask(office.staff, message)).await.unwrap().into_inner().sightings;
    assert_eq!((report.view_count, sightings[0].view_count), (900, 15_000));
    let incident = report.incident_id;
    assert_eq!(office.spread().await, [(incident.clone(), String::new(), 900), (incident, sightings[0].sighting_id.clone(), 15_000)]);
}

#[tokio::test]
async fn an_item_that_is_in_one_call_twice_is_one_report_with_two_readings() {
    let office = office_online().await;
    let source = vendor(&office, &[]).await;
    office.house.at("2026-11-10 12:00").await;
    let twice = [item("1", PLANT, Some(("2026-11-10 08:30", 10))), item("1", PLANT, Some(("2026-11-10 11:00", 900)))];
    let outcomes = office.pushed(&source, twice.to_vec()).await;
    assert_eq!(outcomes[1], (Outcome::Known, outcomes[0].1.clone()));
    assert_eq!(office.report(office.staff, &outcomes[0].1).await.unwrap().view_count, 900);
    assert_eq!(office.provenance(&outcomes[0].1).await.spreads.len(), 2);
}

#[tokio::test]
async fn a_report_that_was_seen_again_takes_that_along_when_a_later_one_draws_it_elsewhere() {
    let office = office_online().await;
    office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let alone = "罐车一趟接一趟,窗台上全是水泥灰,机器轰鸣,老人孩子都睡不好。";
    let alone = pb::RegisterReportRequest { excerpt: alone.into(), ..sighting(&office.paper, "罐车太多", "") };
    office.placed(alone.clone()).await;
    office.placed(pb::RegisterReportRequest { request_id: request_id(), ..alone }).await;
    let between = "搅拌站的罐车一趟接一趟,锦绣家园的窗台上全是水泥灰,夜里机器轰鸣,老人孩子都睡不好。";
    office.placed(sighting(&office.paper, "锦绣家园旁搅拌站的罐车太多", between)).await;
    let again = office.told::<pb::ReportSighted>().await.remove(0);
    let moved = office.told::<pb::ReportMoved>().await.remove(0);
    assert_eq!(moved.report_id, again.report_id, "the one that was seen twice is drawn along");
    let told = office.told::<pb::SightingPlaced>().await.pop().unwrap();
    assert_eq!((told.report_id, told.incident_id), (moved.report_id, moved.incident_id));
}
