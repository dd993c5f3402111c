//! Use cases of sources.

use std::sync::Arc;

use chassis::{Audit, Committed, Ctx, Error, Page, Tx};
use huiying_proto::{directory::Role, intake as pb, intake::sighting_outcome::Outcome};
use sqlx::PgConnection;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Description, Kind, Source, address_refused,
    grpc::{state_to_wire, to_wire},
    item::Item,
    name_taken, secret_bound, store,
    taking::{self, Fate},
    unknown,
};
pub(crate) use super::{
    alias::{correct as correct_alias, list as list_aliases, parse as parse_alias},
    spread::{provenance, record as record_spread},
    waiting::{list as list_unknown, list_refused, resolve},
};
use crate::outlet;

/// 登记采集源.
pub(crate) struct Register {
    pub kind: Kind,
    pub name: String,
    pub description: Description,
}

/// 变更采集源.
pub(crate) struct Update {
    pub source: Uuid,
    pub seen: i64,
    pub description: Description,
}

/// 暂停或恢复采集; the reason is given for a pause.
pub(crate) struct Switch {
    pub source: Uuid,
    pub seen: i64,
    pub reason: Option<String>,
}

/// 推送条目: what could be read, or why not.
pub(crate) struct Push {
    pub source: Uuid,
    pub kinds: &'static [Kind],
    pub items: Vec<Result<Item, String>>,
}

/// Registers a source; 登记采集源. Refuses a taken name, an unknown outlet and a secret of another host.
pub(crate) async fn register(ctx: &Ctx, changed: &Arc<Notify>, command: Register) -> Result<Committed<pb::RegisterSourceResponse>, Error> {
    let mut tx = ctx.begin().await?;
    check_outlet(tx.conn(), &command.description).await?;
    bind_secrets(tx.conn(), command.kind, &command.description).await?;
    let source = Source::register(tx.id(), command.kind, command.name, command.description, tx.now());
    if !store::insert(tx.conn(), &source).await? {
        return Err(name_taken(&source.name).into());
    }
    let answer = pb::RegisterSourceResponse { source: Some(told(&mut tx, &source)) };
    ring(tx.commit(Audit::of("source", source.id).clause("四(一)一"), answer).await, changed)
}

/// Changes what a source is; 变更采集源. Refuses a stale version, an unknown outlet, a secret of another host, and what does not fit its
/// kind.
pub(crate) async fn update(ctx: &Ctx, changed: &Arc<Notify>, command: Update) -> Result<Committed<pb::UpdateSourceResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let mut source = store::lock(tx.conn(), command.source).await?.ok_or_else(unknown)?;
    command.description.check(source.kind).map_err(|why| address_refused(&why))?;
    check_outlet(tx.conn(), &command.description).await?;
    bind_secrets(tx.conn(), source.kind, &command.description).await?;
    let seen = source.seen();
    source.update(command.description, command.seen, tx.now())?;
    store::save(tx.conn(), &source, seen).await?;
    let answer = pb::UpdateSourceResponse { source: Some(told(&mut tx, &source)) };
    ring(tx.commit(Audit::of("source", source.id).clause("四(一)一"), answer).await, changed)
}

/// Pauses a source; 暂停采集. Refuses one that is paused.
pub(crate) async fn pause(ctx: &Ctx, command: Switch) -> Result<Committed<pb::PauseSourceResponse>, Error> {
    let (tx, source, audit) = switch(ctx, command).await?;
    tx.commit(audit, pb::PauseSourceResponse { source: Some(to_wire(&source)) }).await
}

/// Resumes a source; 恢复采集. Refuses one that is not paused.
pub(crate) async fn resume(ctx: &Ctx, changed: &Arc<Notify>, command: Switch) -> Result<Committed<pb::ResumeSourceResponse>, Error> {
    let (tx, source, audit) = switch(ctx, command).await?;
    ring(tx.commit(audit, pb::ResumeSourceResponse { source: Some(to_wire(&source)) }).await, changed)
}

async fn switch(ctx: &Ctx, command: Switch) -> Result<(Tx, Source, Audit), Error> {
    let mut tx = ctx.begin().await?;
    let mut source = store::lock(tx.conn(), command.source).await?.ok_or_else(unknown)?;
    let seen = source.seen();
    match &command.reason {
        Some(_) => source.pause(command.seen)?,
        None => source.resume(command.seen, tx.now())?,
    }
    store::save(tx.conn(), &source, seen).await?;
    let reason = command.reason.unwrap_or_else(|| "恢复采集".to_owned());
    tx.emit(pb::SourceStateChanged {
        source_id: source.id.to_string(),
        name: source.name.clone(),
        state: state_to_wire(source.state).into(),
        reason: reason.clone(),
    });
    let audit = Audit::of("source", source.id).clause("四(一)一").reason(reason);
    Ok((tx, source, audit))
}

/// Takes what is pushed; 推送条目, 四(一)一: each item by itself. A vendor pushes to the source that bears its own name alone.
pub(crate) async fn push(ctx: &Ctx, command: Push) -> Result<Committed<pb::PushSightingsResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let outcomes = take(&mut tx, ctx, command.source, command.kinds, command.items).await?;
    tx.commit(Audit::of("source", command.source).clause("四(一)一"), pb::PushSightingsResponse { outcomes }).await
}

/// Takes a mail from a file; 导入邮件, 四(一)一.
pub(crate) async fn import_mail(ctx: &Ctx, source: Uuid, item: Item) -> Result<Committed<pb::ImportMailResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let outcome = take(&mut tx, ctx, source, &[Kind::Mailbox], vec![Ok(item)]).await?.pop();
    tx.commit(Audit::of("source", source).clause("四(一)一"), pb::ImportMailResponse { outcome }).await
}

async fn take(
    tx: &mut Tx,
    ctx: &Ctx,
    source: Uuid,
    kinds: &[Kind],
    items: Vec<Result<Item, String>>,
) -> Result<Vec<pb::SightingOutcome>, Error> {
    let kind = store::find(tx.conn(), source).await?.map(|source| source.kind);
    // Portions of a spreadsheet come side by side; what stands in two of them, the keys of its items tell.
    let held = match kind {
        Some(Kind::Spreadsheet) => store::hold(tx.conn(), source).await?,
        _ => store::lock(tx.conn(), source).await?,
    };
    let source = held.filter(|source| is_whose(ctx, source)).ok_or_else(unknown)?;
    source.check_open(kinds)?;
    take_each(tx, &source, items).await
}

/// Takes items of a locked source, and says of each what became of it.
pub(super) async fn take_each(tx: &mut Tx, source: &Source, items: Vec<Result<Item, String>>) -> Result<Vec<pb::SightingOutcome>, Error> {
    let (mut good, mut outcomes) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
    for item in items {
        outcomes.push(match item {
            Ok(item) => {
                let outcome = pb::SightingOutcome { message: item.doubt.clone(), ..Default::default() };
                good.push(item);
                outcome
            }
            Err(message) => pb::SightingOutcome { outcome: Outcome::Refused.into(), report_id: String::new(), message },
        });
    }
    let fates = taking::take(tx, source, good).await?;
    let pending = outcomes.iter_mut().filter(|outcome| outcome.outcome() != Outcome::Refused);
    for (outcome, fate) in pending.zip(fates) {
        outcome.report_id = chassis::wire_id(fate.report());
        let what = match fate {
            Fate::Registered(_) => Outcome::Registered,
            Fate::Folded(_) => Outcome::Folded,
            Fate::Known(_) => Outcome::Known,
            Fate::Waiting => Outcome::Waiting,
            Fate::Refused(reason) => {
                outcome.message = reason;
                Outcome::Refused
            }
        };
        outcome.outcome = what.into();
    }
    Ok(outcomes)
}

/// Whether the caller may bring a source's items: people in office may; a vendor those of the source that bears its name.
fn is_whose(ctx: &Ctx, source: &Source) -> bool {
    !ctx.has_role(Role::MonitoringVendor) || ctx.actor == chassis::Actor::Service(source.name.clone())
}

/// Returns a source; 查看采集源.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetSourceResponse, Error> {
    let source = store::find(&mut *ctx.read().await?, id).await?.ok_or_else(unknown)?;
    Ok(pb::GetSourceResponse { source: Some(to_wire(&source)) })
}

/// Lists sources by name; 采集源列表.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListSourcesResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let sources = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let (sources, next_page_token) = page.answer(&sources, |source| source.name.clone(), to_wire);
    Ok(pb::ListSourcesResponse { sources, next_page_token })
}

async fn check_outlet(connection: &mut PgConnection, description: &Description) -> Result<(), Error> {
    let Some(id) = description.outlet else { return Ok(()) };
    outlet::store::by_ids(connection, &[id]).await?.pop().ok_or_else(outlet::unknown)?;
    Ok(())
}

/// A secret is for the host that it was first given for. Whoever may change an address must not send it elsewhere by that.
async fn bind_secrets(connection: &mut PgConnection, kind: Kind, description: &Description) -> Result<(), Error> {
    let host = description.host(kind).map_err(|why| address_refused(&why))?;
    let others = store::bind_secrets(connection, &description.secret_names, &host).await?;
    others.first().map_or(Ok(()), |(name, other)| Err(secret_bound(name, other).into()))
}

fn told(tx: &mut Tx, source: &Source) -> pb::Source {
    let source = to_wire(source);
    tx.emit(pb::SourceRegistered { source: Some(source.clone()) });
    source
}

/// Wakes who looks at sources, once it is committed.
fn ring<R>(outcome: Result<Committed<R>, Error>, changed: &Arc<Notify>) -> Result<Committed<R>, Error> {
    if outcome.is_ok() {
        changed.notify_one();
    }
    outcome
}
