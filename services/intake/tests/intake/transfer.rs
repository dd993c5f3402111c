//! Transfers from outside (外部转办), 四(一)二, through the contract.

use crate::office::{Office, PLANT, WATER, office, sighting};
use chassis::{
    testing::{assert_refused, moment, request_id},
    wire_time,
};
use huiying_proto::intake as pb;
use sqlx::Connection;
use tonic::{Code, Status};
use uuid::Uuid;

const DUE: &str = "2026-11-12 18:00";

fn transfer(report: &str, reference: &str) -> pb::RegisterTransferRequest {
    pb::RegisterTransferRequest {
        request_id: request_id(),
        report_id: report.into(),
        sender: "市信访局".into(),
        reference: reference.into(),
        due_time: Some(wire_time(moment(DUE))),
    }
}

impl Office {
    async fn transfer(&self, by: Uuid, message: pb::RegisterTransferRequest) -> Result<pb::Transfer, Status> {
        let answer = self.client.clone().register_transfer(self.house.ask(by, message)).await?.into_inner();
        self.house.settle().await;
        Ok(answer.transfer.unwrap())
    }

    async fn transfers(&self, by: Uuid, incident: &str) -> Vec<pb::Transfer> {
        let message = pb::ListTransfersRequest { incident_id: incident.into(), ..Default::default() };
        self.client.clone().list_transfers(self.house.ask(by, message)).await.unwrap().into_inner().transfers
    }
}

#[tokio::test]
async fn a_transfer_is_told_at_once_with_its_sender_reference_deadline_and_units() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let incident = office.incident(&water.incident_id).await;
    office.name_bodies(&incident, &[office.water]).await.unwrap();
    let registered = office.transfer(office.staff, transfer(&water.report_id, "信转〔2026〕12号")).await.unwrap();
    assert_eq!((registered.sender.as_str(), registered.reference.as_str()), ("市信访局", "信转〔2026〕12号"));
    assert_eq!((registered.incident_id.as_str(), registered.report_title.as_str()), (water.incident_id.as_str(), "河东自来水发黄"));
    let told = office.told::<pb::ItemTransferred>().await.remove(0);
    assert_eq!(
        (told.incident_id, told.sender, told.reference),
        (water.incident_id.clone(), registered.sender.clone(), registered.reference.clone())
    );
    assert_eq!((told.has_due_time, told.due_time, told.body_ids), (true, Some(wire_time(moment(DUE))), vec![office.water.to_string()]));
    // A unit sees what involves it, and no more.
    assert_eq!(office.transfers(office.water_head, "").await, [registered.clone()]);
    assert!(office.transfers(office.officer, "").await.is_empty());
    let message = pb::ListTransfersRequest { incident_id: water.incident_id.clone(), ..Default::default() };
    let hidden = office.client.clone().list_transfers(office.house.ask(office.officer, message)).await;
    assert_refused(hidden, Code::NotFound, "INCIDENT_UNKNOWN");
    assert_eq!(told.origin, "市信访局(信转〔2026〕12号)");
    // Another sender may transfer the same, without a deadline.
    let message = pb::RegisterTransferRequest { sender: "地区网信办".into(), due_time: None, ..transfer(&water.report_id, "") };
    let another = office.transfer(office.head, message).await.unwrap();
    assert_eq!(office.transfers(office.staff, &water.incident_id).await, [another, registered]);
    assert!(!office.told::<pb::ItemTransferred>().await.remove(1).has_due_time);
}

#[tokio::test]
async fn what_is_no_transfer_is_refused_by_name_and_the_same_call_again_adds_nothing() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let message = transfer(&water.report_id, "信转〔2026〕12号");
    let first = office.transfer(office.collector, message.clone()).await.unwrap();
    assert_eq!(office.transfer(office.collector, message).await.unwrap(), first);
    let again = transfer(&water.report_id, "信转〔2026〕12号");
    let refused = office.transfer(office.staff, again).await;
    assert!(refused.as_ref().unwrap_err().message().contains("2026-0001《河东自来水发黄》"), "{refused:?}");
    assert_refused(refused, Code::AlreadyExists, "TRANSFER_DUPLICATE");
    let nobody = transfer(&office.house.new_id().to_string(), "1");
    assert_refused(office.transfer(office.staff, nobody).await, Code::NotFound, "REPORT_UNKNOWN");
    let nameless = pb::RegisterTransferRequest { sender: " ".into(), ..transfer(&water.report_id, "2") };
    assert_refused(office.transfer(office.staff, nameless).await, Code::InvalidArgument, "FIELDS_INVALID");
    let early = pb::RegisterTransferRequest { due_time: Some(wire_time(moment("2026-11-01 08:00"))), ..transfer(&water.report_id, "3") };
    assert_refused(office.transfer(office.staff, early).await, Code::FailedPrecondition, "TRANSFER_DUE_TOO_EARLY");
    assert_eq!(office.transfers(office.staff, "").await, [first]);
}

#[tokio::test]
async fn what_was_transferred_is_registered_at_once_and_told_when_its_report_finds_its_incident() {
    let office = office().await;
    // As if another process were placing: nothing finds its incident meanwhile.
    let mut other = sqlx::PgConnection::connect(&office.house.url).await.unwrap();
    sqlx::query("BEGIN").execute(&mut other).await.unwrap();
    sqlx::query("SELECT stamp FROM intake.placing FOR UPDATE").execute(&mut other).await.unwrap();
    let report = office.register_by(office.staff, sighting(&office.paper, "河东自来水发黄", WATER)).await.unwrap();
    let message = transfer(&report.report_id, "信转〔2026〕12号");
    let answer = office.client.clone().register_transfer(office.house.ask(office.staff, message)).await.unwrap().into_inner();
    let registered = answer.transfer.unwrap();
    assert!(registered.incident_id.is_empty());
    assert_eq!(office.transfers(office.staff, "").await, [registered.clone()]);
    assert!(office.transfers(office.water_head, "").await.is_empty());
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    office.house.settle().await;
    let placed = office.report(office.staff, &report.report_id).await.unwrap();
    let told = office.told::<pb::ItemTransferred>().await;
    assert_eq!(told.len(), 1, "once");
    assert_eq!(
        (told[0].incident_id.as_str(), told[0].transfer_id.as_str()),
        (placed.incident_id.as_str(), registered.transfer_id.as_str())
    );
    assert_eq!(office.transfers(office.staff, &placed.incident_id).await[0].incident_id, placed.incident_id);
}

#[tokio::test]
async fn a_mistyped_reference_or_deadline_is_corrected_with_a_reason_and_told() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let registered = office.transfer(office.staff, transfer(&water.report_id, "信转〔2026〕12号")).await.unwrap();
    office.transfer(office.staff, transfer(&water.report_id, "信转〔2026〕13号")).await.unwrap();
    let correct = |seen: &pb::Transfer, reference: &str, due: &str| {
        let message = pb::CorrectTransferRequest {
            request_id: request_id(),
            transfer_id: seen.transfer_id.clone(),
            etag: seen.etag.clone(),
            sender: seen.sender.clone(),
            reference: reference.into(),
            due_time: Some(wire_time(moment(due))),
            reason: "看错了".into(),
        };
        let (mut client, ask) = (office.client.clone(), office.house.ask(office.collector, message));
        async move { client.correct_transfer(ask).await.map(|answer| answer.into_inner().transfer.unwrap()) }
    };
    assert_refused(correct(&registered, "信转〔2026〕12号", DUE).await, Code::FailedPrecondition, "TRANSFER_UNCHANGED");
    assert_refused(correct(&registered, "信转〔2026〕13号", DUE).await, Code::AlreadyExists, "TRANSFER_DUPLICATE");
    let early = correct(&registered, "信转〔2026〕12号", "2026-11-01 08:00").await;
    assert_refused(early, Code::FailedPrecondition, "TRANSFER_DUE_TOO_EARLY");
    let renamed = correct(&registered, "信转〔2026〕21号", DUE).await.unwrap();
    assert_eq!(renamed.reference, "信转〔2026〕21号");
    assert_eq!(office.told::<pb::ItemTransferred>().await.len(), 2, "its deadline is the same");
    assert_refused(correct(&registered, "x", DUE).await, Code::Aborted, "TRANSFER_STALE");
    let later = correct(&renamed, "信转〔2026〕21号", "2026-11-13 12:00").await.unwrap();
    assert_eq!(later.due_time, Some(wire_time(moment("2026-11-13 12:00"))));
    let told: Vec<bool> = office.told::<pb::TransferCorrected>().await.iter().map(|fact| fact.deadline_changed).collect();
    assert_eq!(told, [false, true]);
    let again = office.told::<pb::ItemTransferred>().await.pop().unwrap();
    assert_eq!((again.transfer_id, again.due_time), (registered.transfer_id.clone(), later.due_time));
    let ledger = format!("{:?}", office.ledger().await);
    assert!(ledger.contains("信转〔2026〕12号),时限2026年11月12日 18:00”,更正为“市信访局(信转〔2026〕21号)"), "what it was is kept");
    let nobody = pb::Transfer { transfer_id: office.house.new_id().to_string(), ..later };
    assert_refused(correct(&nobody, "x", DUE).await, Code::NotFound, "TRANSFER_UNKNOWN");
}

#[tokio::test]
async fn a_transfer_goes_with_its_report_and_is_told_where_it_went_and_whence() {
    let office = office().await;
    let plant = office.placed(sighting(&office.paper, "锦绣家园搅拌站扰民", PLANT)).await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    let registered = office.transfer(office.staff, transfer(&water.report_id, "信转〔2026〕12号")).await.unwrap();
    let (from, into) = (office.incident(&water.incident_id).await, office.incident(&plant.incident_id).await);
    let merged = office.merge(&from, &into).await.unwrap();
    let told = office.told::<pb::ItemTransferred>().await;
    assert_eq!(told.iter().map(|t| t.incident_id.as_str()).collect::<Vec<_>>(), [&*water.incident_id, &*plant.incident_id]);
    assert_eq!(told[1].due_time, registered.due_time);
    let left = office.told::<pb::TransferMoved>().await;
    assert_eq!((left[0].incident_id.as_str(), left[0].to_incident_id.as_str()), (&*water.incident_id, &*plant.incident_id));
    assert_eq!(office.transfers(office.staff, &plant.incident_id).await.len(), 1);
    // Taken back, it is owed where it was.
    office.undo(&merged.regrouping.unwrap().regrouping_id).await.unwrap();
    assert_eq!(office.told::<pb::ItemTransferred>().await[2].incident_id, water.incident_id);
    assert_eq!(office.told::<pb::TransferMoved>().await[1].incident_id, plant.incident_id);
    // Moved by itself it takes its transfer along, too.
    let moved = office.move_report(&water.report_id, &plant.incident_id).await.unwrap();
    assert_eq!(office.transfers(office.staff, &moved.incident_id).await[0].transfer_id, registered.transfer_id);
    assert_eq!(office.told::<pb::TransferMoved>().await.len(), 3);
    // After the deadline nothing begins anew: what was missed was missed where it was.
    office.house.at("2026-11-13 09:00").await;
    office.move_report(&water.report_id, "").await.unwrap();
    assert_eq!((office.told::<pb::TransferMoved>().await.len(), office.told::<pb::ItemTransferred>().await.len()), (4, 4));
}

#[tokio::test]
async fn the_day_s_register_tells_what_was_transferred_since_the_one_before() {
    let office = office().await;
    let water = office.placed(sighting(&office.paper, "河东自来水发黄", WATER)).await;
    office.transfer(office.staff, transfer(&water.report_id, "信转〔2026〕12号")).await.unwrap();
    office.house.at("2026-11-10 18:00").await;
    let register = office.compile(office.collector, "2026-11-10").await.unwrap();
    let told = "外部转办 1 件:\n1. [2026-0001]河东自来水发黄(市信访局(信转〔2026〕12号);时限2026年11月12日 18:00)";
    assert!(register.text.contains(told), "{}", register.text);
    // What came in the evening stands in the next one, and what stood in this one does not.
    office.house.at("2026-11-10 21:00").await;
    let due_time = None;
    office.transfer(office.staff, pb::RegisterTransferRequest { due_time, ..transfer(&water.report_id, "") }).await.unwrap();
    office.house.at("2026-11-11 18:00").await;
    let next = office.compile(office.collector, "2026-11-11").await.unwrap();
    assert!(next.text.contains("外部转办 1 件:\n1. [2026-0001]河东自来水发黄(市信访局;未定时限)"), "{}", next.text);
}
