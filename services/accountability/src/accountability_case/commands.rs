//! Use cases of accountability cases, 四(六).

use chassis::{Audit, Committed, Ctx, Error, Page, Press, Refusal, Roster, Tx};
use huiying_proto::{
    accountability as pb,
    directory::{
        Role::{Auditor, LeaderInCharge, OfficeHead, PrincipalLeader, UnitHead},
        body::Kind,
    },
    paper::paper::Format,
};
use jiff::Timestamp;
use papers::{Paper, Stationery};
use uuid::Uuid;

use super::{By, Case, Found, Ground, Judgement, Opening, Part, Record, Tolerance, grpc, grpc::to_wire, store};
use crate::{
    evidence::{self, Link},
    fact,
    obligation::{self, Obligation, incident_unknown},
};

/// 约谈, 四(六).
pub(crate) struct RecordInterview {
    pub case: Version,
    pub record: Record,
}

/// 申辩, 四(六).
pub(crate) struct SubmitReply {
    pub case: Version,
    pub reply: String,
}

/// 决定, 四(六).
pub(crate) struct Decide {
    pub case: Version,
    pub judgement: Judgement,
}

/// 认定, 四(六).
pub(crate) struct RecordFinding {
    pub case: Version,
    pub part: Part,
    pub text: String,
    pub evidence: Vec<Link>,
}

/// 容错.
pub(crate) struct RecordTolerance {
    pub case: Version,
    pub reason: String,
    pub evidence: String,
    pub links: Vec<Link>,
}

/// 复核, 四(六).
pub(crate) struct ReviewCase {
    pub case: Version,
    pub agreed: bool,
    pub opinion: String,
}

/// 提请, 四(六).
pub(crate) struct Propose {
    pub case: Version,
    pub competent_body: String,
    pub proposal: String,
}

/// 结案, 四(六).
pub(crate) struct CloseCase {
    pub case: Version,
    pub closing: String,
}

/// A case as the caller saw it.
#[derive(Clone, Copy)]
pub(crate) struct Version {
    pub id: Uuid,
    pub etag: i64,
}

fn unknown() -> Refusal {
    Refusal::not_found("CASE_UNKNOWN", "没有这个问责事项。")
}

fn stale() -> Refusal {
    Refusal::stale("CASE_STALE", "问责事项刚被他人更改,请刷新后再试。")
}

/// Opens a case (立案), 四(六). Only a person does; the machine shows evidence and accuses nobody.
pub(crate) async fn open(ctx: &Ctx, opening: Opening) -> Result<Committed<pb::OpenAccountabilityCaseResponse>, Error> {
    let by = by(ctx, opening.subject_person, opening.subject_body)?;
    let mut tx = ctx.begin().await?;
    if !fact::store::knows(tx.conn(), opening.incident_id).await? {
        return Err(incident_unknown().into());
    }
    let owed = obligation::store::some(tx.conn(), &opening.obligations).await?;
    let of_it = owed.iter().filter(|obligation| obligation.incident_id == Some(opening.incident_id)).count();
    if of_it != opening.obligations.len() {
        return Err(obligation::unknown().into());
    }
    let ground = Ground {
        all_overdue: owed.iter().all(|obligation| obligation.fell_overdue(ctx.now)),
        answerable: moments(&owed, ctx.now).all(|at| is_answerable(&ctx.roster, opening.subject_person, opening.subject_body, at)),
    };
    let case = Case::open(tx.id(), opening, ground, by, ctx.now)?;
    store::insert(tx.conn(), &case).await?;
    let wire = to_wire(&case);
    tx.emit(pb::CaseOpened {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        behaviour: wire.behaviour,
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        person_id: by.person.to_string(),
    });
    tx.commit(audit(&case).reason(case.behaviour_evidence.clone()), pb::OpenAccountabilityCaseResponse { accountability_case: Some(wire) })
        .await
}

/// Records the interview (约谈), 四(六).
pub(crate) async fn record_interview(ctx: &Ctx, command: RecordInterview) -> Result<Committed<pb::RecordInterviewResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    let named = command.record.interviewers.iter().chain(&command.record.recorder);
    if let Some(person) = named.into_iter().find(|person| ctx.roster.person(**person).is_none()) {
        return Err(Refusal::invalid("INTERVIEWER_UNKNOWN", "约谈人、记录人应是已登记的人员。").with("person_id", person).into());
    }
    case.record_interview(by, command.record, ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::InterviewHeld {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        person_id: by.person.to_string(),
    });
    tx.commit(audit(&case), pb::RecordInterviewResponse { accountability_case: Some(wire) }).await
}

/// Submits the subject's reply (申辩), 四(六).
pub(crate) async fn submit_reply(ctx: &Ctx, command: SubmitReply) -> Result<Committed<pb::SubmitReplyResponse>, Error> {
    let person = ctx.require_person()?;
    let (mut tx, mut case) = load(ctx, command.case).await?;
    case.submit_reply(person, command.reply, ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::ReplySubmitted {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
    });
    tx.commit(audit(&case), pb::SubmitReplyResponse { accountability_case: Some(wire) }).await
}

/// Decides (决定), 四(六).
pub(crate) async fn decide(ctx: &Ctx, command: Decide) -> Result<Committed<pb::DecideAccountabilityCaseResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    let reason = command.judgement.reason.clone();
    case.decide(by, command.judgement, ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::CaseDecided {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        decision: wire.decision,
        person_id: by.person.to_string(),
    });
    tx.commit(audit(&case).reason(reason), pb::DecideAccountabilityCaseResponse { accountability_case: Some(wire) }).await
}

/// Records what was found of a part (认定), 四(六).
pub(crate) async fn record_finding(ctx: &Ctx, command: RecordFinding) -> Result<Committed<pb::RecordCaseFindingResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    evidence::commands::check(tx.conn(), case.incident_id, &command.evidence).await?;
    let RecordFinding { part, text, evidence, .. } = command;
    case.find(by, Found { part, text, evidence, by: by.person, time: ctx.now })?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::FindingRecorded {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        part: grpc::part(part).into(),
        person_id: by.person.to_string(),
    });
    tx.commit(audit(&case), pb::RecordCaseFindingResponse { accountability_case: Some(wire) }).await
}

/// Records a ground of tolerance (容错).
pub(crate) async fn record_tolerance(ctx: &Ctx, command: RecordTolerance) -> Result<Committed<pb::RecordToleranceResponse>, Error> {
    let person = ctx.require_person()?;
    let (mut tx, mut case) = load(ctx, command.case).await?;
    evidence::commands::check(tx.conn(), case.incident_id, &command.links).await?;
    let RecordTolerance { reason, evidence, links, .. } = command;
    case.tolerate(Tolerance { reason, evidence, links, by: person, time: ctx.now })?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::ToleranceRecorded {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        person_id: person.to_string(),
    });
    tx.commit(audit(&case), pb::RecordToleranceResponse { accountability_case: Some(wire) }).await
}

/// Reviews the findings (复核), 四(六).
pub(crate) async fn review(ctx: &Ctx, command: ReviewCase) -> Result<Committed<pb::ReviewAccountabilityCaseResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    case.review(by, command.agreed, command.opinion.clone(), ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::CaseReviewed {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        agreed: command.agreed,
        person_id: by.person.to_string(),
    });
    let answer = pb::ReviewAccountabilityCaseResponse { accountability_case: Some(wire) };
    tx.commit(audit(&case).reason(command.opinion), answer).await
}

/// Proposes accountability to the competent body (提请), 四(六).
pub(crate) async fn propose(ctx: &Ctx, command: Propose) -> Result<Committed<pb::ProposeToCompetentBodyResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    case.propose(by, command.competent_body, command.proposal.clone(), ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::CaseProposed {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        competent_body: wire.competent_body.clone(),
        person_id: by.person.to_string(),
    });
    let answer = pb::ProposeToCompetentBodyResponse { accountability_case: Some(wire) };
    tx.commit(audit(&case).reason(command.proposal), answer).await
}

/// Closes a decided case (结案), 四(六).
pub(crate) async fn close(ctx: &Ctx, command: CloseCase) -> Result<Committed<pb::CloseAccountabilityCaseResponse>, Error> {
    let (mut tx, mut case) = load(ctx, command.case).await?;
    let by = by(ctx, case.subject_person, case.subject_body)?;
    case.close(by, command.closing.clone(), ctx.now)?;
    let wire = save(&mut tx, &mut case).await?;
    tx.emit(pb::CaseClosed {
        case_id: wire.case_id.clone(),
        incident_id: wire.incident_id.clone(),
        subject_person_id: wire.subject_person_id.clone(),
        subject_body_id: wire.subject_body_id.clone(),
        person_id: by.person.to_string(),
    });
    let answer = pb::CloseAccountabilityCaseResponse { accountability_case: Some(wire) };
    tx.commit(audit(&case).reason(command.closing), answer).await
}

/// Returns a case (查看问责).
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetAccountabilityCaseResponse, Error> {
    let case = store::find(&mut *ctx.read().await?, id).await?;
    let case = case.filter(|case| sees(ctx, case)).ok_or_else(unknown)?;
    Ok(pb::GetAccountabilityCaseResponse { accountability_case: Some(to_wire(&case)) })
}

/// Returns the interview of a case as a paper (约谈记录). Refuses a case that the caller does not see, and one without an interview.
pub(crate) async fn render(
    ctx: &Ctx,
    press: &Press<Stationery>,
    (id, format): (Uuid, Format),
) -> Result<pb::RenderInterviewRecordResponse, Error> {
    let paper = {
        let mut connection = ctx.read().await?;
        let case = store::find(&mut connection, id).await?.filter(|case| sees(ctx, case)).ok_or_else(unknown)?;
        let number = fact::store::number(&mut connection, case.incident_id).await?;
        case.interview_paper(number, &ctx.roster)?
    };
    let printed = press.print(format, move |stock| paper.paper(stock.office()).map(Paper::into_parts)).await?;
    Ok(pb::RenderInterviewRecordResponse { paper: Some(printed) })
}

/// Lists cases, newest first (问责列表): all, or one's own.
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListAccountabilityCasesResponse, Error> {
    let cases = match (sees_all(ctx), ctx.person()) {
        (true, _) => store::list(&mut *ctx.read().await?, None, &page).await?,
        (false, Some(person)) => store::list(&mut *ctx.read().await?, Some(person), &page).await?,
        (false, None) => Vec::new(),
    };
    let (accountability_cases, next_page_token) = page.answer(&cases, |case| case.id, to_wire);
    Ok(pb::ListAccountabilityCasesResponse { accountability_cases, next_page_token })
}

fn audit(case: &Case) -> Audit {
    Audit::of("accountability_case", case.id).incident(case.incident_id).clause("四(六)")
}

fn sees_all(ctx: &Ctx) -> bool {
    ctx.has_any_role(&[OfficeHead, LeaderInCharge, PrincipalLeader, Auditor])
}

fn sees(ctx: &Ctx, case: &Case) -> bool {
    sees_all(ctx) || ctx.person() == Some(case.subject_person)
}

/// Who acts on a case of this subject.
fn by(ctx: &Ctx, subject: Uuid, body: Uuid) -> Result<By, Error> {
    let person = ctx.require_person()?;
    Ok(By { person, involved: ctx.roster.acts_as(person, subject, ctx.now), of_body: ctx.bodies().contains(&body) })
}

/// A case that the caller sees, in the version that the caller saw.
async fn load(ctx: &Ctx, version: Version) -> Result<(Tx, Case), Error> {
    let mut tx = ctx.begin().await?;
    let case = store::find(tx.conn(), version.id).await?.filter(|case| sees(ctx, case)).ok_or_else(unknown)?;
    if case.version != version.etag {
        return Err(stale().into());
    }
    Ok((tx, case))
}

async fn save(tx: &mut Tx, case: &mut Case) -> Result<pb::AccountabilityCase, Error> {
    if !store::save(tx.conn(), case).await? {
        return Err(stale().into());
    }
    Ok(to_wire(case))
}

/// The times at which the subject must have been answerable: when each obligation fell due; now, where none is named.
fn moments(owed: &[Obligation], now: Timestamp) -> impl Iterator<Item = Timestamp> {
    owed.iter().map(|obligation| obligation.owed.due_time).chain(owed.is_empty().then_some(now))
}

/// Whether a person was a unit's principal or a section head (单位主要领导或部门负责人) in their own right at a moment.
fn is_answerable(roster: &Roster, person: Uuid, body: Uuid, at: Timestamp) -> bool {
    let is_section = roster.body(body).is_some_and(|body| body.kind == Kind::Section);
    roster
        .positions_of(person, at)
        .filter(|position| position.person == person && position.body == body)
        .any(|position| position.roles.contains(&UnitHead) || (is_section && position.roles.contains(&OfficeHead)))
}
