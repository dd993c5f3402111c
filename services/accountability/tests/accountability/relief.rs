//! Extensions and waivers: asked by the debtor before the due time, granted by whom the rule names, never by the debtor.

use crate::office::{Office, State, office};
use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::accountability as pb;
use pb::relief::{Kind, State as ReliefState};
use tonic::{Code, Status};
use uuid::Uuid;

impl Office {
    async fn ask_relief(&self, by: Uuid, obligation: &pb::Obligation, kind: Kind, due: Option<&str>) -> Result<pb::Relief, Status> {
        let message = pb::AskReliefRequest {
            request_id: request_id(),
            obligation_id: obligation.obligation_id.clone(),
            kind: kind.into(),
            due_time: due.map(|due| wire_time(moment(due))),
            reason: "须作水质检测".into(),
        };
        Ok(self.client.clone().ask_relief(self.house.ask(by, message)).await?.into_inner().relief.unwrap())
    }

    async fn grant_relief(&self, by: Uuid, relief: &pb::Relief) -> Result<pb::Relief, Status> {
        let (relief_id, etag) = (relief.relief_id.clone(), relief.etag.clone());
        let message = pb::GrantReliefRequest { request_id: request_id(), relief_id, etag, reason: "情况属实".into() };
        Ok(self.client.clone().grant_relief(self.house.ask(by, message)).await?.into_inner().relief.unwrap())
    }

    async fn refuse_relief(&self, by: Uuid, relief: &pb::Relief) -> Result<pb::Relief, Status> {
        let (relief_id, etag) = (relief.relief_id.clone(), relief.etag.clone());
        let message = pb::RefuseReliefRequest { request_id: request_id(), relief_id, etag, reason: "应抓紧办理".into() };
        Ok(self.client.clone().refuse_relief(self.house.ask(by, message)).await?.into_inner().relief.unwrap())
    }

    async fn reliefs(&self, by: Uuid) -> Vec<pb::Relief> {
        let answer = self.client.clone().list_reliefs(self.house.ask(by, pb::ListReliefsRequest::default())).await;
        answer.unwrap().into_inner().reliefs
    }

    /// The findings that the bureau owes from 2026-11-10 09:00 until the 13th at 09:00.
    async fn findings_owed(&self) -> pb::Obligation {
        self.assign().await;
        self.owed("unit_findings").await
    }
}

#[tokio::test]
async fn an_extension_moves_the_clock_and_what_comes_within_it_is_in_time() {
    let office = office().await;
    let owed = office.findings_owed().await;
    assert_eq!((owed.extension_granter_role.as_str(), owed.waiver_granter_role.as_str()), ("leader_in_charge", ""));
    office.house.at("2026-11-12 09:00").await;
    let relief = office.ask_relief(office.people.handler, &owed, Kind::Extension, Some("2026-11-15 09:00")).await.unwrap();
    // The clock goes on while it waits.
    assert_eq!(office.owed("unit_findings").await.due_time, owed.due_time);
    office.house.at("2026-11-12 15:00").await;
    let granted = office.grant_relief(office.people.leader, &relief).await.unwrap();
    assert_eq!((granted.state(), granted.decide_person_id), (ReliefState::Granted, office.people.leader.to_string()));
    let extended = office.owed("unit_findings").await;
    assert_eq!((extended.state(), extended.due_time), (State::Extended, Some(wire_time(moment("2026-11-15 09:00")))));
    assert_eq!(extended.extensions[0].previous_due_time, owed.due_time);
    assert!(extended.derivation.iter().any(|step| step.contains("批准延期")), "{:?}", extended.derivation);
    let moved = office.told::<pb::ObligationMoved>().await;
    assert_eq!((moved[0].previous_due_time, moved[0].due_time), (owed.due_time, extended.due_time));
    assert_eq!(moved[0].cause_event_id, extended.extensions[0].event_id);
    assert!(moved[0].reason.contains("须作水质检测") || moved[0].reason.contains("情况属实"), "{}", moved[0].reason);
    // The old due time passes without a breach; the new one does not.
    office.house.at("2026-11-14 09:00").await;
    office.quiet().await;
    let breached = |told: Vec<pb::ObligationBreached>| told.iter().filter(|t| t.duty_id == "unit_findings").count();
    assert_eq!(breached(office.told().await), 0);
    office.house.at("2026-11-15 09:00").await;
    office.quiet().await;
    assert_eq!(breached(office.told().await), 1);
    assert_eq!(office.owed("unit_findings").await.state(), State::Breached);
}

#[tokio::test]
async fn a_waiver_ends_what_is_owed() {
    let office = office().await;
    let demanded = huiying_proto::disposal::MaterialRequested {
        incident_id: office.incident.to_string(),
        material_request_id: office.house.new_id().to_string(),
        body_id: office.people.bureau.to_string(),
        question: "停水范围".into(),
        due_time: Some(wire_time(moment("2026-11-10 12:00"))),
    };
    office.house.tell("disposal", demanded).await;
    let owed = office.owed("material").await;
    let relief = office.ask_relief(office.people.handler, &owed, Kind::Waiver, None).await.unwrap();
    office.grant_relief(office.people.head, &relief).await.unwrap();
    assert_eq!(office.owed("material").await.state(), State::Waived);
    assert_eq!(office.told::<pb::ObligationWaived>().await[0].obligation_id, owed.obligation_id);
    office.house.at("2026-11-10 13:00").await;
    office.quiet().await;
    assert!(office.told::<pb::ObligationBreached>().await.is_empty());
}

#[tokio::test]
async fn a_refused_extension_leaves_the_clock_as_it_was() {
    let office = office().await;
    let owed = office.findings_owed().await;
    let relief = office.ask_relief(office.people.handler, &owed, Kind::Extension, Some("2026-11-15 09:00")).await.unwrap();
    let refused = office.refuse_relief(office.people.leader, &relief).await.unwrap();
    assert_eq!((refused.state(), refused.decide_reason.as_str()), (ReliefState::Refused, "应抓紧办理"));
    assert_eq!(office.owed("unit_findings").await.due_time, owed.due_time);
    assert_refused(office.grant_relief(office.people.leader, &refused).await, Code::FailedPrecondition, "RELIEF_STATE");
    assert_eq!(office.reliefs(office.people.auditor).await.len(), 1);
    assert_eq!(office.reliefs(office.people.handler).await.len(), 1);
    assert!(office.reliefs(office.people.school_head).await.is_empty());
}

#[tokio::test]
async fn only_the_debtor_asks_and_only_for_what_the_rule_foresees() {
    let office = office().await;
    let owed = office.findings_owed().await;
    let people = office.people;
    let later = Some("2026-11-15 09:00");
    assert_refused(office.ask_relief(people.staff, &owed, Kind::Extension, later).await, Code::PermissionDenied, "NOT_THE_DEBTOR");
    assert_refused(office.ask_relief(people.school_head, &owed, Kind::Extension, later).await, Code::NotFound, "OBLIGATION_UNKNOWN");
    assert_refused(office.ask_relief(people.handler, &owed, Kind::Waiver, None).await, Code::FailedPrecondition, "RELIEF_NOT_FORESEEN");
    let too_long = office.ask_relief(people.handler, &owed, Kind::Extension, Some("2026-11-16 09:01")).await;
    assert_refused(too_long, Code::InvalidArgument, "EXTENSION_LENGTH");
    let shorter = office.ask_relief(people.handler, &owed, Kind::Extension, Some("2026-11-12 09:00")).await;
    assert_refused(shorter, Code::InvalidArgument, "EXTENSION_LENGTH");
    let nowhen = office.ask_relief(people.handler, &owed, Kind::Extension, None).await;
    assert_eq!(nowhen.unwrap_err().code(), Code::InvalidArgument);
    office.ask_relief(people.handler, &owed, Kind::Extension, later).await.unwrap();
    assert_refused(office.ask_relief(people.bureau_head, &owed, Kind::Extension, later).await, Code::AlreadyExists, "RELIEF_PENDING");
    let acknowledging = office.owed("unit_acknowledgement").await;
    let never = office.ask_relief(people.handler, &acknowledging, Kind::Extension, later).await;
    assert_refused(never, Code::FailedPrecondition, "RELIEF_NOT_FORESEEN");
    office.house.at("2026-11-13 09:00").await;
    assert_refused(
        office.ask_relief(people.handler, &owed, Kind::Extension, later).await,
        Code::FailedPrecondition,
        "OBLIGATION_NOT_RUNNING",
    );
}

#[tokio::test]
async fn nobody_grants_it_but_the_role_that_the_rule_names() {
    let office = office().await;
    let owed = office.findings_owed().await;
    let relief = office.ask_relief(office.people.handler, &owed, Kind::Extension, Some("2026-11-15 09:00")).await.unwrap();
    assert_refused(office.grant_relief(office.people.head, &relief).await, Code::PermissionDenied, "NOT_THE_GRANTER");
    assert_refused(office.grant_relief(office.people.bureau_head, &relief).await, Code::PermissionDenied, "PERMISSION_DENIED");
    let stale = pb::Relief { etag: "7".into(), ..relief.clone() };
    assert_refused(office.grant_relief(office.people.leader, &stale).await, Code::Aborted, "RELIEF_STALE");
    let unknown = pb::Relief { relief_id: office.house.new_id().to_string(), ..relief.clone() };
    assert_refused(office.grant_relief(office.people.leader, &unknown).await, Code::NotFound, "RELIEF_UNKNOWN");
    office.grant_relief(office.people.leader, &relief).await.unwrap();
}
