//! Use cases of appraisals, 五(三)甲.

use chassis::{Ctx, Error, Page, Roster};
use huiying_proto::accountability as pb;
use jiff::Timestamp;
use regulation::{Conduct, Rule};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Appraised, Period, conducts, grpc::to_wire, store, unknown};
use crate::obligation::commands::Sight;

/// 考核: one unit.
pub(crate) struct One {
    pub body_id: Uuid,
    pub period: Period,
}

/// 考核列表.
pub(crate) struct All {
    pub period: Period,
    pub page: Page<String>,
}

/// Returns the appraisal of one unit (考核), 五(三)甲, to the unit itself, the office, the leaders and the auditor.
pub(crate) async fn get(ctx: &Ctx, rule: &Rule, asked: One) -> Result<pb::GetAppraisalResponse, Error> {
    let sight = Sight::of(ctx);
    let seen = ctx.roster.body(asked.body_id).filter(|body| sight.all || sight.bodies.contains(&body.id)).ok_or_else(unknown)?;
    let mut connection = ctx.read().await?;
    let due = store::due(&mut connection, &asked.period, Some(seen.id)).await?;
    let happened = store::happened(&mut connection, &asked.period, Some(seen.id)).await?;
    let conduct = conducts(&due, &happened, ctx.now).remove(&seen.id).unwrap_or_default();
    let appraised = appraise(rule, &ctx.roster, seen.id, &conduct)?;
    Ok(pb::GetAppraisalResponse { appraisal: Some(to_wire(&appraised, &asked.period, rule.version())) })
}

/// Lists the appraisals of all units of which anything was asked (考核列表), 五(三)甲, or the caller's own.
pub(crate) async fn list(ctx: &Ctx, rule: &Rule, asked: All) -> Result<pb::ListAppraisalsResponse, Error> {
    let sight = Sight::of(ctx);
    let mut appraised = of_all(&mut *ctx.read().await?, rule, &ctx.roster, &asked.period, ctx.now).await?;
    appraised.retain(|one| sight.all || sight.bodies.contains(&one.body_id));
    appraised.retain(|one| asked.page.after.as_ref().is_none_or(|after| one.code > *after));
    let version = rule.version();
    let (appraisals, next_page_token) = asked.page.answer(&appraised, |one| one.code.clone(), |one| to_wire(one, &asked.period, version));
    Ok(pb::ListAppraisalsResponse { appraisals, next_page_token })
}

/// The appraisals of all units of which anything was asked in a period, by code.
pub(crate) async fn of_all(
    connection: &mut PgConnection,
    rule: &Rule,
    roster: &Roster,
    period: &Period,
    now: Timestamp,
) -> Result<Vec<Appraised>, Error> {
    let due = store::due(connection, period, None).await?;
    let happened = store::happened(connection, period, None).await?;
    let each = conducts(&due, &happened, now).into_iter();
    let mut appraised = each.map(|(body, conduct)| appraise(rule, roster, body, &conduct)).collect::<Result<Vec<_>, _>>()?;
    appraised.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(appraised)
}

fn appraise(rule: &Rule, roster: &Roster, body_id: Uuid, conduct: &Conduct) -> Result<Appraised, Error> {
    let code = roster.body(body_id).map_or_else(|| body_id.to_string(), |body| body.code.clone());
    let appraisal = rule.appraise(conduct).map_err(Error::fault)?;
    Ok(Appraised { body_id, code, name: roster.body_name(body_id), counts: conduct.counts(), appraisal })
}
