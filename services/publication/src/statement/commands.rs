//! Use cases of the statement.

use chassis::{Audit, Committed, Ctx, Error, Page, Press, Refusal, Tx};
use huiying_proto::{directory::Role, paper::paper::Format, publication as pb};
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{Kind, Review, Statement, grpc::kind_to_wire, grpc::to_wire, store};
use crate::{incident, line, release, text::Text};

/// 拟稿, 四(三).
pub(crate) struct Draft {
    pub incident_id: Uuid,
    pub kind: Kind,
    pub text: Text,
}

/// 修改.
pub(crate) struct Revise {
    pub seen: Seen,
    pub text: Text,
}

/// A statement, in the version that the caller saw.
pub(crate) struct Seen {
    pub statement_id: Uuid,
    pub etag: i64,
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("STATEMENT_UNKNOWN", "没有这份发布稿。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("STATEMENT_STALE", "发布稿刚被他人更改,请刷新后再试。")
}

/// 拟稿: drafts a statement to the current line.
pub(crate) async fn draft(ctx: &Ctx, command: Draft) -> Result<Committed<pb::DraftStatementResponse>, Error> {
    let author = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    incident::commands::check_standing(&mut tx, command.incident_id).await?;
    let line = line::store::current(tx.conn(), command.incident_id).await?;
    let statement = Statement::draft(tx.id(), command.incident_id, line.map(|line| line.id), command.kind, command.text, author)?;
    store::insert(tx.conn(), &statement).await?;
    tx.emit(pb::StatementDrafted {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: author.to_string(),
    });
    tx.commit(audit(&statement), pb::DraftStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 修改: writes a draft or a returned statement anew, to the line that is current now.
pub(crate) async fn revise(ctx: &Ctx, command: Revise) -> Result<Committed<pb::ReviseStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = load(&mut tx, &command.seen).await?;
    let line = line::store::current(tx.conn(), statement.incident_id).await?;
    statement.revise(by, line.map(|line| line.id), command.text)?;
    save(&mut tx, &mut statement).await?;
    tx.emit(pb::StatementRevised {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&statement), pb::ReviseStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 送审: submits a draft for review.
pub(crate) async fn submit(ctx: &Ctx, seen: Seen) -> Result<Committed<pb::SubmitStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = load(&mut tx, &seen).await?;
    statement.submit(by)?;
    save(&mut tx, &mut statement).await?;
    tx.emit(pb::StatementSubmitted {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&statement), pb::SubmitStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 审核 (信息公开条例 17, 保密法 35): takes a second person's review.
pub(crate) async fn review(ctx: &Ctx, seen: Seen, review: Review) -> Result<Committed<pb::ReviewStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = load(&mut tx, &seen).await?;
    statement.review(by, review, ctx.now)?;
    save(&mut tx, &mut statement).await?;
    tx.emit(pb::StatementReviewed {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&statement), pb::ReviewStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 退回: sends a submitted or reviewed statement back to its author.
pub(crate) async fn return_to_author(ctx: &Ctx, seen: Seen, reason: String) -> Result<Committed<pb::ReturnStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = load(&mut tx, &seen).await?;
    statement.return_to_author(reason)?;
    save(&mut tx, &mut statement).await?;
    tx.emit(pb::StatementReturned {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: by.to_string(),
        reason: statement.return_reason.clone(),
    });
    let audit = audit(&statement).reason(statement.return_reason.clone());
    tx.commit(audit, pb::ReturnStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 批准, 四(三): approves exactly the text whose digest is given, as the role that the rule's approval chain names.
pub(crate) async fn approve(
    ctx: &Ctx,
    seen: Seen,
    sha256: String,
    approver: Role,
) -> Result<Committed<pb::ApproveStatementResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut statement = load(&mut tx, &seen).await?;
    statement.approve(by, ctx.has_role(approver), &sha256, ctx.now)?;
    save(&mut tx, &mut statement).await?;
    tx.emit(pb::StatementApproved {
        incident_id: statement.incident_id.to_string(),
        statement_id: statement.id.to_string(),
        kind: kind_to_wire(statement.kind).into(),
        title: statement.text.title.clone(),
        text_sha256: statement.text.sha256(),
        person_id: by.to_string(),
    });
    tx.commit(audit(&statement), pb::ApproveStatementResponse { statement: Some(to_wire(&statement)) }).await
}

/// 查看稿件: returns a statement.
pub(crate) async fn get(ctx: &Ctx, statement_id: Uuid) -> Result<pb::GetStatementResponse, Error> {
    let statement = store::find(&mut *ctx.read().await?, statement_id).await?.ok_or_else(unknown)?;
    Ok(pb::GetStatementResponse { statement: Some(to_wire(&statement)) })
}

/// 发布审查单, 四(三): returns a statement as a paper.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderReviewSlipResponse, Error> {
    let paper = {
        let mut connection = ctx.read().await?;
        let statement = store::find(&mut connection, id).await?.ok_or_else(unknown)?;
        let missing = |what: &str| Error::fault(format!("no {what} of statement {id}"));
        let incident = incident::store::find(&mut connection, statement.incident_id).await?.ok_or_else(|| missing("incident"))?;
        let line = line::store::find(&mut connection, statement.line_id).await?.ok_or_else(|| missing("line"))?;
        let channels = release::store::channels(&mut connection, statement.id).await?;
        statement.paper(&incident, &line, channels, &ctx.roster)
    };
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderReviewSlipResponse { paper: Some(printed) })
}

/// 稿件列表: lists statements, newest first.
pub(crate) async fn list(ctx: &Ctx, incident: Option<Uuid>, page: Page<Uuid>) -> Result<pb::ListStatementsResponse, Error> {
    let statements = store::list(&mut *ctx.read().await?, incident, &page).await?;
    let (statements, next_page_token) = page.answer(&statements, |statement| statement.id, to_wire);
    Ok(pb::ListStatementsResponse { statements, next_page_token })
}

/// Loads a statement, in the version that the caller saw, of an incident that stands by itself.
async fn load(tx: &mut Tx, seen: &Seen) -> Result<Statement, Error> {
    let statement = store::find(tx.conn(), seen.statement_id).await?.ok_or_else(unknown)?;
    incident::commands::check_standing(tx, statement.incident_id).await?;
    if statement.version == seen.etag { Ok(statement) } else { Err(stale().into()) }
}

async fn save(tx: &mut Tx, statement: &mut Statement) -> Result<(), Error> {
    if store::save(tx.conn(), statement).await? { Ok(()) } else { Err(stale().into()) }
}

fn audit(statement: &Statement) -> Audit {
    Audit::of("statement", statement.id).incident(statement.incident_id).clause("四(三)")
}
