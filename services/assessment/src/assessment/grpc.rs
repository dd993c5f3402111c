//! Assessments: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::assessment as pb;
use regulation::Level;
use uuid::Uuid;

use super::{
    Assessment, Factors, Grade, Reason, State,
    commands::{Confirm, List, Override, RecordFactors},
};
use crate::{
    ground,
    opinion::{self, Opinion},
};

const LONGEST_REASON: usize = 1_000;
const LONGEST_FACTOR: usize = 500;

pub(crate) fn get(message: &pb::GetAssessmentRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check().map(|()| incident_id)
}

pub(crate) fn list(message: &pb::ListAssessmentsRequest) -> Result<List, Error> {
    Ok(List { waiting: message.waiting, page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn confirm(message: &pb::ConfirmAssessmentRequest) -> Result<Confirm, Error> {
    let mut fields = Fields::new();
    let command = Confirm {
        incident_id: fields.id("incident_id", &message.incident_id),
        etag: fields.etag("etag", &message.etag),
        grade: grade(&mut fields, message.grade),
    };
    fields.check().map(|()| command)
}

pub(crate) fn override_level(message: &pb::OverrideAssessmentRequest) -> Result<Override, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    let etag = fields.etag("etag", &message.etag);
    let level = match fields.choice("level", message.level) {
        pb::Level::Important => Level::Important,
        pb::Level::Ordinary | pb::Level::Unspecified => Level::Ordinary,
    };
    let grade = grade(&mut fields, message.grade);
    let reason = fields.optional_text("reason", &message.reason, LONGEST_REASON);
    fields.check()?;
    Ok(Override { incident_id, etag, level, grade, reason: Reason::given(reason)? })
}

pub(crate) fn record_factors(message: &pb::RecordFactorsRequest) -> Result<RecordFactors, Error> {
    let mut fields = Fields::new();
    if message.factors.is_none() {
        fields.wrong("factors", "缺少要素");
    }
    let given = message.factors.clone().unwrap_or_default();
    let command = RecordFactors {
        incident_id: fields.id("incident_id", &message.incident_id),
        etag: fields.etag("etag", &message.etag),
        factors: Factors {
            nature: fields.optional_text("factors.nature", &given.nature, LONGEST_FACTOR),
            scale: fields.optional_text("factors.scale", &given.scale, LONGEST_FACTOR),
            platform: fields.optional_text("factors.platform", &given.platform, LONGEST_FACTOR),
            influence: fields.optional_text("factors.influence", &given.influence, LONGEST_FACTOR),
        },
    };
    fields.check().map(|()| command)
}

fn grade(fields: &mut Fields, value: i32) -> Grade {
    match fields.choice("grade", value) {
        pb::EventGrade::None | pb::EventGrade::Unspecified => Grade::None,
        pb::EventGrade::General => Grade::General,
        pb::EventGrade::Larger => Grade::Larger,
        pb::EventGrade::Major => Grade::Major,
        pb::EventGrade::SpecialMajor => Grade::SpecialMajor,
    }
}

pub(crate) fn level_to_wire(level: Level) -> pb::Level {
    match level {
        Level::Ordinary => pb::Level::Ordinary,
        Level::Important => pb::Level::Important,
    }
}

pub(crate) fn grade_to_wire(grade: Grade) -> pb::EventGrade {
    match grade {
        Grade::None => pb::EventGrade::None,
        Grade::General => pb::EventGrade::General,
        Grade::Larger => pb::EventGrade::Larger,
        Grade::Major => pb::EventGrade::Major,
        Grade::SpecialMajor => pb::EventGrade::SpecialMajor,
    }
}

pub(crate) fn factors_to_wire(factors: &Factors) -> pb::Factors {
    pb::Factors {
        nature: factors.nature.clone(),
        scale: factors.scale.clone(),
        platform: factors.platform.clone(),
        influence: factors.influence.clone(),
    }
}

pub(crate) fn to_wire(assessment: &Assessment, opinions: &[Opinion]) -> pb::Assessment {
    let state = match assessment.state {
        State::Suggested => pb::assessment::State::Suggested,
        State::Confirmed(_) => pb::assessment::State::Confirmed,
        State::Overridden(..) => pb::assessment::State::Overridden,
    };
    let decision = assessment.state.decision();
    pb::Assessment {
        incident_id: assessment.incident.id.to_string(),
        incident_number: assessment.incident.number.clone(),
        incident_title: assessment.incident.title.clone(),
        state: state.into(),
        suggested_level: level_to_wire(assessment.suggested_level).into(),
        level: decision.map_or(pb::Level::Unspecified, |d| level_to_wire(d.level)).into(),
        grade: decision.map_or(pb::EventGrade::Unspecified, |d| grade_to_wire(d.grade)).into(),
        grounds: assessment.grounds.iter().map(ground::grpc::to_wire).collect(),
        factors: Some(factors_to_wire(&assessment.factors)),
        opinions: opinions.iter().map(opinion::grpc::to_wire).collect(),
        decide_person_id: wire_id(decision.map(|d| d.by)),
        reason: assessment.state.reason().map(|r| r.as_str().to_owned()).unwrap_or_default(),
        decide_time: decision.map(|d| wire_time(d.time)),
        rule_version: assessment.rule_version.clone(),
        etag: assessment.version.to_string(),
        merged_into_incident_id: wire_id(assessment.merged_into.as_ref().map(|(id, _)| *id)),
        merged_into_number: assessment.merged_into.as_ref().map(|(_, number)| number.clone()).unwrap_or_default(),
    }
}
