//! Use cases of the line to take.

use chassis::{Audit, Committed, Ctx, Error, Refusal};
use huiying_proto::publication as pb;
use uuid::Uuid;

use super::{Line, grpc::to_wire, store};
use crate::incident;

/// 口径拟定, 三(四).
pub(crate) struct Propose {
    pub incident_id: Uuid,
    pub text: String,
}

/// 口径审定, 三(三).
pub(crate) struct Approve {
    pub line_id: Uuid,
    pub etag: i64,
}

fn unknown() -> Refusal {
    Refusal::not_found("LINE_UNKNOWN", "没有这条口径。")
}

fn stale() -> Refusal {
    Refusal::stale("LINE_STALE", "口径刚被他人更改,请刷新后再试。")
}

/// Proposes a line.
pub(crate) async fn propose(ctx: &Ctx, command: Propose) -> Result<Committed<pb::ProposeLineResponse>, Error> {
    let author = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // The incident's row is locked, so that two proposals do not get one revision.
    incident::store::lock(tx.conn(), command.incident_id).await?.ok_or_else(incident::unknown)?.check_standing()?;
    let revision = store::last_revision(tx.conn(), command.incident_id).await? + 1;
    let line = Line::propose(tx.id(), command.incident_id, revision, command.text, author);
    store::insert(tx.conn(), &line).await?;
    tx.emit(pb::LineProposed { incident_id: line.incident_id.to_string(), line_id: line.id.to_string(), person_id: author.to_string() });
    let audit = Audit::of("line", line.id).incident(line.incident_id).clause("三(四)");
    tx.commit(audit, pb::ProposeLineResponse { line: Some(to_wire(&line)) }).await
}

/// Makes a line current, and replaces the one before.
pub(crate) async fn approve(ctx: &Ctx, command: Approve) -> Result<Committed<pb::ApproveLineResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut line = store::find(tx.conn(), command.line_id).await?.ok_or_else(unknown)?;
    if line.version != command.etag {
        return Err(stale().into());
    }
    incident::commands::check_standing(&mut tx, line.incident_id).await?;
    line.approve(by, ctx.now)?;
    if let Some(mut before) = store::current(tx.conn(), line.incident_id).await? {
        before.replace();
        if !store::save(tx.conn(), &mut before).await? {
            return Err(stale().into());
        }
    }
    if !store::save(tx.conn(), &mut line).await? {
        return Err(stale().into());
    }
    tx.emit(pb::LineApproved {
        incident_id: line.incident_id.to_string(),
        line_id: line.id.to_string(),
        text: line.text.clone(),
        person_id: by.to_string(),
    });
    let audit = Audit::of("line", line.id).incident(line.incident_id).clause("三(三)");
    tx.commit(audit, pb::ApproveLineResponse { line: Some(to_wire(&line)) }).await
}

/// Returns the current line.
pub(crate) async fn current(ctx: &Ctx, incident_id: Uuid) -> Result<pb::GetCurrentLineResponse, Error> {
    let line = store::current(&mut *ctx.read().await?, incident_id).await?;
    let line = line.ok_or_else(|| Refusal::not_found("LINE_MISSING", "该事件还没有现行口径。"))?;
    Ok(pb::GetCurrentLineResponse { line: Some(to_wire(&line)) })
}
