//! All SQL that names accountability.accountability_case.

use chassis::{Error, Page};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Behaviour, Case, Decision, Interview, Record, Review, Said, Signed, State, Verdict};

struct Row {
    case_id: Uuid,
    incident_id: Uuid,
    behaviour: String,
    subject_person_id: Uuid,
    subject_body_id: Uuid,
    obligation_ids: Vec<Uuid>,
    behaviour_evidence: String,
    grave_effect_evidence: String,
    state: String,
    open_person_id: Uuid,
    open_time: jiff_sqlx::Timestamp,
    interview_record: Option<String>,
    interview_time: Option<jiff_sqlx::Timestamp>,
    interview_held_time: Option<jiff_sqlx::Timestamp>,
    interview_place: String,
    interviewer_person_ids: Vec<Uuid>,
    interview_recorder_person_id: Option<Uuid>,
    reply: Option<String>,
    reply_time: Option<jiff_sqlx::Timestamp>,
    decision: Option<String>,
    decision_reason: String,
    decide_person_id: Option<Uuid>,
    competent_body: String,
    decide_time: Option<jiff_sqlx::Timestamp>,
    findings: Value,
    tolerance_grounds: Value,
    review_agreed: Option<bool>,
    review_opinion: Option<String>,
    review_person_id: Option<Uuid>,
    review_time: Option<jiff_sqlx::Timestamp>,
    proposal: Option<String>,
    propose_person_id: Option<Uuid>,
    propose_time: Option<jiff_sqlx::Timestamp>,
    closing: Option<String>,
    close_person_id: Option<Uuid>,
    close_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl Behaviour {
    fn as_str(self) -> &'static str {
        match self {
            Self::Concealment => "CONCEALMENT",
            Self::FalseReport => "FALSE_REPORT",
            Self::Delay => "DELAY",
            Self::Ineffective => "INEFFECTIVE",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::Concealment, Self::FalseReport, Self::Delay, Self::Ineffective]
            .into_iter()
            .find(|behaviour| behaviour.as_str() == text)
            .ok_or_else(|| Error::fault(format!("case behaviour {text}")))
    }
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "OPENED",
            Self::Interviewed => "INTERVIEWED",
            Self::Replied => "REPLIED",
            Self::Reviewed => "REVIEWED",
            Self::Proposed => "PROPOSED",
            Self::Decided => "DECIDED",
            Self::Closed => "CLOSED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::Opened, Self::Interviewed, Self::Replied, Self::Reviewed, Self::Proposed, Self::Decided, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| Error::fault(format!("case state {text}")))
    }
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::NotEstablished => "NOT_ESTABLISHED",
            Self::InterviewOnly => "INTERVIEW_ONLY",
            Self::Accountable => "ACCOUNTABLE",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        [Self::NotEstablished, Self::InterviewOnly, Self::Accountable]
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| Error::fault(format!("case decision {text}")))
    }
}

impl TryFrom<Row> for Case {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let said = |text: Option<String>, time: Option<jiff_sqlx::Timestamp>| {
            text.zip(time).map(|(text, time)| Said { text, time: time.to_jiff() })
        };
        let interview = row.interview_record.zip(row.interview_time).map(|(text, time)| Interview {
            record: Record {
                text,
                held: row.interview_held_time.map(|time| time.to_jiff()),
                place: row.interview_place,
                interviewers: row.interviewer_person_ids,
                recorder: row.interview_recorder_person_id,
            },
            time: time.to_jiff(),
        });
        let decision = match (row.decision, row.decide_person_id, row.decide_time) {
            (Some(verdict), Some(by), Some(time)) => {
                Some(Decision { verdict: Verdict::parse(&verdict)?, reason: row.decision_reason, by, time: time.to_jiff() })
            }
            _ => None,
        };
        let signed = |text: Option<String>, by: Option<Uuid>, time: Option<jiff_sqlx::Timestamp>| {
            Some(Signed { text: text?, by: by?, time: time?.to_jiff() })
        };
        let review = match (row.review_agreed, row.review_opinion, row.review_person_id, row.review_time) {
            (Some(agreed), Some(opinion), Some(by), Some(time)) => Some(Review { agreed, opinion, by, time: time.to_jiff() }),
            _ => None,
        };
        Ok(Self {
            id: row.case_id,
            incident_id: row.incident_id,
            behaviour: Behaviour::parse(&row.behaviour)?,
            subject_person: row.subject_person_id,
            subject_body: row.subject_body_id,
            obligations: row.obligation_ids,
            behaviour_evidence: row.behaviour_evidence,
            grave_effect_evidence: row.grave_effect_evidence,
            state: State::parse(&row.state)?,
            open_person: row.open_person_id,
            open_time: row.open_time.to_jiff(),
            interview,
            reply: said(row.reply, row.reply_time),
            findings: serde_json::from_value(row.findings).map_err(Error::fault)?,
            tolerance: serde_json::from_value(row.tolerance_grounds).map_err(Error::fault)?,
            review,
            competent_body: row.competent_body,
            proposal: signed(row.proposal, row.propose_person_id, row.propose_time),
            decision,
            closing: signed(row.closing, row.close_person_id, row.close_time),
            version: row.version,
        })
    }
}

/// A case by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Case>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT case_id, incident_id, behaviour, subject_person_id, subject_body_id, obligation_ids, behaviour_evidence, grave_effect_evidence, state,
                open_person_id, open_time, interview_record, interview_time, interview_held_time, interview_place, interviewer_person_ids,
                interview_recorder_person_id, reply, reply_time, decision, decision_reason, decide_person_id,
                competent_body, decide_time, findings, tolerance_grounds, review_agreed, review_opinion, review_person_id, review_time,
                proposal, propose_person_id, propose_time, closing, close_person_id, close_time, version
         FROM accountability.accountability_case WHERE case_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Case::try_from)
    .transpose()
}

/// A page of cases, newest first: all, or those of one subject.
pub(crate) async fn list(connection: &mut PgConnection, subject: Option<Uuid>, page: &Page<Uuid>) -> Result<Vec<Case>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT case_id, incident_id, behaviour, subject_person_id, subject_body_id, obligation_ids, behaviour_evidence, grave_effect_evidence, state,
                open_person_id, open_time, interview_record, interview_time, interview_held_time, interview_place, interviewer_person_ids,
                interview_recorder_person_id, reply, reply_time, decision, decision_reason, decide_person_id,
                competent_body, decide_time, findings, tolerance_grounds, review_agreed, review_opinion, review_person_id, review_time,
                proposal, propose_person_id, propose_time, closing, close_person_id, close_time, version
         FROM accountability.accountability_case
         WHERE ($1::uuid IS NULL OR subject_person_id = $1) AND ($2::uuid IS NULL OR case_id < $2)
         ORDER BY case_id DESC LIMIT $3",
        subject,
        page.after,
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Case::try_from).collect()
}

/// Adds a case.
pub(crate) async fn insert(connection: &mut PgConnection, case: &Case) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO accountability.accountability_case (case_id, incident_id, behaviour, subject_person_id, subject_body_id, obligation_ids,
             behaviour_evidence, grave_effect_evidence, state, open_person_id, open_time, decision_reason, competent_body, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12)",
        case.id,
        case.incident_id,
        case.behaviour.as_str(),
        case.subject_person,
        case.subject_body,
        &case.obligations,
        case.behaviour_evidence,
        case.grave_effect_evidence,
        case.state.as_str(),
        case.open_person,
        case.open_time.to_sqlx() as jiff_sqlx::Timestamp,
        case.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a case that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, case: &mut Case) -> Result<bool, Error> {
    let at = |time: Timestamp| time.to_sqlx();
    let interview = case.interview.as_ref();
    let (review, proposal, decision, closing) = (&case.review, &case.proposal, &case.decision, &case.closing);
    let done = sqlx::query!(
        "UPDATE accountability.accountability_case
         SET state = $3, interview_record = $4, interview_time = $5, reply = $6, reply_time = $7, grave_effect_evidence = $8, decision = $9,
             decision_reason = $10, decide_person_id = $11, competent_body = $12, decide_time = $13, findings = $14, tolerance_grounds = $15,
             review_agreed = $16, review_opinion = $17, review_person_id = $18, review_time = $19, proposal = $20, propose_person_id = $21,
             propose_time = $22, closing = $23, close_person_id = $24, close_time = $25, interview_held_time = $26, interview_place = $27,
             interviewer_person_ids = $28, interview_recorder_person_id = $29, version = version + 1
         WHERE case_id = $1 AND version = $2",
        case.id,
        case.version,
        case.state.as_str(),
        interview.map(|held| held.record.text.as_str()),
        interview.map(|held| at(held.time)) as Option<jiff_sqlx::Timestamp>,
        case.reply.as_ref().map(|said| said.text.as_str()),
        case.reply.as_ref().map(|said| at(said.time)) as Option<jiff_sqlx::Timestamp>,
        case.grave_effect_evidence,
        decision.as_ref().map(|decision| decision.verdict.as_str()),
        decision.as_ref().map_or("", |decision| decision.reason.as_str()),
        decision.as_ref().map(|decision| decision.by),
        case.competent_body,
        decision.as_ref().map(|decision| at(decision.time)) as Option<jiff_sqlx::Timestamp>,
        serde_json::to_value(&case.findings).map_err(Error::fault)?,
        serde_json::to_value(&case.tolerance).map_err(Error::fault)?,
        review.as_ref().map(|review| review.agreed),
        review.as_ref().map(|review| review.opinion.as_str()),
        review.as_ref().map(|review| review.by),
        review.as_ref().map(|review| at(review.time)) as Option<jiff_sqlx::Timestamp>,
        proposal.as_ref().map(|signed| signed.text.as_str()),
        proposal.as_ref().map(|signed| signed.by),
        proposal.as_ref().map(|signed| at(signed.time)) as Option<jiff_sqlx::Timestamp>,
        closing.as_ref().map(|signed| signed.text.as_str()),
        closing.as_ref().map(|signed| signed.by),
        closing.as_ref().map(|signed| at(signed.time)) as Option<jiff_sqlx::Timestamp>,
        interview.and_then(|held| held.record.held).map(at) as Option<jiff_sqlx::Timestamp>,
        interview.map_or("", |held| held.record.place.as_str()),
        interview.map_or(&[][..], |held| held.record.interviewers.as_slice()),
        interview.and_then(|held| held.record.recorder)
    )
    .execute(connection)
    .await?;
    case.version += 1;
    Ok(done.rows_affected() == 1)
}
