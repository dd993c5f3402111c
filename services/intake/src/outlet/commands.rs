//! Use cases of outlets.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::intake as pb;

use super::{Outlet, grpc::to_wire, host_taken, store};

/// 来源登记, 二.
pub(crate) struct Register {
    pub name: String,
    pub tier: String,
    pub medium: String,
    pub hosts: Vec<String>,
}

/// Registers an outlet, or corrects its host names; 来源登记, 二. Refuses a host name that is another's, or stands for another (认定来源).
pub(crate) async fn register(ctx: &Ctx, command: Register) -> Result<Committed<pb::RegisterOutletResponse>, Error> {
    let mut tx = ctx.begin().await?;
    // One at a time: a host is one outlet's.
    store::lock_all(tx.conn()).await?;
    if let Some((host, outlet)) = store::holder(tx.conn(), &command.hosts, &command.name).await? {
        return Err(host_taken(&host, &outlet).into());
    }
    let new = Outlet { id: tx.id(), name: command.name, tier: command.tier, medium: command.medium, hosts: command.hosts };
    // Two may register one name at once: the later of them corrects what the earlier added.
    let outlet = if store::insert(tx.conn(), &new).await? {
        new
    } else {
        let mut known =
            store::by_name(tx.conn(), &new.name).await?.ok_or_else(|| Error::fault("an outlet neither went in nor was there"))?;
        known.correct(&new.tier, &new.medium, new.hosts)?;
        store::save_hosts(tx.conn(), &known).await?;
        known
    };
    tx.emit(pb::OutletRegistered { outlet: Some(to_wire(&outlet)) });
    tx.commit(Audit::of("outlet", outlet.id).clause("二"), pb::RegisterOutletResponse { outlet: Some(to_wire(&outlet)) }).await
}

/// Lists outlets by name; 来源名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListOutletsResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let outlets = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let (outlets, next_page_token) = page.answer(&outlets, |o| o.name.clone(), to_wire);
    Ok(pb::ListOutletsResponse { outlets, next_page_token })
}
