//! What is not said of an incident that was merged into another.

use crate::office::{Office, office};
use chassis::testing::assert_refused;
use huiying_proto::{
    intake::{IncidentMerged, RegroupingUndone, regrouping},
    publication::statement::Kind,
};
use tonic::Code;

impl Office {
    async fn merge(&self) {
        let fact = IncidentMerged { incident_id: self.incident.to_string(), into_number: "2026-0002".into(), ..Default::default() };
        self.house.tell("intake", fact).await;
    }

    async fn part(&self) {
        let kind = regrouping::Kind::Merge.into();
        self.house.tell("intake", RegroupingUndone { incident_id: self.incident.to_string(), kind, ..Default::default() }).await;
    }
}

#[tokio::test]
async fn of_a_merged_incident_no_line_no_statement_and_no_release_goes_on_until_the_merge_is_taken_back() {
    let office = office().await;
    let line = office.propose_line(office.staff, "另一口径").await.unwrap();
    let (drafted, approved) = (office.draft("稿", "正文").await, office.approved("说明", "全文").await);
    office.merge().await;
    let refused = office.propose_line(office.staff, "新口径").await.unwrap_err();
    assert!(refused.message().contains("2026-0002") || format!("{refused:?}").contains("2026-0002"), "{refused:?}");
    assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.approve_line(office.head, &line).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.draft_by(office.staff, Kind::Full, "稿", "正文").await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.submit(office.staff, &drafted).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.revise(office.staff, &drafted, "稿", "改").await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_refused(office.release(office.staff, &approved).await, Code::FailedPrecondition, "INCIDENT_MERGED");
    assert_eq!(office.get(office.staff, &approved.statement_id).await.unwrap(), approved);
    office.part().await;
    office.release(office.staff, &approved).await.unwrap();
    office.approve_line(office.head, &line).await.unwrap();
}
