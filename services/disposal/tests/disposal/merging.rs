//! A case whose incident is merged into another, and the undo of it.

use chassis::testing::assert_refused;
use huiying_proto::{
    assessment::Level,
    disposal::{self as pb, FeedbackRecipient, case::State},
    intake::{IncidentMerged, RegroupingUndone, regrouping::Kind},
};
use tonic::Code;

use crate::office::{Office, office, quiet_office};

impl Office {
    pub async fn merge(&self) {
        let fact = IncidentMerged {
            incident_id: self.incident.to_string(),
            number: "2026-0001".into(),
            into_incident_id: self.house.new_id().to_string(),
            into_number: "2026-0002".into(),
            ..Default::default()
        };
        self.house.tell("intake", fact).await;
    }

    pub async fn part(&self, kind: Kind) {
        let fact = RegroupingUndone { incident_id: self.incident.to_string(), kind: kind.into(), ..Default::default() };
        self.house.tell("intake", fact).await;
    }
}

#[tokio::test]
async fn a_case_of_a_merged_incident_ends_as_merged_and_refuses_every_command_until_an_undo_reopens_it() {
    let office = office().await;
    let assignment = office.assign(office.staff, office.water).await.unwrap();
    office.merge().await;
    let case = office.case().await;
    assert_eq!((case.state(), case.merged_into_number.as_str(), case.close_time), (State::Merged, "2026-0002", None));
    let told = office.facts::<pb::CaseMerged>().await.remove(0);
    assert_eq!((told.case_id, told.into_number.as_str()), (case.case_id.clone(), "2026-0002"));
    let refused = office.assign(office.staff, office.water).await.unwrap_err();
    assert!(refused.message().contains("2026-0002") || format!("{refused:?}").contains("2026-0002"), "{refused:?}");
    assert_refused(Err::<(), _>(refused), Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.acknowledge(office.handler, &assignment).await, Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.submit(office.handler, &assignment).await, Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.feed_back(office.handler, FeedbackRecipient::Office).await, Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.track(office.staff, "仍在发展").await, Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.draft(office.staff, pb::escalation::Kind::Initial).await, Code::FailedPrecondition, "CASE_MERGED");
    assert_refused(office.close(office.head, &case).await, Code::FailedPrecondition, "CASE_MERGED");
    // The undo of something else reopens nothing.
    office.part(Kind::Move).await;
    assert_eq!(office.case().await.state(), State::Merged);
    office.part(Kind::Merge).await;
    let again = office.case().await;
    assert_eq!((again.state(), again.merged_into_number.as_str(), again.leader_person_id), (State::Open, "", case.leader_person_id));
    assert_eq!(office.facts::<pb::CaseReopened>().await.len(), 1);
    office.acknowledge(office.handler, &assignment).await.unwrap();
}

#[tokio::test]
async fn a_case_that_opens_after_its_incident_was_merged_is_merged_from_the_first() {
    let office = quiet_office(None).await;
    office.merge().await;
    office.classify(Level::Important, &[office.water]).await;
    let case = office.case().await;
    assert_eq!((case.state(), case.leader_person_id.as_str()), (State::Merged, ""));
    office.part(Kind::Merge).await;
    let case = office.case().await;
    assert_eq!((case.state(), case.leader_person_id), (State::Open, office.lead.to_string()));
}
