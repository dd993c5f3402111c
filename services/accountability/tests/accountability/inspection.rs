//! Inspections of the own portal and accounts, and the clocks of 五, through the contract.

use crate::office::{Office, State, office};
use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::{
    accountability::{
        self as pb,
        inspection::{Outcome, Platform, State as Standing},
    },
    directory::{DutyScheduled, LiaisonRecorded},
    intake::ReadingRecorded,
};
use tonic::{Code, Status};
use uuid::Uuid;

fn look(body: Uuid) -> pb::RecordInspectionRequest {
    pb::RecordInspectionRequest {
        request_id: request_id(),
        platform: Platform::Portal.into(),
        item_name: "政策解读栏目".into(),
        item_address: "https://county.example/zcjd".into(),
        body_id: body.to_string(),
        inspect_time: Some(wire_time(moment("2026-11-10 08:30"))),
        outcome: Outcome::Finding.into(),
        finding: "三个月未更新".into(),
        due_time: Some(wire_time(moment("2026-11-12 18:00"))),
    }
}

impl Office {
    async fn inspect(&self, by: Uuid, message: pb::RecordInspectionRequest) -> Result<pb::Inspection, Status> {
        Ok(self.client.clone().record_inspection(self.house.ask(by, message)).await?.into_inner().inspection.unwrap())
    }

    async fn rectify(&self, by: Uuid, seen: &pb::Inspection) -> Result<pb::Inspection, Status> {
        let message = pb::SubmitRectificationRequest {
            request_id: request_id(),
            inspection_id: seen.inspection_id.clone(),
            etag: seen.etag.clone(),
            rectification: "已更新十二篇".into(),
        };
        let answer = self.client.clone().submit_rectification(self.house.ask(by, message)).await?;
        self.house.settle().await;
        Ok(answer.into_inner().inspection.unwrap())
    }

    async fn accept(&self, by: Uuid, seen: &pb::Inspection) -> Result<pb::Inspection, Status> {
        let message =
            pb::AcceptRectificationRequest { request_id: request_id(), inspection_id: seen.inspection_id.clone(), etag: seen.etag.clone() };
        Ok(self.client.clone().accept_rectification(self.house.ask(by, message)).await?.into_inner().inspection.unwrap())
    }

    async fn send_back(&self, by: Uuid, seen: &pb::Inspection, due: &str) -> Result<pb::Inspection, Status> {
        let message = pb::ReturnRectificationRequest {
            request_id: request_id(),
            inspection_id: seen.inspection_id.clone(),
            etag: seen.etag.clone(),
            reason: "链接打不开".into(),
            due_time: Some(wire_time(moment(due))),
        };
        let answer = self.client.clone().return_rectification(self.house.ask(by, message)).await?;
        self.house.settle().await;
        Ok(answer.into_inner().inspection.unwrap())
    }

    async fn inspection(&self, by: Uuid, id: &str) -> Result<pb::Inspection, Status> {
        let message = pb::GetInspectionRequest { inspection_id: id.into() };
        Ok(self.client.clone().get_inspection(self.house.ask(by, message)).await?.into_inner().inspection.unwrap())
    }

    async fn inspections(&self, by: Uuid, message: pb::ListInspectionsRequest) -> Vec<pb::Inspection> {
        self.client.clone().list_inspections(self.house.ask(by, message)).await.unwrap().into_inner().inspections
    }

    /// What is owed without an incident: duty, debtor body, state, due time.
    async fn owed_apart(&self) -> Vec<(String, String, State, i64)> {
        self.house.settle().await;
        let message = pb::ListObligationsRequest { page_size: 1000, ..Default::default() };
        let all = self.list(self.people.principal, message).await.unwrap().obligations;
        let apart = all.into_iter().filter(|o| o.incident_id.is_empty());
        apart.map(|o| (o.duty_id.clone(), o.debtor_body_id.clone(), o.state(), o.due_time.unwrap().seconds)).collect()
    }
}

#[tokio::test]
async fn what_an_inspection_finds_is_owed_rectified_returned_and_accepted() {
    let office = office().await;
    let people = office.people;
    let due = |civil: &str| moment(civil).as_second();
    let bureau = people.bureau.to_string();
    let found = office.inspect(people.auditor, look(people.bureau)).await.unwrap();
    assert_eq!((found.state(), found.revision, found.etag.as_str()), (Standing::Open, 0, "1"));
    assert_eq!(office.owed_apart().await, [("rectification".into(), bureau.clone(), State::Open, due("2026-11-12 18:00"))]);
    // The inspection and its rectification lie on different days.
    office.house.at("2026-11-11 10:00").await;
    let submitted = office.rectify(people.handler, &found).await.unwrap();
    assert_eq!((submitted.state(), submitted.revision), (Standing::Submitted, 1));
    let returned = office.send_back(people.auditor, &submitted, "2026-11-13 18:00").await.unwrap();
    assert_eq!(
        (returned.state(), returned.return_reason.as_str(), returned.due_time.unwrap().seconds),
        (Standing::Open, "链接打不开", due("2026-11-13 18:00"))
    );
    let again = [
        ("rectification".into(), bureau.clone(), State::Discharged, due("2026-11-12 18:00")),
        ("rectification_again".into(), bureau.clone(), State::Open, due("2026-11-13 18:00")),
    ];
    assert_eq!(office.owed_apart().await, again);
    office.house.at("2026-11-14 09:00").await;
    let submitted = office.rectify(people.bureau_head, &returned).await.unwrap();
    assert_eq!(office.owed_apart().await[1].2, State::DischargedLate);
    let accepted = office.accept(people.staff, &submitted).await.unwrap();
    assert_eq!((accepted.state(), accepted.judge_person_id), (Standing::Accepted, people.staff.to_string()));
    let told: Vec<pb::RectificationAccepted> = office.told().await;
    assert_eq!((told.len(), told[0].revision, &told[0].body_id), (1, 2, &bureau));
    assert_eq!(office.told::<pb::RectificationSubmitted>().await.len(), 2);
    assert_eq!(office.told::<pb::RectificationReturned>().await[0].reason, "链接打不开");
    assert_eq!(office.told::<pb::InspectionRecorded>().await[0].finding, "三个月未更新");
}

#[tokio::test]
async fn what_is_in_order_is_recorded_and_owes_nothing() {
    let office = office().await;
    let message = pb::RecordInspectionRequest {
        outcome: Outcome::InOrder.into(),
        finding: String::new(),
        due_time: None,
        ..look(office.people.section)
    };
    let fine = office.inspect(office.people.staff, message.clone()).await.unwrap();
    assert_eq!((fine.state(), fine.outcome(), fine.due_time), (Standing::InOrder, Outcome::InOrder, None));
    assert!(office.owed_apart().await.is_empty());
    assert_refused(office.rectify(office.people.section_head, &fine).await, Code::FailedPrecondition, "INSPECTION_STATE");
    let message = pb::RecordInspectionRequest { request_id: request_id(), finding: "有问题".into(), ..message };
    assert_refused(office.inspect(office.people.staff, message).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn an_inspection_is_refused_to_the_inspected_of_nobody_and_with_a_time_that_is_past() {
    let office = office().await;
    let people = office.people;
    assert_refused(office.inspect(people.bureau_head, look(people.bureau)).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert_refused(office.inspect(people.staff, look(Uuid::from_u128(7))).await, Code::NotFound, "BODY_UNKNOWN");
    let past = pb::RecordInspectionRequest { due_time: Some(wire_time(moment("2026-11-10 09:00"))), ..look(people.bureau) };
    assert_refused(office.inspect(people.staff, past).await, Code::InvalidArgument, "DUE_TIME_PAST");
    let to_come = pb::RecordInspectionRequest { inspect_time: Some(wire_time(moment("2026-11-11 09:00"))), ..look(people.bureau) };
    assert_refused(office.inspect(people.staff, to_come).await, Code::InvalidArgument, "FIELDS_INVALID");
    let nameless = pb::RecordInspectionRequest { item_name: " ".into(), finding: String::new(), ..look(people.bureau) };
    assert_refused(office.inspect(people.staff, nameless).await, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn only_the_responsible_body_rectifies_and_nobody_judges_their_own() {
    let office = office().await;
    let people = office.people;
    let found = office.inspect(people.auditor, look(people.school)).await.unwrap();
    assert_refused(office.rectify(people.staff, &found).await, Code::PermissionDenied, "NOT_RESPONSIBLE");
    assert_refused(office.rectify(people.handler, &found).await, Code::NotFound, "INSPECTION_UNKNOWN");
    let found = office.inspect(people.auditor, look(people.section)).await.unwrap();
    assert_refused(office.accept(people.auditor, &found).await, Code::FailedPrecondition, "INSPECTION_STATE");
    let submitted = office.rectify(people.section_head, &found).await.unwrap();
    assert_refused(office.rectify(people.section_head, &found).await, Code::Aborted, "INSPECTION_STALE");
    assert_refused(office.accept(people.section_head, &submitted).await, Code::PermissionDenied, "OWN_RECTIFICATION");
    let refused = office.send_back(people.section_head, &submitted, "2026-11-13 18:00").await;
    assert_refused(refused, Code::PermissionDenied, "OWN_RECTIFICATION");
    assert_refused(office.send_back(people.staff, &submitted, "2026-11-10 08:00").await, Code::InvalidArgument, "DUE_TIME_PAST");
    office.accept(people.head, &submitted).await.unwrap();
    assert_refused(office.accept(people.head, &submitted).await, Code::Aborted, "INSPECTION_STALE");
}

#[tokio::test]
async fn a_unit_sees_its_own_inspections_and_the_office_all() {
    let office = office().await;
    let people = office.people;
    let of_the_bureau = office.inspect(people.staff, look(people.bureau)).await.unwrap();
    let of_the_school = office.inspect(people.head, look(people.school)).await.unwrap();
    let ids = |found: Vec<pb::Inspection>| found.into_iter().map(|i| i.inspection_id).collect::<Vec<_>>();
    assert_eq!(ids(office.inspections(people.handler, pb::ListInspectionsRequest::default()).await), [of_the_bureau.inspection_id.clone()]);
    let all = ids(office.inspections(people.leader, pb::ListInspectionsRequest::default()).await);
    assert_eq!(all, [of_the_school.inspection_id.clone(), of_the_bureau.inspection_id.clone()]);
    office.rectify(people.handler, &of_the_bureau).await.unwrap();
    let waiting = pb::ListInspectionsRequest { state: Standing::Submitted.into(), ..Default::default() };
    assert_eq!(ids(office.inspections(people.auditor, waiting).await), [of_the_bureau.inspection_id.clone()]);
    let of_the_school = of_the_school.inspection_id;
    assert_refused(office.inspection(people.handler, &of_the_school).await, Code::NotFound, "INSPECTION_UNKNOWN");
    assert_eq!(office.inspection(people.school_head, &of_the_school).await.unwrap().body_id, people.school.to_string());
}

#[tokio::test]
async fn each_reading_body_s_clock_is_its_own() {
    let office = office().await;
    let (bureau, school) = (office.people.bureau.to_string(), office.people.school.to_string());
    let duty = DutyScheduled {
        duty_date: "2026-11-10".into(),
        person_id: office.people.collector.to_string(),
        reading_body_ids: vec![bureau.clone(), school.clone()],
    };
    office.house.tell("directory", duty).await;
    office.house.at("2026-11-10 18:00").await;
    let read = ReadingRecorded {
        body_id: bureau.clone(),
        reading_date: "2026-11-10".into(),
        person_id: office.people.handler.to_string(),
        papers: true,
        web: true,
        broadcast: true,
        complete: true,
        ..Default::default()
    };
    office.house.tell("intake", read).await;
    let mut owed: Vec<_> = office.owed_apart().await.into_iter().filter(|o| o.0 == "daily_reading").collect();
    owed.sort_by_key(|o| o.2 as i32);
    assert_eq!(owed.iter().map(|o| (&o.1, o.2)).collect::<Vec<_>>(), [(&school, State::Open), (&bureau, State::Discharged)]);
}

#[tokio::test]
async fn each_partner_s_liaison_goes_on_over_the_days() {
    let office = office().await;
    let (police, publicity) = (office.house.new_id(), office.house.new_id());
    let speak = |partner: Uuid| LiaisonRecorded {
        liaison_id: office.house.new_id().to_string(),
        partner_body_id: partner.to_string(),
        liaison_time: Some(wire_time(office.house.clock.now())),
        person_id: office.people.staff.to_string(),
        ..Default::default()
    };
    office.house.tell("directory", speak(police)).await;
    office.house.tell("directory", speak(publicity)).await;
    office.house.at("2026-11-25 09:00").await;
    office.house.tell("directory", speak(police)).await;
    let states: Vec<State> = office.owed_apart().await.into_iter().map(|o| o.2).collect();
    let count = |state| states.iter().filter(|s| **s == state).count();
    assert_eq!((count(State::Discharged), count(State::Open)), (1, 2));
}
