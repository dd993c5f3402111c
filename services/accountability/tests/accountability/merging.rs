//! 归并与时限: the clocks of an incident that is merged into another, and of the other.

use crate::office::{Office, State, office};
use chassis::{testing::moment, wire_time};
use huiying_proto::{
    accountability as pb,
    assessment::{EventGrade, IncidentPredated, Level},
    intake::{IncidentMerged, RegroupingUndone, regrouping::Kind},
};
use uuid::Uuid;

impl Office {
    async fn merge(&self, regrouping: Uuid, into: Uuid) {
        let fact = IncidentMerged {
            incident_id: self.incident.to_string(),
            number: "2026-0001".into(),
            title: "河东供水".into(),
            into_incident_id: into.to_string(),
            into_number: "2026-0002".into(),
            regrouping_id: regrouping.to_string(),
            person_id: self.people.staff.to_string(),
            reason: "同一件事".into(),
            ..Default::default()
        };
        self.house.tell("intake", fact).await;
        self.quiet().await;
    }

    async fn undo(&self, regrouping: Uuid, left: Uuid) {
        let fact = RegroupingUndone {
            incident_id: self.incident.to_string(),
            number: "2026-0001".into(),
            left_incident_id: left.to_string(),
            regrouping_id: regrouping.to_string(),
            kind: Kind::Merge.into(),
            person_id: self.people.staff.to_string(),
            reason: "并错了".into(),
            ..Default::default()
        };
        self.house.tell("intake", fact).await;
        self.quiet().await;
    }

    /// The due times of what is owed in an incident, by duty.
    async fn dues(&self, incident: Uuid) -> Vec<(String, Option<i64>, State)> {
        let owed = self.obligations(incident).await;
        let mut dues: Vec<_> = owed.iter().map(|o| (o.duty_id.clone(), o.due_time.map(|t| t.seconds), o.state())).collect();
        dues.sort();
        dues
    }
}

#[tokio::test]
async fn open_obligations_of_a_merged_incident_end_without_a_breach_and_come_back_at_their_old_due_times() {
    let office = office().await;
    office.classify().await;
    office.quiet().await;
    let (regrouping, into, before) = (office.house.new_id(), office.house.new_id(), office.dues(office.incident).await);
    assert!(before.iter().all(|(.., state)| *state == State::Open) && before.len() == 4, "{before:?}");
    office.merge(regrouping, into).await;
    assert!(office.dues(office.incident).await.iter().all(|(.., state)| *state == State::Ended));
    let ended = office.told::<pb::ObligationEnded>().await;
    assert!(ended.len() == 4 && ended.iter().all(|told| told.reason == "事件已并入其他事件"), "{ended:?}");
    office.house.at("2026-11-10 15:00").await;
    office.quiet().await;
    assert!(office.told::<pb::ObligationBreached>().await.is_empty());
    office.undo(regrouping, into).await;
    let after = office.dues(office.incident).await;
    let times = |dues: &[(String, Option<i64>, State)]| dues.iter().map(|(duty, due, _)| (duty.clone(), *due)).collect::<Vec<_>>();
    assert_eq!(times(&after), times(&before));
    // Of the bulletin, due at eleven, the time has passed: it stands at its old due time.
    let states = |state| after.iter().filter(|(.., of)| *of == state).count();
    assert_eq!((states(State::Open), states(State::Breached)), (3, 1), "{after:?}");
    assert_eq!(office.told::<pb::ObligationOpened>().await.len(), 8);
}

#[tokio::test]
async fn what_was_breached_before_a_merge_stays_breached() {
    let office = office().await;
    office.classify().await;
    let told = office.at_with_breaches("2026-11-10 11:00", 1).await;
    assert_eq!(told[0].duty_id, "important_bulletin");
    office.house.at("2026-11-10 12:00").await;
    office.merge(office.house.new_id(), office.house.new_id()).await;
    let bulletin = office.owed("important_bulletin").await;
    assert_eq!((bulletin.state(), bulletin.due_time), (State::Ended, Some(wire_time(moment("2026-11-10 11:00")))));
    // The breach was told once, and no end takes it back.
    assert_eq!(office.told::<pb::ObligationBreached>().await.len(), 1);
    let ended = office.told::<pb::ObligationEnded>().await;
    assert!(ended.iter().any(|told| told.obligation_id == bulletin.obligation_id));
}

#[tokio::test]
async fn the_other_incident_takes_the_earliest_first_report_and_gives_no_time_back_after_an_undo() {
    let office = office().await;
    let other = office.open_incident().await;
    office.house.at("2026-11-10 10:00").await;
    office.house.tell("assessment", office.classified(other, Level::Important, Level::Unspecified)).await;
    office.quiet().await;
    let regrouping = office.house.new_id();
    office.merge(regrouping, other).await;
    let predated = IncidentPredated {
        incident_id: other.to_string(),
        number: "2026-0002".into(),
        title: "河东供水".into(),
        first_report_time: Some(wire_time(moment("2026-11-09 15:00"))),
        previous_first_report_time: Some(wire_time(moment("2026-11-10 09:00"))),
        level: Level::Important.into(),
        grade: EventGrade::None.into(),
    };
    office.house.tell("assessment", predated).await;
    office.quiet().await;
    let national = async || {
        let owed = office.obligations(other).await;
        owed.into_iter().find(|o| o.duty_id == "national_response").unwrap().due_time
    };
    assert_eq!(national().await, Some(wire_time(moment("2026-11-11 15:00"))));
    let moved = office.told::<pb::ObligationMoved>().await;
    assert!(moved.len() == 1 && moved[0].reason.contains("时限提前"), "{moved:?}");
    office.undo(regrouping, other).await;
    assert_eq!(national().await, Some(wire_time(moment("2026-11-11 15:00"))));
}

#[tokio::test]
async fn who_merged_and_who_took_it_back_knew_of_the_incident() {
    let office = office().await;
    let (regrouping, into) = (office.house.new_id(), office.house.new_id());
    office.merge(regrouping, into).await;
    office.undo(regrouping, into).await;
    let entries = office.timeline(office.people.auditor, office.incident).await.unwrap();
    let of_staff: Vec<&str> = entries.iter().filter(|e| e.person_id == office.people.staff.to_string()).map(|e| e.what.as_str()).collect();
    assert!(
        of_staff.iter().any(|what| what.contains("并入其他事件")) && of_staff.iter().any(|what| what.contains("撤销归并调整")),
        "{entries:?}"
    );
}
