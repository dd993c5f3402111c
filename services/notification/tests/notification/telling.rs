//! Whom a fact is told to, and the proof of delivery.

use crate::office::{State, office, office_whose_head_is};
use chassis::testing::assert_refused;
use huiying_proto::{
    accountability::ObligationOpened,
    assessment::{Level, OpinionFiled, TrendRose},
    directory::{Role, body::Kind},
    intake::{BulletinIssued, DailyRegisterCompiled, IncidentMerged, IncidentSplit, RegroupingUndone, bulletin, regrouping},
    notification as pb,
};
use tonic::Code;

#[tokio::test]
async fn an_important_incident_is_told_to_leaders_involved_units_and_office_once_each() {
    let office = office().await;
    office.classify(Level::Important, Level::Unspecified, &[office.water]).await;
    for person in [office.principal, office.leader, office.water_head, office.water_handler, office.head, office.staff] {
        let notices = office.inbox(person).await;
        assert_eq!(notices.iter().map(|n| n.title.as_str()).collect::<Vec<_>>(), ["【重要舆情】河东停水"]);
        let notice = &notices[0];
        assert_eq!((notice.plan_id.as_str(), notice.clause.as_str()), ("important_classified", "四(一)一"));
        assert!(notice.urgent && notice.needs_acknowledgement && notice.text.contains("〔2026〕7"), "{notice:?}");
        assert_eq!((notice.state(), &notice.incident_id), (State::Delivered, &office.incident.to_string()));
    }
    assert!(office.titles(office.traffic_officer).await.is_empty() && office.titles(office.auditor).await.is_empty());
    let told = office.facts::<pb::NoticeDelivered>().await;
    assert_eq!(told.len(), 6);
    assert!(
        told.iter().all(|f| f.incident_id == office.incident.to_string() && f.title == "【重要舆情】河东停水" && f.clause == "四(一)一")
    );
    office.classify(Level::Important, Level::Important, &[office.water]).await;
    assert_eq!(office.facts::<pb::NoticeDelivered>().await.len(), 6);
}

#[tokio::test]
async fn what_a_unit_holds_of_an_incident_is_told_to_who_decides_of_it() {
    let office = office().await;
    let filed = OpinionFiled {
        incident_id: office.incident.to_string(),
        number: "〔2026〕7".into(),
        title: "河东停水".into(),
        body_name: "县水务局".into(),
        proposal: "建议定为重要舆情".into(),
        ..Default::default()
    };
    office.house.tell("assessment", filed).await;
    for person in [office.head, office.leader] {
        assert_eq!(office.titles(person).await, ["【研判意见】河东停水"]);
    }
    for person in [office.staff, office.water_head] {
        assert!(office.titles(person).await.is_empty());
    }
}

#[tokio::test]
async fn a_rise_is_told_to_the_head_of_the_office_and_the_leader_in_charge() {
    let office = office().await;
    let rose = TrendRose {
        incident_id: office.incident.to_string(),
        number: "〔2026〕7".into(),
        title: "河东停水".into(),
        clause: "四(二)".into(),
        begin_time: Some(chassis::wire_time(chassis::testing::moment("2026-11-10 09:00"))),
        window_hours: 6,
        report_count: 20,
        previous_report_count: 4,
        text: "近6小时线索20条,此前6小时4条(5.0倍)".into(),
        ..Default::default()
    };
    office.house.tell("assessment", rose).await;
    for person in [office.head, office.leader] {
        let notices = office.inbox(person).await;
        let [notice] = notices.as_slice() else { unreachable!("{notices:?}") };
        assert_eq!((notice.title.as_str(), notice.clause.as_str(), notice.urgent), ("【走势上升】河东停水", "四(二)", true));
        assert!(notice.text.contains("2026年11月10日9时起") && notice.text.contains("近6小时线索20条"), "{}", notice.text);
    }
    for person in [office.staff, office.principal, office.water_head, office.auditor] {
        assert!(office.titles(person).await.is_empty());
    }
}

#[tokio::test]
async fn a_bulletin_is_told_to_leaders_and_the_units_in_it_and_a_special_one_asks_for_acknowledgement() {
    let office = office().await;
    let issued = |kind: bulletin::Kind| BulletinIssued {
        kind: kind.into(),
        year: 2026,
        number: 3,
        title: "河东停水".into(),
        incident_ids: vec![office.incident.to_string()],
        body_ids: vec![office.water.to_string()],
        ..Default::default()
    };
    office.house.tell("intake", issued(bulletin::Kind::Weekly)).await;
    office.house.tell("intake", issued(bulletin::Kind::Special)).await;
    for person in [office.principal, office.leader, office.water_head, office.water_handler] {
        let notices = office.inbox(person).await;
        let mut told: Vec<_> = notices.iter().map(|n| (n.plan_id.as_str(), n.urgent, n.needs_acknowledgement)).collect();
        told.sort_unstable();
        assert_eq!(told, [("bulletin_issued", false, false), ("special_bulletin_issued", true, true)]);
    }
    assert!(office.titles(office.traffic_officer).await.is_empty());
}

#[tokio::test]
async fn who_is_a_recipient_in_two_capacities_is_told_once() {
    let office = office().await;
    let both = office.house.person("both", office.office, &[Role::OfficeHead, Role::OfficeStaff]).await;
    office.classify(Level::Important, Level::Unspecified, &[office.office]).await;
    assert_eq!(office.titles(both).await.len(), 1);
    assert_eq!(office.titles(office.staff).await.len(), 1);
}

#[tokio::test]
async fn a_unit_is_its_head_its_handlers_and_its_information_officers() {
    let office = office().await;
    let registrar = office.house.person("registrar", office.water, &[Role::SystemAdministrator]).await;
    office.assign(office.water, "河东停水").await;
    office.assign(office.traffic, "公交停运").await;
    for (person, title) in
        [(office.water_head, "【交办】河东停水"), (office.water_handler, "【交办】河东停水"), (office.traffic_officer, "【交办】公交停运")]
    {
        assert_eq!(office.titles(person).await, [title]);
    }
    assert!(office.titles(registrar).await.is_empty());
}

#[tokio::test]
async fn the_disposal_office_is_told_as_a_body_through_its_staff_and_head() {
    let office = office().await;
    office.assign(office.office, "河东停水").await;
    assert_eq!((office.titles(office.staff).await.len(), office.titles(office.head).await.len()), (1, 1));
}

#[tokio::test]
async fn a_stand_in_is_told_too_while_the_delegation_lasts() {
    let office = office().await;
    let deputy = office.house.person("deputy", office.office, &[Role::Collector]).await;
    office.delegate(office.water_head, deputy, ("2026-11-10 08:00", "2026-11-10 12:00")).await;
    office.delegate(office.leader, deputy, ("2026-11-10 08:00", "2026-11-10 12:00")).await;
    office.assign(office.water, "河东停水").await;
    office.propose_line().await;
    office.lead_undetermined(&[office.leader]).await;
    assert_eq!(office.titles(deputy).await, ["【请指定牵头领导】河东停水", "【请审定口径】", "【交办】河东停水"]);
    office.house.at("2026-11-10 12:00").await;
    office.assign(office.water, "又停水").await;
    assert_eq!(office.titles(deputy).await.len(), 3);
    assert_eq!(office.titles(office.water_head).await, ["【交办】又停水", "【交办】河东停水"]);
}

#[tokio::test]
async fn persons_named_in_a_fact_are_told() {
    let office = office().await;
    office.lead_undetermined(&[office.leader, office.head]).await;
    for person in [office.principal, office.leader, office.head] {
        assert_eq!(office.titles(person).await, ["【请指定牵头领导】河东停水"]);
    }
    assert!(office.titles(office.staff).await.is_empty());
}

#[tokio::test]
async fn a_reminder_reaches_who_owes_and_after_the_time_climbs() {
    let office = office().await;
    office.house.tell("accountability", office.reminder(office.water, Some("2026-11-11 00:00"))).await;
    assert_eq!(office.titles(office.water_head).await, ["【时限提醒】当日回应"]);
    assert!(office.titles(office.head).await.is_empty());
    let late = huiying_proto::accountability::ObligationReminded {
        stage: "after_due".into(),
        also_roles: vec!["office_head".into(), "leader_in_charge".into()],
        ..office.reminder(office.water, Some("2026-11-11 00:00"))
    };
    office.house.tell("accountability", late).await;
    assert_eq!(office.titles(office.head).await, ["【督办提醒】当日回应"]);
    assert_eq!(office.titles(office.leader).await, ["【督办提醒】当日回应"]);
}

#[tokio::test]
async fn a_fact_without_an_incident_is_told_without_one() {
    let office = office().await;
    let fact = DailyRegisterCompiled {
        register_date: "2026-11-10".into(),
        collector_person_id: office.staff.to_string(),
        item_count: 0,
        text: "本日无舆情".into(),
        hours_left: 6,
    };
    office.house.tell("intake", fact).await;
    let notice = office.inbox(office.principal).await.remove(0);
    assert_eq!((notice.title.as_str(), notice.incident_id.as_str()), ("【每日登记】2026年11月10日", ""));
}

#[tokio::test]
async fn a_fact_that_the_rule_does_not_announce_is_told_to_nobody_and_leaves_no_trace() {
    let office = office().await;
    let fact =
        ObligationOpened { incident_id: office.incident.to_string(), debtor_body_id: office.water.to_string(), ..Default::default() };
    office.house.tell("accountability", fact).await;
    assert!(office.records().await.is_empty());
}

#[tokio::test]
async fn a_notice_that_cannot_be_made_is_told_to_the_head_of_the_office_and_the_next_ones_go_out() {
    let office = office().await;
    // A reminder without its time: the rule's text asks for it.
    office.house.tell("accountability", office.reminder(office.water, None)).await;
    let notice = office.inbox(office.head).await.remove(0);
    assert_eq!((notice.title.as_str(), &notice.incident_id), ("【通知未送达】", &office.incident.to_string()));
    assert!(notice.text.contains("toksun.yaml") && notice.text.contains("due_time"), "{}", notice.text);
    assert!(office.titles(office.water_head).await.is_empty());
    office.house.tell("accountability", office.reminder(office.water, Some("2026-11-11 00:00"))).await;
    assert_eq!(office.titles(office.water_head).await, ["【时限提醒】当日回应"]);
}

#[tokio::test]
async fn a_recipient_behind_whom_nobody_stands_is_told_to_the_head_of_the_office_by_name() {
    let office = office().await;
    let parks = office.house.body("parks", "园林局", Kind::Unit).await;
    office.assign(parks, "行道树倒伏").await;
    let notice = office.inbox(office.head).await.remove(0);
    assert_eq!((notice.title.as_str(), &notice.incident_id), ("【通知未送达】", &office.incident.to_string()));
    assert!(notice.urgent && notice.needs_acknowledgement, "{notice:?}");
    assert!(notice.text.contains("“【交办】行道树倒伏”应送园林局,该处无人可收"), "{}", notice.text);
    assert!(office.titles(office.staff).await.is_empty());
    // The others are told all the same.
    office.classify(Level::Important, Level::Unspecified, &[parks, office.water]).await;
    assert_eq!(office.titles(office.water_head).await, ["【重要舆情】河东停水"]);
    assert_eq!(office.titles(office.head).await, ["【通知未送达】", "【重要舆情】河东停水", "【通知未送达】"]);
}

#[tokio::test]
async fn without_a_head_of_the_office_whoever_is_next_learns_of_it() {
    let office = office_whose_head_is(&[Role::Collector]).await;
    let parks = office.house.body("parks", "园林局", Kind::Unit).await;
    office.assign(parks, "行道树倒伏").await;
    assert_eq!(office.titles(office.staff).await, ["【通知未送达】"]);
}

#[tokio::test]
async fn a_debtor_whose_id_is_none_stops_nothing() {
    let office = office().await;
    let mut reminder = office.reminder(office.water, Some("2026-11-11 00:00"));
    reminder.debtor_body_id = "water".into();
    office.house.tell("accountability", reminder).await;
    assert_eq!(office.titles(office.head).await, ["【通知未送达】"]);
    assert!(office.inbox(office.head).await[0].text.contains("body/water"));
    office.house.tell("accountability", office.reminder(office.water, Some("2026-11-11 00:00"))).await;
    assert_eq!(office.titles(office.water_head).await, ["【时限提醒】当日回应"]);
}

#[tokio::test]
async fn a_delivery_is_recorded_with_the_fact_that_caused_it() {
    let office = office().await;
    office.assign(office.traffic, "公交停运").await;
    let notice = office.inbox(office.traffic_officer).await.remove(0);
    let record = office.records().await.pop().unwrap();
    assert_eq!(record.cause_event_id, notice.cause_event_id);
    assert_eq!(record.actor.unwrap().service_name, "notification");
    assert_eq!(record.audit.unwrap().incident_id, office.incident.to_string());
}

#[tokio::test]
async fn the_office_sees_an_incident_s_deliveries_and_readings_without_the_text() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    office.open(office.water_head, &notice.notice_id).await.unwrap();
    for reader in [office.staff, office.head, office.leader, office.principal, office.auditor] {
        let deliveries = office.deliveries(reader, &office.incident.to_string(), 10, "").await.unwrap().notices;
        assert_eq!(deliveries.len(), 2);
        assert!(deliveries.iter().all(|n| n.text.is_empty() && n.deliver_time.is_some()));
        let states: Vec<State> =
            deliveries.iter().filter(|n| n.person_id == office.water_head.to_string()).map(pb::Notice::state).collect();
        assert_eq!(states, [State::Opened]);
    }
    for other in [office.water_head, office.traffic_officer] {
        let refused = office.deliveries(other, &office.incident.to_string(), 10, "").await;
        assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    assert!(office.deliveries(office.staff, &office.house.new_id().to_string(), 10, "").await.unwrap().notices.is_empty());
}

#[tokio::test]
async fn deliveries_page_through_everything_once() {
    let office = office().await;
    office.classify(Level::Important, Level::Unspecified, &[office.water, office.traffic]).await;
    let (mut persons, mut token) = (Vec::new(), String::new());
    loop {
        let page = office.deliveries(office.staff, &office.incident.to_string(), 3, &token).await.unwrap();
        persons.extend(page.notices.into_iter().map(|n| n.person_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    persons.sort();
    persons.dedup();
    assert_eq!(persons.len(), 7);
}

#[tokio::test]
async fn who_no_longer_holds_the_post_or_does_not_hold_it_yet_is_not_told() {
    let office = office().await;
    let before = office.house.person("before", office.traffic, &[]).await;
    let after = office.house.person("after", office.traffic, &[]).await;
    office.appoint(before, office.traffic, Role::UnitHead, ("2024-03-01 00:00", Some("2026-11-10 10:00"))).await;
    office.appoint(after, office.traffic, Role::UnitHead, ("2026-11-10 10:00", None)).await;
    office.appoint(before, office.office, Role::OfficeStaff, ("2026-11-10 10:00", None)).await;
    office.appoint(after, office.office, Role::OfficeStaff, ("2024-03-01 00:00", Some("2026-11-10 10:00"))).await;
    office.assign(office.traffic, "公交停运").await;
    office.house.at("2026-11-10 10:00").await;
    office.assign(office.traffic, "又停运").await;
    assert_eq!(office.titles(before).await, ["【交办】公交停运"]);
    assert_eq!(office.titles(after).await, ["【交办】又停运"]);
}

#[tokio::test]
async fn a_merge_a_split_and_an_undo_are_told_to_the_office_head_and_the_leaders_in_charge() {
    let office = office().await;
    let (incident_id, number, title) = (office.incident.to_string(), "2026-0001".to_owned(), "河东停水".to_owned());
    let merged = IncidentMerged {
        incident_id: incident_id.clone(),
        number: number.clone(),
        title: title.clone(),
        into_number: "2026-0002".into(),
        into_title: "城区停水".into(),
        report_count: 3,
        reason: "同一件事".into(),
        ..Default::default()
    };
    office.house.tell("intake", merged).await;
    let split = IncidentSplit {
        incident_id: incident_id.clone(),
        number: number.clone(),
        title: title.clone(),
        new_number: "2026-0003".into(),
        new_title: "水价".into(),
        report_count: 1,
        reason: "是两件事".into(),
        ..Default::default()
    };
    office.house.tell("intake", split).await;
    let undone = RegroupingUndone {
        incident_id,
        number,
        title,
        left_number: "2026-0002".into(),
        left_title: "城区停水".into(),
        report_count: 3,
        kind: regrouping::Kind::Merge.into(),
        reason: "并错了".into(),
        ..Default::default()
    };
    office.house.tell("intake", undone).await;
    for person in [office.head, office.leader] {
        let told = office.inbox(person).await;
        let titles: Vec<&str> = told.iter().map(|n| n.title.as_str()).collect();
        assert_eq!(titles, ["【撤销归并调整】河东停水", "【事件拆分】河东停水", "【事件并入】城区停水"]);
        assert!(told[0].text.contains("并入") && told[0].text.contains("并错了"), "{}", told[0].text);
        assert!(told[2].text.contains("2026-0002") && told[2].text.contains("线索3条"), "{}", told[2].text);
    }
    assert!(office.titles(office.water_head).await.is_empty());
}
