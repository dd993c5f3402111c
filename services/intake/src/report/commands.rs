//! Use cases of reports: registering many callers at a time, and reading.

use std::collections::HashMap;

use chassis::{Audit, Batch, Call, Ctx, Error, Outcome, Outcomes, Page, Refusal};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Report, Sighting,
    folding::{Fate, Folding},
    grpc::{repeat_to_wire, sighted, to_fact, to_wire},
    store::{reading, repeats},
    unknown, witness_is_registrar, witness_unknown,
};
pub(crate) use super::{correcting::correct, import::import, moving::move_report, printing::render};
use crate::{
    incident,
    outlet::{self, Outlet},
    visible::visible,
    writer::{self, WriterKey},
};

/// 线索列表.
pub(crate) struct List {
    pub incident: Option<Uuid>,
    pub page: Page<Uuid>,
}

/// 重复与转载.
pub(crate) struct ListSightings {
    pub report: Uuid,
    pub page: Page<Uuid>,
}

/// Registers the reports of a batch of calls in one transaction; each call is answered or refused by itself; 线索登记, 四(一)一. What
/// repeats a report is counted with it.
pub(crate) fn register_all<'a>(
    _: &'a (),
    batch: &'a mut Batch<'_>,
    calls: &'a [&'a Call<Sighting>],
) -> Outcomes<'a, pb::RegisterReportResponse> {
    Box::pin(async move {
        let outlets = ids(calls.iter().map(|(_, s)| s.outlet_id));
        let outlets: HashMap<Uuid, Outlet> = outlet::store::by_ids(batch.conn(), &outlets).await?.into_iter().map(|o| (o.id, o)).collect();
        let incidents = ids(calls.iter().filter_map(|(_, s)| s.requested_incident));
        let incidents = if incidents.is_empty() { HashMap::new() } else { incident::store::standing(batch.conn(), &incidents).await? };
        let mut drafts: Vec<Result<Report, Refusal>> = Vec::with_capacity(calls.len());
        for (ctx, sighting) in calls {
            let outlet = check(ctx, sighting, &outlets, &incidents);
            drafts.push(outlet.map(|outlet| Report::register(ctx.id(), outlet, sighting.clone(), ctx.now).by(ctx.person())));
        }
        let asked: Vec<&Report> = drafts.iter().filter_map(|draft| draft.as_ref().ok()).collect();
        let mut folding = Folding::load(batch.conn(), &asked).await?;
        let mut fates: Vec<Result<Fate, Refusal>> =
            drafts.into_iter().map(|draft| draft.and_then(|report| folding.judge(report))).collect();
        folding.save(batch.conn(), fates.iter_mut().filter_map(|fate| fate.as_mut().ok()).collect()).await?;
        let there = fates.iter().filter_map(|fate| fate.as_ref().ok()).filter(|fate| !matches!(fate, Fate::New(_)));
        let there = reading::some(batch.conn(), &there.map(Fate::id).collect::<Vec<_>>()).await?;
        let mut outcomes: Vec<Outcome<pb::RegisterReportResponse>> = Vec::with_capacity(calls.len());
        for (fate, (ctx, _)) in fates.into_iter().zip(calls) {
            outcomes.push(match fate {
                Err(refusal) => Err(refusal.into()),
                Ok(Fate::New(report)) => {
                    let answer = pb::RegisterReportResponse { report: Some(to_wire(&report)), ..Default::default() };
                    let fact = pb::ReportRegistered { report: Some(to_fact(&report)) };
                    Ok(batch.answer(ctx, Audit::of("report", report.id).clause("四(一)一"), vec![fact], answer))
                }
                Ok(Fate::Known(id)) => {
                    let report = there.get(&id).ok_or_else(unknown)?;
                    let answer = pb::RegisterReportResponse { report: Some(to_wire(report)), ..Default::default() };
                    Ok(batch.answer(ctx, Audit::of("report", id).clause("四(一)一"), Vec::<pb::ReportRegistered>::new(), answer))
                }
                Ok(Fate::Repeated(repeat)) => {
                    let report = there.get(&repeat.report).ok_or_else(unknown)?;
                    let answer =
                        pb::RegisterReportResponse { report: Some(to_wire(report)), folded: true, sighting_id: repeat.id.to_string() };
                    let audit = Audit::of("report", report.id).clause("四(一)一").reason(repeat.ground.clone());
                    Ok(batch.answer(ctx, audit, vec![sighted(&repeat, report)], answer))
                }
            });
        }
        Ok(outcomes)
    })
}

fn check<'o>(
    ctx: &Ctx,
    sighting: &Sighting,
    outlets: &'o HashMap<Uuid, Outlet>,
    incidents: &HashMap<Uuid, Option<String>>,
) -> Result<&'o Outlet, Refusal> {
    let outlet = outlets.get(&sighting.outlet_id).ok_or_else(outlet::unknown)?;
    if sighting.seal.is_some() && !writer::is_kept_of(&outlet.medium) {
        return Err(writer::not_kept());
    }
    if sighting.bodies.iter().any(|body| ctx.roster.body(*body).is_none()) {
        return Err(Refusal::not_found("BODY_UNKNOWN", "涉事单位没有登记。"));
    }
    if let Some(id) = sighting.requested_incident {
        match incidents.get(&id) {
            None => return Err(incident::unknown()),
            Some(Some(number)) => return Err(incident::merged(number)),
            Some(None) => {}
        }
    }
    if let Some(received) = sighting.received {
        ctx.roster.person(received.witness).ok_or_else(witness_unknown)?;
        if ctx.person() == Some(received.witness) {
            return Err(witness_is_registrar());
        }
    }
    Ok(outlet)
}

fn ids(all: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = all.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Returns a report; 查看线索. Refuses what the caller may not see.
pub(crate) async fn get(ctx: &Ctx, key: &WriterKey, id: Uuid) -> Result<pb::GetReportResponse, Error> {
    let visible = visible(ctx);
    let mut connection = ctx.read().await?;
    let report = reading::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(unknown)?;
    let writers = if visible.is_none() { writer::commands::masked(&mut connection, key, id).await? } else { Vec::new() };
    Ok(pb::GetReportResponse { report: Some(to_wire(&report.seen(visible.as_deref()))), writers })
}

/// Lists the repeated sightings of a report, oldest first; 重复与转载. Refuses a report that the caller may not see.
pub(crate) async fn list_sightings(ctx: &Ctx, query: ListSightings) -> Result<pb::ListSightingsResponse, Error> {
    let page = query.page;
    let mut connection = ctx.read().await?;
    let visible = visible(ctx);
    reading::find(&mut connection, query.report, visible.as_deref()).await?.ok_or_else(unknown)?;
    let found = repeats::page(&mut connection, query.report, page.after, page.limit()).await?;
    let found: Vec<_> = found.into_iter().map(|repeat| repeat.seen(visible.as_deref())).collect();
    let (sightings, next_page_token) = page.answer(&found, |repeat| repeat.id, repeat_to_wire);
    Ok(pb::ListSightingsResponse { sightings, next_page_token })
}

/// Lists reports, newest first; 线索列表. Refuses an incident that the caller may not see.
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListReportsResponse, Error> {
    let (page, visible) = (query.page, visible(ctx));
    let mut connection = ctx.read().await?;
    if let Some(id) = query.incident {
        incident::store::find(&mut connection, id, visible.as_deref()).await?.ok_or_else(incident::unknown)?;
    }
    let reports = match (query.incident, visible.as_deref()) {
        (Some(incident), _) => reading::page_of(&mut connection, incident, page.after, page.limit()).await?,
        (None, Some(bodies)) => reading::page_for(&mut connection, bodies, page.after, page.limit()).await?,
        (None, None) => reading::page(&mut connection, page.after, page.limit()).await?,
    };
    let reports: Vec<Report> = reports.into_iter().map(|report| report.seen(visible.as_deref())).collect();
    let (reports, next_page_token) = page.answer(&reports, |r| r.id, to_wire);
    Ok(pb::ListReportsResponse { reports, next_page_token })
}
