//! Who knew what when, through the contract.

use crate::office::{Office, office};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{accountability as pb, disposal as dp, intake as it, notification as nt};
use tonic::Code;
use uuid::Uuid;

async fn register(office: &Office, by: Uuid) -> Uuid {
    let report = office.house.new_id();
    let fact = it::Report {
        report_id: report.to_string(),
        title: "河东停水三天".into(),
        publish_time: Some(wire_time(moment("2026-11-09 20:00"))),
        register_time: Some(wire_time(office.house.clock.now())),
        ..Default::default()
    };
    office.house.tell_as("intake", by, it::ReportRegistered { report: Some(fact) }).await;
    report
}

async fn place(office: &Office, report: Uuid) {
    let fact = it::ReportPlaced { incident_id: office.incident.to_string(), report_id: report.to_string(), ..Default::default() };
    office.house.tell("intake", fact).await;
}

#[tokio::test]
async fn the_timeline_shows_in_order_who_knew_what_when_and_where_it_stands_in_a_ledger() {
    let office = office().await;
    let people = office.people;
    let report = register(&office, people.collector).await;
    place(&office, report).await;
    office.house.at("2026-11-10 09:30").await;
    let assignment = office.assign().await;
    office.house.at("2026-11-10 09:31").await;
    let notice = nt::NoticeDelivered {
        notice_id: office.house.new_id().to_string(),
        person_id: people.bureau_head.to_string(),
        incident_id: office.incident.to_string(),
        title: "【交办】河东供水".into(),
        clause: "四(三)".into(),
    };
    office.house.tell("notification", notice.clone()).await;
    office.house.at("2026-11-10 09:40").await;
    let opened = nt::NoticeOpened {
        notice_id: notice.notice_id.clone(),
        person_id: notice.person_id.clone(),
        incident_id: notice.incident_id.clone(),
        title: notice.title.clone(),
    };
    office.house.tell("notification", opened).await;
    office.at_with_breaches("2026-11-10 10:10", 1).await;
    office.acknowledge(assignment).await;
    let entries = office.timeline(people.head, office.incident).await.unwrap();
    let whats: Vec<&str> = entries.iter().map(|entry| entry.what.as_str()).collect();
    let expected = [
        "登记线索:河东停水三天",
        "接到交办:河东供水",
        "通知送达:【交办】河东供水",
        "打开通知:【交办】河东供水",
        "被提醒时限:第一时间签收",
        "逾期未履行:第一时间签收",
        "签收交办",
    ];
    assert!(expected.iter().all(|what| whats.contains(what)), "{whats:?}");
    assert!(entries.iter().map(|e| e.time.unwrap().seconds).collect::<Vec<_>>().is_sorted());
    let first = &entries[0];
    assert_eq!((first.person_id.as_str(), first.service_name.as_str()), (people.collector.to_string().as_str(), "intake"));
    assert_eq!(first.time, Some(wire_time(moment("2026-11-10 09:00"))));
    assert_eq!(first.claimed_time, Some(wire_time(moment("2026-11-09 20:00"))));
    assert!(entries.iter().all(|entry| entry.position > 0 && !entry.event_id.is_empty()));
    let breached = entries.iter().find(|entry| entry.what.starts_with("逾期")).unwrap();
    assert_eq!((breached.service_name.as_str(), breached.body_id.as_str()), ("accountability", people.bureau.to_string().as_str()));
    assert_eq!(breached.claimed_time, Some(wire_time(moment("2026-11-10 10:00"))));
    // A position is that of the fact in its ledger.
    let ledger = office.ledger().await;
    let record = &ledger[usize::try_from(breached.position).unwrap() - 1];
    assert!(record.events.iter().any(|event| event.event_id == breached.event_id));
}

#[tokio::test]
async fn of_many_reports_that_one_person_registers_the_first_is_knowledge() {
    let office = office().await;
    for minute in ["09:01", "09:02", "09:03"] {
        office.house.at(&format!("2026-11-10 {minute}")).await;
        let report = register(&office, office.people.collector).await;
        place(&office, report).await;
    }
    // A report that a platform registered shows no person's knowledge.
    let report = it::Report { report_id: office.house.new_id().to_string(), ..Default::default() };
    let id: Uuid = report.report_id.parse().unwrap();
    office.house.tell("intake", it::ReportRegistered { report: Some(report) }).await;
    place(&office, id).await;
    let entries = office.timeline(office.people.head, office.incident).await.unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].time, Some(wire_time(moment("2026-11-10 09:01"))));
}

#[tokio::test]
async fn a_unit_sees_its_own_knowledge_and_an_unknown_incident_is_refused() {
    let office = office().await;
    // The incident is known; nobody is known to know of it.
    assert!(office.timeline(office.people.head, office.incident).await.unwrap().is_empty());
    office.classify().await;
    office.assign().await;
    let whole = office.timeline(office.people.auditor, office.incident).await.unwrap();
    let own = office.timeline(office.people.handler, office.incident).await.unwrap();
    assert!(own.len() < whole.len() && own.iter().all(|entry| entry.body_id == office.people.bureau.to_string()));
    assert_refused(office.timeline(office.people.school_head, office.incident).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.timeline(office.people.head, office.house.new_id()).await, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_refused(office.timeline(office.people.head, Uuid::nil()).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn what_is_entered_afterwards_shows_it_with_its_witness_and_each_party_its_first_knowledge_and_report() {
    let office = office().await;
    let people = office.people;
    office.house.at("2026-11-10 11:20").await;
    let report = office.house.new_id();
    let fact = it::Report {
        report_id: report.to_string(),
        title: "来电反映停水".into(),
        publish_time: Some(wire_time(moment("2026-11-10 07:00"))),
        received_time: Some(wire_time(moment("2026-11-10 08:00"))),
        witness_person_id: people.staff.to_string(),
        ..Default::default()
    };
    office.house.tell_as("intake", people.collector, it::ReportRegistered { report: Some(fact) }).await;
    place(&office, report).await;
    office.classify().await;
    office.house.at("2026-11-10 11:30").await;
    office.assign().await;
    office.house.at("2026-11-10 13:00").await;
    office.house.tell("disposal", office.fed_back(office.incident, dp::FeedbackRecipient::Office)).await;
    let message = pb::GetKnowledgeTimelineRequest { incident_id: office.incident.to_string() };
    let ask = office.house.ask(people.auditor, message);
    let timeline = office.client.clone().get_knowledge_timeline(ask).await.unwrap().into_inner();
    let first = timeline.entries.iter().find(|entry| entry.service_name == "intake").unwrap();
    assert_eq!(
        (first.backdating.as_str(), first.witness_person_id.as_str()),
        ("补记,晚于所称时间 3 小时 20 分", people.staff.to_string().as_str())
    );
    assert_eq!(first.claimed_time, Some(wire_time(moment("2026-11-10 08:00"))));
    assert_eq!(timeline.entries.iter().filter(|entry| !entry.backdating.is_empty()).count(), 1);
    let bureau = timeline.parties.iter().find(|party| party.body_id == people.bureau.to_string()).unwrap();
    assert_eq!(bureau.first_knowledge_time, Some(wire_time(moment("2026-11-10 11:30"))));
    assert!(bureau.first_knowledge.as_ref().is_some_and(|link| link.service_name == "disposal" && link.position > 0));
    assert_eq!(bureau.report_due_time, Some(wire_time(moment("2026-11-11 00:00"))));
    assert_eq!((bureau.report_time, bureau.minutes_between), (Some(wire_time(moment("2026-11-10 13:00"))), 90));
    let collector = timeline.parties.iter().find(|party| party.person_id == people.collector.to_string()).unwrap();
    assert_eq!((collector.report_due_time, collector.minutes_between), (None, 0));
}

#[tokio::test]
async fn the_body_that_serves_an_interview_knew_of_it_and_so_did_who_answered() {
    let office = office().await;
    let people = office.people;
    let (incident_id, body_id) = (office.incident.to_string(), people.bureau.to_string());
    let media_interview_id = office.house.new_id().to_string();
    let requested = dp::MediaInterviewRequested {
        incident_id: incident_id.clone(),
        media_interview_id: media_interview_id.clone(),
        body_id: body_id.clone(),
        subject: "何时恢复供水".into(),
        due_time: Some(wire_time(moment("2026-11-10 18:00"))),
        ..Default::default()
    };
    office.house.tell("disposal", requested).await;
    office.house.at("2026-11-10 10:00").await;
    let answered = dp::MediaInterviewAnswered {
        incident_id,
        media_interview_id,
        body_id: body_id.clone(),
        subject: "何时恢复供水".into(),
        ..Default::default()
    };
    office.house.tell_as("disposal", people.bureau_head, answered).await;
    let entries = office.timeline(people.head, office.incident).await.unwrap();
    let seen: Vec<_> = entries.iter().map(|e| (e.what.as_str(), e.body_id.as_str(), e.person_id.as_str())).collect();
    let (body, head) = (body_id.as_str(), people.bureau_head.to_string());
    assert_eq!(seen, [("接到媒体采访请求:何时恢复供水", body, ""), ("答复媒体采访:何时恢复供水", "", head.as_str())]);
}
