//! Use cases of the assessment.

use chassis::{Audit, Committed, Ctx, Error, Page, Tx, wire_ids, wire_time};
use huiying_proto::{
    assessment as pb,
    directory::{
        Role::{
            self, Auditor, Collector, InformationOfficer, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader, UnitHandler, UnitHead,
        },
        body::Kind::Section,
    },
};
use regulation::Level;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Assessment, Factors, Grade, Reason,
    grpc::{factors_to_wire, grade_to_wire, level_to_wire, to_wire},
    stale, store, unknown,
};
use crate::{
    factor, ground,
    level_change::{self, LevelChange},
    opinion,
};

/// Who sees every incident, beside the sections; others see those that involve their body.
const SEES_ALL: &[Role] = &[Collector, OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor];
const UNIT: &[Role] = &[InformationOfficer, UnitHandler, UnitHead];

/// 研判列表.
pub(crate) struct List {
    pub waiting: bool,
    pub page: Page<Uuid>,
}

/// 确认级别, 二.
pub(crate) struct Confirm {
    pub incident_id: Uuid,
    pub etag: i64,
    pub grade: Grade,
}

/// 改定级别, 二.
pub(crate) struct Override {
    pub incident_id: Uuid,
    pub etag: i64,
    pub level: Level,
    pub grade: Grade,
    pub reason: Reason,
}

/// 记录要素, 二.
pub(crate) struct RecordFactors {
    pub incident_id: Uuid,
    pub etag: i64,
    pub factors: Factors,
}

/// The bodies whose incidents the caller sees; none when all.
fn sight(ctx: &Ctx) -> Option<Vec<Uuid>> {
    (!ctx.has_any_role(SEES_ALL) && section(ctx).is_none()).then(|| ctx.bodies_as(UNIT))
}

/// The section (科室) of the office that the caller is of, 四(二): it assesses any incident.
pub(crate) fn section(ctx: &Ctx) -> Option<Uuid> {
    let is_section = |body: &Uuid| ctx.roster.body(*body).is_some_and(|body| body.kind == Section);
    ctx.bodies_as(UNIT).into_iter().find(is_section)
}

/// An incident's assessment, if the caller sees it.
pub(crate) async fn seen(ctx: &Ctx, connection: &mut PgConnection, incident_id: Uuid) -> Result<Assessment, Error> {
    let sight = sight(ctx);
    let assessment = store::find(connection, incident_id).await?;
    Ok(assessment.filter(|a| sight.as_ref().is_none_or(|bodies| a.involves(bodies))).ok_or_else(unknown)?)
}

/// Returns the assessment of an incident (查看研判), 二.
pub(crate) async fn get(ctx: &Ctx, incident_id: Uuid) -> Result<pb::GetAssessmentResponse, Error> {
    let mut connection = ctx.read().await?;
    let assessment = seen(ctx, &mut connection, incident_id).await?;
    let opinions = opinion::store::of_incidents(&mut connection, &[incident_id]).await?.remove(&incident_id).unwrap_or_default();
    Ok(pb::GetAssessmentResponse { assessment: Some(to_wire(&assessment, &opinions)) })
}

/// Lists assessments, the newest incident first (研判列表), 二.
pub(crate) async fn list(ctx: &Ctx, command: List) -> Result<pb::ListAssessmentsResponse, Error> {
    let (bodies, page) = (sight(ctx), command.page);
    let mut connection = ctx.read().await?;
    let ids = if command.waiting {
        store::waiting_page(&mut connection, bodies.as_deref(), page.after, page.limit()).await?
    } else {
        store::page(&mut connection, bodies.as_deref(), page.after, page.limit()).await?
    };
    let found = store::find_all(&mut connection, &ids).await?;
    let opinions = opinion::store::of_incidents(&mut connection, &ids).await?;
    let (assessments, next_page_token) = page.answer(
        &found,
        |assessment| assessment.incident.id,
        |assessment| to_wire(assessment, opinions.get(&assessment.incident.id).map_or(&[], Vec::as_slice)),
    );
    Ok(pb::ListAssessmentsResponse { assessments, next_page_token })
}

/// Confirms what the tests say and the emergency's grade (确认级别), 二.
pub(crate) async fn confirm(ctx: &Ctx, command: Confirm) -> Result<Committed<pb::ConfirmAssessmentResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut assessment = load(&mut tx, command.incident_id, command.etag).await?;
    let previous = assessment.level();
    assessment.confirm(command.grade, by, ctx.now)?;
    let answer = Some(save(&mut tx, &mut assessment).await?);
    note(ctx, &mut tx, &assessment).await?;
    tx.emit(classified(&assessment, previous)?);
    let audit = Audit::of("assessment", command.incident_id).incident(command.incident_id).clause("二");
    tx.commit(audit, pb::ConfirmAssessmentResponse { assessment: answer }).await
}

/// Decides another level than the tests say, with a reason (改定级别), 二.
pub(crate) async fn override_level(ctx: &Ctx, command: Override) -> Result<Committed<pb::OverrideAssessmentResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut assessment = load(&mut tx, command.incident_id, command.etag).await?;
    let previous = assessment.level();
    assessment.override_level(command.level, command.grade, command.reason.clone(), by, ctx.now)?;
    let answer = Some(save(&mut tx, &mut assessment).await?);
    note(ctx, &mut tx, &assessment).await?;
    tx.emit(classified(&assessment, previous)?);
    let audit = Audit::of("assessment", command.incident_id).incident(command.incident_id).clause("二").reason(command.reason.as_str());
    tx.commit(audit, pb::OverrideAssessmentResponse { assessment: answer }).await
}

/// Records nature, scale, platform and influence (记录要素), 二.
pub(crate) async fn record_factors(ctx: &Ctx, command: RecordFactors) -> Result<Committed<pb::RecordFactorsResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut assessment = load(&mut tx, command.incident_id, command.etag).await?;
    let entered = assessment.record(command.factors, by);
    factor::store::record(&mut tx, command.incident_id, &entered, ctx.now).await?;
    let answer = Some(save(&mut tx, &mut assessment).await?);
    tx.emit(pb::FactorsRecorded { incident_id: command.incident_id.to_string(), factors: Some(factors_to_wire(&assessment.factors)) });
    let audit = Audit::of("assessment", command.incident_id).incident(command.incident_id).clause("二");
    tx.commit(audit, pb::RecordFactorsResponse { assessment: answer }).await
}

/// Keeps a decision in the history of the level, and what the factors were computed to be when it was made.
async fn note(ctx: &Ctx, tx: &mut Tx, assessment: &Assessment) -> Result<(), Error> {
    let change = LevelChange::decided(tx.id(), assessment, ctx.now);
    level_change::store::insert(tx.conn(), &change).await?;
    factor::commands::compute(tx, &assessment.incident, ctx.now).await
}

async fn load(tx: &mut Tx, incident_id: Uuid, etag: i64) -> Result<Assessment, Error> {
    let assessment = store::lock(tx.conn(), incident_id).await?.ok_or_else(unknown)?;
    assessment.check_standing()?;
    if assessment.version == etag { Ok(assessment) } else { Err(stale().into()) }
}

async fn save(tx: &mut Tx, assessment: &mut Assessment) -> Result<pb::Assessment, Error> {
    if !store::save(tx.conn(), assessment).await? {
        return Err(stale().into());
    }
    let id = assessment.incident.id;
    let opinions = opinion::store::of_incidents(tx.conn(), &[id]).await?.remove(&id).unwrap_or_default();
    Ok(to_wire(assessment, &opinions))
}

fn classified(assessment: &Assessment, previous: Option<Level>) -> Result<pb::IncidentClassified, Error> {
    let decision = assessment.state.decision().ok_or_else(|| Error::fault("classified without a decision"))?;
    let incident = &assessment.incident;
    let reason = assessment.state.reason();
    Ok(pb::IncidentClassified {
        incident_id: incident.id.to_string(),
        number: incident.number.clone(),
        title: incident.title.clone(),
        level: level_to_wire(decision.level).into(),
        previous_level: previous.map_or(pb::Level::Unspecified, level_to_wire).into(),
        grade: grade_to_wire(decision.grade).into(),
        person_id: decision.by.to_string(),
        overridden: reason.is_some(),
        reason: reason.map(|r| r.as_str().to_owned()).unwrap_or_default(),
        first_report_time: Some(wire_time(incident.first_report_time)),
        body_ids: wire_ids(&incident.bodies),
        clauses: ground::clauses(&assessment.grounds),
        rule_version: assessment.rule_version.clone(),
    })
}
