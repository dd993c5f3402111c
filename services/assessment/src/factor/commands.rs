//! Use cases of factors.

use chassis::{Ctx, Error, Page, Tx};
use huiying_proto::assessment as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{computed, grpc::to_wire, store};
use crate::assessment::{self, Incident};

/// 要素记录, 二.
pub(crate) struct List {
    pub incident_id: Uuid,
    pub current: bool,
    pub page: Page<Uuid>,
}

/// Lists the factors of an incident (要素记录), 二.
pub(crate) async fn list(ctx: &Ctx, command: List) -> Result<pb::ListFactorsResponse, Error> {
    let (incident_id, page) = (command.incident_id, command.page);
    let mut connection = ctx.read().await?;
    assessment::commands::seen(ctx, &mut connection, incident_id).await?;
    let found = store::page(&mut connection, incident_id, command.current, page.after, page.limit()).await?;
    let (factors, next_page_token) = page.answer(&found, |recorded| recorded.id, to_wire);
    Ok(pb::ListFactorsResponse { factors, next_page_token })
}

/// Computes the factors of an incident and records those that are others than before.
pub(crate) async fn compute(tx: &mut Tx, incident: &Incident, time: Timestamp) -> Result<(), Error> {
    let sums = store::sums(tx.conn(), incident.id, incident.distinct_writers).await?;
    store::record(tx, incident.id, &computed(&sums), time).await
}
