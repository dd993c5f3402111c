//! Use cases of the release.

use chassis::{Audit, Committed, Ctx, Error, Page, wire_ids, wire_time};
use huiying_proto::{
    directory::{Role, body},
    publication as pb,
};
use uuid::Uuid;

use super::{Release, grpc::to_wire, store};
use crate::{
    channel, incident, line,
    statement::{
        commands::{Seen, stale, unknown},
        grpc::kind_to_wire,
        store as statements,
    },
};

/// 发布, 三(三), 四(三): lets exactly the approved text out.
pub(crate) async fn release(ctx: &Ctx, seen: Seen, channels: Vec<Uuid>) -> Result<Committed<pb::ReleaseStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = statements::find(tx.conn(), seen.statement_id).await?.ok_or_else(unknown)?;
    incident::commands::check_standing(&mut tx, statement.incident_id).await?;
    channel::must_be_known(&channels, &channel::store::known(tx.conn(), &channels).await?)?;
    if statement.version != seen.etag {
        return Err(stale().into());
    }
    // Held until the commit, so that no other line becomes current between the look and the release.
    let line_is_current = line::store::hold_current(tx.conn(), statement.line_id).await?;
    statement.release(is_of_disposal_office(ctx), line_is_current, ctx.now)?;
    if !statements::save(tx.conn(), &mut statement).await? {
        return Err(stale().into());
    }
    let release = Release::of(tx.id(), &statement, channels, by, ctx.now);
    store::insert(tx.conn(), &release).await?;
    tx.emit(pb::StatementReleased {
        incident_id: release.incident_id.to_string(),
        statement_id: release.statement_id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: release.text.title.clone(),
        text_sha256: release.text.sha256(),
        person_id: by.to_string(),
        release_id: release.id.to_string(),
        release_time: Some(wire_time(release.time)),
        channel_ids: wire_ids(&release.channels),
    });
    let audit = Audit::of("statement", statement.id).incident(statement.incident_id).clause("三(三)");
    tx.commit(audit, pb::ReleaseStatementResponse { release: Some(to_wire(&release)) }).await
}

/// 发布列表: lists releases, newest first.
pub(crate) async fn list(ctx: &Ctx, incident: Option<Uuid>, page: Page<Uuid>) -> Result<pb::ListReleasesResponse, Error> {
    let releases = store::list(&mut *ctx.read().await?, incident, &page).await?;
    let (releases, next_page_token) = page.answer(&releases, |release| release.id, to_wire);
    Ok(pb::ListReleasesResponse { releases, next_page_token })
}

/// Whether the caller is of the disposal office, the only publisher (统一发布).
fn is_of_disposal_office(ctx: &Ctx) -> bool {
    let bodies = ctx.bodies_as(&[Role::OfficeStaff, Role::OfficeHead]);
    bodies.into_iter().any(|id| ctx.roster.body(id).is_some_and(|body| body.kind == body::Kind::DisposalOffice))
}
