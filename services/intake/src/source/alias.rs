//! What people said unknown outlets are (认定来源), 二: listed, and corrected where it was wrong.

use chassis::{Audit, Committed, Ctx, Error, Fields, Page, Refusal, wire_id, wire_time};
use huiying_proto::intake as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::store::{alias as store, waiting};
use crate::outlet;

/// That a key stands for an outlet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alias {
    pub key: String,
    pub outlet: Uuid,
    pub outlet_name: String,
    /// Who said so, and when; none of what was said before this was kept.
    pub by: Option<Uuid>,
    pub decided: Option<Timestamp>,
    pub version: i64,
}

/// 改正认定, 二.
pub(crate) struct Correct {
    pub key: String,
    pub seen: i64,
    /// What it is; none takes the word back.
    pub outlet: Option<Uuid>,
    pub reason: String,
}

impl Alias {
    fn check(&self, seen: i64) -> Result<(), Refusal> {
        if seen == self.version {
            return Ok(());
        }
        Err(Refusal::stale("OUTLET_ALIAS_STALE", "这一认定已被他人改正,请重新打开后再试。"))
    }
}

/// Corrects which outlet a key stands for, or takes it back so that the key waits for a person again; 改正认定, 二. What was registered
/// meanwhile keeps the outlet by which it was judged. Refuses a key that stands for nothing, an unknown outlet, and a stale version.
pub(crate) async fn correct(ctx: &Ctx, command: Correct) -> Result<Committed<pb::CorrectOutletAliasResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let alias = store::lock(tx.conn(), &command.key).await?.ok_or_else(unknown)?;
    alias.check(command.seen)?;
    match command.outlet {
        Some(id) => {
            let found = outlet::store::by_ids(tx.conn(), &[id]).await?;
            found.first().ok_or_else(outlet::unknown)?;
            store::put(tx.conn(), &command.key, id, ctx.person(), ctx.now).await?;
        }
        None => store::remove(tx.conn(), &command.key).await?,
    }
    let now = store::lock(tx.conn(), &command.key).await?;
    let item_count = waiting::waiting_for(tx.conn(), &command.key).await?;
    let answer = pb::CorrectOutletAliasResponse { alias: now.as_ref().map(to_wire), item_count };
    let said = now.map_or_else(|| "撤销认定".to_owned(), |now| format!("改认定为“{}”", now.outlet_name));
    let reason = format!("“{}”原认定为“{}”,{said}:{}", alias.key, alias.outlet_name, command.reason);
    tx.commit(Audit::of("outlet", command.outlet.unwrap_or(alias.outlet)).clause("二").reason(reason), answer).await
}

/// Lists what keys stand for, by key; 认定列表.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListOutletAliasesResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let found = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let (aliases, next_page_token) = page.answer(&found, |alias| alias.key.clone(), to_wire);
    Ok(pb::ListOutletAliasesResponse { aliases, next_page_token })
}

pub(crate) fn parse(message: &pb::CorrectOutletAliasRequest) -> Result<Correct, Error> {
    let mut fields = Fields::new();
    let command = Correct {
        key: fields.text("outlet_key", &message.outlet_key, 253),
        seen: fields.etag("etag", &message.etag),
        outlet: fields.optional_id("outlet_id", &message.outlet_id),
        reason: fields.text("reason", &message.reason, 500),
    };
    fields.check().map(|()| command)
}

fn to_wire(alias: &Alias) -> pb::OutletAlias {
    pb::OutletAlias {
        outlet_key: alias.key.clone(),
        outlet_id: alias.outlet.to_string(),
        outlet_name: alias.outlet_name.clone(),
        person_id: wire_id(alias.by),
        decide_time: alias.decided.map(wire_time),
        etag: alias.version.to_string(),
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("OUTLET_ALIAS_UNKNOWN", "没有这样的认定,或已被撤销。")
}
