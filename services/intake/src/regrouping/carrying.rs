//! Carrying reports from one incident to another: placed there, both counted anew, told.

use chassis::{Audit, Error, Tx};
use huiying_proto::intake as pb;
use uuid::Uuid;

use crate::{
    incident::gathering::Gathering,
    report::{self, Report, again::Again},
    transfer::following::Transfers,
};

/// So many reports are told of in one record.
const A_RECORD: usize = 500;

/// From where to where, by which regrouping and why.
pub(crate) struct Way<'a> {
    pub from: Uuid,
    pub to: Uuid,
    pub regrouping: Uuid,
    pub reason: &'a str,
}

impl Way<'_> {
    /// The audit entry of what goes this way.
    pub fn audit(&self) -> Audit {
        Audit::of("regrouping", self.regrouping).incident(self.to).clause("四(一)一").reason(self.reason)
    }
}

/// Carries reports, which say already where they are now. `bodies` are the units that come with them.
pub(crate) async fn carry(tx: &mut Tx, gathering: &mut Gathering, way: &Way<'_>, reports: &[Report], bodies: &[Uuid]) -> Result<(), Error> {
    report::store::place_all(tx.conn(), &reports.iter().collect::<Vec<_>>()).await?;
    let involves_more = gathering.involve(way.to, bodies);
    gathering.recount(tx.conn(), way.from).await?;
    gathering.recount(tx.conn(), way.to).await?;
    let again: Vec<Uuid> = reports.iter().filter(|report| report.sightings > 1).map(|report| report.id).collect();
    let mut again = Again::load(tx.conn(), &again).await?;
    let transfers = Transfers::load(tx.conn(), &reports.iter().map(|report| report.id).collect::<Vec<_>>()).await?;
    let opened = gathering.opened(way.to);
    let involved = (involves_more && opened.is_none()).then(|| gathering.involved(way.to)).flatten();
    if let Some(opened) = opened {
        tx.emit(opened);
    }
    for (nth, together) in reports.chunks(A_RECORD).enumerate() {
        if nth > 0 {
            tx.note(way.audit());
        }
        for report in together {
            tx.emit(gathering.placed(report)?);
            tx.emit(pb::ReportMoved {
                incident_id: way.to.to_string(),
                from_incident_id: way.from.to_string(),
                report_id: report.id.to_string(),
                reason: way.reason.to_owned(),
                regrouping_id: way.regrouping.to_string(),
            });
            again.tell(tx, report.id, way.to);
            transfers.tell_moved(tx, report.id, way.from, gathering.get(way.to)?);
        }
    }
    if let Some(involved) = involved {
        tx.emit(involved);
    }
    if let Some(recounted) = gathering.recounted(way.from) {
        tx.emit(recounted);
    }
    Ok(())
}
