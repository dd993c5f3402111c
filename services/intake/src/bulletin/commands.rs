//! Use cases of bulletins.

use chassis::{
    Audit, Committed, Ctx, Error, Page, Press, Tx,
    clock::{civil_day, day_start},
    wire_ids,
};
use huiying_proto::{intake as pb, paper::paper::Format};
use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date};
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{Came, Draft, Week, exists, grpc::to_wire, not_of_week, store, unknown};
use crate::{
    incident,
    register::store::{Which, items},
    report,
    visible::visible,
};

/// Reports of each level of outlet that a special bulletin tells one by one.
const TOLD_OF_EACH_TIER: i64 = 5;

/// What has no level yet is looked for so long before a weekly bulletin: what was registered as the one before was issued may have come to
/// be seen only afterwards.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a bulletin is of.
pub(crate) enum Of {
    /// 普通舆情周报: the week of a day, and the bulletin of it that this one corrects.
    Week(Date, Option<Uuid>),
    /// 重要舆情专报.
    Incident(Uuid),
}

/// 编发简报, 四(一)一.
pub(crate) struct Issue {
    pub of: Of,
    pub comment: String,
}

/// Which bulletin as a paper, in which form.
pub(crate) struct Render {
    pub bulletin: Uuid,
    pub format: Format,
}

/// Issues a bulletin; 编发简报, 四(一)一.
pub(crate) async fn issue(ctx: &Ctx, command: Issue) -> Result<Committed<pb::IssueBulletinResponse>, Error> {
    let issuer = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    // While reports are placed or moved, text and figures would be of two moments.
    incident::store::lock_placing(tx.conn()).await?;
    let (draft, within) = match command.of {
        Of::Week(day, corrects) => weekly(&mut tx, Week::monday(day), corrects).await?,
        Of::Incident(id) => {
            let incident = incident::store::find(tx.conn(), id, None).await?.ok_or_else(incident::unknown)?;
            let reports = report::store::reading::by_tier(tx.conn(), id, TOLD_OF_EACH_TIER).await?;
            (Draft::special(&incident, &reports, &ctx.roster)?, None)
        }
    };
    let year = i32::from(civil_day(ctx.now).year());
    let number = incident::store::next_numbers(tx.conn(), draft.kind, year, 1).await?;
    let spread = store::spread(tx.conn(), &draft.incidents, within).await?;
    let bulletin = draft.issue(tx.id(), (year, number), spread, &command.comment, issuer, ctx.now);
    store::insert(tx.conn(), &bulletin).await?;
    let kind = pb::bulletin::Kind::from_str_name(&bulletin.kind).unwrap_or_default();
    tx.emit(pb::BulletinIssued {
        bulletin_id: bulletin.id.to_string(),
        kind: kind.into(),
        year,
        number,
        title: bulletin.title.clone(),
        text: bulletin.text.clone(),
        incident_ids: wire_ids(&bulletin.incidents),
        body_ids: wire_ids(&bulletin.bodies),
        corrects_bulletin_id: bulletin.corrects.map(|id| id.to_string()).unwrap_or_default(),
    });
    tx.commit(Audit::of("bulletin", bulletin.id).clause("四(一)一"), pb::IssueBulletinResponse { bulletin: Some(to_wire(&bulletin)) }).await
}

async fn weekly(tx: &mut Tx, monday: Date, corrects: Option<Uuid>) -> Result<(Draft, Option<(Timestamp, Timestamp)>), Error> {
    let issued = store::of_week(tx.conn(), monday).await?;
    let corrected = match (corrects, issued.last()) {
        (None, None) => None,
        (None, Some((_, number))) => return Err(exists(*number).into()),
        (Some(id), _) => Some(*issued.iter().find(|(of_week, _)| *of_week == id).ok_or_else(not_of_week)?),
    };
    let start = day_start(monday).map_err(Error::fault)?;
    let end = day_start(monday.saturating_add(7.days())).map_err(Error::fault)?;
    let week = Week::of(monday, (start, end), store::told_until(tx.conn(), monday).await?, tx.now())?;
    let came = items(tx.conn(), week.from, week.until, Which::All).await?;
    let listed: Vec<Uuid> = came.iter().map(|item| item.incident).collect();
    let since = week.from.saturating_sub(LOOKED_BACK).unwrap_or(week.from);
    let late = store::unlisted(tx.conn(), &week, since, &listed).await?;
    let late = items(tx.conn(), Timestamp::UNIX_EPOCH, week.until, Which::Of(&late)).await?;
    let roster = tx.roster();
    Ok((Draft::weekly(week, &Came { items: came, late }, corrected, &roster)?, Some((week.from, week.until))))
}

/// Returns a bulletin; 查看简报.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetBulletinResponse, Error> {
    let bulletin = store::find(&mut *ctx.read().await?, id, visible(ctx).as_deref()).await?.ok_or_else(unknown)?;
    Ok(pb::GetBulletinResponse { bulletin: Some(to_wire(&bulletin)) })
}

/// Returns a bulletin as a paper; 简报公文, 四(一)一.
pub(crate) async fn render(ctx: &Ctx, press: &Press<Stationery>, asked: Render) -> Result<pb::RenderBulletinResponse, Error> {
    let paper = {
        let mut connection = ctx.read().await?;
        let bulletin = store::find(&mut connection, asked.bulletin, visible(ctx).as_deref()).await?.ok_or_else(unknown)?;
        bulletin.paper(store::numbers(&mut connection, &bulletin.incidents).await?, &ctx.roster)
    };
    let printed = press.print(asked.format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderBulletinResponse { paper: Some(printed) })
}

/// Lists bulletins, newest first; 简报列表.
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListBulletinsResponse, Error> {
    let bulletins = store::page(&mut *ctx.read().await?, visible(ctx).as_deref(), page.after, page.limit()).await?;
    let (bulletins, next_page_token) = page.answer(&bulletins, |b| b.id, to_wire);
    Ok(pb::ListBulletinsResponse { bulletins, next_page_token })
}
