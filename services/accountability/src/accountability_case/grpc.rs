//! Accountability cases: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::{accountability as pb, paper::paper::Format};
use pb::accountability_case::{Behaviour as WireBehaviour, Decision as WireDecision, Part as WirePart, State as WireState};
use uuid::Uuid;

use super::{
    Behaviour, Case, Found, Judgement, Opening, Part, Record, Review, State, Tolerance, Verdict,
    commands::{CloseCase, Decide, Propose, RecordFinding, RecordInterview, RecordTolerance, ReviewCase, SubmitReply, Version},
};
use crate::evidence::{self, Link};

const OBLIGATIONS: usize = 50;
const INTERVIEWERS: usize = 10;
const LONGEST_REASON: usize = 5_000;
const LONGEST_RECORD: usize = 20_000;
const LONGEST_NAME: usize = 200;

pub(crate) fn open(message: &pb::OpenAccountabilityCaseRequest) -> Result<Opening, Error> {
    let mut fields = Fields::new();
    let opening = Opening {
        incident_id: fields.id("incident_id", &message.incident_id),
        behaviour: match fields.choice("behaviour", message.behaviour) {
            WireBehaviour::FalseReport => Behaviour::FalseReport,
            WireBehaviour::Delay => Behaviour::Delay,
            WireBehaviour::Ineffective => Behaviour::Ineffective,
            // What is not chosen is a violation already.
            WireBehaviour::Concealment | WireBehaviour::Unspecified => Behaviour::Concealment,
        },
        subject_person: fields.id("subject_person_id", &message.subject_person_id),
        subject_body: fields.id("subject_body_id", &message.subject_body_id),
        obligations: fields.ids("obligation_ids", &message.obligation_ids, 0, OBLIGATIONS),
        evidence: fields.text("behaviour_evidence", &message.behaviour_evidence, LONGEST_REASON),
    };
    fields.check().map(|()| opening)
}

pub(crate) fn record_interview(message: &pb::RecordInterviewRequest) -> Result<RecordInterview, Error> {
    let mut fields = Fields::new();
    let command = RecordInterview {
        case: version(&mut fields, &message.case_id, &message.etag),
        record: Record {
            text: fields.text("record", &message.record, LONGEST_RECORD),
            held: fields.optional_time("held_time", message.held_time.as_ref()),
            place: fields.optional_text("place", &message.place, LONGEST_NAME),
            interviewers: fields.ids("interviewer_person_ids", &message.interviewer_person_ids, 0, INTERVIEWERS),
            recorder: fields.optional_id("recorder_person_id", &message.recorder_person_id),
        },
    };
    fields.check().map(|()| command)
}

pub(crate) fn submit_reply(message: &pb::SubmitReplyRequest) -> Result<SubmitReply, Error> {
    let mut fields = Fields::new();
    let command = SubmitReply {
        case: version(&mut fields, &message.case_id, &message.etag),
        reply: fields.text("reply", &message.reply, LONGEST_RECORD),
    };
    fields.check().map(|()| command)
}

pub(crate) fn decide(message: &pb::DecideAccountabilityCaseRequest) -> Result<Decide, Error> {
    let mut fields = Fields::new();
    let case = version(&mut fields, &message.case_id, &message.etag);
    let judgement = Judgement {
        verdict: match fields.choice("decision", message.decision) {
            WireDecision::InterviewOnly => Verdict::InterviewOnly,
            WireDecision::Accountable => Verdict::Accountable,
            // What is not chosen is a violation already.
            WireDecision::NotEstablished | WireDecision::Unspecified => Verdict::NotEstablished,
        },
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
        competent_body: fields.optional_text("competent_body", &message.competent_body, LONGEST_NAME),
    };
    fields.check().map(|()| Decide { case, judgement })
}

pub(crate) fn record_finding(message: &pb::RecordCaseFindingRequest) -> Result<RecordFinding, Error> {
    let mut fields = Fields::new();
    let command = RecordFinding {
        case: version(&mut fields, &message.case_id, &message.etag),
        part: match fields.choice("part", message.part) {
            WirePart::GraveEffect => Part::GraveEffect,
            // What is not chosen is a violation already.
            WirePart::Behaviour | WirePart::Unspecified => Part::Behaviour,
        },
        text: fields.text("text", &message.text, LONGEST_REASON),
        evidence: evidence::grpc::links(&mut fields, "evidence", &message.evidence, 1),
    };
    fields.check().map(|()| command)
}

pub(crate) fn record_tolerance(message: &pb::RecordToleranceRequest) -> Result<RecordTolerance, Error> {
    let mut fields = Fields::new();
    let command = RecordTolerance {
        case: version(&mut fields, &message.case_id, &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
        evidence: fields.text("evidence", &message.evidence, LONGEST_REASON),
        links: evidence::grpc::links(&mut fields, "links", &message.links, 0),
    };
    fields.check().map(|()| command)
}

pub(crate) fn review(message: &pb::ReviewAccountabilityCaseRequest) -> Result<ReviewCase, Error> {
    let mut fields = Fields::new();
    let command = ReviewCase {
        case: version(&mut fields, &message.case_id, &message.etag),
        agreed: message.agreed,
        opinion: fields.text("opinion", &message.opinion, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn propose(message: &pb::ProposeToCompetentBodyRequest) -> Result<Propose, Error> {
    let mut fields = Fields::new();
    let command = Propose {
        case: version(&mut fields, &message.case_id, &message.etag),
        competent_body: fields.text("competent_body", &message.competent_body, LONGEST_NAME),
        proposal: fields.text("proposal", &message.proposal, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn close(message: &pb::CloseAccountabilityCaseRequest) -> Result<CloseCase, Error> {
    let mut fields = Fields::new();
    let command = CloseCase {
        case: version(&mut fields, &message.case_id, &message.etag),
        closing: fields.text("closing", &message.closing, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetAccountabilityCaseRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let id = fields.id("case_id", &message.case_id);
    fields.check().map(|()| id)
}

pub(crate) fn list(message: &pb::ListAccountabilityCasesRequest) -> Result<Page<Uuid>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

fn version(fields: &mut Fields, id: &str, etag: &str) -> Version {
    Version { id: fields.id("case_id", id), etag: fields.etag("etag", etag) }
}

pub(crate) fn part(part: Part) -> WirePart {
    match part {
        Part::Behaviour => WirePart::Behaviour,
        Part::GraveEffect => WirePart::GraveEffect,
    }
}

fn links(links: &[Link]) -> Vec<pb::EvidenceLink> {
    links.iter().map(evidence::grpc::link).collect()
}

fn found(found: &Found) -> pb::CaseFinding {
    pb::CaseFinding {
        part: part(found.part).into(),
        text: found.text.clone(),
        evidence: links(&found.evidence),
        person_id: found.by.to_string(),
        time: Some(wire_time(found.time)),
    }
}

fn tolerance(ground: &Tolerance) -> pb::ToleranceGround {
    pb::ToleranceGround {
        reason: ground.reason.clone(),
        evidence: ground.evidence.clone(),
        links: links(&ground.links),
        person_id: ground.by.to_string(),
        time: Some(wire_time(ground.time)),
    }
}

fn reviewed(review: &Review) -> pb::CaseReview {
    pb::CaseReview {
        agreed: review.agreed,
        opinion: review.opinion.clone(),
        person_id: review.by.to_string(),
        time: Some(wire_time(review.time)),
    }
}

pub(crate) fn render(message: &pb::RenderInterviewRecordRequest) -> Result<(Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("case_id", &message.case_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(case: &Case) -> pb::AccountabilityCase {
    let behaviour = match case.behaviour {
        Behaviour::Concealment => WireBehaviour::Concealment,
        Behaviour::FalseReport => WireBehaviour::FalseReport,
        Behaviour::Delay => WireBehaviour::Delay,
        Behaviour::Ineffective => WireBehaviour::Ineffective,
    };
    let state = match case.state {
        State::Opened => WireState::Opened,
        State::Interviewed => WireState::Interviewed,
        State::Replied => WireState::Replied,
        State::Reviewed => WireState::Reviewed,
        State::Proposed => WireState::Proposed,
        State::Decided => WireState::Decided,
        State::Closed => WireState::Closed,
    };
    let (decided, proposal, closing) = (case.decision.as_ref(), case.proposal.as_ref(), case.closing.as_ref());
    let decision = match decided.map(|decision| decision.verdict) {
        None => WireDecision::Unspecified,
        Some(Verdict::NotEstablished) => WireDecision::NotEstablished,
        Some(Verdict::InterviewOnly) => WireDecision::InterviewOnly,
        Some(Verdict::Accountable) => WireDecision::Accountable,
    };
    pb::AccountabilityCase {
        case_id: case.id.to_string(),
        incident_id: case.incident_id.to_string(),
        behaviour: behaviour.into(),
        subject_person_id: case.subject_person.to_string(),
        subject_body_id: case.subject_body.to_string(),
        obligation_ids: wire_ids(&case.obligations),
        behaviour_evidence: case.behaviour_evidence.clone(),
        grave_effect_evidence: case.grave_effect_evidence.clone(),
        state: state.into(),
        open_person_id: case.open_person.to_string(),
        open_time: Some(wire_time(case.open_time)),
        interview_record: case.interview.as_ref().map(|held| held.record.text.clone()).unwrap_or_default(),
        interview_time: case.interview.as_ref().map(|held| wire_time(held.time)),
        interview_held_time: case.interview.as_ref().and_then(|held| held.record.held).map(wire_time),
        interview_place: case.interview.as_ref().map(|held| held.record.place.clone()).unwrap_or_default(),
        interviewer_person_ids: case.interview.as_ref().map(|held| wire_ids(&held.record.interviewers)).unwrap_or_default(),
        interview_recorder_person_id: wire_id(case.interview.as_ref().and_then(|held| held.record.recorder)),
        reply: case.reply.as_ref().map(|said| said.text.clone()).unwrap_or_default(),
        reply_time: case.reply.as_ref().map(|said| wire_time(said.time)),
        decision: decision.into(),
        decision_reason: decided.map(|decision| decision.reason.clone()).unwrap_or_default(),
        decide_person_id: wire_id(decided.map(|decision| decision.by)),
        competent_body: case.competent_body.clone(),
        decide_time: decided.map(|decision| wire_time(decision.time)),
        etag: case.version.to_string(),
        findings: case.findings.iter().map(found).collect(),
        tolerance_grounds: case.tolerance.iter().map(tolerance).collect(),
        review: case.review.as_ref().map(reviewed),
        proposal: proposal.map(|signed| signed.text.clone()).unwrap_or_default(),
        propose_person_id: wire_id(proposal.map(|signed| signed.by)),
        propose_time: proposal.map(|signed| wire_time(signed.time)),
        closing: closing.map(|signed| signed.text.clone()).unwrap_or_default(),
        close_person_id: wire_id(closing.map(|signed| signed.by)),
        close_time: closing.map(|signed| wire_time(signed.time)),
    }
}
