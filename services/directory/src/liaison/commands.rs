//! Use cases of liaison.

use chassis::{Audit, Committed, Ctx, Error, Page, wire_time};
use huiying_proto::directory as pb;
use uuid::Uuid;

use super::{
    Contact, Liaison,
    grpc::{means, to_wire},
    store,
};
use crate::body;

/// Records a contact with a partner body; 联络记录, 五(二).
pub(crate) async fn record(ctx: &Ctx, contact: Contact) -> Result<Committed<pb::RecordLiaisonResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let partner = body::store::find(tx.conn(), contact.partner).await?.ok_or_else(body::unknown)?;
    let liaison = Liaison::record(tx.id(), contact, &partner, by, ctx.now)?;
    store::insert(tx.conn(), &liaison).await?;
    tx.emit(pb::LiaisonRecorded {
        liaison_id: liaison.id.to_string(),
        partner_body_id: partner.id.to_string(),
        liaison_time: Some(wire_time(liaison.contact.time)),
        means: means(&liaison.contact.means).into(),
        person_id: by.to_string(),
    });
    tx.commit(Audit::of("liaison", liaison.id).clause("五(二)"), pb::RecordLiaisonResponse { liaison: Some(to_wire(&liaison)) }).await
}

/// Lists contacts with partner bodies, newest entry first; 联络记录列表, 五(二).
pub(crate) async fn list(ctx: &Ctx, (partner, page): (Option<Uuid>, Page<Uuid>)) -> Result<pb::ListLiaisonsResponse, Error> {
    let liaisons = store::page(&mut *ctx.read().await?, partner, page.after, page.limit()).await?;
    let (liaisons, next_page_token) = page.answer(&liaisons, |l| l.id, to_wire);
    Ok(pb::ListLiaisonsResponse { liaisons, next_page_token })
}
