//! Transfers that go with their reports from one incident to another.

use std::collections::HashMap;

use chassis::{Error, Tx};
use huiying_proto::intake as pb;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Transfer, grpc::to_fact, store};
use crate::incident::Incident;

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

    /// Tells of the transfers of a report that found its incident: they were registered before.
    pub fn tell_placed(&self, tx: &mut Tx, report: Uuid, incident: &Incident) {
        for transfer in self.0.get(&report).into_iter().flatten() {
            tx.emit(to_fact(transfer, incident));
        }
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
            if transfer.is_running(tx.now()) {
                tx.emit(to_fact(transfer, to));
            }
        }
    }
}
