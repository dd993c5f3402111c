//! Bulletins, through the contract.

use crate::office::{BUS, PLANT, WATER, letter, office, sighting};
use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level,
    intake::{self as pb, bulletin::Kind},
};
use tonic::Code;

#[tokio::test]
async fn the_week_s_bulletin_tells_of_what_is_not_important() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.classify(&plant.incident_id, Level::Important).await;
    office.classify(&water.incident_id, Level::Ordinary).await;
    office.house.at("2026-11-13 16:00").await;
    let bulletin = office.issue(Kind::Weekly, "", "2026-11-15").await.unwrap();
    let mut incidents = bulletin.incident_ids.clone();
    incidents.sort_unstable();
    let mut expected = vec![water.incident_id, bus.incident_id];
    expected.sort_unstable();
    assert_eq!((bulletin.kind(), bulletin.year, bulletin.number, incidents), (Kind::Weekly, 2026, 1, expected));
    for part in ["第1期", "11月9日", "11月15日", "河东自来水发黄", "3路公交改线", "编者按:请阅示"] {
        assert!(bulletin.text.contains(part), "{part}: {}", bulletin.text);
    }
    assert!(!bulletin.text.contains("搅拌站"));
    let told = office.told::<pb::BulletinIssued>().await.remove(0);
    assert_eq!((&told.bulletin_id, &told.title, &told.text), (&bulletin.bulletin_id, &bulletin.title, &bulletin.text));
    assert_refused(office.issue(Kind::Weekly, "", "2026-11-08").await, Code::FailedPrecondition, "BULLETIN_EMPTY");
}

#[tokio::test]
async fn a_special_bulletin_tells_of_an_important_incident_by_level_of_outlet_and_on_what_ground() {
    let office = office().await;
    let report =
        office.placed(pb::RegisterReportRequest { page: "头版".into(), ..sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT) }).await;
    office
        .import((0..7).map(|n| letter(n, &n.to_string(), &format!("S{n}"), "锦绣家园搅拌站", PLANT, "2026-11-10 08:00")).collect())
        .await
        .unwrap();
    let refused = office.issue(Kind::Special, &report.incident_id, "").await;
    assert_refused(refused, Code::FailedPrecondition, "NOT_IMPORTANT");
    office.classify(&report.incident_id, Level::Important).await;
    let bulletin = office.issue(Kind::Special, &report.incident_id, "").await.unwrap();
    assert_eq!((bulletin.number, bulletin.incident_ids.as_slice()), (1, [report.incident_id.clone()].as_slice()));
    for part in [
        "重要舆情专报:锦绣家园搅拌站扰民",
        "市级媒体 1 条",
        "X市日报(头版)《锦绣家园搅拌站扰民》",
        "领导信箱 7 条",
        "二(四)",
        "来信人 7 名",
    ] {
        assert!(bulletin.text.contains(part), "{part}: {}", bulletin.text);
    }
    assert!(bulletin.text.find("市级媒体") < bulletin.text.find("领导信箱 7 条"));
}

#[tokio::test]
async fn bulletins_are_numbered_without_gaps_by_kind_and_year_whatever_was_refused_between() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    office.classify(&report.incident_id, Level::Important).await;
    let mut numbers = Vec::new();
    for _ in 0..2 {
        numbers.push(office.issue(Kind::Weekly, "", "2026-11-10").await.unwrap().number);
        office.issue(Kind::Weekly, "", "2026-10-10").await.unwrap_err();
        numbers.push(office.issue(Kind::Special, &report.incident_id, "").await.unwrap().number);
    }
    assert_eq!(numbers, [1, 1, 2, 2]);
    office.house.at("2027-01-04 09:00").await;
    assert_eq!(office.issue(Kind::Special, &report.incident_id, "").await.unwrap().number, 1);
    let message = pb::ListBulletinsRequest { page_size: 3, page_token: String::new() };
    let page = office.client.clone().list_bulletins(office.house.ask(office.leader, message)).await.unwrap().into_inner();
    assert_eq!(page.bulletins.iter().map(|b| (b.year, b.number)).collect::<Vec<_>>(), [(2027, 1), (2026, 2), (2026, 2)]);
    let message = pb::ListBulletinsRequest { page_size: 3, page_token: page.next_page_token };
    let page = office.client.clone().list_bulletins(office.house.ask(office.leader, message)).await.unwrap().into_inner();
    assert_eq!((page.bulletins.len(), page.next_page_token.as_str()), (2, ""));
}

#[tokio::test]
async fn bad_and_unknown_bulletins_are_refused_and_units_read_none() {
    let office = office().await;
    assert_refused(office.issue(Kind::Unspecified, "", "2026-11-10").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.issue(Kind::Weekly, "", "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.issue(Kind::Special, "", "").await, Code::InvalidArgument, "FIELDS_INVALID");
    let nothing = office.house.new_id().to_string();
    assert_refused(office.issue(Kind::Special, &nothing, "").await, Code::NotFound, "INCIDENT_UNKNOWN");
    let get = |by| office.house.ask(by, pb::GetBulletinRequest { bulletin_id: nothing.clone() });
    assert_refused(office.client.clone().get_bulletin(get(office.staff)).await, Code::NotFound, "BULLETIN_UNKNOWN");
    assert_refused(office.client.clone().get_bulletin(get(office.water_head)).await, Code::PermissionDenied, "PERMISSION_DENIED");
}
