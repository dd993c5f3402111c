//! The repeated sightings of reports that come into an incident: told with them, as they bear on the tests of 二 too.

use std::collections::HashMap;

use chassis::{Error, Tx};
use huiying_proto::intake as pb;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{folding::Repeat, grpc::repeat_to_wire, store::repeats};

/// The repeated sightings of some reports.
pub(crate) struct Again(HashMap<Uuid, Vec<Repeat>>);

impl Again {
    /// Loads those of reports that were seen more than once.
    pub async fn load(connection: &mut PgConnection, reports: &[Uuid]) -> Result<Self, Error> {
        let mut of: HashMap<Uuid, Vec<Repeat>> = HashMap::new();
        for repeat in repeats::of_reports(connection, reports).await? {
            of.entry(repeat.report).or_default().push(repeat);
        }
        Ok(Self(of))
    }

    /// Tells those of a report, which came into an incident, once.
    pub fn tell(&mut self, tx: &mut Tx, report: Uuid, incident: Uuid) {
        for repeat in self.0.remove(&report).unwrap_or_default() {
            tx.emit(pb::SightingPlaced {
                incident_id: incident.to_string(),
                report_id: report.to_string(),
                sighting: Some(repeat_to_wire(&repeat)),
            });
        }
    }
}
