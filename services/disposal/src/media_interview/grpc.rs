//! Requests for interviews: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::disposal as pb;
use uuid::Uuid;

use super::{
    Content, MediaInterview, State,
    commands::{Answer, Ask, Decline, List},
};
use crate::approved_wording::Wording;

const LONGEST_NAME: usize = 100;
const LONGEST_SUBJECT: usize = 200;
const LONGEST_QUESTIONS: usize = 5_000;
const LONGEST_REASON: usize = 2_000;

pub(crate) fn request(message: &pb::RequestMediaInterviewRequest) -> Result<Ask, Error> {
    let mut fields = Fields::new();
    let command = Ask {
        incident_id: fields.id("incident_id", &message.incident_id),
        content: Content {
            outlet_name: fields.text("outlet_name", &message.outlet_name, LONGEST_NAME),
            subject: fields.text("subject", &message.subject, LONGEST_SUBJECT),
            questions: fields.text("questions", &message.questions, LONGEST_QUESTIONS),
        },
        body: fields.id("body_id", &message.body_id),
        due_time: fields.time("due_time", message.due_time.as_ref()),
    };
    fields.check().map(|()| command)
}

pub(crate) fn answer(message: &pb::AnswerMediaInterviewRequest) -> Result<Answer, Error> {
    let mut fields = Fields::new();
    let command = Answer {
        media_interview_id: fields.id("media_interview_id", &message.media_interview_id),
        etag: fields.etag("etag", &message.etag),
        wording: wording(&mut fields, &message.release_id, &message.line_id),
    };
    fields.check().map(|()| command)
}

fn wording(fields: &mut Fields, release_id: &str, line_id: &str) -> Wording {
    match (fields.optional_id("release_id", release_id), fields.optional_id("line_id", line_id)) {
        (Some(release), None) => Wording::Release(release),
        (None, Some(line)) => Wording::Line(line),
        (release, _) => {
            for field in ["release_id", "line_id"] {
                fields.wrong(field, "应在已发布的回应和现行口径中恰选一项");
            }
            Wording::Release(release.unwrap_or_default())
        }
    }
}

pub(crate) fn decline(message: &pb::DeclineMediaInterviewRequest) -> Result<Decline, Error> {
    let mut fields = Fields::new();
    let command = Decline {
        media_interview_id: fields.id("media_interview_id", &message.media_interview_id),
        etag: fields.etag("etag", &message.etag),
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
    };
    fields.check().map(|()| command)
}

pub(crate) fn get(message: &pb::GetMediaInterviewRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let media_interview_id = fields.id("media_interview_id", &message.media_interview_id);
    fields.check().map(|()| media_interview_id)
}

pub(crate) fn list(message: &pb::ListMediaInterviewsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.optional_id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident_id, page: Page::parse(message.page_size, &message.page_token)? })
}

/// The release and the line of a wording, as the wire carries them.
pub(crate) fn wording_to_wire(wording: Wording) -> (String, String) {
    match wording {
        Wording::Release(id) => (id.to_string(), String::new()),
        Wording::Line(id) => (String::new(), id.to_string()),
    }
}

pub(crate) fn to_wire(interview: &MediaInterview) -> pb::MediaInterview {
    use pb::media_interview::State as Wire;
    let (state, (release_id, line_id), decline_reason) = match &interview.state {
        State::Open => (Wire::Open, Default::default(), String::new()),
        State::Answered(wording) => (Wire::Answered, wording_to_wire(*wording), String::new()),
        State::Declined(reason) => (Wire::Declined, Default::default(), reason.clone()),
    };
    pb::MediaInterview {
        media_interview_id: interview.id.to_string(),
        incident_id: interview.incident_id.to_string(),
        outlet_name: interview.content.outlet_name.clone(),
        subject: interview.content.subject.clone(),
        questions: interview.content.questions.clone(),
        body_id: interview.body.to_string(),
        due_time: Some(wire_time(interview.due_time)),
        state: state.into(),
        request_time: Some(wire_time(interview.request_time)),
        release_id,
        line_id,
        decline_reason,
        settle_person_id: wire_id(interview.settlement.map(|settlement| settlement.by)),
        settle_time: interview.settlement.map(|settlement| wire_time(settlement.time)),
        etag: interview.version.to_string(),
    }
}
