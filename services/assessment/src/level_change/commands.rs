//! Use cases of level changes.

use chassis::{Ctx, Error, Page};
use huiying_proto::assessment as pb;
use uuid::Uuid;

use super::{grpc::to_wire, store};
use crate::assessment;

/// 级别沿革, 二.
pub(crate) struct List {
    pub incident_id: Uuid,
    pub page: Page<Uuid>,
}

/// Lists how the level of an incident came about (级别沿革), 二.
pub(crate) async fn list(ctx: &Ctx, command: List) -> Result<pb::ListLevelChangesResponse, Error> {
    let (incident_id, page) = (command.incident_id, command.page);
    let mut connection = ctx.read().await?;
    assessment::commands::seen(ctx, &mut connection, incident_id).await?;
    let found = store::page(&mut connection, incident_id, page.after, page.limit()).await?;
    let (level_changes, next_page_token) = page.answer(&found, |change| change.id, to_wire);
    Ok(pb::ListLevelChangesResponse { level_changes, next_page_token })
}
