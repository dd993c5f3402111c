//! Use cases of tracking.

use chassis::{Audit, Committed, Ctx, Error};
use huiying_proto::disposal as pb;
use uuid::Uuid;

use super::{Tracking, grpc::to_wire, store};
use crate::case;

/// 跟踪, 三(一).
pub(crate) struct Record {
    pub incident_id: Uuid,
    pub text: String,
}

/// Records how an incident goes on (跟踪), 三(一). Refuses a closed case.
pub(crate) async fn record(ctx: &Ctx, command: Record) -> Result<Committed<pb::RecordTrackingResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    case.check_open()?;
    let tracking = Tracking { id: tx.id(), incident_id: case.incident_id, person: by, text: command.text, record_time: ctx.now };
    store::insert(tx.conn(), &tracking).await?;
    tx.emit(pb::TrackingRecorded {
        incident_id: tracking.incident_id.to_string(),
        tracking_id: tracking.id.to_string(),
        text: tracking.text.clone(),
    });
    let audit = Audit::of("tracking", tracking.id).incident(tracking.incident_id).clause("三(一)");
    tx.commit(audit, pb::RecordTrackingResponse { tracking: Some(to_wire(&tracking)) }).await
}
