//! Media interviews are requests with an owner, 四(二), answered in one voice, 三(三).

use crate::office::{Given, Office, office, quiet_office};
use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::{
    assessment::Level,
    directory::Role,
    disposal::{self as pb, media_interview::State},
};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use uuid::Uuid;

fn named(status: &Status) -> Vec<String> {
    status.get_error_details().bad_request().unwrap().field_violations.iter().map(|v| v.field.clone()).collect()
}

#[tokio::test]
async fn an_interview_is_registered_with_the_body_that_serves_it_and_by_when() {
    let office = office().await;
    let at = |civil| Some(wire_time(moment(civil)));
    for by in [office.staff, office.head, office.lead] {
        let asked = office.register(by, office.interview(office.roads, "2026-11-10 12:00")).await.unwrap();
        assert_eq!(
            (asked.outlet_name.as_str(), asked.subject.as_str(), asked.questions.as_str()),
            ("省电视台", "河东停水", "何时恢复供水?")
        );
        assert_eq!((asked.body_id.clone(), asked.state()), (office.roads.to_string(), State::Open));
        assert_eq!((asked.due_time, asked.request_time), (at("2026-11-10 12:00"), at("2026-11-10 09:00")));
        assert_eq!((asked.settle_person_id.as_str(), asked.settle_time), ("", None));
        assert_eq!(office.look_at(office.auditor, &asked.media_interview_id).await.unwrap(), asked);
    }
    let told = office.facts::<pb::MediaInterviewRequested>().await;
    assert_eq!((told.len(), told[0].title.as_str(), told[0].outlet_name.as_str()), (3, "河东供水", "省电视台"));
    assert_eq!((&told[0].body_id, told[0].due_time), (&office.roads.to_string(), at("2026-11-10 12:00")));
}

#[tokio::test]
async fn an_interview_is_about_an_incident_with_an_open_case_for_a_known_body_and_a_time_to_come() {
    let office = office().await;
    let good = || office.interview(office.water, "2026-11-10 12:00");
    for due in ["2026-11-10 08:59", "2026-11-10 09:00"] {
        let status = office.register(office.staff, office.interview(office.water, due)).await.unwrap_err();
        assert_eq!(named(&status), ["due_time"]);
        assert_refused::<()>(Err(status), Code::InvalidArgument, "DUE_TIME_PAST");
    }
    let nobody = office.house.new_id().to_string();
    let refused = office.register(office.staff, pb::RequestMediaInterviewRequest { body_id: nobody.clone(), ..good() }).await;
    assert_refused(refused, Code::NotFound, "BODY_UNKNOWN");
    let refused = office.register(office.staff, pb::RequestMediaInterviewRequest { incident_id: nobody, ..good() }).await;
    assert_refused(refused, Code::NotFound, "CASE_UNKNOWN");
    office.close(office.head, &office.case().await).await.unwrap();
    assert_refused(office.register(office.staff, good()).await, Code::FailedPrecondition, "CASE_CLOSED");
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named_field_by_field() {
    let office = office().await;
    let message = pb::RequestMediaInterviewRequest { request_id: request_id(), ..Default::default() };
    let status = office.register(office.staff, message).await.unwrap_err();
    assert_eq!(named(&status), ["incident_id", "outlet_name", "subject", "questions", "body_id", "due_time"]);
    let good = office.interview(office.water, "2026-11-10 12:00");
    let long = pb::RequestMediaInterviewRequest {
        outlet_name: "台".repeat(101),
        subject: "水".repeat(201),
        questions: "何".repeat(5_001),
        ..good.clone()
    };
    let status = office.register(office.staff, long).await.unwrap_err();
    assert_eq!(named(&status), ["outlet_name", "subject", "questions"]);
    assert_refused::<()>(Err(status), Code::InvalidArgument, "FIELDS_INVALID");
    let asked = office.register(office.staff, good).await.unwrap();
    let status = office.decline(office.head, &pb::MediaInterview { etag: "x".into(), ..asked.clone() }, " ").await.unwrap_err();
    assert_eq!(named(&status), ["etag", "reason"]);
    let refused = office.interviews(office.staff, "河东", 0, "").await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.look_at(office.staff, "").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn the_office_and_the_people_of_the_body_that_serves_it_answer_with_what_was_released() {
    let office = office().await;
    let at = |civil| Some(wire_time(moment(civil)));
    let release = office.released(office.incident).await;
    for by in [office.staff, office.head, office.handler, office.unit_head, office.officer] {
        let asked = office.asked().await;
        let answered = office.answer(by, &asked, Given::Release(release)).await.unwrap();
        assert_eq!((answered.state(), answered.release_id.clone(), answered.line_id.as_str()), (State::Answered, release.to_string(), ""));
        assert_eq!((answered.settle_person_id.clone(), answered.settle_time), (by.to_string(), at("2026-11-10 09:00")));
        assert_eq!(office.look_at(office.handler, &asked.media_interview_id).await.unwrap(), answered);
    }
    let told = office.facts::<pb::MediaInterviewAnswered>().await;
    assert_eq!((told.len(), &told[0].release_id, told[0].line_id.as_str()), (5, &release.to_string(), ""));
    assert_eq!((told[0].body_id.clone(), told[0].title.as_str()), (office.water.to_string(), "河东供水"));
}

#[tokio::test]
async fn only_the_current_line_is_given_a_newer_one_replaces_the_older() {
    let office = office().await;
    let older = office.line(office.incident).await;
    let asked = office.asked().await;
    let newer = office.line(office.incident).await;
    assert_refused(office.answer(office.handler, &asked, Given::Line(older)).await, Code::FailedPrecondition, "WORDING_NOT_APPROVED");
    let answered = office.answer(office.handler, &asked, Given::Line(newer)).await.unwrap();
    assert_eq!((answered.line_id.clone(), answered.release_id.as_str()), (newer.to_string(), ""));
    assert_eq!(office.facts::<pb::MediaInterviewAnswered>().await[0].line_id, newer.to_string());
    // What was given stays what it was.
    office.line(office.incident).await;
    assert_eq!(office.look_at(office.staff, &asked.media_interview_id).await.unwrap(), answered);
}

#[tokio::test]
async fn what_is_not_approved_for_this_incident_is_not_given() {
    let office = office().await;
    let other = office.house.new_id();
    let (release, line) = (office.released(office.incident).await, office.line(office.incident).await);
    let (others_release, others_line) = (office.released(other).await, office.line(other).await);
    let asked = office.asked().await;
    // Nor does a release pass for a line, or a line for a release.
    for given in [
        Given::Release(office.house.new_id()),
        Given::Line(office.house.new_id()),
        Given::Release(others_release),
        Given::Line(others_line),
        Given::Release(line),
        Given::Line(release),
    ] {
        assert_refused(office.answer(office.staff, &asked, given).await, Code::FailedPrecondition, "WORDING_NOT_APPROVED");
    }
    let good = pb::AnswerMediaInterviewRequest {
        request_id: request_id(),
        media_interview_id: asked.media_interview_id.clone(),
        etag: asked.etag.clone(),
        release_id: release.to_string(),
        line_id: String::new(),
    };
    let both = pb::AnswerMediaInterviewRequest { line_id: line.to_string(), ..good.clone() };
    let neither = pb::AnswerMediaInterviewRequest { release_id: String::new(), ..good };
    for message in [both, neither] {
        let status = office.answer_with(office.staff, message).await.unwrap_err();
        assert_eq!(named(&status), ["release_id", "line_id"]);
        assert_refused::<()>(Err(status), Code::InvalidArgument, "FIELDS_INVALID");
    }
    assert_eq!(office.look_at(office.staff, &asked.media_interview_id).await.unwrap(), asked);
    assert!(office.answer(office.staff, &asked, Given::Release(release)).await.is_ok());
}

#[tokio::test]
async fn what_publication_approved_before_there_was_a_case_counts() {
    let office = quiet_office(None).await;
    let line = office.line(office.incident).await;
    office.classify(Level::Ordinary, &[office.water]).await;
    let asked = office.asked().await;
    assert!(office.answer(office.staff, &asked, Given::Line(line)).await.is_ok());
}

#[tokio::test]
async fn an_interview_is_declined_with_a_reason_by_the_office_head_or_a_leader_in_charge() {
    let office = office().await;
    let at = |civil| Some(wire_time(moment(civil)));
    for by in [office.head, office.lead, office.other_leader] {
        let declined = office.decline(by, &office.asked().await, "事实正在核实").await.unwrap();
        assert_eq!((declined.state(), declined.decline_reason.as_str()), (State::Declined, "事实正在核实"));
        assert_eq!((declined.settle_person_id, declined.settle_time), (by.to_string(), at("2026-11-10 09:00")));
    }
    let told = office.facts::<pb::MediaInterviewDeclined>().await;
    assert_eq!((told.len(), told[0].reason.as_str(), &told[0].body_id), (3, "事实正在核实", &office.water.to_string()));
}

#[tokio::test]
async fn an_interview_ends_once() {
    let office = office().await;
    let line = office.line(office.incident).await;
    let answered = office.answer(office.handler, &office.asked().await, Given::Line(line)).await.unwrap();
    let declined = office.decline(office.head, &office.asked().await, "不宜接受").await.unwrap();
    for seen in [answered, declined] {
        let refused = office.answer(office.handler, &seen, Given::Line(line)).await;
        assert_refused(refused, Code::FailedPrecondition, "MEDIA_INTERVIEW_STATE");
        assert_refused(office.decline(office.head, &seen, "不宜接受").await, Code::FailedPrecondition, "MEDIA_INTERVIEW_STATE");
    }
}

#[tokio::test]
async fn an_interview_is_answered_late_and_after_the_case_is_closed_too() {
    let office = office().await;
    let at = |civil| Some(wire_time(moment(civil)));
    let (line, asked) = (office.line(office.incident).await, office.asked().await);
    office.close(office.head, &office.case().await).await.unwrap();
    office.house.at("2026-11-11 08:00").await;
    let answered = office.answer(office.handler, &asked, Given::Line(line)).await.unwrap();
    assert_eq!(answered.settle_time, at("2026-11-11 08:00"));
}

#[tokio::test]
async fn ending_an_interview_that_was_changed_meanwhile_is_refused() {
    let office = office().await;
    let (line, seen) = (office.line(office.incident).await, office.asked().await);
    let answered = office.answer(office.handler, &seen, Given::Line(line)).await.unwrap();
    assert_ne!(answered.etag, seen.etag);
    assert_refused(office.answer(office.staff, &seen, Given::Line(line)).await, Code::Aborted, "MEDIA_INTERVIEW_STALE");
    assert_refused(office.decline(office.lead, &seen, "不宜接受").await, Code::Aborted, "MEDIA_INTERVIEW_STALE");
}

#[tokio::test]
async fn two_who_end_an_interview_at_once_end_it_once() {
    let office = office().await;
    let (line, seen) = (office.line(office.incident).await, office.asked().await);
    let (answered, declined) =
        tokio::join!(office.answer(office.handler, &seen, Given::Line(line)), office.decline(office.head, &seen, "不宜接受"));
    let (ended, refused) = if answered.is_ok() { (answered, declined) } else { (declined, answered) };
    assert_refused(refused, Code::Aborted, "MEDIA_INTERVIEW_STALE");
    assert_eq!(office.look_at(office.staff, &seen.media_interview_id).await.unwrap(), ended.unwrap());
}

#[tokio::test]
async fn a_body_sees_and_answers_only_the_interviews_that_it_serves() {
    let office = office().await;
    office.involve(&[office.water, office.roads]).await;
    let (line, asked) = (office.line(office.incident).await, office.asked().await);
    for by in [office.staff, office.head, office.lead, office.other_leader, office.principal, office.auditor, office.officer] {
        assert_eq!(office.look_at(by, &asked.media_interview_id).await.unwrap(), asked);
        assert_eq!(office.interviews(by, "", 0, "").await.unwrap().media_interviews, [asked.clone()]);
    }
    assert!(office.interviews(office.roads_handler, "", 0, "").await.unwrap().media_interviews.is_empty());
    let refused = office.look_at(office.roads_handler, &asked.media_interview_id).await;
    assert_refused(refused, Code::NotFound, "MEDIA_INTERVIEW_UNKNOWN");
    let refused = office.answer(office.roads_handler, &asked, Given::Line(line)).await;
    assert_refused(refused, Code::NotFound, "MEDIA_INTERVIEW_UNKNOWN");
    // Who sees all through one position does not answer for a body through another.
    let both = office.house.person("both", office.roads, &[Role::UnitHead, Role::Auditor]).await;
    assert_refused(office.answer(both, &asked, Given::Line(line)).await, Code::PermissionDenied, "NOT_YOUR_UNIT");
    // Neither does who collects in the body that serves it.
    let collector = office.house.person("collector", office.water, &[Role::Collector]).await;
    assert_eq!(office.look_at(collector, &asked.media_interview_id).await.unwrap(), asked);
    assert_refused(office.answer(collector, &asked, Given::Line(line)).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let unknown = pb::MediaInterview { media_interview_id: office.house.new_id().to_string(), ..asked };
    assert_refused(office.answer(office.staff, &unknown, Given::Line(line)).await, Code::NotFound, "MEDIA_INTERVIEW_UNKNOWN");
    assert_refused(office.decline(office.head, &unknown, "不宜接受").await, Code::NotFound, "MEDIA_INTERVIEW_UNKNOWN");
}

#[tokio::test]
async fn units_register_none_leaders_answer_none_and_only_heads_and_leaders_in_charge_decline() {
    let office = office().await;
    let (line, asked) = (office.line(office.incident).await, office.asked().await);
    let message = || office.interview(office.water, "2026-11-10 12:00");
    for by in [office.handler, office.unit_head, office.officer, office.principal, office.auditor] {
        assert_refused(office.register(by, message()).await, Code::PermissionDenied, "PERMISSION_DENIED");
        assert_refused(office.decline(by, &asked, "不宜接受").await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    assert_refused(office.decline(office.staff, &asked, "不宜接受").await, Code::PermissionDenied, "PERMISSION_DENIED");
    for by in [office.lead, office.principal, office.auditor] {
        assert_refused(office.answer(by, &asked, Given::Line(line)).await, Code::PermissionDenied, "PERMISSION_DENIED");
    }
    let administrator = office.house.person("admin", office.water, &[Role::SystemAdministrator]).await;
    assert_refused(office.look_at(administrator, &asked.media_interview_id).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.interviews(administrator, "", 0, "").await, Code::PermissionDenied, "PERMISSION_DENIED");
}

#[tokio::test]
async fn interviews_are_listed_newest_first_of_one_incident_or_of_all() {
    let mut office = office().await;
    let first = office.asked().await;
    let second = office.register(office.staff, office.interview(office.roads, "2026-11-10 12:00")).await.unwrap();
    let incident = std::mem::replace(&mut office.incident, office.house.new_id());
    office.classify(Level::Ordinary, &[office.roads]).await;
    let third = office.asked().await;
    let page = office.interviews(office.principal, "", 2, "").await.unwrap();
    assert_eq!(page.media_interviews, [third.clone(), second.clone()]);
    let rest = office.interviews(office.principal, "", 2, &page.next_page_token).await.unwrap();
    assert_eq!((rest.media_interviews, rest.next_page_token.as_str()), (vec![first.clone()], ""));
    let of_one = office.interviews(office.staff, &incident.to_string(), 0, "").await.unwrap();
    assert_eq!(of_one.media_interviews, [second, first.clone()]);
    assert_eq!(office.interviews(office.handler, "", 0, "").await.unwrap().media_interviews, [third, first]);
    assert_refused(office.interviews(office.staff, "", -1, "").await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn a_repeated_request_gets_the_saved_answer_and_adds_nothing() {
    let office = office().await;
    let line = office.line(office.incident).await;
    let message = office.interview(office.water, "2026-11-10 12:00");
    let first = office.register(office.staff, message.clone()).await.unwrap();
    assert_eq!(office.register(office.staff, message).await.unwrap(), first);
    assert_eq!(office.interviews(office.staff, "", 0, "").await.unwrap().media_interviews.len(), 1);
    let message = pb::AnswerMediaInterviewRequest {
        request_id: request_id(),
        media_interview_id: first.media_interview_id.clone(),
        etag: first.etag.clone(),
        release_id: String::new(),
        line_id: line.to_string(),
    };
    let answered = office.answer_with(office.handler, message.clone()).await.unwrap();
    // Also when the line is no more current.
    office.line(office.incident).await;
    assert_eq!(office.answer_with(office.handler, message).await.unwrap(), answered);
    assert_eq!(office.facts::<pb::MediaInterviewAnswered>().await.len(), 1);
}

#[tokio::test]
async fn the_ledger_says_who_did_what_to_an_interview_under_which_clause_and_why() {
    let office = office().await;
    let (line, asked) = (office.line(office.incident).await, office.asked().await);
    office.answer(office.handler, &asked, Given::Release(line)).await.unwrap_err();
    office.answer(office.handler, &asked, Given::Line(line)).await.unwrap();
    office.decline(office.lead, &office.asked().await, "事实正在核实").await.unwrap();
    let entries = entries(&office, "MediaInterview").await;
    let short: Vec<_> = entries.iter().map(|(by, a)| (*by, a.action.as_str(), a.clause.as_str(), a.reason.as_str())).collect();
    let expected = [
        (office.staff, "RequestMediaInterview", "四(二)", ""),
        (office.handler, "AnswerMediaInterview", "四(二)", ""),
        (office.staff, "RequestMediaInterview", "四(二)", ""),
        (office.lead, "DeclineMediaInterview", "四(二)", "事实正在核实"),
    ];
    let done: Vec<_> = short.iter().filter(|(_, _, clause, _)| !clause.is_empty()).copied().collect();
    assert_eq!(done, expected);
    let refused: Vec<_> =
        entries.iter().filter(|(_, a)| !a.refusal_reason.is_empty()).map(|(by, a)| (*by, a.refusal_reason.as_str())).collect();
    assert_eq!(refused, [(office.handler, "WORDING_NOT_APPROVED")]);
}

/// What the ledger holds of the rpcs whose name holds a word: who, and the audit entry with its action by its short name.
async fn entries(office: &Office, word: &str) -> Vec<(Uuid, huiying_proto::event::Audit)> {
    let records = office.house.ledger(disposal::NAME).await;
    let entries = records.into_iter().filter_map(|record| Some((record.actor?.person_id.parse().ok()?, record.audit?)));
    let entries = entries.map(|(by, audit)| (by, huiying_proto::event::Audit { action: short(&audit.action), ..audit }));
    entries.filter(|(_, audit)| audit.action.contains(word)).collect()
}

fn short(action: &str) -> String {
    action.rsplit('/').next().unwrap_or_default().to_owned()
}
