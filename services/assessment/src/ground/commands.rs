//! Use cases of grounds.

use chassis::{Ctx, Error, Page};
use huiying_proto::assessment as pb;
use uuid::Uuid;

use super::{grpc::to_wire, store};
use crate::assessment;

/// 认定依据, 二.
pub(crate) struct List {
    pub incident_id: Uuid,
    pub test: Option<String>,
    pub page: Page<(String, Uuid)>,
}

/// Lists every hit on an incident that stands, by test, in the order of the hits (认定依据), 二.
pub(crate) async fn list(ctx: &Ctx, command: List) -> Result<pb::ListGroundsResponse, Error> {
    let (incident_id, page) = (command.incident_id, command.page);
    let mut connection = ctx.read().await?;
    assessment::commands::seen(ctx, &mut connection, incident_id).await?;
    let found = store::page(&mut connection, incident_id, command.test.as_deref(), page.after.as_ref(), page.limit()).await?;
    let (grounds, next_page_token) = page.answer(&found, |ground| (ground.test_id.clone(), ground.id), to_wire);
    Ok(pb::ListGroundsResponse { grounds, next_page_token })
}
