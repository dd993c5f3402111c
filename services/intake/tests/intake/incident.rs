//! Incidents: who sees them, whom they involve, which level they have, through the contract.

use crate::office::{BUS, PLANT, WATER, office, sighting};
use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level as Assessed,
    intake::{self as pb, incident::Level},
};
use tonic::Code;

#[tokio::test]
async fn a_unit_sees_the_incidents_that_involve_it_and_their_reports_and_no_others() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let water = pb::RegisterReportRequest { excerpt: WATER.into(), ..sighting(&office.paper, "河东自来水发黄", WATER) };
    let water = office.placed(water).await;
    assert_refused(office.shown(office.water_head, &water.incident_id).await, Code::NotFound, "INCIDENT_UNKNOWN");
    office.name_bodies(&office.incident(&water.incident_id).await, &[office.water]).await.unwrap();
    office.name_bodies(&office.incident(&plant.incident_id).await, &[office.housing]).await.unwrap();
    // Lists by unit follow by moments; what is asked for by its id does not.
    office.house.settle().await;
    assert_eq!(office.report(office.water_head, &water.report_id).await.unwrap().excerpt, WATER);
    office.shown(office.water_head, &water.incident_id).await.unwrap();
    assert_refused(office.report(office.water_head, &plant.report_id).await, Code::NotFound, "REPORT_UNKNOWN");
    assert_refused(office.shown(office.water_head, &plant.incident_id).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.reports(office.water_head, &plant.incident_id).await, Code::NotFound, "INCIDENT_UNKNOWN");
    let ids = |reports: Vec<pb::Report>| reports.into_iter().map(|r| r.report_id).collect::<Vec<_>>();
    assert_eq!(ids(office.reports(office.water_head, "").await.unwrap()), [water.report_id.clone()]);
    assert_eq!(ids(office.reports(office.officer, "").await.unwrap()), [plant.report_id.clone()]);
    assert_eq!(office.incidents(office.water_head).await.len(), 1);
    for all in [office.collector, office.staff, office.head, office.leader] {
        assert_eq!(office.incidents(all).await.len(), 2);
    }
    assert_refused(office.shown(office.staff, &office.house.new_id().to_string()).await, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn named_units_replace_those_before_and_are_told() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let seen = office.incident(&report.incident_id).await;
    let named = office.name_bodies(&seen, &[office.water, office.housing]).await.unwrap();
    let named = office.name_bodies(&named, &[office.water]).await.unwrap();
    assert_eq!(named.body_ids, [office.water.to_string()]);
    assert_eq!(office.told::<pb::InvolvedBodiesNamed>().await.pop().unwrap().body_ids, [office.water.to_string()]);
}

#[tokio::test]
async fn naming_units_of_what_another_changed_meanwhile_is_refused_but_reports_that_come_in_do_not_hinder() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let seen = office.incident(&report.incident_id).await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.name_bodies(&seen, &[office.water]).await.unwrap();
    assert_refused(office.name_bodies(&seen, &[office.housing]).await, Code::Aborted, "INCIDENT_STALE");
}

#[tokio::test]
async fn unknown_units_and_incidents_and_bad_lists_are_refused() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let seen = office.incident(&report.incident_id).await;
    assert_refused(office.name_bodies(&seen, &[office.house.new_id()]).await, Code::NotFound, "BODY_UNKNOWN");
    assert_refused(office.name_bodies(&seen, &[]).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(
        office.name_bodies(&pb::Incident { etag: "x".into(), ..seen.clone() }, &[office.water]).await,
        Code::InvalidArgument,
        "FIELDS_INVALID",
    );
    let nothing = pb::Incident { incident_id: office.house.new_id().to_string(), ..seen };
    assert_refused(office.name_bodies(&nothing, &[office.water]).await, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn an_incident_has_the_level_that_assessment_last_decided() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let other = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    assert_eq!(office.incident(&report.incident_id).await.level(), Level::Unspecified);
    office.classify(&report.incident_id, Assessed::Ordinary).await;
    office.classify(&report.incident_id, Assessed::Important).await;
    assert_eq!(office.incident(&report.incident_id).await.level(), Level::Important);
    let message = pb::ListIncidentsRequest { level: Level::Important.into(), ..Default::default() };
    let listed = office.client.clone().list_incidents(office.house.ask(office.staff, message)).await.unwrap().into_inner().incidents;
    assert_eq!(listed.iter().map(|i| i.incident_id.as_str()).collect::<Vec<_>>(), [&report.incident_id]);
    assert_eq!(office.incident(&other.incident_id).await.level(), Level::Unspecified);
    // Of one that is not here, nothing is made.
    office.classify(&office.house.new_id().to_string(), Assessed::Important).await;
}

#[tokio::test]
async fn an_incident_is_found_by_its_number_in_either_order() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    let number = office.incident(&report.incident_id).await.number;
    for order in [pb::list_incidents_request::Order::Unspecified, pb::list_incidents_request::Order::ReportCount] {
        let find = async |number: &str| {
            let message = pb::ListIncidentsRequest { number: number.into(), order: order.into(), ..Default::default() };
            let answer = office.client.clone().list_incidents(office.house.ask(office.staff, message)).await.unwrap();
            answer.into_inner().incidents.into_iter().map(|incident| incident.incident_id).collect::<Vec<_>>()
        };
        assert_eq!(find(&number).await, [report.incident_id.clone()]);
        assert!(find("2026-9999").await.is_empty());
    }
}

#[tokio::test]
async fn incidents_are_listed_newest_or_most_reported_first_page_by_page() {
    let office = office().await;
    office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    for (order, expected) in [(0, ["2026-0003", "2026-0002", "2026-0001"]), (1, ["2026-0002", "2026-0003", "2026-0001"])] {
        let (mut numbers, mut page_token) = (Vec::new(), String::new());
        loop {
            let message = pb::ListIncidentsRequest { order, page_size: 1, page_token, ..Default::default() };
            let page = office.client.clone().list_incidents(office.house.ask(office.leader, message)).await.unwrap().into_inner();
            numbers.extend(page.incidents.into_iter().map(|i| i.number));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(numbers, expected);
    }
}
