//! Use cases of reports: registering many callers at a time, and reading.

use std::collections::HashMap;

use chassis::{Audit, Batch, Call, Ctx, Error, Outcome, Outcomes, Page, Refusal};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Report, Sighting, differs,
    grpc::{to_fact, to_wire},
    store::{self, reading},
    unknown,
};
pub(crate) use super::{import::import, moving::move_report};
use crate::{
    incident,
    outlet::{self, Outlet},
    visible::visible,
};

/// 线索列表.
pub(crate) struct List {
    pub incident: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// Registers the reports of a batch of calls in one transaction; each call is answered or refused by itself; 线索登记, 四(一)一.
pub(crate) fn register_all<'a>(
    _: &'a (),
    batch: &'a mut Batch<'_>,
    calls: &'a [&'a Call<Sighting>],
) -> Outcomes<'a, pb::RegisterReportResponse> {
    Box::pin(async move {
        let outlets = ids(calls.iter().map(|(_, s)| s.outlet_id));
        let outlets: HashMap<Uuid, Outlet> = outlet::store::by_ids(batch.conn(), &outlets).await?.into_iter().map(|o| (o.id, o)).collect();
        let incidents = ids(calls.iter().filter_map(|(_, s)| s.requested_incident));
        let incidents = if incidents.is_empty() { Vec::new() } else { incident::store::existing(batch.conn(), &incidents).await? };
        let keys: Vec<(Uuid, &str)> = calls.iter().filter_map(|(_, s)| s.external_id.as_deref().map(|id| (s.outlet_id, id))).collect();
        let known = if keys.is_empty() { Vec::new() } else { store::known(batch.conn(), &keys).await? };
        let mut drafts: Vec<Result<Draft, Refusal>> = Vec::with_capacity(calls.len());
        for (ctx, sighting) in calls {
            drafts.push(draft(ctx, sighting, &outlets, &incidents, &known));
        }
        let new: Vec<&Report> = drafts
            .iter()
            .filter_map(|d| match d {
                Ok(Draft::New(report)) => Some(&**report),
                _ => None,
            })
            .collect();
        let inserted = if new.is_empty() { Vec::new() } else { store::insert(batch.conn(), &new).await? };
        let mut outcomes: Vec<Outcome<pb::RegisterReportResponse>> = Vec::with_capacity(calls.len());
        for (draft, (ctx, _)) in drafts.into_iter().zip(calls) {
            outcomes.push(match draft {
                Err(refusal) => Err(refusal.into()),
                Ok(Draft::Known(id)) => answer_known(batch, ctx, id).await,
                Ok(Draft::New(report)) if inserted.contains(&report.id) => {
                    let answer = pb::RegisterReportResponse { report: Some(to_wire(&report)) };
                    let fact = pb::ReportRegistered { report: Some(to_fact(&report)) };
                    Ok(batch.answer(ctx, Audit::of("report", report.id).clause("四(一)一"), vec![fact], answer))
                }
                // Another call registered the same outlet's id a moment before.
                Ok(Draft::New(_)) => Err(Refusal::stale("REPORT_DUPLICATE", "该来源的这个编号正被他人登记,请重试。").into()),
            });
        }
        Ok(outcomes)
    })
}

enum Draft {
    New(Box<Report>),
    Known(Uuid),
}

fn draft(
    ctx: &Ctx,
    sighting: &Sighting,
    outlets: &HashMap<Uuid, Outlet>,
    incidents: &[Uuid],
    known: &[(Uuid, String, Uuid, Vec<u8>)],
) -> Result<Draft, Refusal> {
    let outlet = outlets.get(&sighting.outlet_id).ok_or_else(outlet::unknown)?;
    if sighting.bodies.iter().any(|body| ctx.roster.body(*body).is_none()) {
        return Err(Refusal::not_found("BODY_UNKNOWN", "涉事单位没有登记。"));
    }
    if sighting.requested_incident.is_some_and(|id| !incidents.contains(&id)) {
        return Err(incident::unknown());
    }
    let same = known.iter().find(|(outlet, id, ..)| *outlet == sighting.outlet_id && Some(id) == sighting.external_id.as_ref());
    match same {
        Some((.., report, digest)) if *digest == sighting.digest() => Ok(Draft::Known(*report)),
        Some(_) => Err(differs()),
        None => Ok(Draft::New(Box::new(Report::register(ctx.id(), outlet, sighting.clone(), ctx.now)))),
    }
}

async fn answer_known(batch: &mut Batch<'_>, ctx: &Ctx, id: Uuid) -> Outcome<pb::RegisterReportResponse> {
    let report = reading::find(batch.conn(), id, None).await?.ok_or_else(unknown)?;
    let answer = pb::RegisterReportResponse { report: Some(to_wire(&report)) };
    Ok(batch.answer(ctx, Audit::of("report", id).clause("四(一)一"), Vec::<pb::ReportRegistered>::new(), answer))
}

fn ids(all: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = all.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Returns a report; 查看线索. Refuses what the caller may not see.
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetReportResponse, Error> {
    let report = reading::find(&mut *ctx.read().await?, id, visible(ctx).as_deref()).await?.ok_or_else(unknown)?;
    Ok(pb::GetReportResponse { report: Some(to_wire(&report)) })
}

/// Lists reports, newest first; 线索列表.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListReportsResponse, Error> {
    let page = query.page;
    let mut reports = reading::page(&mut *ctx.read().await?, query.incident, visible(ctx).as_deref(), page.after, page.limit()).await?;
    let next_page_token = page.cut(&mut reports, |r| r.id);
    Ok(pb::ListReportsResponse { reports: reports.iter().map(to_wire).collect(), next_page_token })
}
