//! Use cases of regroupings: merging, splitting, taking back, listing.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal, Tx, wire_id, wire_ids, wire_time};
use huiying_proto::intake as pb;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Kind, MOST, Regrouping, Undone,
    carrying::{Way, carry},
    grpc::{kind_to_wire, to_wire},
    nothing_stays, store, too_large, unknown,
};
use crate::{
    incident::{self, Incident, gathering::Gathering, placing::numbers},
    report::{self, Placed, Report},
};

/// 并入.
pub(crate) struct Merge {
    pub from: Uuid,
    pub from_etag: i64,
    pub into: Uuid,
    pub into_etag: i64,
    pub reason: String,
}

/// 拆分.
pub(crate) struct Split {
    pub incident: Uuid,
    pub etag: i64,
    pub reports: Vec<Uuid>,
    pub reason: String,
}

/// 撤销归并调整.
pub(crate) struct Undo {
    pub regrouping: Uuid,
    pub reason: String,
}

/// 归并调整记录.
pub(crate) struct List {
    pub incident: Uuid,
    pub page: Page<Uuid>,
}

/// Merges an incident into another, with all its reports (并入).
pub(crate) async fn merge(ctx: &Ctx, command: Merge, within: SignedDuration) -> Result<Committed<pb::MergeIncidentsResponse>, Error> {
    let by = ctx.require_person()?;
    if command.from == command.into {
        return Err(Refusal::state("SAME_INCIDENT", "不能把事件并入它自己。").into());
    }
    let mut tx = ctx.begin().await?;
    // One places, moves or merges at a time, so that they do not wait for each other in a ring.
    incident::store::lock_placing(tx.conn()).await?;
    let mut gathering = Gathering::load(tx.conn(), &[command.from, command.into], within).await?;
    let (from, to) = (seen(&gathering, command.from, command.from_etag)?, seen(&gathering, command.into, command.into_etag)?);
    let ids = report::store::ids_of(tx.conn(), from.id, MOST + 1).await?;
    if i64::try_from(ids.len()).map_err(Error::fault)? > MOST {
        return Err(too_large().into());
    }
    let reports = report::store::lock_all(tx.conn(), &ids).await?;
    let (target, regrouping) = merge_whole(&mut tx, by, &mut gathering, (&from, &to), reports, &command.reason).await?;
    let answer = pb::MergeIncidentsResponse { incident: Some(incident::grpc::to_wire(&target)), regrouping: Some(to_wire(&regrouping)) };
    tx.commit(Audit::of("regrouping", regrouping.id).incident(from.id).clause("四(一)一").reason(command.reason), answer).await
}

/// Merges an incident with all its reports, which are locked, into another: that one now, and the regrouping.
pub(crate) async fn merge_whole(
    tx: &mut Tx,
    by: Uuid,
    gathering: &mut Gathering,
    (from, to): (&Incident, &Incident),
    mut reports: Vec<Report>,
    reason: &str,
) -> Result<(Incident, Regrouping), Error> {
    to.check_takes_in(from)?;
    let ids: Vec<Uuid> = reports.iter().map(|report| report.id).collect();
    let before = put_into(&mut reports, to.id, reason);
    let way = Way { from: from.id, to: to.id, regrouping: tx.id(), reason };
    carry(tx, gathering, &way, &reports, &from.bodies).await?;
    gathering.merge(from.id, to.id)?;
    gathering.save_one(tx.conn(), from.id).await?;
    let target = gathering.save_one(tx.conn(), to.id).await?;
    let regrouping = regrouping(tx.now(), Some(by), Kind::Merge, (from, to), &way, &ids, &target);
    store::insert(tx.conn(), &regrouping).await?;
    store::keep_reports(tx.conn(), way.regrouping, &before).await?;
    tx.emit(merged(from, &target, &regrouping));
    Ok((target, regrouping))
}

/// Splits reports off an incident into a new one (拆分).
pub(crate) async fn split(ctx: &Ctx, command: Split, within: SignedDuration) -> Result<Committed<pb::SplitIncidentResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    incident::store::lock_placing(tx.conn()).await?;
    let mut gathering = Gathering::load(tx.conn(), &[command.incident], within).await?;
    let from = seen(&gathering, command.incident, command.etag)?;
    let mut reports = report::store::lock_all(tx.conn(), &command.reports).await?;
    let here = |report: &Report| report.placed.as_ref().is_some_and(|placed| placed.incident == from.id);
    let Some(first) = reports.first().filter(|_| reports.len() == command.reports.len() && reports.iter().all(here)).cloned() else {
        return Err(Refusal::state("REPORT_ELSEWHERE", "所选线索不都在这个事件中,请刷新后再试。").into());
    };
    if i64::try_from(reports.len()).map_err(Error::fault)? >= from.reports {
        return Err(nothing_stays().into());
    }
    let (id, new) = (tx.id(), tx.id());
    let number = numbers(&mut tx, 1).await?.next().ok_or_else(|| Error::fault("no number for a new incident"))?;
    gathering.open(new, number, &first);
    let opened = gathering.get(new)?.clone();
    let before = put_into(&mut reports, new, &command.reason);
    let way = Way { from: from.id, to: new, regrouping: id, reason: &command.reason };
    carry(&mut tx, &mut gathering, &way, &reports, &bodies_of(&reports)).await?;
    gathering.save_one(tx.conn(), from.id).await?;
    let target = gathering.save_one(tx.conn(), new).await?;
    let regrouping =
        Regrouping { opened: true, ..regrouping(ctx.now, Some(by), Kind::Split, (&from, &opened), &way, &command.reports, &target) };
    store::insert(tx.conn(), &regrouping).await?;
    store::keep_reports(tx.conn(), id, &before).await?;
    tx.emit(pb::IncidentSplit {
        incident_id: from.id.to_string(),
        number: from.number.clone(),
        title: from.title.clone(),
        new_incident_id: target.id.to_string(),
        new_number: target.number.clone(),
        new_title: target.title.clone(),
        report_count: regrouping.reports,
        regrouping_id: id.to_string(),
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    let answer = pb::SplitIncidentResponse { incident: Some(incident::grpc::to_wire(&target)), regrouping: Some(to_wire(&regrouping)) };
    tx.commit(Audit::of("regrouping", id).incident(from.id).clause("四(一)一").reason(command.reason), answer).await
}

/// Takes a regrouping back, for the reports that are still where it put them (撤销归并调整).
pub(crate) async fn undo(ctx: &Ctx, command: Undo, within: SignedDuration) -> Result<Committed<pb::UndoRegroupingResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    incident::store::lock_placing(tx.conn()).await?;
    let mut regrouping = store::find(tx.conn(), command.regrouping).await?.ok_or_else(unknown)?;
    let mut gathering = Gathering::load(tx.conn(), &[regrouping.from, regrouping.to], within).await?;
    let (from, to) = (gathering.get(regrouping.from)?.clone(), gathering.get(regrouping.to)?.clone());
    regrouping.check_undo(&from, &to)?;
    let before = store::still_there(tx.conn(), regrouping.id, to.id).await?;
    if before.is_empty() && regrouping.reports > 0 {
        return Err(Refusal::state("NOTHING_TO_UNDO", "这些线索都已另行调整,没有可以退回的。").into());
    }
    let ids: Vec<Uuid> = before.iter().map(|(id, ..)| *id).collect();
    let mut reports = report::store::lock_all(tx.conn(), &ids).await?;
    for (report, (_, score, ground)) in reports.iter_mut().zip(before) {
        report.placed = Some(Placed { incident: from.id, score, ground });
    }
    // The way back.
    let way = Way { from: to.id, to: from.id, regrouping: regrouping.id, reason: &command.reason };
    if regrouping.kind == Kind::Merge {
        gathering.part(from.id)?;
    }
    carry(&mut tx, &mut gathering, &way, &reports, &[]).await?;
    if to.bodies == regrouping.bodies_after && regrouping.bodies_after != regrouping.bodies_before {
        gathering.name_bodies(to.id, regrouping.bodies_before.clone());
        tx.emit(pb::InvolvedBodiesNamed { incident_id: to.id.to_string(), body_ids: wire_ids(&regrouping.bodies_before) });
    }
    // What the regrouping opened, and what holds nothing now, is of the incident again that it came from.
    let emptied = regrouping.opened && gathering.get(to.id)?.reports == 0;
    if emptied {
        gathering.merge(to.id, from.id)?;
    }
    let reopened = gathering.save_one(tx.conn(), from.id).await?;
    gathering.save_one(tx.conn(), to.id).await?;
    let went_back = i64::try_from(reports.len()).map_err(Error::fault)?;
    let undone = Undone { by, reason: command.reason.clone(), time: ctx.now, reports: went_back };
    if !store::undo(tx.conn(), regrouping.id, &undone).await? {
        return Err(Error::fault("a regrouping that is locked was undone"));
    }
    regrouping.undone = Some(undone);
    tx.emit(pb::RegroupingUndone {
        incident_id: from.id.to_string(),
        number: from.number.clone(),
        title: from.title.clone(),
        left_incident_id: to.id.to_string(),
        left_number: to.number.clone(),
        left_title: to.title.clone(),
        report_count: went_back,
        regrouping_id: regrouping.id.to_string(),
        kind: kind_to_wire(regrouping.kind).into(),
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    if emptied {
        tx.emit(merged(&to, &reopened, &Regrouping { reports: 0, by: Some(by), reason: command.reason.clone(), ..regrouping.clone() }));
    }
    let audit = Audit::of("regrouping", regrouping.id).incident(from.id).clause("四(一)一").reason(command.reason);
    tx.commit(audit, pb::UndoRegroupingResponse { regrouping: Some(to_wire(&regrouping)) }).await
}

/// Lists the regroupings of an incident, newest first (归并调整记录).
pub(crate) async fn list(ctx: &Ctx, query: List) -> Result<pb::ListRegroupingsResponse, Error> {
    let mut connection = ctx.read().await?;
    incident::store::find(&mut connection, query.incident, None).await?.ok_or_else(incident::unknown)?;
    let found = store::page(&mut connection, query.incident, query.page.after, query.page.limit()).await?;
    let (regroupings, next_page_token) = query.page.answer(&found, |regrouping| regrouping.id, to_wire);
    Ok(pb::ListRegroupingsResponse { regroupings, next_page_token })
}

/// Keeps that a report was moved (移动), so that it can be taken back.
pub(crate) async fn keep_move(
    tx: &mut Tx,
    ctx: &Ctx,
    ends: (&Incident, &Incident),
    way: &Way<'_>,
    (report, before, opened): (Uuid, Placed, bool),
    after: &Incident,
) -> Result<(), Error> {
    let by = ctx.require_person()?;
    let regrouping = Regrouping { opened, ..regrouping(ctx.now, Some(by), Kind::Move, ends, way, &[report], after) };
    store::insert(tx.conn(), &regrouping).await?;
    store::keep_reports(tx.conn(), regrouping.id, &[(report, before.score, before.ground)]).await
}

/// An incident as the caller saw it. Refuses another version, and one that was merged.
fn seen(gathering: &Gathering, id: Uuid, etag: i64) -> Result<Incident, Error> {
    let incident = gathering.get(id)?;
    incident.check_standing()?;
    if incident.version != etag {
        return Err(incident::stale().into());
    }
    Ok(incident.clone())
}

/// Puts reports into an incident by hand: where each was, and why.
fn put_into(reports: &mut [Report], to: Uuid, reason: &str) -> Vec<(Uuid, f64, String)> {
    let ground = format!("{}:{reason}", grouping::BY_A_PERSON);
    let placed = |report: &mut Report| {
        let now = Placed { incident: to, score: 1.0, ground: ground.clone() };
        let before = report.placed.replace(now)?;
        Some((report.id, before.score, before.ground))
    };
    reports.iter_mut().filter_map(placed).collect()
}

/// The units that reports name, each once.
pub(crate) fn bodies_of(reports: &[Report]) -> Vec<Uuid> {
    let mut bodies: Vec<Uuid> = Vec::new();
    for body in reports.iter().flat_map(|report| &report.sighting.bodies) {
        if !bodies.contains(body) {
            bodies.push(*body);
        }
    }
    bodies
}

/// What is kept of a regrouping.
pub(crate) fn regrouping(
    now: Timestamp,
    by: Option<Uuid>,
    kind: Kind,
    (from, to): (&Incident, &Incident),
    way: &Way<'_>,
    ids: &[Uuid],
    after: &Incident,
) -> Regrouping {
    Regrouping {
        id: way.regrouping,
        kind,
        from: from.id,
        from_number: from.number.clone(),
        to: to.id,
        to_number: to.number.clone(),
        opened: false,
        reports: i64::try_from(ids.len()).unwrap_or(i64::MAX),
        report_ids: ids.iter().take(1_000).copied().collect(),
        bodies_before: to.bodies.clone(),
        bodies_after: after.bodies.clone(),
        by,
        reason: way.reason.to_owned(),
        time: now,
        undone: None,
    }
}

/// What is told of a merge by a regrouping.
pub(crate) fn merged(from: &Incident, into: &Incident, regrouping: &Regrouping) -> pb::IncidentMerged {
    pb::IncidentMerged {
        incident_id: from.id.to_string(),
        number: from.number.clone(),
        title: from.title.clone(),
        into_incident_id: into.id.to_string(),
        into_number: into.number.clone(),
        into_title: into.title.clone(),
        report_count: regrouping.reports,
        into_report_count: into.reports,
        first_report_time: Some(wire_time(into.first_report)),
        body_ids: wire_ids(&into.bodies),
        regrouping_id: regrouping.id.to_string(),
        person_id: wire_id(regrouping.by),
        reason: regrouping.reason.clone(),
    }
}
