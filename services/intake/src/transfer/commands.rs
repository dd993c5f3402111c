//! Use cases of transfers from outside.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Transfer, duplicate,
    grpc::{to_fact, to_wire},
    store,
};
use crate::{incident, report, visible::visible};

/// 外部转办登记.
pub(crate) struct Register {
    pub report: Uuid,
    pub sender: String,
    pub reference: String,
    pub due: Option<Timestamp>,
}

/// 外部转办列表.
pub(crate) struct List {
    pub incident: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// Registers that a report was transferred from outside; 外部转办登记, 四(一)二. A deadline that has passed is taken as it stands: it is told
/// as missed at once.
pub(crate) async fn register(ctx: &Ctx, command: Register) -> Result<Committed<pb::RegisterTransferResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // Locked against a move: the transfer goes with it, or is told where it went.
    let report = report::store::lock(tx.conn(), command.report).await?.ok_or_else(report::unknown)?;
    let placed = report.placed.as_ref().ok_or_else(report::not_placed)?;
    if command.due.is_some_and(|due| due < report.sighting.publish_time) {
        return Err(Refusal::state("TRANSFER_DUE_TOO_EARLY", "转办时限早于该线索的刊发时间,请核对。").into());
    }
    let incident = incident::store::find(tx.conn(), placed.incident, None).await?.ok_or_else(incident::unknown)?;
    let transfer = Transfer {
        id: tx.id(),
        report: report.id,
        title: report.sighting.title.clone(),
        incident: incident.id,
        sender: command.sender,
        reference: command.reference,
        due: command.due,
        by,
        registered: ctx.now,
    };
    if !store::insert(tx.conn(), &transfer).await? {
        let before = store::with_reference(tx.conn(), &transfer.sender, &transfer.reference).await?;
        return Err(duplicate(before.as_ref()).into());
    }
    tx.emit(to_fact(&transfer, &incident));
    let audit = Audit::of("transfer", transfer.id).incident(incident.id).clause("四(一)二");
    tx.commit(audit, pb::RegisterTransferResponse { transfer: Some(to_wire(&transfer)) }).await
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
