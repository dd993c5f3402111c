//! Use cases of bodies.

use chassis::{Ctx, Error, Page};
use huiying_proto::directory as pb;

use super::{grpc::to_wire, store};

/// Lists bodies; 机构名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListBodiesResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let bodies = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let (bodies, next_page_token) = page.answer(&bodies, |b| b.code.clone(), to_wire);
    Ok(pb::ListBodiesResponse { bodies, next_page_token })
}
