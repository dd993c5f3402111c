//! 外部转办, 四(一)二: what is owed by the sender's deadline, wherever the report goes.

use crate::office::{Office, State, office};
use chassis::{testing::moment, wire_time};
use huiying_proto::{
    accountability as pb,
    intake::{ItemTransferred, TransferCorrected, TransferMoved},
};
use uuid::Uuid;

impl Office {
    async fn transferred(&self, incident: Uuid, transfer: Uuid, due: Option<&str>) {
        let fact = ItemTransferred {
            incident_id: incident.to_string(),
            transfer_id: transfer.to_string(),
            report_id: self.house.new_id().to_string(),
            sender: "市信访局".into(),
            reference: "信转〔2026〕12号".into(),
            has_due_time: due.is_some(),
            due_time: due.map(|due| wire_time(moment(due))),
            title: "河东自来水发黄".into(),
            person_id: self.people.staff.to_string(),
            ..Default::default()
        };
        self.house.tell("intake", fact).await;
        self.quiet().await;
    }

    /// What is owed for transfers in an incident: due when, and how it stands.
    async fn owed_for_transfers(&self, incident: Uuid) -> Vec<(Option<i64>, State)> {
        let owed = self.obligations(incident).await.into_iter().filter(|o| o.duty_id == "transfer_response");
        owed.map(|o| (o.due_time.map(|time| time.seconds), o.state())).collect()
    }
}

#[tokio::test]
async fn a_transfer_is_owed_by_its_senders_deadline_and_the_first_statement_discharges_it() {
    let office = office().await;
    office.transferred(office.incident, office.house.new_id(), Some("2026-11-12 18:00")).await;
    let due = moment("2026-11-12 18:00").as_second();
    assert_eq!(office.owed_for_transfers(office.incident).await, [(Some(due), State::Open)]);
    office.house.at("2026-11-11 10:00").await;
    office.release().await;
    office.quiet().await;
    assert_eq!(office.owed_for_transfers(office.incident).await, [(Some(due), State::Discharged)]);
}

#[tokio::test]
async fn a_transfer_without_a_deadline_sets_no_clock_of_its_own() {
    let office = office().await;
    office.transferred(office.incident, office.house.new_id(), None).await;
    assert!(office.owed_for_transfers(office.incident).await.is_empty());
}

#[tokio::test]
async fn a_transferred_report_that_is_moved_is_owed_where_it_went_and_missed_there_alone() {
    let office = office().await;
    let (transfer, other) = (office.house.new_id(), office.open_incident().await);
    office.transferred(office.incident, transfer, Some("2026-11-12 18:00")).await;
    let left = TransferMoved {
        incident_id: office.incident.to_string(),
        transfer_id: transfer.to_string(),
        to_incident_id: other.to_string(),
        to_number: "2026-0002".into(),
    };
    office.house.tell("intake", left).await;
    office.transferred(other, transfer, Some("2026-11-12 18:00")).await;
    let due = Some(moment("2026-11-12 18:00").as_second());
    assert_eq!(office.owed_for_transfers(office.incident).await, [(due, State::Ended)]);
    assert_eq!(office.owed_for_transfers(other).await, [(due, State::Open)]);
    let told = office.at_with_breaches("2026-11-12 18:01", 1).await;
    let told: Vec<&str> = told.iter().filter(|told| told.duty_id == "transfer_response").map(|told| told.incident_id.as_str()).collect();
    assert_eq!(told, [other.to_string()]);
    assert_eq!(office.told::<pb::ObligationEnded>().await[0].reason, "转办线索已移到其他事件");
}

#[tokio::test]
async fn a_corrected_deadline_is_the_one_that_is_owed_and_the_old_one_is_missed_by_nobody() {
    let office = office().await;
    let transfer = office.house.new_id();
    office.transferred(office.incident, transfer, Some("2026-11-11 18:00")).await;
    let corrected = |deadline_changed| TransferCorrected {
        incident_id: office.incident.to_string(),
        transfer_id: transfer.to_string(),
        is: "市信访局(信转〔2026〕12号)".into(),
        deadline_changed,
        person_id: office.people.staff.to_string(),
        ..Default::default()
    };
    office.house.tell("intake", corrected(false)).await;
    office.quiet().await;
    let (old, new) = (Some(moment("2026-11-11 18:00").as_second()), Some(moment("2026-11-12 18:00").as_second()));
    assert_eq!(office.owed_for_transfers(office.incident).await, [(old, State::Open)], "its reference alone was corrected");
    office.house.tell("intake", corrected(true)).await;
    office.transferred(office.incident, transfer, Some("2026-11-12 18:00")).await;
    let owed = office.owed_for_transfers(office.incident).await;
    assert!(owed.contains(&(old, State::Ended)) && owed.contains(&(new, State::Open)), "{owed:?}");
    office.house.at("2026-11-11 18:01").await;
    office.quiet().await;
    assert!(office.owed_for_transfers(office.incident).await.contains(&(new, State::Open)));
}
