//! Liaison with partner bodies, the reachability of information officers, and which bodies read on a day, 五.

use crate::office::{Entries, Office, body, duty, office, person, position, time};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::directory::{self as pb, Role, body::Kind, liaison::Means};
use tonic::{Code, Status};
use uuid::Uuid;

/// The office with the police as a partner and an information officer at the water bureau; their id.
async fn with_partner() -> (Office, Uuid) {
    let office = office().await;
    let entries = Entries {
        bodies: vec![body("police", "公安局", Kind::Partner, "")],
        persons: vec![person("officer", "信息员")],
        positions: vec![position("officer", "water", "信息员", &[Role::InformationOfficer])],
        ..Entries::default()
    };
    office.import(entries).await.unwrap();
    let officer = office.persons().await.into_iter().find(|p| p.code == "officer").unwrap().person_id;
    (office, officer.parse().unwrap())
}

fn contact(partner: &str, civil: &str) -> pb::RecordLiaisonRequest {
    pb::RecordLiaisonRequest {
        request_id: request_id(),
        partner_body_id: partner.into(),
        liaison_time: time(civil),
        means: Means::Meeting.into(),
        contact_name: "王警官".into(),
        contact_title: "宣传科长".into(),
        summary: "通报近期舆情导向".into(),
    }
}

impl Office {
    async fn speak(&self, by: Uuid, message: pb::RecordLiaisonRequest) -> Result<pb::Liaison, Status> {
        Ok(self.client.clone().record_liaison(self.house.ask(by, message)).await?.into_inner().liaison.unwrap())
    }

    async fn test(&self, officer: Uuid, body: &str, civil: &str, answer: Option<i32>) -> Result<pb::ReachabilityTest, Status> {
        let message = pb::RecordReachabilityTestRequest {
            request_id: request_id(),
            officer_person_id: officer.to_string(),
            body_id: body.into(),
            test_time: time(civil),
            reached: answer.is_some(),
            answer_minutes: answer.unwrap_or_default(),
        };
        let answer = self.client.clone().record_reachability_test(self.house.ask(self.head, message)).await?;
        Ok(answer.into_inner().reachability_test.unwrap())
    }

    /// The bodies that read on a day, as last told.
    async fn readers(&self, day: &str) -> Vec<String> {
        self.facts::<pb::DutyScheduled>().await.into_iter().rfind(|told| told.duty_date == day).unwrap().reading_body_ids
    }
}

#[tokio::test]
async fn a_contact_with_a_partner_is_recorded_told_and_listed() {
    let (office, _) = with_partner().await;
    let police = office.body_id("police").await;
    let first = office.speak(office.staff, contact(&police, "2026-11-09 15:00")).await.unwrap();
    let second = office.speak(office.head, contact(&police, "2026-11-10 08:30")).await.unwrap();
    assert_eq!((first.contact_name.as_str(), first.means(), first.person_id), ("王警官", Means::Meeting, office.staff.to_string()));
    let told = office.facts::<pb::LiaisonRecorded>().await;
    assert_eq!((told.len(), &told[0].partner_body_id, told[0].liaison_time), (2, &police, time("2026-11-09 15:00")));
    let list = async |token: String| {
        let message = pb::ListLiaisonsRequest { partner_body_id: police.clone(), page_size: 1, page_token: token };
        office.client.clone().list_liaisons(office.house.ask(office.leader, message)).await.unwrap().into_inner()
    };
    let newest = list(String::new()).await;
    assert_eq!(newest.liaisons, [second]);
    assert_eq!(list(newest.next_page_token).await.liaisons[0].liaison_id, first.liaison_id);
}

#[tokio::test]
async fn a_contact_is_the_office_s_own_with_a_partner_and_has_happened() {
    let (office, officer) = with_partner().await;
    let (police, water) = (office.body_id("police").await, office.body_id("water").await);
    let refused = office.speak(office.staff, contact(&water, "2026-11-09 15:00")).await;
    assert_refused(refused, Code::FailedPrecondition, "NOT_A_PARTNER");
    let refused = office.speak(office.staff, contact(&Uuid::from_u128(7).to_string(), "2026-11-09 15:00")).await;
    assert_refused(refused, Code::NotFound, "BODY_UNKNOWN");
    let refused = office.speak(office.staff, contact(&police, "2026-11-10 15:00")).await;
    assert_refused(refused, Code::InvalidArgument, "FIELDS_INVALID");
    let refused = office.speak(officer, contact(&police, "2026-11-09 15:00")).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    let refused = office.client.clone().list_liaisons(office.house.ask(officer, pb::ListLiaisonsRequest::default())).await;
    assert_refused(refused, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.facts::<pb::LiaisonRecorded>().await.is_empty());
}

#[tokio::test]
async fn an_information_officer_is_tested_whether_they_answer() {
    let (office, officer) = with_partner().await;
    let water = office.body_id("water").await;
    let reached = office.test(officer, &water, "2026-11-10 08:30", Some(4)).await.unwrap();
    assert_eq!((reached.reached, reached.answer_minutes, &reached.body_id), (true, 4, &water));
    let silent = office.test(officer, &water, "2026-11-10 08:50", None).await.unwrap();
    let told = office.facts::<pb::ReachabilityTested>().await;
    assert_eq!(told.iter().map(|t| (t.reached, t.answer_minutes)).collect::<Vec<_>>(), [(true, 4), (false, 0)]);
    let message = pb::ListReachabilityTestsRequest { body_id: water.clone(), ..Default::default() };
    let listed = office.client.clone().list_reachability_tests(office.house.ask(office.principal, message)).await.unwrap().into_inner();
    assert_eq!(listed.reachability_tests, [silent, reached]);
    // Only who was one then, of that body; and an answer has its minutes.
    let disposal = office.body_id("disposal").await;
    for (person, body, civil) in
        [(officer, &disposal, "2026-11-10 08:30"), (officer, &water, "2024-02-01 08:30"), (office.staff, &water, "2026-11-10 08:30")]
    {
        assert_refused(office.test(person, body, civil, None).await, Code::FailedPrecondition, "NOT_AN_INFORMATION_OFFICER");
    }
    assert_refused(office.test(officer, &water, "2026-11-10 08:30", Some(5_000)).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.test(Uuid::from_u128(7), &water, "2026-11-10 08:30", None).await, Code::NotFound, "PERSON_UNKNOWN");
}

#[tokio::test]
async fn a_day_is_told_with_the_bodies_that_have_an_information_officer_on_it() {
    let (office, officer) = with_partner().await;
    let (water, disposal) = (office.body_id("water").await, office.body_id("disposal").await);
    // The duty of the 10th was scheduled before the officer was appointed: told again.
    assert_eq!(office.readers("2026-11-10").await, [water.as_str()]);
    let duties = ["2026-11-09", "2026-11-11", "2026-11-12"].map(|day| duty(day, "staff")).to_vec();
    office.import(Entries { duties, ..Entries::default() }).await.unwrap();
    assert_eq!(office.readers("2026-11-09").await, Vec::<String>::new());
    assert_eq!(office.readers("2026-11-12").await, [water.as_str()]);
    let before = office.facts::<pb::DutyScheduled>().await.len();
    // From the 12th on another body has one, and the first none.
    let position = office.positions().await.into_iter().find(|p| p.person_id == officer.to_string()).unwrap();
    office.end_position(office.admin, &position.position_id, "2026-11-12 00:00").await.unwrap();
    office.appoint(office.admin, office.head, &disposal, &[Role::InformationOfficer], "2026-11-12 00:00").await.unwrap();
    assert_eq!(office.readers("2026-11-11").await, [water.as_str()]);
    assert_eq!(office.readers("2026-11-12").await, [disposal.as_str()]);
    assert_eq!(office.facts::<pb::DutyScheduled>().await.len(), before + 2, "only the day that changed is told, once a change");
}
