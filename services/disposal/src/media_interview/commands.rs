//! Use cases of the request for an interview.

use chassis::{Audit, Committed, Ctx, Error, Page, Tx, wire_time};
use huiying_proto::disposal as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Content, MediaInterview, check_due,
    grpc::{to_wire, wording_to_wire},
    stale, store, unknown,
};
use crate::{
    approved_wording::{self, Wording},
    case::{self, Case},
    permissions::{OFFICE, UNIT},
};

/// 登记采访请求, 四(二).
pub(crate) struct Ask {
    pub incident_id: Uuid,
    pub content: Content,
    pub body: Uuid,
    pub due_time: Timestamp,
}

/// 答复采访, 四(二).
pub(crate) struct Answer {
    pub media_interview_id: Uuid,
    pub etag: i64,
    pub wording: Wording,
}

/// 婉拒采访, 四(二).
pub(crate) struct Decline {
    pub media_interview_id: Uuid,
    pub etag: i64,
    pub reason: String,
}

/// 采访列表.
pub(crate) struct List {
    pub incident_id: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// Registers a request for an interview (登记采访请求), 四(二). Refuses a time that is past, an unknown body and a closed case.
pub(crate) async fn request(ctx: &Ctx, command: Ask) -> Result<Committed<pb::RequestMediaInterviewResponse>, Error> {
    ctx.require_person()?;
    check_due(command.due_time, ctx.now)?;
    let mut tx = ctx.begin().await?;
    let case = case::commands::lock(&mut tx, command.incident_id).await?;
    ctx.roster.body(command.body).ok_or_else(case::body_unknown)?;
    case.check_open()?;
    let interview = MediaInterview::request(tx.id(), case.incident_id, command.content, command.body, command.due_time, ctx.now);
    store::insert(tx.conn(), &interview).await?;
    tx.emit(pb::MediaInterviewRequested {
        incident_id: interview.incident_id.to_string(),
        title: case.title,
        media_interview_id: interview.id.to_string(),
        body_id: interview.body.to_string(),
        outlet_name: interview.content.outlet_name.clone(),
        subject: interview.content.subject.clone(),
        due_time: Some(wire_time(interview.due_time)),
    });
    tx.commit(audit(&interview), pb::RequestMediaInterviewResponse { media_interview: Some(to_wire(&interview)) }).await
}

/// Records that a medium was answered, and with which approved wording (答复采访), 四(二), 三(三). Refuses whoever is neither of the
/// office nor of the body that serves it, and a wording that is not approved for this incident.
pub(crate) async fn answer(ctx: &Ctx, command: Answer) -> Result<Committed<pb::AnswerMediaInterviewResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut interview, case) = load(&mut tx, ctx, command.media_interview_id, command.etag).await?;
    interview.answer(command.wording, ctx.has_any_role(OFFICE), &ctx.bodies_as(UNIT), by, ctx.now)?;
    let approved = approved_wording::store::is_approved(tx.conn(), interview.incident_id, command.wording).await?;
    approved_wording::check_approved(approved)?;
    save(&mut tx, &mut interview).await?;
    let (release_id, line_id) = wording_to_wire(command.wording);
    tx.emit(pb::MediaInterviewAnswered {
        incident_id: interview.incident_id.to_string(),
        title: case.title,
        media_interview_id: interview.id.to_string(),
        body_id: interview.body.to_string(),
        outlet_name: interview.content.outlet_name.clone(),
        subject: interview.content.subject.clone(),
        release_id,
        line_id,
    });
    tx.commit(audit(&interview), pb::AnswerMediaInterviewResponse { media_interview: Some(to_wire(&interview)) }).await
}

/// Declines a request for an interview (婉拒采访), 四(二). Refuses one that is answered or declined.
pub(crate) async fn decline(ctx: &Ctx, command: Decline) -> Result<Committed<pb::DeclineMediaInterviewResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let (mut interview, case) = load(&mut tx, ctx, command.media_interview_id, command.etag).await?;
    interview.decline(command.reason.clone(), by, ctx.now)?;
    save(&mut tx, &mut interview).await?;
    tx.emit(pb::MediaInterviewDeclined {
        incident_id: interview.incident_id.to_string(),
        title: case.title,
        media_interview_id: interview.id.to_string(),
        body_id: interview.body.to_string(),
        outlet_name: interview.content.outlet_name.clone(),
        subject: interview.content.subject.clone(),
        reason: command.reason.clone(),
    });
    let audit = audit(&interview).reason(command.reason);
    tx.commit(audit, pb::DeclineMediaInterviewResponse { media_interview: Some(to_wire(&interview)) }).await
}

/// Returns a request for an interview (查看采访). A unit sees those that it serves.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetMediaInterviewResponse, Error> {
    let interview = store::find(&mut *ctx.read().await?, id, &case::commands::scope(ctx)).await?.ok_or_else(unknown)?;
    Ok(pb::GetMediaInterviewResponse { media_interview: Some(to_wire(&interview)) })
}

/// Lists requests for interviews, newest first (采访列表). A unit sees those that it serves.
pub(crate) async fn list(ctx: &Ctx, List { incident_id, page }: List) -> Result<pb::ListMediaInterviewsResponse, Error> {
    let interviews = store::page(&mut *ctx.read().await?, &page, incident_id, &case::commands::scope(ctx)).await?;
    let (media_interviews, next_page_token) = page.answer(&interviews, |interview| interview.id, to_wire);
    Ok(pb::ListMediaInterviewsResponse { media_interviews, next_page_token })
}

/// What the ledger says of a change to a request.
fn audit(interview: &MediaInterview) -> Audit {
    Audit::of("media_interview", interview.id).incident(interview.incident_id).clause("四(二)")
}

/// A request as far as the caller may see it, locked, with its case.
async fn load(tx: &mut Tx, ctx: &Ctx, id: Uuid, etag: i64) -> Result<(MediaInterview, Case), Error> {
    let interview = store::lock(tx.conn(), id, &case::commands::scope(ctx)).await?.ok_or_else(unknown)?;
    if interview.version != etag {
        return Err(stale().into());
    }
    let case = case::commands::of_part(tx, interview.incident_id).await?;
    Ok((interview, case))
}

async fn save(tx: &mut Tx, interview: &mut MediaInterview) -> Result<(), Error> {
    if store::save(tx.conn(), interview).await? { Ok(()) } else { Err(stale().into()) }
}
