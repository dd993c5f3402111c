//! The interview of an accountability case as a paper, 四(六).

use crate::office::{Office, case::after_a_breach};
use chassis::{
    testing::{assert_refused, moment},
    wire_time,
};
use huiying_proto::{
    accountability as pb,
    paper::{Paper, paper::Format},
};
use papers::testing::text;
use tonic::{Code, Status};
use uuid::Uuid;

async fn record(office: &Office, by: Uuid, id: &str, format: Format) -> Result<Paper, Status> {
    let message = pb::RenderInterviewRecordRequest { case_id: id.into(), format: format.into() };
    Ok(office.client.clone().render_interview_record(office.house.ask(by, message)).await?.into_inner().paper.unwrap())
}

#[tokio::test]
async fn an_interview_record_holds_what_was_said_and_is_seen_by_the_subject_and_by_who_sees_the_case() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    assert_refused(record(&office, people.head, &case.case_id, Format::Docx).await, Code::FailedPrecondition, "CASE_STATE");
    let case = office.interview(people.leader, &case).await.unwrap();
    let said = text(&record(&office, people.bureau_head, &case.case_id, Format::Docx).await.unwrap().content);
    for part in [
        "政务舆情约谈记录",
        "bureau-head",
        "水务局",
        "拖延推诿",
        "head",
        "1项",
        "交办后半日未签收",
        "约谈记录",
        "2026年11月10日 18:00",
        "已约谈",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.contains(&office.incident.to_string()) && !said.contains("申辩\n申辩"), "{said}");
    // Once its level was decided, it has the number that people know it by.
    office.classify().await;
    let said = text(&record(&office, people.bureau_head, &case.case_id, Format::Docx).await.unwrap().content);
    assert!(said.contains("2026-0001") && !said.contains(&office.incident.to_string()), "{said}");
    let case = office.reply(people.bureau_head, &case).await.unwrap();
    let said = text(&record(&office, people.auditor, &case.case_id, Format::Docx).await.unwrap().content);
    assert!(said.contains("申辩意见\n申辩\n") && said.contains("已申辩"), "{said}");
    for stranger in [people.school_head, people.handler, people.staff] {
        assert_refused(record(&office, stranger, &case.case_id, Format::Docx).await, Code::NotFound, "CASE_UNKNOWN");
    }
    let pdf = record(&office, people.head, &case.case_id, Format::Pdf).await;
    assert_refused(pdf, Code::FailedPrecondition, "CONVERTER_MISSING");
}

#[tokio::test]
async fn an_interview_record_says_when_where_by_whom_it_was_held_and_who_kept_it() {
    let (office, breached) = after_a_breach().await;
    let people = office.people;
    let case = office.open(people.head, office.opening(&[&breached])).await.unwrap();
    let says = |held: &str, interviewer: Uuid, recorder: Uuid| pb::RecordInterviewRequest {
        held_time: Some(wire_time(moment(held))),
        place: "县政府二楼会议室".into(),
        interviewer_person_ids: vec![people.leader.to_string(), interviewer.to_string()],
        recorder_person_id: recorder.to_string(),
        ..Default::default()
    };
    let refused = async |says, reason| assert_refused(office.interviewed(people.leader, &case, says).await, Code::InvalidArgument, reason);
    refused(says("2026-11-30 09:00", people.head, people.staff), "INTERVIEW_TIME_WRONG").await;
    refused(says("2026-11-01 09:00", people.head, people.staff), "INTERVIEW_TIME_WRONG").await;
    let now = "2026-11-10 18:00";
    refused(says(now, people.bureau_head, people.staff), "INTERVIEW_BY_SUBJECT").await;
    refused(says(now, people.head, people.bureau_head), "INTERVIEW_BY_SUBJECT").await;
    refused(says(now, Uuid::from_u128(7), people.staff), "INTERVIEWER_UNKNOWN").await;
    let held = office.interviewed(people.leader, &case, says(now, people.head, people.staff)).await.unwrap();
    assert_eq!((held.interview_place.as_str(), held.interviewer_person_ids.len()), ("县政府二楼会议室", 2));
    assert_eq!(held.interview_recorder_person_id, people.staff.to_string());
    let said = text(&record(&office, people.bureau_head, &case.case_id, Format::Docx).await.unwrap().content);
    for part in ["县政府二楼会议室", "leader、head", "staff", "2026年11月10日 18:00"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
