//! Use cases of the request for material.

use chassis::{Audit, Committed, Ctx, Error, wire_time};
use huiying_proto::disposal as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{MaterialRequest, already_provided, check_due, grpc::to_wire, store, unknown};
use crate::{case, permissions::UNIT};

/// 要求提供材料, 一.
pub(crate) struct Ask {
    pub incident_id: Uuid,
    pub body: Uuid,
    pub question: String,
    pub due_time: Timestamp,
}

/// 提供材料, 一.
pub(crate) struct Provide {
    pub material_request_id: Uuid,
    pub answer: String,
}

/// Asks a unit for material by a time (要求提供材料), 一. Refuses a time that is past, an unknown unit and a closed case.
pub(crate) async fn request(ctx: &Ctx, command: Ask) -> Result<Committed<pb::RequestMaterialResponse>, Error> {
    ctx.require_person()?;
    check_due(command.due_time, ctx.now)?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    ctx.roster.body(command.body).ok_or_else(case::body_unknown)?;
    case.check_open()?;
    let request = MaterialRequest::ask(tx.id(), case.incident_id, command.body, command.question, command.due_time);
    store::insert(tx.conn(), &request).await?;
    tx.emit(pb::MaterialRequested {
        incident_id: request.incident_id.to_string(),
        material_request_id: request.id.to_string(),
        body_id: request.body.to_string(),
        question: request.question.clone(),
        due_time: Some(wire_time(request.due_time)),
    });
    let audit = Audit::of("material_request", request.id).incident(request.incident_id).clause("一");
    tx.commit(audit, pb::RequestMaterialResponse { material_request: Some(to_wire(&request)) }).await
}

/// Answers a request for material (提供材料), 一. Refuses anyone but the unit, and a second answer.
pub(crate) async fn provide(ctx: &Ctx, command: Provide) -> Result<Committed<pb::ProvideMaterialResponse>, Error> {
    ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut request = store::lock(tx.conn(), command.material_request_id).await?.ok_or_else(unknown)?;
    case::commands::seen_part(&mut tx, ctx, request.incident_id, unknown).await?;
    request.provide(command.answer, &ctx.bodies_as(UNIT), ctx.now)?;
    if !store::save_answer(tx.conn(), &request).await? {
        return Err(already_provided().into());
    }
    tx.emit(pb::MaterialProvided {
        incident_id: request.incident_id.to_string(),
        material_request_id: request.id.to_string(),
        body_id: request.body.to_string(),
    });
    let audit = Audit::of("material_request", request.id).incident(request.incident_id).clause("一");
    tx.commit(audit, pb::ProvideMaterialResponse { material_request: Some(to_wire(&request)) }).await
}
