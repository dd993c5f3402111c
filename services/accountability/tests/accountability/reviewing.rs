//! After-action reviews, through the contract, 五(三)乙.

use crate::office::{Office, State, office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::{accountability as pb, assessment::Level, disposal as dp};
use pb::after_action_review::Proposal;
use tonic::{Code, Status};
use uuid::Uuid;

impl Office {
    async fn close_incident(&self) {
        let fact =
            dp::CaseClosed {
                incident_id: self.incident.to_string(), case_id: self.house.new_id().to_string(), title: "河东供水".into()
            };
        self.house.tell("disposal", fact).await;
    }

    fn filing(&self) -> pb::FileReviewRequest {
        pb::FileReviewRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            title: "河东供水事件复盘".into(),
            lessons: "第一时间 发声见效".into(),
            causes: "管网老化".into(),
            proposals: vec![Proposal { clause: "四(四)".into(), text: "增加夜间值守".into() }],
        }
    }

    async fn file(&self, by: Uuid, message: pb::FileReviewRequest) -> Result<pb::AfterActionReview, Status> {
        Ok(self.client.clone().file_review(self.house.ask(by, message)).await?.into_inner().review.unwrap())
    }

    async fn search(&self, text: &str) -> Vec<String> {
        let message = pb::FindReviewsRequest { text: text.into(), ..Default::default() };
        let found = self.client.clone().find_reviews(self.house.ask(self.people.leader, message)).await.unwrap().into_inner();
        found.reviews.into_iter().map(|review| review.review_id).collect()
    }
}

#[tokio::test]
async fn closing_an_important_incident_asks_for_a_review_and_filing_one_discharges_it() {
    let office = office().await;
    office.classify().await;
    office.close_incident().await;
    let owed = office.owed("after_action_review").await;
    assert_eq!((owed.state(), owed.clause.as_str(), owed.debtor_role.as_str()), (State::Open, "五(三)乙", "office_staff"));
    office.house.at("2026-11-12 09:00").await;
    let review = office.file(office.people.staff, office.filing()).await.unwrap();
    office.quiet().await;
    let owed = office.owed("after_action_review").await;
    assert_eq!((owed.state(), owed.discharge_event_id.is_empty()), (State::Discharged, false));
    let told = office.told::<pb::ReviewFiled>().await;
    assert_eq!((told[0].review_id.as_str(), told[0].clauses.as_slice()), (review.review_id.as_str(), ["四(四)".to_owned()].as_slice()));
}

#[tokio::test]
async fn an_ordinary_incident_asks_for_no_review_and_an_open_one_takes_none() {
    let office = office().await;
    let ordinary = office.classified(office.incident, Level::Ordinary, Level::Unspecified);
    office.house.tell("assessment", ordinary).await;
    assert_refused(office.file(office.people.staff, office.filing()).await, Code::FailedPrecondition, "CASE_NOT_CLOSED");
    office.close_incident().await;
    assert!(office.obligations(office.incident).await.iter().all(|owed| owed.duty_id != "after_action_review"));
    let elsewhere = pb::FileReviewRequest { incident_id: office.house.new_id().to_string(), ..office.filing() };
    assert_refused(office.file(office.people.staff, elsewhere).await, Code::NotFound, "INCIDENT_UNKNOWN");
    let unknown = pb::FileReviewRequest { proposals: vec![Proposal { clause: "九(九)".into(), text: "改".into() }], ..office.filing() };
    assert_refused(office.file(office.people.staff, unknown).await, Code::InvalidArgument, "CLAUSE_UNKNOWN");
    let malformed = pb::FileReviewRequest { lessons: " ".into(), ..office.filing() };
    assert_refused(office.file(office.people.staff, malformed).await, Code::InvalidArgument, "FIELDS_INVALID");
    assert_refused(office.file(office.people.handler, office.filing()).await, Code::PermissionDenied, "PERMISSION_DENIED");
    assert!(office.file(office.people.head, office.filing()).await.is_ok());
}

#[tokio::test]
async fn reviews_are_found_by_what_stands_in_them() {
    let office = office().await;
    office.close_incident().await;
    let first = office.file(office.people.staff, office.filing()).await.unwrap();
    let other = pb::FileReviewRequest {
        title: "校车事件复盘".into(), causes: "调度不当".into(), proposals: Vec::new(), ..office.filing()
    };
    let second = office.file(office.people.staff, other).await.unwrap();
    assert_eq!(office.search("管网").await, [first.review_id.clone()]);
    assert_eq!(office.search("四(四)").await, [first.review_id.clone()]);
    assert_eq!(office.search("第一时间发声").await, [second.review_id.clone(), first.review_id.clone()]);
    assert_eq!(office.search("").await.len(), 2);
    assert!(office.search("百分之百%_").await.is_empty());
    let ask = |id: String| office.house.ask(office.people.auditor, pb::GetReviewRequest { review_id: id });
    assert_eq!(office.client.clone().get_review(ask(first.review_id.clone())).await.unwrap().into_inner().review, Some(first));
    assert_refused(office.client.clone().get_review(ask(office.house.new_id().to_string())).await, Code::NotFound, "REVIEW_UNKNOWN");
}
