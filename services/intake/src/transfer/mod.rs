//! Transfers from outside (外部转办), 四(一)二: the sender of a report, its reference and its deadline, which go with the report wherever it goes.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use std::collections::HashMap;

use chassis::{Error, Refusal, Tx, wire_ids, wire_time};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::incident::Incident;

/// That a report was transferred from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub id: Uuid,
    pub report: Uuid,
    /// The report's title.
    pub title: String,
    /// Where the report is now.
    pub incident: Uuid,
    pub sender: String,
    pub reference: String,
    /// The sender's deadline; none where it set none.
    pub due: Option<Timestamp>,
    pub by: Uuid,
    pub registered: Timestamp,
}

impl Transfer {
    /// What is told of it in an incident.
    pub fn fact(&self, incident: &Incident) -> pb::ItemTransferred {
        pb::ItemTransferred {
            incident_id: incident.id.to_string(),
            transfer_id: self.id.to_string(),
            report_id: self.report.to_string(),
            sender: self.sender.clone(),
            reference: self.reference.clone(),
            has_due_time: self.due.is_some(),
            due_time: self.due.map(wire_time),
            title: self.title.clone(),
            body_ids: wire_ids(&incident.bodies),
            person_id: self.by.to_string(),
            origin: self.origin(),
        }
    }

    /// "市信访局(信转〔2026〕12号)".
    fn origin(&self) -> String {
        if self.reference.is_empty() { self.sender.clone() } else { format!("{}({})", self.sender, self.reference) }
    }
}

/// The transfers of some reports.
#[derive(Debug, Default)]
pub(crate) struct Transfers(HashMap<Uuid, Vec<Transfer>>);

impl Transfers {
    /// Loads those of some reports.
    pub async fn load(connection: &mut PgConnection, reports: &[Uuid]) -> Result<Self, Error> {
        let mut transfers: HashMap<Uuid, Vec<Transfer>> = HashMap::new();
        for transfer in store::of_reports(connection, reports).await? {
            transfers.entry(transfer.report).or_default().push(transfer);
        }
        Ok(Self(transfers))
    }

    /// Whether a report was transferred: then people handle it, and no machine moves it.
    pub fn has(&self, report: Uuid) -> bool {
        self.0.contains_key(&report)
    }

    /// Tells that a report's transfers left an incident with it for another. Clocks that still run go on there; what was missed was missed
    /// where it was, once.
    pub fn tell_moved(&self, tx: &mut Tx, report: Uuid, from: Uuid, to: &Incident) {
        for transfer in self.0.get(&report).into_iter().flatten() {
            tx.emit(pb::TransferMoved {
                incident_id: from.to_string(),
                transfer_id: transfer.id.to_string(),
                to_incident_id: to.id.to_string(),
                to_number: to.number.clone(),
            });
            if transfer.due.is_none_or(|due| due > tx.now()) {
                tx.emit(transfer.fact(to));
            }
        }
    }
}

pub(crate) fn duplicate() -> Refusal {
    Refusal::exists("TRANSFER_DUPLICATE", "该转办单位的这个文号已登记过。")
}
