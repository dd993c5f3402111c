//! Appraisals, quality reviews and circulars, through the contract, 五(三)甲, 三(二), 三(四).

use crate::office::{Office, office};
use chassis::testing::{assert_refused, request_id};
use huiying_proto::{accountability as pb, disposal as dp, paper::paper::Format};
use tonic::{Code, Status};
use uuid::Uuid;

const FROM: &str = "2026-11-01";
const TO: &str = "2026-11-15";

impl Office {
    async fn appraisal(&self, by: Uuid, body: Uuid) -> Result<pb::Appraisal, Status> {
        let message = pb::GetAppraisalRequest { body_id: body.to_string(), from_date: FROM.into(), to_date: TO.into() };
        Ok(self.client.clone().get_appraisal(self.house.ask(by, message)).await?.into_inner().appraisal.unwrap())
    }

    async fn appraisals(&self, by: Uuid) -> Vec<pb::Appraisal> {
        let message = pb::ListAppraisalsRequest { from_date: FROM.into(), to_date: TO.into(), ..Default::default() };
        self.client.clone().list_appraisals(self.house.ask(by, message)).await.unwrap().into_inner().appraisals
    }

    async fn review_quality(&self, by: Uuid, score: i32) -> Result<pb::QualityReview, Status> {
        let message = pb::ReviewQualityRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            body_id: self.people.bureau.to_string(),
            score,
            reason: "事实清楚,证据齐全".into(),
        };
        Ok(self.client.clone().review_quality(self.house.ask(by, message)).await?.into_inner().quality_review.unwrap())
    }

    async fn issue(&self, by: Uuid, to: &str) -> Result<pb::Circular, Status> {
        let message = pb::IssueCircularRequest {
            request_id: request_id(),
            from_date: FROM.into(),
            to_date: to.into(),
            comment: "请各单位按时反馈".into(),
        };
        Ok(self.client.clone().issue_circular(self.house.ask(by, message)).await?.into_inner().circular.unwrap())
    }

    async fn circulars(&self, by: Uuid) -> Vec<pb::Circular> {
        let message = pb::ListCircularsRequest::default();
        self.client.clone().list_circulars(self.house.ask(by, message)).await.unwrap().into_inner().circulars
    }

    async fn submit(&self, assignment: Uuid) {
        let fact = dp::FindingsSubmitted {
            incident_id: self.incident.to_string(),
            title: "河东供水".into(),
            findings_id: self.house.new_id().to_string(),
            assignment_id: assignment.to_string(),
            body_id: self.people.bureau.to_string(),
            revision: 1,
        };
        self.house.tell("disposal", fact).await;
    }
}

/// The bureau acknowledged in time, and submitted findings that were returned once.
async fn after_findings() -> Office {
    let office = office().await;
    let assignment = office.assign().await;
    office.house.at("2026-11-10 09:10").await;
    office.acknowledge(assignment).await;
    office.submit(assignment).await;
    let back = dp::FindingsReturned {
        incident_id: office.incident.to_string(),
        assignment_id: assignment.to_string(),
        body_id: office.people.bureau.to_string(),
        reason: "缺检测报告".into(),
        ..Default::default()
    };
    office.house.at("2026-11-10 10:00").await;
    office.house.tell("disposal", back).await;
    office.house.at("2026-11-10 11:00").await;
    office.submit(assignment).await;
    office
}

#[tokio::test]
async fn a_unit_is_appraised_by_the_rule_s_formula_and_each_figure_opens_to_what_it_rests_on() {
    let office = after_findings().await;
    let people = office.people;
    office.review_quality(people.head, 90).await.unwrap();
    office.house.at("2026-11-16 09:00").await;
    let own = office.appraisal(people.handler, people.bureau).await.unwrap();
    let figure = |id: &str| own.figures.iter().find(|figure| figure.figure_id == id).unwrap();
    assert_eq!((figure("acknowledgement").score, figure("acknowledgement").in_time_count), (100, 1));
    assert_eq!((figure("investigation").score, figure("investigation").owed_count), (100, 2));
    assert_eq!((figure("returns").score, figure("returns").returned_count, figure("quality").score), (50, 1, 90));
    assert!(!figure("response").applies && !figure("material").applies);
    // (15×100 + 20×100 + 10×50 + 5×100 + 5×100 + 10×90) ÷ 65
    assert_eq!((own.appraised, own.total_tenths, own.body_name.as_str()), (true, 908, "水务局"));
    let acknowledged = office.owed("unit_acknowledgement").await.obligation_id;
    assert_eq!(figure("acknowledgement").obligation_ids, [acknowledged]);
    assert_eq!(figure("returns").incident_ids, [office.incident.to_string()]);
    for by in [people.staff, people.leader, people.principal, people.auditor] {
        assert_eq!(office.appraisals(by).await, [own.clone()]);
    }
    assert_eq!(office.appraisals(people.handler).await, [own]);
    assert!(office.appraisals(people.school_head).await.is_empty());
    assert_refused(office.appraisal(people.school_head, people.bureau).await, Code::NotFound, "BODY_UNKNOWN");
    assert!(!office.appraisal(people.school_head, people.school).await.unwrap().appraised);
    let backwards = pb::ListAppraisalsRequest { from_date: TO.into(), to_date: FROM.into(), ..Default::default() };
    let backwards = office.client.clone().list_appraisals(office.house.ask(people.head, backwards)).await;
    assert_refused(backwards, Code::InvalidArgument, "FIELDS_INVALID");
}

#[tokio::test]
async fn quality_is_reviewed_once_by_a_person_of_another_body_and_only_of_what_was_submitted() {
    let office = office().await;
    let people = office.people;
    assert_refused(office.review_quality(people.head, 80).await, Code::FailedPrecondition, "FINDINGS_NOT_SUBMITTED");
    office.submit(office.house.new_id()).await;
    for score in [-1, 101] {
        assert_refused(office.review_quality(people.head, score).await, Code::InvalidArgument, "FIELDS_INVALID");
    }
    let of_the_bureau = office.house.person("both", people.bureau, &[huiying_proto::directory::Role::LeaderInCharge]).await;
    assert_refused(office.review_quality(of_the_bureau, 100).await, Code::PermissionDenied, "OWN_BODY");
    assert_refused(office.review_quality(people.staff, 100).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let review = office.review_quality(people.head, 80).await.unwrap();
    assert_eq!((review.score, review.person_id.as_str()), (80, people.head.to_string().as_str()));
    assert_refused(office.review_quality(people.head, 90).await, Code::AlreadyExists, "ALREADY_REVIEWED");
    assert!(office.review_quality(people.leader, 90).await.is_ok());
    let told = office.told::<pb::QualityReviewed>().await;
    assert_eq!(told.iter().map(|fact| fact.score).collect::<Vec<_>>(), [80, 90]);
}

#[tokio::test]
async fn circulars_tell_the_figures_and_are_numbered_without_gaps_when_many_are_issued_at_once() {
    let office = after_findings().await;
    let people = office.people;
    assert_refused(office.issue(people.staff, TO).await, Code::InvalidArgument, "FIELDS_INVALID");
    office.house.at("2026-11-16 09:00").await;
    assert_refused(office.issue(people.staff, "2026-11-02").await, Code::FailedPrecondition, "CIRCULAR_EMPTY");
    assert_refused(office.issue(people.handler, TO).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let first = office.issue(people.staff, TO).await.unwrap();
    assert_eq!((first.year, first.number, first.body_ids.as_slice()), (2026, 1, [people.bureau.to_string()].as_slice()));
    for part in [
        "〔2026〕1号",
        "1 个单位到期责任事项 3 项,按时办结 3 项,逾期未办 0 项",
        "|水务局|—|100|100|—|50|100|100|—|90.9|",
        "请各单位按时反馈",
    ] {
        assert!(first.text.contains(part), "{part}: {}", first.text);
    }
    let (a, b, c) = tokio::join!(office.issue(people.staff, TO), office.issue(people.head, TO), office.issue(people.staff, TO));
    let mut numbers = [a, b, c].map(|circular| circular.unwrap().number);
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4]);
    let told = office.told::<pb::CircularIssued>().await;
    assert_eq!((told.len(), told[0].number, &told[0].title), (4, 1, &first.title));
    assert_eq!(office.circulars(people.handler).await.len(), 4);
    assert!(office.circulars(people.school_head).await.is_empty());
    let ask = |by| office.house.ask(by, pb::GetCircularRequest { circular_id: first.circular_id.clone() });
    assert_eq!(office.client.clone().get_circular(ask(people.handler)).await.unwrap().into_inner().circular, Some(first.clone()));
    assert_refused(office.client.clone().get_circular(ask(people.school_head)).await, Code::NotFound, "CIRCULAR_UNKNOWN");
}

#[tokio::test]
async fn a_circular_s_paper_has_its_number_and_every_figure_in_a_table_and_is_seen_as_the_circular_is() {
    let office = after_findings().await;
    let people = office.people;
    office.house.at("2026-11-16 09:00").await;
    let circular = office.issue(people.staff, TO).await.unwrap();
    let render = |by, format: Format| {
        let message = pb::RenderCircularRequest { circular_id: circular.circular_id.clone(), format: format.into() };
        let (mut client, request) = (office.client.clone(), office.house.ask(by, message));
        async move { client.render_circular(request).await }
    };
    let paper = render(people.handler, Format::Docx).await.unwrap().into_inner().paper.unwrap();
    assert_eq!(paper.file_name, "政务舆情通报〔2026〕1号.docx");
    let said = papers::testing::text(&paper.content);
    let figures = ["水务局", "—", "100", "100", "—", "50", "100", "100", "—", "90.9"].join("\n");
    for part in ["〔2026〕1号", "到期责任事项 3 项", &figures, "请各单位按时反馈", "通报期间：2026年11月1日至2026年11月15日", "送：水务局"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!said.contains('|'), "{said}");
    assert_refused(render(people.school_head, Format::Docx).await, Code::NotFound, "CIRCULAR_UNKNOWN");
    assert_refused(render(people.staff, Format::Pdf).await, Code::FailedPrecondition, "CONVERTER_MISSING");
}
