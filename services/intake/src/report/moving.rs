//! The use case of moving a report (调整归并) to another incident, or to a new one.

use chassis::{Audit, Committed, Ctx, Error};
use grouping::BY_A_PERSON;
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use uuid::Uuid;

use super::{grpc::to_wire, store, unknown};
use crate::{
    incident::{self, gathering::Gathering, placing::numbers},
    regrouping::{
        carrying::{Way, carry},
        commands::{keep_move, merge_whole},
        nothing_stays,
    },
};

/// 调整归并.
pub(crate) struct Move {
    pub report: Uuid,
    pub to: Option<Uuid>,
    pub reason: String,
}

/// Moves a report; both incidents are counted anew, and a number once given is never used again. With the last one its incident goes, as
/// in a merge: nobody is to answer for an incident of nothing.
pub(crate) async fn move_report(ctx: &Ctx, command: Move, within: SignedDuration) -> Result<Committed<pb::MoveReportResponse>, Error> {
    let mut tx = ctx.begin().await?;
    // One places or moves at a time, so that they do not wait for each other in a ring.
    incident::store::lock_placing(tx.conn()).await?;
    let mut report = store::lock(tx.conn(), command.report).await?.ok_or_else(unknown)?;
    let to = command.to.unwrap_or_else(|| tx.id());
    if command.to.is_some() && incident::store::standing(tx.conn(), &[to]).await?.is_empty() {
        return Err(incident::unknown().into());
    }
    let (locked, before) = (report.clone(), report.placed.clone());
    let from = report.move_to(to, format!("{BY_A_PERSON}:{}", command.reason))?;
    let mut gathering = Gathering::load(tx.conn(), &[from, to], within).await?;
    let opens = !gathering.holds(to);
    if opens && let Some(number) = numbers(&mut tx, 1).await?.next() {
        gathering.open(to, number, &report);
    }
    let (left, target) = (gathering.get(from)?.clone(), gathering.get(to)?.clone());
    target.check_standing()?;
    let audit = Audit::of("report", report.id).incident(to).clause("四(一)一").reason(command.reason.clone());
    if left.reports == 1 {
        if opens {
            return Err(nothing_stays().into());
        }
        merge_whole(&mut tx, ctx.require_person()?, &mut gathering, (&left, &target), vec![locked], &command.reason).await?;
        return tx.commit(audit, pb::MoveReportResponse { report: Some(to_wire(&report)) }).await;
    }
    let way = Way { from, to, regrouping: tx.id(), reason: &command.reason };
    let bodies = report.sighting.bodies.clone();
    carry(&mut tx, &mut gathering, &way, std::slice::from_ref(&report), &bodies).await?;
    gathering.save(tx.conn()).await?;
    if let Some(before) = before {
        keep_move(&mut tx, ctx, (&left, &target), &way, (report.id, before, opens), gathering.get(to)?).await?;
    }
    tx.commit(audit, pb::MoveReportResponse { report: Some(to_wire(&report)) }).await
}
