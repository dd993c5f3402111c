//! Use cases of notices.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, wire_id};
use huiying_proto::notification as pb;
use uuid::Uuid;

use super::{Notice, grpc::to_wire, store};

/// 签收.
pub(crate) struct Acknowledge {
    pub notice_id: Uuid,
    pub etag: i64,
}

/// 我的通知.
pub(crate) struct List {
    pub unread: bool,
    pub page: Page<Uuid>,
}

/// 送达情况, 四(一)一.
pub(crate) struct Deliveries {
    pub incident_id: Uuid,
    pub page: Page<Uuid>,
}

fn unknown() -> Refusal {
    Refusal::not_found("NOTICE_UNKNOWN", "没有这条通知。")
}

/// Lists the caller's notices; 我的通知.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListNoticesResponse, Error> {
    let person = ctx.require_person()?;
    let page = query.page;
    let notices = store::inbox(&mut *ctx.read().await?, person, query.unread, page.after, page.limit()).await?;
    let (notices, next_page_token) = page.answer(&notices, |n| n.id, to_wire);
    Ok(pb::ListNoticesResponse { notices, next_page_token })
}

/// Opens a notice, which records that it was read; 阅读, 四(一)一.
pub(crate) async fn open(ctx: &Ctx, notice_id: Uuid) -> Result<Committed<pb::OpenNoticeResponse>, Error> {
    let person = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut notice = store::lock(tx.conn(), notice_id, person).await?.ok_or_else(unknown)?;
    if notice.open(ctx.now) {
        store::save(tx.conn(), &mut notice).await?;
        tx.emit(opened(&notice));
    }
    let audit = Audit::of("notice", notice.id).incident(wire_id(notice.incident_id)).clause("四(一)一");
    tx.commit(audit, pb::OpenNoticeResponse { notice: Some(to_wire(&notice)) }).await
}

fn opened(notice: &Notice) -> pb::NoticeOpened {
    pb::NoticeOpened {
        notice_id: notice.id.to_string(),
        person_id: notice.person.to_string(),
        incident_id: wire_id(notice.incident_id),
        title: notice.content.title.clone(),
    }
}

/// Acknowledges a notice, which opens it too; 签收, 四(一)一.
pub(crate) async fn acknowledge(ctx: &Ctx, command: Acknowledge) -> Result<Committed<pb::AcknowledgeNoticeResponse>, Error> {
    let person = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut notice = store::lock(tx.conn(), command.notice_id, person).await?.ok_or_else(unknown)?;
    if notice.version != command.etag {
        return Err(Refusal::stale("NOTICE_STALE", "通知状态刚有变化,请刷新后再试。").into());
    }
    let unread = notice.opened.is_none();
    if notice.acknowledge(ctx.now)? {
        store::save(tx.conn(), &mut notice).await?;
        if unread {
            tx.emit(opened(&notice));
        }
        tx.emit(pb::NoticeAcknowledged {
            notice_id: notice.id.to_string(),
            person_id: person.to_string(),
            incident_id: wire_id(notice.incident_id),
            title: notice.content.title.clone(),
        });
    }
    let audit = Audit::of("notice", notice.id).incident(wire_id(notice.incident_id)).clause("四(一)一");
    tx.commit(audit, pb::AcknowledgeNoticeResponse { notice: Some(to_wire(&notice)) }).await
}

/// Lists the notices of an incident with their delivery and reading; 送达情况, 四(一)一.
pub(crate) async fn deliveries(ctx: &Ctx, query: Deliveries) -> Result<pb::ListDeliveriesResponse, Error> {
    let page = query.page;
    let notices = store::of_incident(&mut *ctx.read().await?, query.incident_id, page.after, page.limit()).await?;
    let (notices, next_page_token) = page.answer(&notices, |n| n.id, to_wire);
    Ok(pb::ListDeliveriesResponse { notices, next_page_token })
}
