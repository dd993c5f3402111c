//! Hot matters (热点事件), through the contract.

use crate::office::{BUS, Office, PLANT, WATER, letter, office};
use chassis::testing::assert_refused;
use huiying_proto::intake::{self as pb, hot_matter::Trend};
use tonic::{Code, Status};
use uuid::Uuid;

impl Office {
    async fn hot(&self, by: Uuid, window_days: i32, page_size: i32, page_token: &str) -> Result<pb::ListHotMattersResponse, Status> {
        let message = pb::ListHotMattersRequest { window_days, page_size, page_token: page_token.into() };
        Ok(self.client.clone().list_hot_matters(self.house.ask(by, message)).await?.into_inner())
    }
}

/// Two weeks of letters: of the plant three this week by two writers, one of them twice the same; of the water one this week and two
/// before; of the bus one long ago.
async fn two_weeks(office: &Office) {
    let rows = vec![
        letter(1, "P1", "S1", "锦绣家园搅拌站", &format!("{PLANT}第一封"), "2026-11-09 10:00"),
        letter(2, "P2", "S2", "锦绣家园搅拌站", &format!("{PLANT}第二封"), "2026-11-09 11:00"),
        letter(3, "P3", "S2", "锦绣家园搅拌站", &format!("{PLANT}第三封"), "2026-11-08 11:00"),
        letter(4, "P4", "S2", "锦绣家园搅拌站", &format!("{PLANT}第三封"), "2026-11-09 12:00"),
        letter(5, "W1", "S3", "河东自来水", &format!("{WATER}第一封"), "2026-11-07 10:00"),
        letter(6, "W2", "S4", "河东自来水", &format!("{WATER}第二封"), "2026-10-30 10:00"),
        letter(7, "W3", "S5", "河东自来水", &format!("{WATER}第三封"), "2026-10-31 10:00"),
        letter(8, "B1", "S6", "3路公交", BUS, "2026-10-20 10:00"),
    ];
    office.import(rows).await.unwrap();
}

#[tokio::test]
async fn incidents_are_ranked_by_a_heat_that_shows_its_formula_and_the_counts_it_used() {
    let office = office().await;
    two_weeks(&office).await;
    let answer = office.hot(office.leader, 7, 0, "").await.unwrap();
    let titles: Vec<&str> = answer.hot_matters.iter().map(|m| m.incident.as_ref().unwrap().title.as_str()).collect();
    assert_eq!(titles, ["锦绣家园搅拌站", "河东自来水"]);
    let [plant, water] = answer.hot_matters.as_slice() else { unreachable!() };
    assert_eq!((plant.writer_count, plant.report_count, plant.repeat_count, plant.previous_report_count), (2, 3, 1, 0));
    assert_eq!((plant.rank, plant.heat, plant.trend()), (1, 5 * 2 + 2 * 3 + 1 + 3 * 3, Trend::Rising));
    assert!(plant.formula.ends_with("= 5×2 + 2×3 + 1×1 + 3×3 = 26"), "{}", plant.formula);
    assert_eq!((water.writer_count, water.report_count, water.previous_report_count), (1, 1, 2));
    assert_eq!((water.rank, water.heat, water.trend()), (2, 5 + 2, Trend::Falling));
    // Within thirty days, all three.
    let wide = office.hot(office.head, 30, 0, "").await.unwrap().hot_matters;
    assert_eq!(wide.iter().map(|m| (m.rank, m.report_count)).collect::<Vec<_>>(), [(1, 3), (2, 3), (3, 1)]);
}

#[tokio::test]
async fn pages_are_counted_up_to_the_moment_of_the_first_and_a_merged_incident_is_counted_in_the_other() {
    let office = office().await;
    two_weeks(&office).await;
    let first = office.hot(office.staff, 30, 2, "").await.unwrap();
    office.house.at("2026-11-12 09:00").await;
    office.import(vec![letter(9, "B2", "S7", "3路公交", &format!("{BUS}又一封"), "2026-11-11 10:00")]).await.unwrap();
    let second = office.hot(office.staff, 30, 2, &first.next_page_token).await.unwrap();
    assert_eq!((second.window_end_time, second.hot_matters.len()), (first.window_end_time, 1));
    assert_eq!((second.hot_matters[0].rank, second.hot_matters[0].report_count), (3, 1));
    assert!(second.next_page_token.is_empty());
    let incidents: Vec<pb::Incident> = first.hot_matters.iter().filter_map(|m| m.incident.clone()).collect();
    office.merge(&incidents[1], &incidents[0]).await.unwrap();
    let after = office.hot(office.staff, 30, 0, "").await.unwrap().hot_matters;
    assert_eq!(after.iter().map(|m| (m.rank, m.report_count, m.writer_count)).collect::<Vec<_>>(), [(1, 6, 5), (2, 2, 2)]);
}

#[tokio::test]
async fn the_office_and_the_leaders_see_what_is_hot_and_units_do_not() {
    let office = office().await;
    for by in [office.collector, office.staff, office.head, office.leader] {
        assert!(office.hot(by, 0, 0, "").await.unwrap().hot_matters.is_empty());
    }
    for by in [office.water_head, office.officer] {
        assert_refused(office.hot(by, 7, 0, "").await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    for days in [-1, 91] {
        assert_refused(office.hot(office.staff, days, 0, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    assert_refused(office.hot(office.staff, 7, 0, "???").await, Code::InvalidArgument, "FIELDS_INVALID");
}
