//! Use cases of reports: registering many callers at a time, and reading.

use std::collections::{HashMap, HashSet};

use chassis::{Audit, Batch, Call, Ctx, Error, Outcome, Outcomes, Page, Refusal};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Known, Report, Sighting,
    grpc::{to_fact, to_wire},
    store::{self, reading},
    unknown, witness_is_registrar, witness_unknown,
};
pub(crate) use super::{import::import, moving::move_report, printing::render};
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
        let keys: Vec<(Uuid, &str)> = calls.iter().filter_map(|(_, s)| s.key()).collect();
        let known = store::known(batch.conn(), &keys).await?;
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
        let inserted: HashSet<Uuid> = store::insert(batch.conn(), &new).await?.into_iter().collect();
        // Another call registered the same id of an outlet meanwhile, in this batch or elsewhere.
        let late: Vec<(Uuid, &str)> = new.iter().filter(|r| !inserted.contains(&r.id)).filter_map(|r| r.sighting.key()).collect();
        let known = store::known(batch.conn(), &late).await?;
        let mut outcomes: Vec<Outcome<pb::RegisterReportResponse>> = Vec::with_capacity(calls.len());
        for (draft, (ctx, sighting)) in drafts.into_iter().zip(calls) {
            outcomes.push(match draft {
                Err(refusal) => Err(refusal.into()),
                Ok(Draft::Known(id)) => answer_known(batch, ctx, id).await,
                Ok(Draft::New(report)) if inserted.contains(&report.id) => {
                    let answer = pb::RegisterReportResponse { report: Some(to_wire(&report)) };
                    let fact = pb::ReportRegistered { report: Some(to_fact(&report)) };
                    Ok(batch.answer(ctx, Audit::of("report", report.id).clause("四(一)一"), vec![fact], answer))
                }
                Ok(Draft::New(_)) => match sighting.among(&known)? {
                    Some(id) => answer_known(batch, ctx, id).await,
                    None => Err(Error::fault("a report neither went in nor was there")),
                },
            });
        }
        Ok(outcomes)
    })
}

enum Draft {
    New(Box<Report>),
    Known(Uuid),
}

fn draft(ctx: &Ctx, sighting: &Sighting, outlets: &HashMap<Uuid, Outlet>, incidents: &[Uuid], known: &Known) -> Result<Draft, Refusal> {
    let outlet = outlets.get(&sighting.outlet_id).ok_or_else(outlet::unknown)?;
    if sighting.bodies.iter().any(|body| ctx.roster.body(*body).is_none()) {
        return Err(Refusal::not_found("BODY_UNKNOWN", "涉事单位没有登记。"));
    }
    if sighting.requested_incident.is_some_and(|id| !incidents.contains(&id)) {
        return Err(incident::unknown());
    }
    if let Some(received) = sighting.received {
        ctx.roster.person(received.witness).ok_or_else(witness_unknown)?;
        if ctx.person() == Some(received.witness) {
            return Err(witness_is_registrar());
        }
    }
    Ok(match sighting.among(known)? {
        Some(report) => Draft::Known(report),
        None => Draft::New(Box::new(Report::register(ctx.id(), outlet, sighting.clone(), ctx.now))),
    })
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

/// Lists reports, newest first; 线索列表. Refuses an incident that the caller may not see.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListReportsResponse, Error> {
    let (page, visible) = (query.page, visible(ctx));
    let mut connection = ctx.read().await?;
    if let Some(id) = query.incident {
        incident::store::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(incident::unknown)?;
    }
    let reports = reading::page(&mut connection, query.incident, visible.as_deref(), page.after, page.limit()).await?;
    let (reports, next_page_token) = page.answer(&reports, |r| r.id, to_wire);
    Ok(pb::ListReportsResponse { reports, next_page_token })
}
