//! Use cases of bodies.

use chassis::{Ctx, Error, Page};
use huiying_proto::directory as pb;

use super::{grpc::to_wire, store};

/// Lists bodies; 机构名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListBodiesResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let mut bodies = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let next_page_token = page.cut(&mut bodies, |b| b.code.clone());
    Ok(pb::ListBodiesResponse { bodies: bodies.iter().map(to_wire).collect(), next_page_token })
}
