//! Use cases of the report that a lower office sent.

use chassis::{Actor, Audit, Committed, Ctx, Error, Page, Refusal, Sort};
use huiying_proto::{disposal as pb, event::ErrorReason};
use uuid::Uuid;

use super::{ReceivedEscalation, Sent, grpc::to_wire, store};

/// Takes in a lower office's report and answers with a receipt (接收下级上报), 四(五). The same report again gets the same
/// receipt; another one under the same id is refused.
pub(crate) async fn receive(ctx: &Ctx, sent: Sent) -> Result<Committed<pb::ReceiveEscalationResponse>, Error> {
    let caller = caller(ctx)?;
    let mut tx = ctx.begin().await?;
    let received = ReceivedEscalation { receipt_id: tx.id(), caller, sent, receive_time: ctx.now };
    if store::insert(tx.conn(), &received).await? {
        tx.emit(pb::EscalationReceived { received_escalation: Some(to_wire(&received)) });
        let audit = Audit::of("received_escalation", received.receipt_id).clause("四(五)");
        return tx.commit(audit, pb::ReceiveEscalationResponse { received_escalation: Some(to_wire(&received)) }).await;
    }
    let before = store::find(tx.conn(), &received.caller, &received.sent.origin_escalation_id).await?;
    let before = before.ok_or_else(|| Error::fault("a report is there and is not"))?;
    before.check_same(&received.sent)?;
    let audit = Audit::of("received_escalation", before.receipt_id).clause("四(五)").reason("重复报送");
    tx.commit(audit, pb::ReceiveEscalationResponse { received_escalation: Some(to_wire(&before)) }).await
}

/// Lists what lower offices reported, newest first (下级上报列表).
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListReceivedEscalationsResponse, Error> {
    let received = store::page(&mut *ctx.read().await?, &page).await?;
    let (received_escalations, next_page_token) = page.answer(&received, |received| received.receipt_id, to_wire);
    Ok(pb::ListReceivedEscalationsResponse { received_escalations, next_page_token })
}

/// The platform that calls. A person cannot report in a lower office's name.
fn caller(ctx: &Ctx) -> Result<String, Error> {
    match &ctx.actor {
        Actor::Service(name) => Ok(name.clone()),
        Actor::Person(_) => Err(Refusal::house(Sort::Denied, ErrorReason::PermissionDenied, "上报只能由下级平台发来。").into()),
    }
}
