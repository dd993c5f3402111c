//! Use cases of transfers from outside.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Correction, Transfer, check_due, duplicate,
    grpc::{to_fact, to_wire},
    store, unknown,
};
use crate::{incident, report, visible::visible};

/// 外部转办登记.
pub(crate) struct Register {
    pub report: Uuid,
    pub sender: String,
    pub reference: String,
    pub due: Option<Timestamp>,
}

/// 更正外部转办.
pub(crate) struct Correct {
    pub transfer: Uuid,
    pub seen: i64,
    pub correction: Correction,
    pub reason: String,
}

/// 外部转办列表.
pub(crate) struct List {
    pub incident: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// Registers that a report was transferred from outside; 外部转办登记, 四(一)二. It is told at once where the report has an incident, else as
/// soon as it finds one. A deadline that has passed is taken as it stands: it is told as missed at once.
pub(crate) async fn register(ctx: &Ctx, command: Register) -> Result<Committed<pb::RegisterTransferResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // Locked against a move, and against being placed: the transfer goes with it, or is told where it went.
    let report = report::store::lock(tx.conn(), command.report).await?.ok_or_else(report::unknown)?;
    check_due(command.due, report.sighting.publish_time)?;
    let transfer = Transfer {
        id: tx.id(),
        report: report.id,
        title: report.sighting.title.clone(),
        incident: report.placed.as_ref().map(|placed| placed.incident),
        sender: command.sender,
        reference: command.reference,
        due: command.due,
        by,
        registered: ctx.now,
        version: 1,
    };
    if !store::insert(tx.conn(), &transfer).await? {
        let before = store::with_reference(tx.conn(), &transfer.sender, &transfer.reference).await?;
        return Err(duplicate(before.map(|(_, number, title)| (number, title)).as_ref()).into());
    }
    if let Some(id) = transfer.incident {
        let incident = incident::store::find(tx.conn(), id, None).await?.ok_or_else(incident::unknown)?;
        tx.emit(to_fact(&transfer, &incident));
    }
    let audit = transfer.incident.into_iter().fold(Audit::of("transfer", transfer.id).clause("四(一)二"), Audit::incident);
    tx.commit(audit, pb::RegisterTransferResponse { transfer: Some(to_wire(&transfer)) }).await
}

/// Corrects what was mistyped of a transfer; 更正外部转办, 四(一)二. With another deadline what was owed by the old one ends, and what is owed
/// by the new one is told; what was missed stays missed.
pub(crate) async fn correct(ctx: &Ctx, command: Correct) -> Result<Committed<pb::CorrectTransferResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // One at a time: a sender's reference is one paper.
    store::lock_all(tx.conn()).await?;
    let found = store::find(tx.conn(), command.transfer).await?.ok_or_else(unknown)?;
    let report = report::store::lock(tx.conn(), found.report).await?.ok_or_else(report::unknown)?;
    let mut transfer = Transfer { incident: report.placed.as_ref().map(|placed| placed.incident), ..found };
    let (was, was_running) = (transfer.terms(), transfer.is_running(ctx.now));
    let is_due_otherwise = transfer.correct(command.correction, command.seen)?;
    check_due(transfer.due, report.sighting.publish_time)?;
    let before = store::with_reference(tx.conn(), &transfer.sender, &transfer.reference).await?;
    if let Some((_, number, title)) = before.filter(|(id, ..)| *id != transfer.id) {
        return Err(duplicate(Some(&(number, title))).into());
    }
    store::save(tx.conn(), &transfer).await?;
    if let Some(id) = transfer.incident {
        let incident = incident::store::find(tx.conn(), id, None).await?.ok_or_else(incident::unknown)?;
        tx.emit(pb::TransferCorrected {
            incident_id: id.to_string(),
            transfer_id: transfer.id.to_string(),
            was: was.clone(),
            is: transfer.terms(),
            deadline_changed: is_due_otherwise && was_running,
            person_id: by.to_string(),
            reason: command.reason.clone(),
        });
        if is_due_otherwise {
            tx.emit(to_fact(&transfer, &incident));
        }
    }
    let reason = format!("原登记“{was}”,更正为“{}”:{}", transfer.terms(), command.reason);
    let audit = Audit::of("transfer", transfer.id).clause("四(一)二").reason(reason);
    let audit = transfer.incident.into_iter().fold(audit, Audit::incident);
    tx.commit(audit, pb::CorrectTransferResponse { transfer: Some(to_wire(&transfer)) }).await
}

/// Lists transfers, newest first; 外部转办列表, 四(一)二. A unit sees those of incidents that involve it. Refuses an incident that the caller
/// may not see.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListTransfersResponse, Error> {
    let (page, visible) = (query.page, visible(ctx));
    let mut connection = ctx.read().await?;
    let found = match query.incident {
        Some(id) => {
            incident::store::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(incident::unknown)?;
            store::page_of(&mut connection, id, page.after, page.limit()).await?
        }
        None => store::page(&mut connection, visible.as_deref(), page.after, page.limit()).await?,
    };
    let (transfers, next_page_token) = page.answer(&found, |transfer| transfer.id, to_wire);
    Ok(pb::ListTransfersResponse { transfers, next_page_token })
}
