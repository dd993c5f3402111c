//! Outlets that nobody has registered (待认来源), and what waits for them: kept for a person, never guessed.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, wire_time};
use huiying_proto::intake::{self as pb, waiting_item::State};
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    item::Item,
    store::{alias, waiting as store},
};
use crate::outlet;

/// An item that waits for its outlet.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub id: Uuid,
    pub source: Uuid,
    /// Named by a person for this item alone.
    pub outlet: Option<Uuid>,
    pub item: Item,
    /// Why it was refused when its outlet was known; empty when it was not.
    pub refused: String,
}

/// An unknown outlet.
pub(crate) struct Group {
    pub key: String,
    pub count: i64,
    pub first: Timestamp,
    pub newest: Vec<Waiting>,
}

/// What is resolved.
pub(crate) enum Which {
    Key(String),
    Item(Uuid),
}

/// 认定来源, 二.
pub(crate) struct Resolve {
    pub which: Which,
    pub outlet: Uuid,
}

/// Says which registered outlet an unknown one is, or that of one item, of a refused one, too; 认定来源, 二. Refuses an unknown outlet, and what nothing waits for.
pub(crate) async fn resolve(ctx: &Ctx, command: Resolve) -> Result<Committed<pb::ResolveUnknownOutletResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let found = outlet::store::by_ids(tx.conn(), &[command.outlet]).await?;
    let outlet = found.first().ok_or_else(outlet::unknown)?;
    let (count, subject) = match command.which {
        Which::Key(key) => {
            let count = store::waiting_for(tx.conn(), &key).await?;
            alias::put(tx.conn(), &key, outlet.id, ctx.person(), ctx.now).await?;
            (count, key)
        }
        Which::Item(id) => (i64::from(store::name_outlet(tx.conn(), id, outlet.id).await?), id.to_string()),
    };
    if count == 0 {
        return Err(gone().into());
    }
    let answer = pb::ResolveUnknownOutletResponse { outlet: Some(outlet::grpc::to_wire(outlet)), item_count: count };
    tx.commit(Audit::of("outlet", outlet.id).clause("二").reason(subject), answer).await
}

/// Lists unknown outlets by key; 待认来源.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListUnknownOutletsResponse, Error> {
    let groups = store::groups(&mut *ctx.read().await?, page.after.as_deref(), page.limit()).await?;
    let (outlets, next_page_token) = page.answer(&groups, |group| group.key.clone(), to_wire);
    Ok(pb::ListUnknownOutletsResponse { outlets, next_page_token })
}

/// Lists items that were refused when their outlet was known, newest first; 未收录条目.
pub(crate) async fn list_refused(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListRefusedItemsResponse, Error> {
    let found = store::refused(&mut *ctx.read().await?, page.after, page.limit()).await?;
    let (items, next_page_token) = page.answer(&found, |waiting| waiting.id, item_to_wire);
    Ok(pb::ListRefusedItemsResponse { items, next_page_token })
}

fn item_to_wire(waiting: &Waiting) -> pb::WaitingItem {
    let state = if waiting.refused.is_empty() { State::Waiting } else { State::Refused };
    pb::WaitingItem {
        waiting_item_id: waiting.id.to_string(),
        source_id: waiting.source.to_string(),
        outlet_key: waiting.item.outlet_key.clone(),
        title: waiting.item.title.clone(),
        excerpt: waiting.item.excerpt.clone(),
        url: waiting.item.url.clone(),
        receive_time: Some(wire_time(waiting.item.receive_time)),
        outlet_name: waiting.item.outlet_name.clone(),
        state: state.into(),
        refuse_reason: waiting.refused.clone(),
    }
}

fn to_wire(group: &Group) -> pb::UnknownOutlet {
    let items = group.newest.iter().map(item_to_wire);
    pb::UnknownOutlet {
        outlet_key: group.key.clone(),
        item_count: group.count,
        first_receive_time: Some(wire_time(group.first)),
        items: items.collect(),
    }
}

fn gone() -> Refusal {
    Refusal::not_found("UNKNOWN_OUTLET_GONE", "没有等待认定的条目属于这个来源,或刚被他人认定。")
}
