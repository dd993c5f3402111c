//! The day's register, through the contract.

use crate::office::{PLANT, WATER, office, sighting};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    assessment::Level,
    directory::{Delegation, DelegationGranted},
    intake::{
        self as pb,
        outlet::{Medium, Tier},
    },
};
use tonic::Code;

#[tokio::test]
async fn the_collector_of_the_day_compiles_what_came_in() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    office.placed(sighting(&office.mailbox, "锦绣家园搅拌站扰民", PLANT)).await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.name_bodies(&office.incident(&plant.incident_id).await, &[office.housing]).await.unwrap();
    office.classify(&plant.incident_id, Level::Important).await;
    office.house.at("2026-11-10 18:00").await;
    let register = office.compile(office.collector, "2026-11-10").await.unwrap();
    assert_eq!((register.report_count, register.incident_count), (3, 2));
    assert_eq!(register.collector_person_id, office.collector.to_string());
    for part in [
        "2026年11月10日",
        "周小燕",
        "线索 3 条",
        "重要 1 件",
        "1. [2026-0001]锦绣家园搅拌站扰民(重要;线索 2 条",
        "X市日报",
        "领导信箱",
        "县住房和城乡建设局",
    ] {
        assert!(register.text.contains(part), "{part}: {}", register.text);
    }
    let told = office.told::<pb::DailyRegisterCompiled>().await.remove(0);
    assert_eq!((told.register_date.as_str(), told.item_count, &told.text), ("2026-11-10", 3, &register.text));
    assert_eq!(told.hours_left, 6);
    let message = pb::GetDailyRegisterRequest { register_date: "2026-11-10".into() };
    let again =
        office.client.clone().get_daily_register(office.house.ask(office.leader, message)).await.unwrap().into_inner().daily_register;
    assert_eq!(again.unwrap(), register);
}

#[tokio::test]
async fn a_day_of_nothing_is_reported_as_nothing() {
    let office = office().await;
    let register = office.compile(office.collector, "2026-11-10").await.unwrap();
    assert_eq!((register.report_count, register.incident_count), (0, 0));
    assert!(register.text.contains("零报告"), "{}", register.text);
}

#[tokio::test]
async fn what_came_in_after_a_register_was_compiled_stands_in_the_next() {
    let office = office().await;
    office.house.at("2026-11-10 18:00").await;
    let first = office.compile(office.collector, "2026-11-10").await.unwrap();
    for part in ["截至2026年11月10日 18:00,当日未发现", "本登记统计至2026年11月10日 18:00,其后收到的线索列入下一次登记"]
    {
        assert!(first.text.contains(part), "{part}: {}", first.text);
    }
    office.house.at("2026-11-10 21:00").await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    // Compiled when the day is over, it tells of all of it.
    office.house.at("2026-11-12 08:00").await;
    let register = office.compile(office.collector, "2026-11-11").await.unwrap();
    assert!(!register.text.contains("统计至"), "{}", register.text);
    assert_eq!(register.report_count, 0);
    assert!(register.text.contains("补登") && register.text.contains("河东自来水发黄"), "{}", register.text);
}

#[tokio::test]
async fn a_register_of_a_day_that_was_not_over_is_supplemented_until_the_next_is_there() {
    let office = office().await;
    assert_refused(office.supplement(office.collector, "2026-11-10").await, Code::NotFound, "REGISTER_UNKNOWN");
    // At one minute past midnight there was nothing.
    office.house.at("2026-11-11 00:01").await;
    let zero = office.compile(office.collector, "2026-11-11").await.unwrap();
    assert!(zero.text.contains("截至2026年11月11日 00:01,当日未发现"), "{}", zero.text);
    office.house.at("2026-11-11 10:00").await;
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    assert_refused(office.supplement(office.staff, "2026-11-11").await, Code::PermissionDenied, "NOT_THE_COLLECTOR");
    office.house.at("2026-11-12 08:00").await;
    let whole = office.supplement(office.collector, "2026-11-11").await.unwrap();
    let told = office.told::<pb::DailyRegisterCompiled>().await;
    assert_eq!(told.iter().map(|t| (t.item_count, t.hours_left)).collect::<Vec<_>>(), [(0, 24), (1, 0)]);
    assert_eq!(whole.report_count, 1);
    for part in ["河东自来水发黄", "补编:原登记编成于2026年11月11日 00:01,共0条"] {
        assert!(whole.text.contains(part), "{part}: {}", whole.text);
    }
    // Now it tells of the whole day, and the next of nothing of it.
    assert_refused(office.supplement(office.collector, "2026-11-11").await, Code::FailedPrecondition, "REGISTER_COMPLETE");
    let next = office.compile(office.collector, "2026-11-12").await.unwrap();
    assert!(!next.text.contains("自来水"), "{}", next.text);
    office.house.at("2026-11-13 08:00").await;
    office.compile(office.collector, "2026-11-13").await.unwrap();
    assert_refused(office.supplement(office.collector, "2026-11-12").await, Code::FailedPrecondition, "REGISTER_COMPLETE");
}

#[tokio::test]
async fn what_comes_in_in_the_moment_of_compiling_stands_in_one_register() {
    let office = office().await;
    office.house.at("2026-11-10 18:00").await;
    office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let first = office.compile(office.collector, "2026-11-10").await.unwrap();
    office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.house.at("2026-11-11 18:00").await;
    let next = office.compile(office.collector, "2026-11-11").await.unwrap();
    assert_eq!((first.text.contains("搅拌站"), first.text.contains("自来水")), (true, false));
    assert_eq!((next.text.contains("搅拌站"), next.text.contains("自来水")), (false, true), "{}", next.text);
}

#[tokio::test]
async fn days_without_a_register_stand_in_the_next_one() {
    let office = office().await;
    office.compile(office.collector, "2026-11-10").await.unwrap();
    for (day, title, text) in [("2026-11-10 21:00", "锦绣家园搅拌站扰民", PLANT), ("2026-11-11 10:00", "河东自来水发黄", WATER)]
    {
        office.house.at(day).await;
        office.placed(sighting(&office.paper, title, text)).await;
    }
    office.house.at("2026-11-12 18:00").await;
    let register = office.compile(office.collector, "2026-11-12").await.unwrap();
    for title in ["补登", "锦绣家园搅拌站扰民", "河东自来水发黄"] {
        assert!(register.text.contains(title), "{title}: {}", register.text);
    }
}

#[tokio::test]
async fn a_repost_of_an_earlier_piece_is_no_day_of_nothing() {
    let office = office().await;
    let county = office.register_outlet("县融媒体中心", Tier::County, Medium::Web).await.unwrap().outlet_id;
    let report = office.placed(sighting(&county, "锦绣家园搅拌站扰民", PLANT)).await;
    office.compile(office.collector, "2026-11-10").await.unwrap();
    office.house.at("2026-11-11 09:00").await;
    let again = pb::RegisterReportRequest { excerpt: report.excerpt.clone(), ..sighting(&office.paper, "搅拌站扰民", "") };
    office.placed(again).await;
    office.house.at("2026-11-11 18:00").await;
    let register = office.compile(office.collector, "2026-11-11").await.unwrap();
    assert_eq!((register.report_count, register.incident_count), (0, 1));
    assert!(!register.text.contains("零报告"), "{}", register.text);
    assert!(register.text.contains("重复、转载 1 次;来源:X市日报"), "{}", register.text);
    assert_eq!(office.told::<pb::DailyRegisterCompiled>().await.pop().unwrap().item_count, 1);
    // The special bulletin says who reposted it.
    office.classify(&report.incident_id, Level::Important).await;
    let special = office.issue(pb::bulletin::Kind::Special, &report.incident_id, "").await.unwrap();
    assert!(special.text.contains("市级媒体 1 条"), "{}", special.text);
}

#[tokio::test]
async fn only_the_collector_of_that_day_and_who_stands_in_for_them_compile_it() {
    let office = office().await;
    assert_refused(office.compile(office.staff, "2026-11-10").await, Code::PermissionDenied, "NOT_THE_COLLECTOR");
    // Nobody was put on the roster: the day is the office's, and who compiles it is named.
    let register = office.compile(office.staff, "2026-11-01").await.unwrap();
    assert_eq!(register.collector_person_id, office.staff.to_string());
    let delegation = Delegation {
        delegation_id: office.house.new_id().to_string(),
        from_person_id: office.collector.to_string(),
        to_person_id: office.staff.to_string(),
        start_time: Some(wire_time(moment("2026-11-10 00:00"))),
        end_time: Some(wire_time(moment("2026-11-11 00:00"))),
        reason: "出差".into(),
    };
    office.house.tell("directory", DelegationGranted { delegation: Some(delegation) }).await;
    office.compile(office.staff, "2026-11-10").await.unwrap();
    assert_refused(office.compile(office.head, "2026-11-10").await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_day_is_compiled_once_and_not_before_it_comes() {
    let office = office().await;
    office.compile(office.collector, "2026-11-10").await.unwrap();
    assert_refused(office.compile(office.collector, "2026-11-10").await, Code::AlreadyExists, "REGISTER_EXISTS");
    assert_refused(office.compile(office.collector, "2026-11-11").await, Code::FailedPrecondition, "DATE_IN_FUTURE");
    assert_refused(office.compile(office.collector, "11-10").await, Code::InvalidArgument, "FIELDS_INVALID");
    let message = pb::GetDailyRegisterRequest { register_date: "2026-11-09".into() };
    let refused = office.client.clone().get_daily_register(office.house.ask(office.staff, message)).await;
    assert_refused(refused, Code::NotFound, "REGISTER_UNKNOWN");
    let message = pb::GetDailyRegisterRequest { register_date: "2026-11-10".into() };
    let refused = office.client.clone().get_daily_register(office.house.ask(office.water_head, message)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}
