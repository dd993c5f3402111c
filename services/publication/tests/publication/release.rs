//! Releases and channels, through the contract.

use crate::office::{Kind, Office, State, office};
use chassis::testing::{assert_refused, moment, request_id};
use chassis::wire_time;
use huiying_proto::{
    directory::{Role, body},
    publication as pb,
};
use tonic::{Code, Status};

#[tokio::test]
async fn an_approved_text_is_released_and_told() {
    let office = office().await;
    let approved = office.approved("通报", "  首行缩进\r\n尾随空格 ").await;
    let portal = office.register_channel(office.head, "政府门户网站", "https://shahe.example/").await.unwrap();
    let paper = office.register_channel(office.head, "沙河日报", "").await.unwrap();
    let channels = [paper.channel_id, portal.channel_id];
    office.house.at("2026-11-10 17:45").await;
    let release = office.release_through(office.colleague, &approved, &channels).await.unwrap();
    let time = Some(wire_time(moment("2026-11-10 17:45")));
    let expected = pb::Release {
        release_id: release.release_id.clone(),
        statement_id: approved.statement_id.clone(),
        incident_id: office.incident.to_string(),
        channel_ids: channels.to_vec(),
        title: approved.title.clone(),
        text: approved.text.clone(),
        text_sha256: approved.approved_sha256.clone(),
        release_person_id: office.colleague.to_string(),
        release_time: time,
    };
    assert_eq!(release, expected);
    let released = office.get(office.staff, &approved.statement_id).await.unwrap();
    assert_eq!((released.state(), released.release_time), (State::Released, time));
    let fact = pb::StatementReleased {
        incident_id: expected.incident_id,
        statement_id: expected.statement_id,
        kind: Kind::Full.into(),
        title: expected.title,
        text_sha256: expected.text_sha256,
        person_id: expected.release_person_id,
        release_id: expected.release_id,
        release_time: time,
        channel_ids: expected.channel_ids,
    };
    assert_eq!(office.told::<pb::StatementReleased>().await, [fact]);
}

#[tokio::test]
async fn a_statement_is_released_once() {
    let office = office().await;
    let approved = office.approved("通报", "正文").await;
    let (first, second) = tokio::join!(office.release(office.staff, &approved), office.release(office.colleague, &approved));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_refused(if first.is_ok() { second } else { first }, Code::Aborted, "STATEMENT_STALE");
    assert_eq!(office.releases(office.staff, "").await.len(), 1);
}

#[tokio::test]
async fn only_the_disposal_office_publishes() {
    let office = office().await;
    let approved = office.approved("通报", "正文").await;
    let section = office.house.body("secretary", "秘书科", body::Kind::Section).await;
    let elsewhere = office.house.person("elsewhere", section, &[Role::OfficeStaff]).await;
    for person in [office.principal, office.leader, elsewhere] {
        let refused = office.release(person, &approved).await;
        assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    office.release(office.head, &approved).await.unwrap();
}

#[tokio::test]
async fn a_text_written_to_a_replaced_line_is_not_released() {
    let office = office().await;
    let approved = office.approved("通报", "正文").await;
    office.line("已查明原因").await;
    assert_refused(office.release(office.staff, &approved).await, Code::FailedPrecondition, "LINE_CHANGED");
    assert!(office.releases(office.staff, "").await.is_empty());
    // Written anew to the current line, it is.
    office.released("通报", "正文").await;
}

#[tokio::test]
async fn a_line_that_becomes_current_at_the_same_moment_comes_before_or_after_the_release() {
    let office = office().await;
    for round in 0..10 {
        let approved = office.approved("通报", "正文").await;
        let portal = office.register_channel(office.head, "政府门户网站", "").await.unwrap();
        let next = office.propose_line(office.staff, &format!("第 {round} 稿")).await.unwrap();
        let channels = [portal.channel_id];
        let (release, line) =
            tokio::join!(office.release_through(office.staff, &approved, &channels), office.approve_line(office.leader, &next));
        line.unwrap();
        if release.is_err() {
            assert_refused(release, Code::FailedPrecondition, "LINE_CHANGED");
        }
    }
}

#[tokio::test]
async fn a_release_names_one_to_twenty_known_channels() {
    let office = office().await;
    let approved = office.approved("通报", "正文").await;
    let ghost = office.house.new_id().to_string();
    let portal = office.register_channel(office.head, "政府门户网站", "").await.unwrap().channel_id;
    let refused = office.release_through(office.staff, &approved, &[portal.clone(), ghost]).await;
    assert_refused(refused, Code::NotFound, "CHANNEL_UNKNOWN");
    let many: Vec<String> = (0..21).map(|_| office.house.new_id().to_string()).collect();
    for channels in [vec![], vec![portal.clone(), portal], vec!["x".to_owned()], many] {
        let refused = office.release_through(office.staff, &approved, &channels).await;
        assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn everyone_in_office_lists_releases_newest_first() {
    let mut office = office().await;
    let unit = office.house.person("unit", office.bureau, &[Role::InformationOfficer]).await;
    office.released("一", "正文").await;
    let first = office.incident.to_string();
    office.incident = office.open_incident("2026-0002", "另一事件").await;
    office.line("另一口径").await;
    office.released("二", "正文").await;
    office.released("三", "正文").await;
    let titles = |releases: Vec<pb::Release>| releases.into_iter().map(|release| release.title).collect::<String>();
    assert_eq!(titles(office.releases(unit, "").await), "三二一");
    assert_eq!(titles(office.releases(unit, &first).await), "一");
    let mut client = office.client.clone();
    let message = pb::ListReleasesRequest { page_size: 2, ..Default::default() };
    let page = client.list_releases(office.house.ask(unit, message.clone())).await.unwrap().into_inner();
    assert_eq!(titles(page.releases), "三二");
    let message = pb::ListReleasesRequest { page_token: page.next_page_token, ..message };
    let page = client.list_releases(office.house.ask(unit, message)).await.unwrap().into_inner();
    assert_eq!((titles(page.releases).as_str(), page.next_page_token.as_str()), ("一", ""));
}

async fn channels(office: &Office, size: i32, token: &str) -> Result<pb::ListChannelsResponse, Status> {
    let message = pb::ListChannelsRequest { page_size: size, page_token: token.into() };
    Ok(office.client.clone().list_channels(office.house.ask(office.leader, message)).await?.into_inner())
}

#[tokio::test]
async fn channels_are_registered_corrected_and_listed_by_name() {
    let office = office().await;
    let first = office.register_channel(office.head, "Weibo", "").await.unwrap();
    office.register_channel(office.head, "Paper", "").await.unwrap();
    let corrected = office.register_channel(office.head, " Weibo ", "https://weibo.example/shahe").await.unwrap();
    assert_eq!((corrected.channel_id, corrected.url.as_str()), (first.channel_id, "https://weibo.example/shahe"));
    office.register_channel(office.head, "Weibo", "https://weibo.example/shahe").await.unwrap();
    assert_eq!(office.told::<pb::ChannelRegistered>().await.len(), 3, "what changes nothing is no news");
    let page = channels(&office, 1, "").await.unwrap();
    assert_eq!(page.channels[0].name, "Paper");
    let page = channels(&office, 1, &page.next_page_token).await.unwrap();
    assert_eq!((page.channels[0].name.as_str(), page.next_page_token.as_str()), ("Weibo", ""));
    assert_refused(channels(&office, 1001, "").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_channel_name_that_differs_in_letter_case_alone_is_taken() {
    let office = office().await;
    office.register_channel(office.head, "Weibo", "").await.unwrap();
    assert_refused(office.register_channel(office.head, "WEIBO", "").await, Code::AlreadyExists, "CHANNEL_NAME_TAKEN");
}

#[tokio::test]
async fn a_channel_that_two_people_register_at_the_same_moment_is_one() {
    let office = office().await;
    for name in ["甲", "乙", "丙", "丁"] {
        let (first, second) = tokio::join!(office.register_channel(office.head, name, ""), office.register_channel(office.head, name, ""));
        assert_eq!(first.unwrap(), second.unwrap());
    }
}

#[tokio::test]
async fn a_channel_needs_a_name_and_if_any_a_web_address() {
    let office = office().await;
    for (name, url) in
        [("", ""), (&"名".repeat(101), ""), ("门户", "javascript:alert(1)"), ("门户", "https://a b"), ("门户", "shahe.example")]
    {
        let refused = office.register_channel(office.head, name, url).await;
        assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    }
}

#[tokio::test]
async fn channels_are_registered_by_the_head_administrators_and_the_system() {
    let office = office().await;
    assert_refused(office.register_channel(office.staff, "门户", "").await, Code::PermissionDenied, "PERMISSION_DENIED");
    let message = pb::RegisterChannelRequest { request_id: request_id(), name: "门户".into(), url: String::new() };
    let ask = office.house.ask_as_service("setup", &[Role::System], message);
    assert_eq!(office.client.clone().register_channel(ask).await.unwrap().into_inner().channel.unwrap().name, "门户");
}
