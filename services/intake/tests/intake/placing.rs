//! Placing: reports find their incidents, through the contract.

use crate::office::{BUS, PLANT, WATER, letter, office, outside, sighting};
use chassis::{
    Press,
    testing::{Rig, assert_refused},
};
use huiying_proto::intake::{self as pb, report::State};
use tonic::Code;

const AT: &str = "2026-11-09 20:00";

#[tokio::test]
async fn reports_of_one_matter_come_into_one_incident_and_of_another_into_another() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let second = office.placed(sighting(&office.paper, "搅拌站让锦绣家园居民睡不着", PLANT)).await;
    let other = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    assert_eq!((first.state(), &first.incident_id), (State::Placed, &second.incident_id));
    assert_ne!(other.incident_id, first.incident_id);
    let shown = office.shown(office.staff, &first.incident_id).await.unwrap();
    let incident = shown.incident.unwrap();
    assert_eq!((incident.number.as_str(), incident.title.as_str(), incident.report_count), ("2026-0001", "锦绣家园搅拌站扰民", 2));
    assert_eq!(shown.placements.iter().map(|p| p.report_id.as_str()).collect::<Vec<_>>(), [&second.report_id, &first.report_id]);
    assert!(shown.placements[0].ground.contains("锦绣家园"), "{:?}", shown.placements[0]);
    assert_eq!(office.incident(&other.incident_id).await.number, "2026-0002");
}

#[tokio::test]
async fn the_same_trouble_in_another_place_is_another_matter() {
    let office = office().await;
    let here = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let there = "青崖镇上庄村新建的混凝土搅拌站半夜生产,噪声大,灰尘多,没法睡觉。";
    let there = office.placed(sighting(&office.paper, "青崖镇上庄村搅拌站扰民", there)).await;
    assert_ne!(here.incident_id, there.incident_id);
}

#[tokio::test]
async fn an_earlier_report_that_a_later_one_shows_to_be_of_its_matter_is_moved_and_the_move_is_told() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let alone = "罐车一趟接一趟,窗台上全是水泥灰,机器轰鸣,老人孩子都睡不好。";
    let alone = office.placed(sighting(&office.paper, "罐车太多", alone)).await;
    assert_ne!(alone.incident_id, first.incident_id);
    let between = "搅拌站的罐车一趟接一趟,锦绣家园的窗台上全是水泥灰,夜里机器轰鸣,老人孩子都睡不好。";
    office.placed(sighting(&office.paper, "锦绣家园旁搅拌站的罐车太多", between)).await;
    let moved = office.told::<pb::ReportMoved>().await;
    assert_eq!(moved.len(), 1, "{moved:?}");
    assert!(moved[0].reason.starts_with("系统归并:"), "{moved:?}");
    let now = office.report(office.staff, &moved[0].report_id).await.unwrap();
    assert_eq!(now.incident_id, moved[0].incident_id);
    let (left, joined) = (office.incident(&moved[0].from_incident_id).await, office.incident(&moved[0].incident_id).await);
    assert_eq!((left.report_count, left.state()), (0, pb::incident::State::Merged));
    assert_eq!((&left.merged_into_incident_id, &left.merged_into_number), (&joined.incident_id, &joined.number));
    let merged = office.told::<pb::IncidentMerged>().await;
    assert_eq!(merged.len(), 1, "{merged:?}");
    assert_eq!((merged[0].report_count, merged[0].person_id.as_str()), (1, ""));
    assert!(joined.report_count >= 2, "{joined:?}");
    let placement = office.shown(office.staff, &moved[0].incident_id).await.unwrap().placements;
    assert!(placement.iter().any(|p| p.report_id == now.report_id && p.ground.starts_with("系统归并:")), "{placement:?}");
}

#[tokio::test]
async fn an_incident_of_which_a_person_decided_something_keeps_its_reports() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let alone = "罐车一趟接一趟,窗台上全是水泥灰,机器轰鸣,老人孩子都睡不好。";
    let alone = office.placed(sighting(&office.paper, "罐车太多", alone)).await;
    for report in [&first, &alone] {
        office.name_bodies(&office.incident(&report.incident_id).await, &[office.housing]).await.unwrap();
    }
    let between = "搅拌站的罐车一趟接一趟,锦绣家园的窗台上全是水泥灰,夜里机器轰鸣,老人孩子都睡不好。";
    office.placed(sighting(&office.paper, "锦绣家园旁搅拌站的罐车太多", between)).await;
    assert!(office.told::<pb::ReportMoved>().await.is_empty());
    for report in [&first, &alone] {
        assert_eq!(office.incident(&report.incident_id).await.state(), pb::incident::State::Open);
    }
}

#[tokio::test]
async fn a_matter_told_in_traditional_characters_is_the_matter_told_in_simplified_ones() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let text = "錦繡家園旁邊的混凝土攪拌站夜裡還在生產,噪聲很大,灰塵也多,請派人到現場看看。";
    let other = office.placed(sighting(&office.paper, "錦繡家園攪拌站擾民", text)).await;
    assert_eq!(other.incident_id, first.incident_id);
}

#[tokio::test]
async fn a_report_that_is_near_an_incident_and_not_near_enough_opens_one_and_says_which_it_may_be_of() {
    let texts = [
        ("窗台上的灰尘从哪里来", "家住锦绣家园,家里的窗台一天不擦就是一层灰,冬天也不敢开窗,孩子咳嗽了半个月,请环保局来测一测空气。"),
        ("夜里有怪声", "最近一到夜里锦绣家园就有嗡嗡的声音,听不出是从哪里来的,早上又没有了,家里老人心脏不好,请查一查。"),
        ("混凝土罐车压坏了路", "搅拌站的罐车每天上百趟,柳桥路的路面压出了坑,骑车的人摔了好几个,什么时候修?"),
        ("罐车半夜不停", "运混凝土的罐车半夜还在跑,锦绣家园门口的路灯又不亮,骑车的人摔了好几个。"),
    ];
    let mut suggested = 0;
    for (title, text) in texts {
        let office = office().await;
        for (title, text) in
            [("河东自来水发黄", WATER), ("3路公交改线", BUS), ("门诊挂号难", "县医院的门诊早上五点就没有号了,外地的老人白跑一趟。")]
        {
            office.placed(sighting(&office.paper, title, text)).await;
        }
        let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
        let number = office.incident(&plant.incident_id).await.number;
        let report = office.placed(sighting(&office.paper, title, text)).await;
        let placements = office.shown(office.staff, &report.incident_id).await.unwrap().placements;
        let ground = placements.into_iter().find(|p| p.report_id == report.report_id).unwrap().ground;
        if ground.starts_with("首条线索;疑与 ") {
            assert!(ground.contains(&number) && ground.contains("请核"), "{ground}");
            suggested += 1;
        }
    }
    assert!(suggested > 0);
}

#[tokio::test]
async fn an_opened_incident_is_told_of_before_its_first_report_and_each_in_a_record_that_names_its_cause() {
    let office = office().await;
    let message = pb::RegisterReportRequest {
        body_ids: vec![office.housing.to_string()],
        ..sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)
    };
    let report = office.placed(message).await;
    let ledger = office.ledger().await;
    let registered = ledger.iter().flat_map(|r| &r.events).find(|e| e.r#type.ends_with("ReportRegistered")).unwrap();
    let record = ledger.iter().find(|r| r.events.iter().any(|e| e.r#type.ends_with("ReportPlaced"))).unwrap();
    let types: Vec<_> = record.events.iter().map(|e| e.r#type.as_str()).collect();
    assert_eq!(types, ["huiying.intake.v1.IncidentOpened", "huiying.intake.v1.ReportPlaced"]);
    let audit = record.audit.as_ref().unwrap();
    assert_eq!(
        (&record.cause_event_id, &audit.subject_id, &audit.incident_id),
        (&registered.event_id, &report.report_id, &report.incident_id)
    );
    let opened = office.told::<pb::IncidentOpened>().await.remove(0);
    assert_eq!((opened.incident_id, opened.number.as_str()), (report.incident_id.clone(), "2026-0001"));
    let placed = office.told::<pb::ReportPlaced>().await.remove(0);
    assert_eq!(placed.body_ids, [office.housing.to_string()]);
    assert_eq!((placed.outlet_name.as_str(), placed.report_count, placed.incident_title), ("X市日报", 1, opened.title));
    assert_eq!((placed.publish_time, placed.first_report_time), (report.publish_time, report.register_time));
}

#[tokio::test]
async fn writers_are_counted_in_the_rule_s_window_by_when_they_wrote() {
    let office = office().await;
    // Ten in the window of thirty days; the eleventh and twelfth long before, one of them by who writes again later.
    let mut rows: Vec<_> =
        (0..10).map(|n| letter(n, &format!("N{n}"), &format!("S{n}"), "锦绣家园搅拌站", PLANT, "2026-11-05 10:00")).collect();
    rows.push(letter(10, "A", "S0", "锦绣家园搅拌站", &format!("{PLANT}上个月就反映过"), "2026-10-03 10:00"));
    rows.push(letter(11, "B", "T", "锦绣家园搅拌站", PLANT, "2026-10-04 10:00"));
    office.import(rows).await.unwrap();
    let incident = office.incidents(office.staff).await.remove(0);
    assert_eq!((incident.report_count, incident.distinct_writer_count, incident.recent_writer_count), (12, 11, 10));
    let placed = office.told::<pb::ReportPlaced>().await;
    assert_eq!(placed.iter().map(|p| p.report_count).max(), Some(12));
    assert_eq!(placed.iter().map(|p| p.distinct_writers).max(), Some(10));
}

#[tokio::test]
async fn a_report_of_which_the_registrar_knows_the_incident_comes_into_it() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let message = pb::RegisterReportRequest { incident_id: plant.incident_id.clone(), ..sighting(&office.paper, "记者回访", BUS) };
    let report = office.placed(message).await;
    assert_eq!(report.incident_id, plant.incident_id);
    let placement = office.shown(office.staff, &plant.incident_id).await.unwrap().placements.remove(0);
    assert_eq!((placement.score, placement.ground.as_str()), (1.0, "人工归并"));
}

#[tokio::test]
async fn units_that_a_later_report_names_are_added_and_told() {
    let office = office().await;
    let first = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let message =
        pb::RegisterReportRequest { body_ids: vec![office.housing.to_string()], ..sighting(&office.paper, "锦绣家园搅拌站", PLANT) };
    office.placed(message).await;
    assert_eq!(office.incident(&first.incident_id).await.body_ids, [office.housing.to_string()]);
    let named = office.told::<pb::InvolvedBodiesNamed>().await;
    assert_eq!(named, [pb::InvolvedBodiesNamed { incident_id: first.incident_id, body_ids: vec![office.housing.to_string()] }]);
}

#[tokio::test]
async fn a_moved_report_is_counted_where_it_is_and_no_longer_where_it_was() {
    let office = office().await;
    let rows = vec![
        letter(2, "1", "S1", "锦绣家园搅拌站", PLANT, AT),
        letter(3, "2", "S2", "锦绣家园搅拌站", PLANT, AT),
        letter(4, "3", "S3", "河东自来水", WATER, AT),
    ];
    let outcomes = office.import(rows).await.unwrap();
    let plant = office.report(office.staff, &outcomes[0].report_id).await.unwrap().incident_id;
    let water = office.report(office.staff, &outcomes[2].report_id).await.unwrap().incident_id;
    let moved = office.move_report(&outcomes[1].report_id, &water).await.unwrap();
    assert_eq!(moved.incident_id, water);
    let counts = |i: pb::Incident| (i.report_count, i.distinct_writer_count, i.recent_writer_count);
    assert_eq!((counts(office.incident(&plant).await), counts(office.incident(&water).await)), ((1, 1, 1), (2, 2, 2)));
    let told = office.told::<pb::ReportMoved>().await.remove(0);
    assert_eq!((told.incident_id, told.from_incident_id, told.reason.as_str()), (water.clone(), plant.clone(), "不是一件事"));
    let placed = office.told::<pb::ReportPlaced>().await.pop().unwrap();
    assert_eq!((placed.incident_id, placed.report_count, placed.score), (water.clone(), 2, 1.0));
    let refused = office.move_report(&outcomes[1].report_id, &water).await;
    assert_refused(refused, Code::FailedPrecondition, "REPORT_ALREADY_THERE");
}

#[tokio::test]
async fn a_report_moved_out_opens_an_incident_whose_number_was_never_given() {
    let office = office().await;
    let rows = vec![letter(2, "1", "S1", "锦绣家园搅拌站", PLANT, AT), letter(3, "2", "S2", "锦绣家园搅拌站", PLANT, AT)];
    let outcomes = office.import(rows).await.unwrap();
    let report = office.report(office.staff, &outcomes[1].report_id).await.unwrap();
    let moved = office.move_report(&report.report_id, "").await.unwrap();
    assert_ne!(moved.incident_id, report.incident_id);
    assert_eq!(office.incident(&moved.incident_id).await.number, "2026-0002");
    let left = office.incident(&report.incident_id).await;
    assert_eq!((left.number.as_str(), left.report_count), ("2026-0001", 1));
    assert_eq!(office.told::<pb::IncidentOpened>().await.pop().unwrap().incident_id, moved.incident_id);
    // The only report of an incident is no other incident.
    assert_refused(office.move_report(&report.report_id, "").await, Code::FailedPrecondition, "NOTHING_STAYS");
    // What a person parted the machine does not join again, whatever comes in.
    for (n, sender) in ["S3", "S4", "S5"].into_iter().enumerate() {
        let row = letter(n as i32 + 4, sender, sender, "锦绣家园搅拌站扰民", PLANT, AT);
        office.import(vec![row]).await.unwrap();
    }
    for incident in [&left, &office.incident(&moved.incident_id).await] {
        let now = office.incident(&incident.incident_id).await;
        assert_eq!(now.state(), pb::incident::State::Open, "{now:?}");
    }
    let other = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    assert_eq!(office.incident(&other.incident_id).await.number, "2026-0003");
}

#[tokio::test]
async fn moves_of_and_to_what_is_not_there_are_refused() {
    let office = office().await;
    let report = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let nothing = office.house.new_id().to_string();
    assert_refused(office.move_report(&nothing, "").await, Code::NotFound, "REPORT_UNKNOWN");
    assert_refused(office.move_report(&report.report_id, &nothing).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.move_report(&report.report_id, "nonsense").await, Code::InvalidArgument, "FIELDS_INVALID");
    let ask = office.house.ask(office.water_head, pb::MoveReportRequest::default());
    assert_refused(office.client.clone().move_report(ask).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn numbers_begin_anew_with_the_civil_year() {
    let office = office().await;
    office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.house.at("2027-01-01 00:10").await;
    let report = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    assert_eq!(office.incident(&report.incident_id).await.number, "2027-0001");
}

#[tokio::test]
async fn a_placer_that_starts_anew_remembers_what_was_placed_before() {
    use std::sync::Arc;
    let rig = crate::office::rig().await;
    let (url, clock) = (rig.url.clone(), rig.clock.clone());
    let first = crate::office::office_on(rig).await;
    let before = first.placed(sighting(&first.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let (staff, paper) = (first.staff, first.paper.clone());
    first.house.end().await;
    let rig = Rig::on(url, clock);
    let db = rig.db(intake::NAME, &intake::MIGRATOR).await;
    let service =
        intake::service(&db, &Arc::new(regulation::testing::toksun().into()), intake::WriterKey::new([7; 32]), Press::default(), outside());
    let house = rig.serve(vec![service], &["assessment"]).await;
    let mut client = pb::intake_service_client::IntakeServiceClient::new(house.channel.clone());
    let report = client
        .register_report(house.ask(staff, sighting(&paper, "锦绣家园搅拌站又开工", PLANT)))
        .await
        .unwrap()
        .into_inner()
        .report
        .unwrap();
    house.settle().await;
    let message = pb::GetReportRequest { report_id: report.report_id };
    let after = client.get_report(house.ask(staff, message)).await.unwrap().into_inner().report.unwrap();
    assert_eq!(after.incident_id, before.incident_id);
}

#[tokio::test]
async fn a_second_process_of_a_service_learns_who_may_from_what_the_first_has_heard() {
    use chassis::{ServeOptions, peers::Peers, tls::Trust, token::Verifier};
    use huiying_proto::directory::{Role, body::Kind};
    use std::{collections::HashMap, sync::Arc, time::Duration};
    let rig = crate::office::rig().await;
    let (url, clock) = (rig.url.clone(), rig.clock.clone());
    let first = crate::office::office_on(rig).await; // it has every lease
    let house = &first.house;
    let db = Rig::on(url, clock).db(intake::NAME, &intake::MIGRATOR).await;
    let service =
        intake::service(&db, &Arc::new(regulation::testing::toksun().into()), intake::WriterKey::new([7; 32]), Press::default(), outside());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let token = house.issuer.service("test", &[Role::System], house.clock.now(), 86_400).unwrap();
    let options = ServeOptions {
        listener,
        verifier: Verifier::new(&[("test".to_owned(), house.issuer.public_pem().to_owned())]).unwrap(),
        tls: None,
        peers: Peers::new(Some(&house.address), &HashMap::new(), &token, &Trust::Plain).unwrap(),
        checkpoint_key: None,
        stop: Default::default(),
        drain: Duration::ZERO,
    };
    tokio::spawn(chassis::serve(options, vec![service]));
    let mut client = pb::intake_service_client::IntakeServiceClient::new(chassis::peers::connect(&address, &Trust::Plain).unwrap());
    let body = house.body("new", "新设科室", Kind::DisposalOffice).await;
    let newcomer = house.person("新来的人", body, &[Role::OfficeStaff]).await;
    for _ in 0..100 {
        if client.list_reports(house.ask(newcomer, pb::ListReportsRequest::default())).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("ten seconds, and the second process does not know the newcomer");
}
