//! Use cases of the task.

use chassis::{Audit, Committed, Ctx, Error, Press, Tx};
use huiying_proto::{disposal as pb, paper::paper::Format};
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{Assignment, Task, check_unassigned, grpc::to_wire, stale, store, unknown};
use crate::{case, permissions::UNIT};

/// 交办, 四(三).
pub(crate) struct AssignUnit {
    pub incident_id: Uuid,
    pub task: Task,
}

/// 签收, 四(一)二.
pub(crate) struct Acknowledge {
    pub assignment_id: Uuid,
    pub etag: i64,
}

/// Gives a unit a task (交办), 四(三). Refuses a closed case, an unknown unit, one with an open task, and a due time that is not to come.
pub(crate) async fn assign_unit(ctx: &Ctx, command: AssignUnit) -> Result<Committed<pb::AssignUnitResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    let (body, ..) = command.task;
    ctx.roster.body(body).ok_or_else(case::body_unknown)?;
    case.check_open()?;
    check_unassigned(store::has_open(tx.conn(), case.incident_id, body).await?)?;
    let assignment = Assignment::assign(tx.id(), case.incident_id, command.task, by, ctx.now)?;
    store::insert(tx.conn(), &assignment).await?;
    tx.emit(pb::UnitAssigned {
        incident_id: assignment.incident_id.to_string(),
        title: case.title,
        assignment_id: assignment.id.to_string(),
        body_id: assignment.body.to_string(),
        task: assignment.task.clone(),
    });
    let audit = Audit::of("assignment", assignment.id).incident(assignment.incident_id).clause("四(三)");
    tx.commit(audit, pb::AssignUnitResponse { assignment: Some(to_wire(&assignment)) }).await
}

/// Acknowledges a task (签收), 四(一)二. Refuses anyone but the unit.
pub(crate) async fn acknowledge(ctx: &Ctx, command: Acknowledge) -> Result<Committed<pb::AcknowledgeAssignmentResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut assignment = store::lock(tx.conn(), command.assignment_id).await?.ok_or_else(unknown)?;
    case::commands::seen_part(&mut tx, ctx, assignment.incident_id, unknown).await?;
    if assignment.version != command.etag {
        return Err(stale().into());
    }
    assignment.acknowledge(&ctx.bodies_as(UNIT), ctx.now)?;
    save(&mut tx, &mut assignment).await?;
    tx.emit(pb::AssignmentAcknowledged {
        incident_id: assignment.incident_id.to_string(),
        assignment_id: assignment.id.to_string(),
        body_id: assignment.body.to_string(),
        person_id: by.to_string(),
    });
    let audit = Audit::of("assignment", assignment.id).incident(assignment.incident_id).clause("四(一)二");
    tx.commit(audit, pb::AcknowledgeAssignmentResponse { assignment: Some(to_wire(&assignment)) }).await
}

/// Saves a task, or says that somebody was faster.
pub(crate) async fn save(tx: &mut Tx, assignment: &mut Assignment) -> Result<(), Error> {
    if store::save(tx.conn(), assignment).await? { Ok(()) } else { Err(stale().into()) }
}

/// Returns a task as a paper (交办单), 四(三). Refuses one that the caller does not see.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderAssignmentSlipResponse, Error> {
    let (scope, mut connection) = (case::commands::scope(ctx), ctx.read().await?);
    let assignment = store::find(&mut connection, id, &scope).await?.ok_or_else(unknown)?;
    let case = case::store::find(&mut connection, assignment.incident_id, &scope).await?.ok_or_else(unknown)?;
    drop(connection);
    let paper = assignment.paper(&case, &ctx.roster);
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderAssignmentSlipResponse { paper: Some(printed) })
}
