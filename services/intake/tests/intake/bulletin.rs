//! Bulletins, through the contract.

use crate::office::{BUS, PLANT, WATER, letter, office, sighting};
use chassis::testing::{assert_refused, request_id};
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
    let weekly = office.issue(Kind::Weekly, "", "2026-11-10").await.unwrap();
    let mut numbers = vec![weekly.number];
    numbers.push(office.issue(Kind::Special, &report.incident_id, "").await.unwrap().number);
    office.issue(Kind::Weekly, "", "2026-10-10").await.unwrap_err();
    numbers.push(office.correct(&weekly, "2026-11-10").await.unwrap().number);
    numbers.push(office.issue(Kind::Special, &report.incident_id, "").await.unwrap().number);
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
async fn what_is_confirmed_ordinary_after_the_week_of_its_reports_stands_in_the_next_bulletin_once() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.classify(&plant.incident_id, Level::Important).await;
    // Undecided, it stands there as such; important, it doesn't.
    office.house.at("2026-11-13 16:00").await;
    let first = office.issue(Kind::Weekly, "", "2026-11-13").await.unwrap();
    assert_eq!(first.incident_ids, [water.incident_id.as_str()]);
    // Both are confirmed ordinary on Saturday, without a report more.
    office.house.at("2026-11-14 10:00").await;
    office.classify(&water.incident_id, Level::Ordinary).await;
    office.classify(&plant.incident_id, Level::Ordinary).await;
    office.house.at("2026-11-20 16:00").await;
    let second = office.issue(Kind::Weekly, "", "2026-11-20").await.unwrap();
    let (mut listed, mut expected) = (second.incident_ids.clone(), vec![water.incident_id, plant.incident_id]);
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    for part in ["登记一般舆情 0 件,线索 0 条", "此前登记、本期补列 2 件,线索 2 条", "搅拌站扰民(一般;线索 1 条"]
    {
        assert!(second.text.contains(part), "{part}: {}", second.text);
    }
    // Told, they are owed no more.
    office.house.at("2026-11-27 16:00").await;
    assert_refused(office.issue(Kind::Weekly, "", "2026-11-27").await, Code::FailedPrecondition, "BULLETIN_EMPTY");
}

#[tokio::test]
async fn what_comes_in_after_a_week_s_bulletin_stands_in_the_next_and_nothing_is_counted_twice() {
    let office = office().await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.house.at("2026-11-13 16:00").await;
    let first = office.issue(Kind::Weekly, "", "2026-11-13").await.unwrap();
    office.house.at("2026-11-14 09:00").await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    // The week after next: nobody issued one between.
    office.house.at("2026-11-27 16:00").await;
    let next = office.issue(Kind::Weekly, "", "2026-11-27").await.unwrap();
    assert_eq!(next.incident_ids, [bus.incident_id]);
    assert_eq!(next.from_time, first.until_time);
    assert_eq!(next.spread.unwrap().by_day.iter().map(|d| d.report_count).sum::<i64>(), 1);
    assert!(next.text.contains("统计的登记时间:2026年11月13日 16:00至2026年11月27日 16:00"), "{}", next.text);
}

#[tokio::test]
async fn a_week_has_one_bulletin_and_another_says_that_it_corrects_it() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.house.at("2026-11-13 16:00").await;
    let first = office.issue(Kind::Weekly, "", "2026-11-13").await.unwrap();
    let again = office.issue(Kind::Weekly, "", "2026-11-09").await;
    assert!(again.as_ref().unwrap_err().message().contains("第1期"), "{again:?}");
    assert_refused(again, Code::AlreadyExists, "BULLETIN_EXISTS");
    assert_refused(office.issue(Kind::Weekly, "", "2026-11-16").await, Code::FailedPrecondition, "DATE_IN_FUTURE");
    // By now it is ordinary: the correction says so, of the same time, and until now.
    office.classify(&water.incident_id, Level::Ordinary).await;
    let corrected = office.correct(&first, "2026-11-13").await.unwrap();
    assert_eq!((corrected.number, &corrected.corrects_bulletin_id, corrected.from_time), (2, &first.bulletin_id, first.from_time));
    for part in ["本期更正第1期", "登记一般舆情 1 件,线索 1 条"] {
        assert!(corrected.text.contains(part), "{part}: {}", corrected.text);
    }
    assert_refused(office.issue(Kind::Weekly, "", "2026-11-13").await, Code::AlreadyExists, "BULLETIN_EXISTS");
    office.house.at("2026-11-20 16:00").await;
    let bus = office.placed(sighting(&office.paper, "3路公交改线", BUS)).await;
    assert_refused(office.correct(&first, "2026-11-20").await, Code::FailedPrecondition, "BULLETIN_NOT_OF_WEEK");
    assert_eq!(office.issue(Kind::Weekly, "", "2026-11-20").await.unwrap().incident_ids, [bus.incident_id]);
}

#[tokio::test]
async fn involved_units_are_told_of_a_bulletin_and_read_it_and_no_other_unit_does() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.name_bodies(&office.incident(&water.incident_id).await, &[office.water]).await.unwrap();
    office.classify(&water.incident_id, Level::Important).await;
    let special = office.issue(Kind::Special, &water.incident_id, "").await.unwrap();
    assert_eq!(special.body_ids, [office.water.to_string()]);
    assert_eq!(office.told::<pb::BulletinIssued>().await.pop().unwrap().body_ids, special.body_ids);
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.name_bodies(&office.incident(&plant.incident_id).await, &[office.housing]).await.unwrap();
    let weekly = office.issue(Kind::Weekly, "", "2026-11-10").await.unwrap();
    for (by, reads, does_not) in [(office.water_head, &special, &weekly), (office.officer, &weekly, &special)] {
        let get = |bulletin: &pb::Bulletin| office.house.ask(by, pb::GetBulletinRequest { bulletin_id: bulletin.bulletin_id.clone() });
        let got = office.client.clone().get_bulletin(get(reads)).await.unwrap().into_inner().bulletin.unwrap();
        assert_eq!(&got, reads);
        assert_refused(office.client.clone().get_bulletin(get(does_not)).await, Code::NotFound, "BULLETIN_UNKNOWN");
        let list = office.house.ask(by, pb::ListBulletinsRequest::default());
        let listed = office.client.clone().list_bulletins(list).await.unwrap().into_inner().bulletins;
        assert_eq!(listed, [reads.clone()]);
        let render = |bulletin: &pb::Bulletin| pb::RenderBulletinRequest { bulletin_id: bulletin.bulletin_id.clone(), format: 0 };
        office.client.clone().render_bulletin(office.house.ask(by, render(reads))).await.unwrap();
        let refused = office.client.clone().render_bulletin(office.house.ask(by, render(does_not))).await;
        assert_refused(refused, Code::NotFound, "BULLETIN_UNKNOWN");
    }
    // A unit that comes to be involved afterwards reads it as well.
    office.name_bodies(&office.incident(&water.incident_id).await, &[office.water, office.housing]).await.unwrap();
    let get = office.house.ask(office.officer, pb::GetBulletinRequest { bulletin_id: special.bulletin_id.clone() });
    office.client.clone().get_bulletin(get).await.unwrap();
}

#[tokio::test]
async fn bad_and_unknown_bulletins_are_refused() {
    let office = office().await;
    assert_refused(office.issue(Kind::Unspecified, "", "2026-11-10").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.issue(Kind::Weekly, "", "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.issue(Kind::Special, "", "").await, Code::InvalidArgument, "FIELDS_INVALID");
    let nothing = office.house.new_id().to_string();
    assert_refused(office.issue(Kind::Special, &nothing, "").await, Code::NotFound, "INCIDENT_UNKNOWN");
    let get = |by| office.house.ask(by, pb::GetBulletinRequest { bulletin_id: nothing.clone() });
    assert_refused(office.client.clone().get_bulletin(get(office.staff)).await, Code::NotFound, "BULLETIN_UNKNOWN");
    assert_refused(office.client.clone().get_bulletin(get(office.water_head)).await, Code::NotFound, "BULLETIN_UNKNOWN");
    // A special bulletin corrects none.
    let message = pb::IssueBulletinRequest {
        request_id: request_id(),
        kind: Kind::Special.into(),
        incident_id: nothing.clone(),
        corrects_bulletin_id: nothing.clone(),
        ..Default::default()
    };
    let refused = office.client.clone().issue_bulletin(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    // Units issue none.
    let message = pb::IssueBulletinRequest { request_id: request_id(), kind: Kind::Weekly.into(), ..Default::default() };
    let refused = office.client.clone().issue_bulletin(office.house.ask(office.water_head, message)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}
