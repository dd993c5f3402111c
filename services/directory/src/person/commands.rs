//! Use cases of people.

use chassis::{Ctx, Error, Page};
use huiying_proto::directory as pb;

use super::{grpc::to_wire, store, unknown};
use crate::position;

/// Lists people; 人员名录.
pub(crate) async fn list(ctx: &Ctx, page: Page<String>) -> Result<pb::ListPersonsResponse, Error> {
    let after = page.after.clone().unwrap_or_default();
    let persons = store::page(&mut *ctx.read().await?, &after, page.limit()).await?;
    let (persons, next_page_token) = page.answer(&persons, |p| p.code.clone(), to_wire);
    Ok(pb::ListPersonsResponse { persons, next_page_token })
}

/// Returns who the caller is and the positions they may act in now; 本人信息.
pub(crate) async fn myself(ctx: &Ctx) -> Result<pb::GetSelfResponse, Error> {
    let id = ctx.require_person()?;
    let mut connection = ctx.read().await?;
    let person = store::find(&mut connection, id).await?.ok_or_else(unknown)?;
    let positions = position::store::acted_in(&mut connection, id, ctx.now).await?;
    Ok(pb::GetSelfResponse { person: Some(to_wire(&person)), positions: positions.iter().map(position::grpc::to_wire).collect() })
}
