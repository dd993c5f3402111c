//! Use cases of incidents.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, wire_ids};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    grpc::{to_placement, to_wire},
    stale,
    store::{
        self,
        listing::{self, Which},
    },
    unknown,
};
use crate::{report::masking::without_others, visible::visible};

const PLACEMENTS: i64 = 100;

/// 确定涉事单位, 三(四).
pub(crate) struct NameBodies {
    pub incident: Uuid,
    pub etag: i64,
    pub bodies: Vec<Uuid>,
}

/// In which order incidents are listed, and after which.
pub(crate) enum Order {
    /// 最新在前.
    Newest(Page<Uuid>),
    /// 线索最多在前.
    MostReported(Page<(i64, Uuid)>),
}

/// 事件列表.
pub(crate) struct List {
    pub level: Option<String>,
    pub number: Option<String>,
    /// Only those that were merged into another, or that were not.
    pub merged: Option<bool>,
    pub order: Order,
}

/// Returns an incident with the placement of its reports; 查看事件. Refuses what the caller may not see.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetIncidentResponse, Error> {
    let mut connection = ctx.read().await?;
    let visible = visible(ctx);
    let incident = store::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(unknown)?;
    let mut placements = store::placements(&mut connection, id, PLACEMENTS).await?;
    if visible.is_some() {
        placements.iter_mut().for_each(|(.., ground)| *ground = without_others(ground).to_owned());
    }
    Ok(pb::GetIncidentResponse { incident: Some(to_wire(&incident)), placements: placements.into_iter().map(to_placement).collect() })
}

/// Lists incidents; 事件列表.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListIncidentsResponse, Error> {
    let bodies = visible(ctx);
    let which = Which { level: query.level.as_deref(), bodies: bodies.as_deref(), merged: query.merged };
    let mut connection = ctx.read().await?;
    if let Some(number) = &query.number {
        let found = listing::numbered(&mut connection, number, which).await?;
        return Ok(pb::ListIncidentsResponse { incidents: found.iter().map(to_wire).collect(), next_page_token: String::new() });
    }
    let (incidents, next_page_token) = match query.order {
        Order::Newest(page) => {
            let found = listing::newest(&mut connection, which, page.after, page.limit()).await?;
            page.answer(&found, |i| i.id, to_wire)
        }
        Order::MostReported(page) => {
            let found = listing::most_reported(&mut connection, which, page.after, page.limit()).await?;
            page.answer(&found, |i| (i.reports, i.id), to_wire)
        }
    };
    Ok(pb::ListIncidentsResponse { incidents, next_page_token })
}

/// Says which units an incident involves; 确定涉事单位, 三(四).
pub(crate) async fn name_bodies(ctx: &Ctx, command: NameBodies) -> Result<Committed<pb::NameInvolvedBodiesResponse>, Error> {
    let mut tx = ctx.begin().await?;
    let mut incident = store::lock(tx.conn(), command.incident).await?.ok_or_else(unknown)?;
    if incident.version != command.etag {
        return Err(stale().into());
    }
    incident.check_standing()?;
    if command.bodies.iter().any(|body| ctx.roster.body(*body).is_none()) {
        return Err(Refusal::not_found("BODY_UNKNOWN", "涉事单位没有登记。").into());
    }
    incident.bodies = command.bodies;
    store::put(tx.conn(), &mut incident).await?;
    tx.emit(pb::InvolvedBodiesNamed { incident_id: incident.id.to_string(), body_ids: wire_ids(&incident.bodies) });
    let audit = Audit::of("incident", incident.id).incident(incident.id).clause("三(四)");
    tx.commit(audit, pb::NameInvolvedBodiesResponse { incident: Some(to_wire(&incident)) }).await
}
