//! Statements from draft to approval, through the contract.

use crate::office::{Kind, State, office, office_under, office_without_line};
use chassis::testing::{assert_refused, moment, request_id};
use chassis::wire_time;
use huiying_proto::{
    directory::{Role, body},
    publication as pb,
};
use sha2::{Digest, Sha256};
use tonic::Code;
use uuid::Uuid;

fn digest(title: &str, text: &str) -> String {
    hex::encode(Sha256::digest(format!("{title}\n{text}")))
}

#[tokio::test]
async fn a_statement_goes_from_draft_to_approval_by_three_people() {
    let office = office_without_line().await;
    let line = office.line("正在核查").await;
    let draft = office.draft_by(office.staff, Kind::Holding, "关于河东供水的回应", "我办已关注到有关情况。").await.unwrap();
    assert_eq!((draft.state(), draft.kind()), (State::Draft, Kind::Holding));
    assert_eq!((&draft.line_id, &draft.incident_id), (&line.line_id, &office.incident.to_string()));
    assert_eq!(draft.author_person_id, office.staff.to_string());
    assert_eq!(draft.text_sha256, digest("关于河东供水的回应", "我办已关注到有关情况。"));
    let submitted = office.submit(office.staff, &draft).await.unwrap();
    assert_eq!(submitted.state(), State::Submitted);
    let reviewed = office.review(office.colleague, &submitted).await.unwrap();
    assert_eq!((reviewed.state(), &reviewed.review_person_id), (State::Reviewed, &office.colleague.to_string()));
    assert_eq!((reviewed.approved_sha256.as_str(), reviewed.approve_time), ("", None));
    office.house.at("2026-11-10 11:30").await;
    let approved = office.approve(office.principal, &reviewed).await.unwrap();
    assert_eq!((approved.state(), &approved.approve_person_id), (State::Approved, &office.principal.to_string()));
    assert_eq!(approved.approved_sha256, draft.text_sha256);
    assert_eq!(approved.approve_time, Some(wire_time(moment("2026-11-10 11:30"))));
    assert_eq!(office.get(office.leader, &draft.statement_id).await.unwrap(), approved);
}

#[tokio::test]
async fn each_step_is_told_with_all_that_its_hearers_need() {
    let office = office().await;
    let draft = office.draft_by(office.staff, Kind::Correction, "标题", "初稿").await.unwrap();
    let submitted = office.submit(office.staff, &draft).await.unwrap();
    let returned = office.send_back(office.head, &submitted, "数字须再核").await.unwrap();
    let revised = office.revise(office.staff, &returned, "新标题", "二稿").await.unwrap();
    let submitted = office.submit(office.staff, &revised).await.unwrap();
    let reviewed = office.review(office.head, &submitted).await.unwrap();
    office.approve(office.principal, &reviewed).await.unwrap();
    let (incident_id, statement_id, kind) = (office.incident.to_string(), draft.statement_id, Kind::Correction.into());
    let (first, second) = (digest("标题", "初稿"), digest("新标题", "二稿"));
    let ids = || (incident_id.clone(), statement_id.clone());
    let by = |person: Uuid| person.to_string();
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "标题".to_owned(), first.clone(), by(office.staff));
    let drafted = pb::StatementDrafted { incident_id, statement_id, kind, title, text_sha256, person_id };
    assert_eq!(office.told::<pb::StatementDrafted>().await, [drafted]);
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "标题".to_owned(), first, by(office.head));
    let returned =
        pb::StatementReturned { incident_id, statement_id, kind, title, text_sha256, person_id, reason: "数字须再核".into() };
    assert_eq!(office.told::<pb::StatementReturned>().await, [returned]);
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "新标题".to_owned(), second.clone(), by(office.staff));
    let revised = pb::StatementRevised { incident_id, statement_id, kind, title, text_sha256, person_id };
    assert_eq!(office.told::<pb::StatementRevised>().await, [revised]);
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "新标题".to_owned(), second.clone(), by(office.staff));
    let submitted = pb::StatementSubmitted { incident_id, statement_id, kind, title, text_sha256, person_id };
    assert_eq!(office.told::<pb::StatementSubmitted>().await.last(), Some(&submitted));
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "新标题".to_owned(), second.clone(), by(office.head));
    let reviewed = pb::StatementReviewed { incident_id, statement_id, kind, title, text_sha256, person_id };
    assert_eq!(office.told::<pb::StatementReviewed>().await, [reviewed]);
    let ((incident_id, statement_id), title, text_sha256, person_id) = (ids(), "新标题".to_owned(), second, by(office.principal));
    let approved = pb::StatementApproved { incident_id, statement_id, kind, title, text_sha256, person_id };
    assert_eq!(office.told::<pb::StatementApproved>().await, [approved]);
}

#[tokio::test]
async fn an_incident_without_a_current_line_gets_no_statement_not_even_a_holding_one() {
    let office = office_without_line().await;
    let refused = office.draft_by(office.staff, Kind::Holding, "标题", "正文").await;
    assert_refused(refused, Code::FailedPrecondition, "LINE_MISSING");
    office.propose_line(office.staff, "只拟定、未审定").await.unwrap();
    let refused = office.draft_by(office.staff, Kind::Full, "标题", "正文").await;
    assert_refused(refused, Code::FailedPrecondition, "LINE_MISSING");
}

#[tokio::test]
async fn a_revision_takes_up_the_line_that_is_current_then() {
    let office = office_without_line().await;
    let first = office.line("正在核查").await;
    let draft = office.draft("标题", "正文").await;
    let second = office.line("已查明原因").await;
    assert_eq!(office.get(office.staff, &draft.statement_id).await.unwrap().line_id, first.line_id);
    let revised = office.revise(office.staff, &draft, "标题", "正文").await.unwrap();
    assert_eq!((revised.state(), revised.line_id), (State::Draft, second.line_id));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let mut office = office().await;
    let known = office.draft("标题", "正文").await;
    let ghost = pb::Statement { statement_id: office.house.new_id().to_string(), etag: "9".into(), text_sha256: digest("", ""), ..known };
    assert_refused(office.revise(office.staff, &ghost, "标题", "正文").await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.submit(office.staff, &ghost).await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.review(office.head, &ghost).await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.send_back(office.head, &ghost, "理由").await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.approve(office.principal, &ghost).await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.release(office.staff, &ghost).await, Code::NotFound, "STATEMENT_UNKNOWN");
    assert_refused(office.get(office.staff, &ghost.statement_id).await, Code::NotFound, "STATEMENT_UNKNOWN");
    office.incident = office.house.new_id();
    assert_refused(office.draft_by(office.staff, Kind::Full, "标题", "正文").await, Code::NotFound, "INCIDENT_UNKNOWN");
}

#[tokio::test]
async fn only_the_author_revises_and_submits() {
    let office = office().await;
    let draft = office.draft("标题", "正文").await;
    assert_refused(office.revise(office.colleague, &draft, "标题", "正文").await, Code::PermissionDenied, "NOT_YOURS");
    assert_refused(office.submit(office.head, &draft).await, Code::PermissionDenied, "NOT_YOURS");
    let submitted = office.submit(office.staff, &draft).await.unwrap();
    let returned = office.send_back(office.head, &submitted, "理由").await.unwrap();
    assert_refused(office.revise(office.head, &returned, "标题", "正文").await, Code::PermissionDenied, "NOT_YOURS");
}

#[tokio::test]
async fn the_author_cannot_review_their_own_statement() {
    let office = office().await;
    let submitted = office.submitted("标题", "正文").await;
    assert_refused(office.review(office.staff, &submitted).await, Code::PermissionDenied, "OWN_WORK");
}

#[tokio::test]
async fn a_review_that_leaves_a_point_open_is_refused() {
    let office = office().await;
    let submitted = office.submitted("标题", "正文").await;
    for confirmed in 0..7 {
        let refused = office.review_with(office.head, &submitted, [0, 1, 2].map(|point| confirmed >> point & 1 == 1)).await;
        assert_refused(refused, Code::FailedPrecondition, "REVIEW_INCOMPLETE");
    }
    assert_eq!(office.review(office.head, &submitted).await.unwrap().state(), State::Reviewed);
}

#[tokio::test]
async fn the_author_cannot_approve_their_own_statement() {
    let office = office().await;
    let body = office.house.body("group2", "领导小组", body::Kind::LeadingGroup).await;
    let both = office.house.person("both", body, &[Role::PrincipalLeader, Role::OfficeStaff]).await;
    let draft = office.draft_by(both, Kind::Full, "标题", "正文").await.unwrap();
    let submitted = office.submit(both, &draft).await.unwrap();
    let reviewed = office.review(office.head, &submitted).await.unwrap();
    assert_refused(office.approve(both, &reviewed).await, Code::PermissionDenied, "OWN_WORK");
}

#[tokio::test]
async fn reviewer_and_approver_are_two_people() {
    let office = office().await;
    let body = office.house.body("group2", "领导小组", body::Kind::LeadingGroup).await;
    let both = office.house.person("both", body, &[Role::PrincipalLeader, Role::OfficeHead]).await;
    let submitted = office.submitted("标题", "正文").await;
    let reviewed = office.review(both, &submitted).await.unwrap();
    assert_refused(office.approve(both, &reviewed).await, Code::PermissionDenied, "REVIEWER_APPROVES");
    assert_eq!(office.approve(office.principal, &reviewed).await.unwrap().state(), State::Approved);
}

#[tokio::test]
async fn only_the_role_that_the_rule_names_approves() {
    let office = office().await;
    let reviewed = office.reviewed("标题", "正文").await;
    for person in [office.staff, office.head, office.leader] {
        assert_refused(office.approve(person, &reviewed).await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    let (text, calendar) =
        (include_str!("../../../../deploy/regulation/toksun.yaml"), include_str!("../../../../deploy/calendar/2026.yaml"));
    let chain = "      - {step: review, role: office_head}\n      - {step: approve, role: principal_leader}";
    assert!(text.contains(chain), "the chain of statements is written otherwise now");
    let text = text.replace(chain, "      - {step: approve, role: leader_in_charge}");
    let source = |name, text| regulation::Source { name, text };
    let rule = regulation::Rule::parse(source("rule", text.as_str()), &[], &[source("2026", calendar)]).unwrap();
    let office = office_under(rule).await;
    office.line("正在核查").await;
    let reviewed = office.reviewed("标题", "正文").await;
    assert_refused(office.approve(office.principal, &reviewed).await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_digest_of_another_text_approves_nothing() {
    let office = office().await;
    let reviewed = office.reviewed("标题", "正文").await;
    let refused = office.approve_text(office.principal, &reviewed, &digest("标题", "正文。")).await;
    assert_refused(refused, Code::FailedPrecondition, "TEXT_DIFFERS");
    assert_refused(office.approve_text(office.principal, &reviewed, "abc").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_eq!(office.get(office.staff, &reviewed.statement_id).await.unwrap().state(), State::Reviewed);
    let approved = office.approve_text(office.principal, &reviewed, &reviewed.text_sha256.to_uppercase()).await.unwrap();
    assert_eq!(approved.approved_sha256, reviewed.text_sha256);
}

#[tokio::test]
async fn a_return_voids_the_review_and_says_why() {
    let office = office().await;
    let reviewed = office.reviewed("标题", "正文").await;
    let returned = office.send_back(office.principal, &reviewed, "措辞不当").await.unwrap();
    assert_eq!((returned.state(), returned.return_reason.as_str(), returned.review_person_id.as_str()), (State::Returned, "措辞不当", ""));
    assert_refused(office.send_back(office.head, &returned, " ").await, Code::InvalidArgument, "FIELDS_INVALID");
    let revised = office.revise(office.staff, &returned, "标题", "改后的正文").await.unwrap();
    assert_eq!((revised.state(), revised.return_reason.as_str()), (State::Draft, ""));
}

#[tokio::test]
async fn each_step_is_refused_in_every_other_state() {
    let office = office().await;
    let draft = office.draft("标题", "正文").await;
    let submitted = office.submitted("标题", "正文").await;
    let reviewed = office.reviewed("标题", "正文").await;
    let approved = office.approved("标题", "正文").await;
    let returned = office.send_back(office.head, &office.submitted("标题", "正文").await, "理由").await.unwrap();
    let release = office.released("标题", "正文").await;
    let released = office.get(office.staff, &release.statement_id).await.unwrap();
    for seen in [&submitted, &reviewed, &approved, &released] {
        assert_refused(office.revise(office.staff, seen, "标题", "正文").await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
    for seen in [&submitted, &reviewed, &approved, &returned, &released] {
        assert_refused(office.submit(office.staff, seen).await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
    for seen in [&draft, &reviewed, &approved, &returned, &released] {
        assert_refused(office.review(office.head, seen).await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
    for seen in [&draft, &approved, &returned, &released] {
        assert_refused(office.send_back(office.head, seen, "理由").await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
    for seen in [&draft, &submitted, &approved, &returned, &released] {
        assert_refused(office.approve(office.principal, seen).await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
    for seen in [&draft, &submitted, &reviewed, &returned, &released] {
        assert_refused(office.release(office.staff, seen).await, Code::FailedPrecondition, "STATEMENT_STATE");
    }
}

#[tokio::test]
async fn a_stale_etag_is_refused_before_anything_else_is_looked_at() {
    let office = office().await;
    let draft = office.draft("标题", "正文").await;
    office.revise(office.staff, &draft, "标题", "改后的正文").await.unwrap();
    assert_refused(office.revise(office.colleague, &draft, "标题", "正文").await, Code::Aborted, "STATEMENT_STALE");
    assert_refused(office.submit(office.colleague, &draft).await, Code::Aborted, "STATEMENT_STALE");
    assert_refused(office.review(office.staff, &draft).await, Code::Aborted, "STATEMENT_STALE");
    assert_refused(office.send_back(office.head, &draft, "理由").await, Code::Aborted, "STATEMENT_STALE");
    assert_refused(office.approve(office.principal, &draft).await, Code::Aborted, "STATEMENT_STALE");
    assert_refused(office.release(office.staff, &draft).await, Code::Aborted, "STATEMENT_STALE");
}

#[tokio::test]
async fn malformed_texts_are_refused_field_by_field() {
    let office = office().await;
    let (long_title, long_text, rim) = ("题".repeat(201), "文".repeat(20_001), format!("{}文", " ".repeat(20_000)));
    let cases = [
        ("", "正文"),
        ("  ", "正文"),
        ("标题", ""),
        ("标题", " \n"),
        (long_title.as_str(), "正文"),
        ("标题", long_text.as_str()),
        ("标题", rim.as_str()),
        ("两行\n标题", "正文"),
        ("两行\r标题", "正文"),
        ("标题", "响铃\u{7}"),
        ("标题", "\u{c}换页在首"),
        ("标题", "换行在尾\u{85}"),
        ("标题", "非字符\u{ffff}"),
        ("非字符\u{fffe}", "正文"),
    ];
    let draft = office.draft("标题", "正文").await;
    for (title, text) in cases {
        assert_refused(office.draft_by(office.staff, Kind::Full, title, text).await, Code::InvalidArgument, "FIELDS_INVALID");
        assert_refused(office.revise(office.staff, &draft, title, text).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    let refused = office.draft_by(office.staff, Kind::Unspecified, "标题", "正文").await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let longest = ("题".repeat(200), "文".repeat(20_000));
    assert_eq!(office.draft(&longest.0, &longest.1).await.text, longest.1);
}

#[tokio::test]
async fn a_repeated_approval_gets_the_saved_answer_and_is_told_once() {
    let office = office().await;
    let reviewed = office.reviewed("标题", "正文").await;
    let message = pb::ApproveStatementRequest {
        request_id: request_id(),
        statement_id: reviewed.statement_id,
        etag: reviewed.etag,
        text_sha256: reviewed.text_sha256,
    };
    let mut client = office.client.clone();
    let first = client.approve_statement(office.house.ask(office.principal, message.clone())).await.unwrap().into_inner();
    let second = client.approve_statement(office.house.ask(office.principal, message)).await.unwrap().into_inner();
    assert_eq!(first, second);
    assert_eq!(office.told::<pb::StatementApproved>().await.len(), 1);
}

#[tokio::test]
async fn units_do_not_see_statements_before_they_are_released() {
    let office = office().await;
    let unit = office.house.person("unit", office.bureau, &[Role::UnitHead]).await;
    let draft = office.draft("标题", "正文").await;
    assert_refused(office.get(unit, &draft.statement_id).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let list = office.client.clone().list_statements(office.house.ask(unit, pb::ListStatementsRequest::default())).await;
    assert_refused(list, Code::PermissionDenied, "PERMISSION_DENIED");
}

async fn list(office: &crate::office::Office, incident: &str, size: i32, token: &str) -> Result<pb::ListStatementsResponse, tonic::Status> {
    let message = pb::ListStatementsRequest { incident_id: incident.into(), page_size: size, page_token: token.into() };
    Ok(office.client.clone().list_statements(office.house.ask(office.leader, message)).await?.into_inner())
}

#[tokio::test]
async fn statements_are_listed_newest_first_page_by_page_and_by_incident() {
    let mut office = office().await;
    for title in ["一", "二", "三"] {
        office.draft(title, "正文").await;
    }
    let first = office.incident.to_string();
    office.incident = office.open_incident("2026-0002", "另一事件").await;
    office.line("另一口径").await;
    office.draft("四", "正文").await;
    let titles = |page: &pb::ListStatementsResponse| page.statements.iter().map(|s| s.title.clone()).collect::<String>();
    let page = list(&office, "", 3, "").await.unwrap();
    assert_eq!(titles(&page), "四三二");
    let page = list(&office, "", 3, &page.next_page_token).await.unwrap();
    assert_eq!((titles(&page).as_str(), page.next_page_token.as_str()), ("一", ""));
    assert_eq!(titles(&list(&office, &first, 0, "").await.unwrap()), "三二一");
    assert_refused(list(&office, "x", 0, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(list(&office, "", -1, "").await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(list(&office, "", 0, "???").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_page_of_long_texts_ends_before_a_client_would_refuse_it() {
    let office = office().await;
    let text = "文".repeat(20_000);
    for _ in 0..72 {
        office.draft("长文", &text).await;
    }
    let (mut seen, mut token, mut pages) = (0, String::new(), 0);
    loop {
        let page = list(&office, "", 1000, &token).await.unwrap();
        (seen, pages) = (seen + page.statements.len(), pages + 1);
        if page.next_page_token.is_empty() {
            break;
        }
        token = page.next_page_token;
    }
    assert_eq!((seen, pages), (72, 2));
}
