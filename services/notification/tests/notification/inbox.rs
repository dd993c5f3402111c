//! A person's inbox, through the contract: whose it is, and the proof of reading.

use crate::office::{State, office};
use chassis::testing::{assert_refused, moment, request_id};
use huiying_proto::{directory::Role, notification as pb};
use tonic::Code;

fn at(civil: &str) -> Option<i64> {
    Some(moment(civil).as_second())
}

#[tokio::test]
async fn two_persons_never_see_each_other_s_notices() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    office.assign(office.traffic, "公交停运").await;
    let people = [
        office.water_head,
        office.water_handler,
        office.traffic_officer,
        office.staff,
        office.head,
        office.leader,
        office.principal,
        office.auditor,
    ];
    let mut inboxes = Vec::new();
    for person in people {
        let notices = office.inbox(person).await;
        assert!(notices.iter().all(|n| n.person_id == person.to_string()), "{notices:?}");
        inboxes.push((person, notices));
    }
    assert_eq!(inboxes.iter().map(|(_, notices)| notices.len()).collect::<Vec<_>>(), [1, 1, 1, 0, 0, 0, 0, 0]);
    // Not by its id either: the leader, the auditor and a colleague who got the same notice have no more right than a stranger.
    for (owner, notices) in &inboxes {
        for notice in notices {
            for other in people.iter().filter(|p| *p != owner) {
                assert_refused(office.open(*other, &notice.notice_id).await, Code::NotFound, "NOTICE_UNKNOWN");
                assert_refused(office.acknowledge(*other, &notice.notice_id, &notice.etag).await, Code::NotFound, "NOTICE_UNKNOWN");
            }
        }
    }
    for (owner, notices) in &inboxes {
        assert_eq!(&office.inbox(*owner).await, notices, "the attempts changed nothing");
    }
    assert!(office.facts::<pb::NoticeOpened>().await.is_empty() && office.facts::<pb::NoticeAcknowledged>().await.is_empty());
}

#[tokio::test]
async fn a_page_token_from_another_s_inbox_shows_nothing_of_it() {
    let office = office().await;
    for title in ["一", "二", "三"] {
        office.assign(office.water, title).await;
    }
    let page = office.page(office.water_head, false, 1, "").await.unwrap();
    assert!(!page.next_page_token.is_empty());
    assert!(office.page(office.traffic_officer, false, 10, &page.next_page_token).await.unwrap().notices.is_empty());
    let theirs = office.page(office.water_handler, false, 10, &page.next_page_token).await.unwrap().notices;
    assert!(theirs.iter().all(|n| n.person_id == office.water_handler.to_string()));
}

#[tokio::test]
async fn opening_records_when_it_was_read_and_opening_again_changes_nothing() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    assert_eq!(
        (notice.state(), notice.open_time, notice.deliver_time.map(|t| t.seconds)),
        (State::Delivered, None, at("2026-11-10 09:00"))
    );
    office.house.at("2026-11-10 09:20").await;
    let opened = office.open(office.water_head, &notice.notice_id).await.unwrap();
    assert_eq!((opened.state(), opened.open_time.map(|t| t.seconds)), (State::Opened, at("2026-11-10 09:20")));
    office.house.at("2026-11-10 10:00").await;
    assert_eq!(office.open(office.water_head, &notice.notice_id).await.unwrap(), opened);
    let told = office.facts::<pb::NoticeOpened>().await;
    let expected = pb::NoticeOpened {
        notice_id: notice.notice_id,
        person_id: office.water_head.to_string(),
        incident_id: office.incident.to_string(),
        title: "【交办】河东停水".into(),
    };
    assert_eq!(told, [expected]);
}

#[tokio::test]
async fn two_openings_at_once_are_one_reading() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    let (one, two) = tokio::join!(office.open(office.water_head, &notice.notice_id), office.open(office.water_head, &notice.notice_id));
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(office.facts::<pb::NoticeOpened>().await.len(), 1);
}

#[tokio::test]
async fn an_acknowledgement_is_recorded_with_its_time_and_counts_once() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    let opened = office.open(office.water_head, &notice.notice_id).await.unwrap();
    office.house.at("2026-11-10 09:30").await;
    let acknowledged = office.acknowledge(office.water_head, &notice.notice_id, &opened.etag).await.unwrap();
    assert_eq!((acknowledged.state(), acknowledged.acknowledge_time.map(|t| t.seconds)), (State::Acknowledged, at("2026-11-10 09:30")));
    assert_eq!(acknowledged.open_time, opened.open_time);
    let told = office.facts::<pb::NoticeAcknowledged>().await;
    assert_eq!((told.len(), &told[0].notice_id, &told[0].person_id), (1, &notice.notice_id, &office.water_head.to_string()));
    assert_eq!(told[0].incident_id, office.incident.to_string());
    let again = office.acknowledge(office.water_head, &notice.notice_id, &acknowledged.etag).await.unwrap();
    assert_eq!(again, acknowledged);
    assert_eq!(office.facts::<pb::NoticeAcknowledged>().await.len(), 1);
    // Whoever got the same notice has still to acknowledge their own.
    assert_eq!(office.inbox(office.water_handler).await[0].state(), State::Delivered);
}

#[tokio::test]
async fn acknowledging_an_unopened_notice_opens_it_too() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    let acknowledged = office.acknowledge(office.water_head, &notice.notice_id, &notice.etag).await.unwrap();
    assert_eq!((acknowledged.state(), acknowledged.open_time), (State::Acknowledged, acknowledged.acknowledge_time));
    let told = office.facts::<pb::NoticeOpened>().await;
    assert_eq!(told.iter().map(|f| f.notice_id.as_str()).collect::<Vec<_>>(), [notice.notice_id], "who relies on the reading learns of it");
    assert!(office.page(office.water_head, true, 10, "").await.unwrap().notices.is_empty());
}

#[tokio::test]
async fn an_acknowledgement_of_what_was_changed_meanwhile_is_refused() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    office.open(office.water_head, &notice.notice_id).await.unwrap();
    let refused = office.acknowledge(office.water_head, &notice.notice_id, &notice.etag).await;
    assert_refused(refused, Code::Aborted, "NOTICE_STALE");
    assert!(office.facts::<pb::NoticeAcknowledged>().await.is_empty());
}

#[tokio::test]
async fn a_notice_that_asks_for_no_acknowledgement_gets_none() {
    let office = office().await;
    office.propose_line().await;
    let notice = office.inbox(office.leader).await.remove(0);
    assert!(!notice.needs_acknowledgement);
    let refused = office.acknowledge(office.leader, &notice.notice_id, &notice.etag).await;
    assert_refused(refused, Code::FailedPrecondition, "NO_ACKNOWLEDGEMENT_ASKED");
    assert_eq!(office.inbox(office.leader).await, [notice]);
}

#[tokio::test]
async fn what_was_opened_is_no_longer_unread() {
    let office = office().await;
    office.assign(office.water, "一").await;
    office.assign(office.water, "二").await;
    let first = office.inbox(office.water_head).await.remove(1);
    office.open(office.water_head, &first.notice_id).await.unwrap();
    let unread = office.page(office.water_head, true, 10, "").await.unwrap().notices;
    assert_eq!(unread.iter().map(|n| n.title.as_str()).collect::<Vec<_>>(), ["【交办】二"]);
    assert_eq!(office.titles(office.water_head).await, ["【交办】二", "【交办】一"]);
}

#[tokio::test]
async fn an_inbox_pages_through_everything_once_newest_first() {
    let office = office().await;
    for n in 1..=5 {
        office.assign(office.water, &n.to_string()).await;
    }
    let (mut titles, mut token) = (Vec::new(), String::new());
    loop {
        let page = office.page(office.water_head, false, 2, &token).await.unwrap();
        titles.extend(page.notices.into_iter().map(|n| n.title));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(titles, ["【交办】5", "【交办】4", "【交办】3", "【交办】2", "【交办】1"]);
}

#[tokio::test]
async fn a_page_ends_early_where_its_texts_would_outgrow_an_answer() {
    let office = office().await;
    let task = "查".repeat(300_000);
    for n in 1..=5 {
        office.assign_task(office.water, &n.to_string(), &task).await;
    }
    let page = office.page(office.water_head, false, 1000, "").await.unwrap();
    assert_eq!(page.notices.iter().map(|n| n.title.as_str()).collect::<Vec<_>>(), ["【交办】5", "【交办】4", "【交办】3"]);
    let rest = office.page(office.water_head, false, 1000, &page.next_page_token).await.unwrap();
    assert_eq!(rest.notices.iter().map(|n| n.title.as_str()).collect::<Vec<_>>(), ["【交办】2", "【交办】1"]);
    assert!(rest.next_page_token.is_empty());
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    let message = pb::AcknowledgeNoticeRequest { request_id: request_id(), notice_id: notice.notice_id, etag: notice.etag };
    let ask = || office.house.ask(office.water_head, message.clone());
    let first = office.client.clone().acknowledge_notice(ask()).await.unwrap().into_inner();
    let second = office.client.clone().acknowledge_notice(ask()).await.unwrap().into_inner();
    assert_eq!(first, second);
}

#[tokio::test]
async fn bad_input_is_refused() {
    let office = office().await;
    office.assign(office.water, "河东停水").await;
    let notice = office.inbox(office.water_head).await.remove(0);
    assert_refused(office.open(office.water_head, "nonsense").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.open(office.water_head, &office.house.new_id().to_string()).await, Code::NotFound, "NOTICE_UNKNOWN");
    assert_refused(office.acknowledge(office.water_head, "nonsense", "1").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.acknowledge(office.water_head, &notice.notice_id, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.page(office.water_head, false, -1, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.page(office.water_head, false, 1001, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.page(office.water_head, false, 1, "!").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.deliveries(office.staff, "", 1, "").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_service_has_no_inbox() {
    let mut office = office().await;
    let message = pb::ListNoticesRequest { unread: false, page_size: 0, page_token: String::new() };
    let refused = office.client.list_notices(office.house.ask_as_service("intake", &[Role::System], message)).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
}
