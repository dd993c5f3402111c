//! Use cases of outlets.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::intake as pb;

use super::{Outlet, grpc::to_wire, store};

/// 来源登记, 二.
pub(crate) struct Register {
    pub name: String,
    pub tier: String,
    pub medium: String,
    pub hosts: Vec<String>,
}

/// Registers an outlet, or corrects its host names; 来源登记, 二.
pub(crate) async fn register(ctx: &Ctx, command: Register) -> Result<Committed<pb::RegisterOutletResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let outlet = match store::by_name(tx.conn(), &command.name).await? {
        Some(mut known) => {
            known.correct(&command.tier, &command.medium, command.hosts)?;
            known
        }
        None => Outlet { id: tx.id(), name: command.name, tier: command.tier, medium: command.medium, hosts: command.hosts },
    };
    store::put(tx.conn(), &outlet).await?;
    tx.emit(pb::OutletRegistered { outlet: Some(to_wire(&outlet)) });
    tx.commit(Audit::of("outlet", outlet.id).clause("二"), pb::RegisterOutletResponse { outlet: Some(to_wire(&outlet)) }).await
}

/// Lists outlets by name; 来源名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListOutletsResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let mut outlets = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let next_page_token = page.cut(&mut outlets, |o| o.name.clone());
    Ok(pb::ListOutletsResponse { outlets: outlets.iter().map(to_wire).collect(), next_page_token })
}
