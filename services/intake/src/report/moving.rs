//! The use case of moving a report (调整归并) to another incident, or to a new one.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{grpc::to_wire, store, unknown};
use crate::incident::{self, placing};

/// 调整归并.
pub(crate) struct Move {
    pub report: Uuid,
    pub to: Option<Uuid>,
    pub reason: String,
}

/// Moves a report; both incidents are counted anew, and a number once given is never used again.
pub(crate) async fn move_report(ctx: &Ctx, command: Move, within: SignedDuration) -> Result<Committed<pb::MoveReportResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let mut report = store::lock(tx.conn(), command.report).await?.ok_or_else(unknown)?;
    let to = command.to.unwrap_or_else(|| tx.id());
    if command.to.is_some() && incident::store::existing(tx.conn(), &[to]).await?.is_empty() {
        return Err(incident::unknown().into());
    }
    // What the registrar asked for no longer holds.
    report.sighting.requested_incident = None;
    let from = report.move_to(to, format!("人工归并:{}", command.reason))?;
    // Both locked in one order, so that two moves cannot wait for each other.
    for id in [from.min(to), from.max(to)] {
        incident::store::lock(tx.conn(), id).await?;
    }
    placing::join(&mut tx, &report, within).await?;
    if let Some(mut left) = incident::store::lock(tx.conn(), from).await? {
        placing::recount(&mut tx, &mut left, within).await?;
    }
    tx.emit(pb::ReportMoved {
        incident_id: to.to_string(),
        from_incident_id: from.to_string(),
        report_id: report.id.to_string(),
        reason: command.reason.clone(),
    });
    let audit = Audit::of("report", report.id).incident(to).clause("四(一)一").reason(command.reason);
    tx.commit(audit, pb::MoveReportResponse { report: Some(to_wire(&report)) }).await
}
