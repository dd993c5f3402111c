//! Findings: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::{disposal as pb, paper::paper::Format};
use uuid::Uuid;

use super::{
    Certainty, Content, Fact, Findings, State,
    commands::{Accept, SendBack, Submit},
};

const MOST_FACTS: usize = 100;
const LONGEST_FACT: usize = 1_000;
const LONGEST_EVIDENCE: usize = 2_000;
const LONGEST_TEXT: usize = 20_000;
const LONGEST_REASON: usize = 2_000;

pub(crate) fn submit(message: &pb::SubmitFindingsRequest) -> Result<Submit, Error> {
    let mut fields = Fields::new();
    let command = Submit {
        assignment_id: fields.id("assignment_id", &message.assignment_id),
        etag: fields.etag("etag", &message.etag),
        content: Content {
            facts: facts(&mut fields, &message.facts),
            account: fields.text("account", &message.account, LONGEST_TEXT),
            measures: fields.text("measures", &message.measures, LONGEST_TEXT),
        },
    };
    fields.check().map(|()| command)
}

fn facts(fields: &mut Fields, facts: &[pb::FindingFact]) -> Vec<Fact> {
    if facts.is_empty() || facts.len() > MOST_FACTS {
        fields.wrong("facts", format!("应为 1 至 {MOST_FACTS} 条,收到 {} 条", facts.len()));
        return Vec::new();
    }
    let parse = |(at, fact): (usize, &pb::FindingFact)| Fact {
        text: fields.text(&format!("facts[{at}].text"), &fact.text, LONGEST_FACT),
        certainty: match fields.choice(&format!("facts[{at}].state"), fact.state) {
            pb::finding_fact::State::Unspecified | pb::finding_fact::State::Unknown => Certainty::Unknown,
            pb::finding_fact::State::Verifying => Certainty::Verifying,
            pb::finding_fact::State::Verified => Certainty::Verified,
            pb::finding_fact::State::Refuted => Certainty::Refuted,
        },
        evidence: fields.optional_text(&format!("facts[{at}].evidence"), &fact.evidence, LONGEST_EVIDENCE),
    };
    facts.iter().enumerate().map(parse).collect()
}

pub(crate) fn send_back(message: &pb::ReturnFindingsRequest) -> Result<SendBack, Error> {
    let mut fields = Fields::new();
    let command = SendBack {
        findings_id: fields.id("findings_id", &message.findings_id),
        etag: fields.etag("etag", &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn accept(message: &pb::AcceptFindingsRequest) -> Result<Accept, Error> {
    let mut fields = Fields::new();
    let command = Accept { findings_id: fields.id("findings_id", &message.findings_id), etag: fields.etag("etag", &message.etag) };
    fields.check().map(|()| command)
}

fn fact_to_wire(fact: &Fact) -> pb::FindingFact {
    let state = match fact.certainty {
        Certainty::Unknown => pb::finding_fact::State::Unknown,
        Certainty::Verifying => pb::finding_fact::State::Verifying,
        Certainty::Verified => pb::finding_fact::State::Verified,
        Certainty::Refuted => pb::finding_fact::State::Refuted,
    };
    pb::FindingFact { text: fact.text.clone(), state: state.into(), evidence: fact.evidence.clone() }
}

pub(crate) fn render(message: &pb::RenderDisposalReportRequest) -> Result<(Uuid, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.id("findings_id", &message.findings_id), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(findings: &Findings) -> pb::Findings {
    let state = match findings.state {
        State::Submitted => pb::findings::State::Submitted,
        State::Returned => pb::findings::State::Returned,
        State::Accepted => pb::findings::State::Accepted,
    };
    pb::Findings {
        findings_id: findings.id.to_string(),
        assignment_id: findings.assignment_id.to_string(),
        incident_id: findings.incident_id.to_string(),
        body_id: findings.body.to_string(),
        revision: findings.revision,
        facts: findings.content.facts.iter().map(fact_to_wire).collect(),
        account: findings.content.account.clone(),
        measures: findings.content.measures.clone(),
        state: state.into(),
        submit_person_id: findings.author.to_string(),
        submit_time: Some(wire_time(findings.submit_time)),
        return_reason: findings.return_reason.clone(),
        etag: findings.version.to_string(),
    }
}
