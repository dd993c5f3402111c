//! The use case of moving a report (调整归并) to another incident, or to a new one.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{grpc::to_wire, store, unknown};
use crate::{
    grouping::BY_A_PERSON,
    incident::{self, gathering::Gathering, placing::numbers},
};

/// 调整归并.
pub(crate) struct Move {
    pub report: Uuid,
    pub to: Option<Uuid>,
    pub reason: String,
}

/// Moves a report; both incidents are counted anew, and a number once given is never used again.
pub(crate) async fn move_report(ctx: &Ctx, command: Move, within: SignedDuration) -> Result<Committed<pb::MoveReportResponse>, Error> {
    let mut tx = ctx.begin().await?;
    // One places or moves at a time, so that they do not wait for each other in a ring.
    incident::store::lock_placing(tx.conn()).await?;
    let mut report = store::lock(tx.conn(), command.report).await?.ok_or_else(unknown)?;
    let to = command.to.unwrap_or_else(|| tx.id());
    if command.to.is_some() && incident::store::existing(tx.conn(), &[to]).await?.is_empty() {
        return Err(incident::unknown().into());
    }
    let from = report.move_to(to, format!("{BY_A_PERSON}:{}", command.reason))?;
    let mut gathering = Gathering::load(tx.conn(), &[from, to], within).await?;
    if !gathering.holds(to)
        && let Some(number) = numbers(&mut tx, 1).await?.next()
    {
        gathering.open(to, number, &report);
    }
    gathering.join(&report)?.tell(&mut tx);
    store::place_all(tx.conn(), &[&report]).await?;
    gathering.recount(tx.conn(), from).await?;
    gathering.save(tx.conn()).await?;
    tx.emit(pb::ReportMoved {
        incident_id: to.to_string(),
        from_incident_id: from.to_string(),
        report_id: report.id.to_string(),
        reason: command.reason.clone(),
    });
    let audit = Audit::of("report", report.id).incident(to).clause("四(一)一").reason(command.reason);
    tx.commit(audit, pb::MoveReportResponse { report: Some(to_wire(&report)) }).await
}
