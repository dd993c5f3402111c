//! Accountability cases: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_ids, wire_time};
use huiying_proto::accountability as pb;
use pb::accountability_case::{Behaviour as WireBehaviour, Decision as WireDecision, State as WireState};
use uuid::Uuid;

use super::{
    Behaviour, Case, Judgement, Opening, State, Verdict,
    commands::{Decide, RecordInterview, SubmitReply, Version},
};

const OBLIGATIONS: usize = 50;
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
        record: fields.text("record", &message.record, LONGEST_RECORD),
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
        grave_effect_evidence: fields.optional_text("grave_effect_evidence", &message.grave_effect_evidence, LONGEST_REASON),
        competent_body: fields.optional_text("competent_body", &message.competent_body, LONGEST_NAME),
    };
    fields.check().map(|()| Decide { case, judgement })
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
        State::Decided => WireState::Decided,
    };
    let decided = case.decision.as_ref();
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
        interview_record: case.interview.as_ref().map(|said| said.text.clone()).unwrap_or_default(),
        interview_time: case.interview.as_ref().map(|said| wire_time(said.time)),
        reply: case.reply.as_ref().map(|said| said.text.clone()).unwrap_or_default(),
        reply_time: case.reply.as_ref().map(|said| wire_time(said.time)),
        decision: decision.into(),
        decision_reason: decided.map(|decision| decision.reason.clone()).unwrap_or_default(),
        decide_person_id: wire_id(decided.map(|decision| decision.by)),
        competent_body: decided.map(|decision| decision.competent_body.clone()).unwrap_or_default(),
        decide_time: decided.map(|decision| wire_time(decision.time)),
        etag: case.version.to_string(),
    }
}
