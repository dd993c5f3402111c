//! What the people do with a medium's request for an interview, and what publication tells meanwhile.

use chassis::{
    testing::{moment, request_id},
    wire_time,
};
use huiying_proto::{
    disposal::{self as pb, MediaInterview},
    publication,
};
use uuid::Uuid;

use super::{Asked, Office, inner};

/// What is given to a medium.
#[derive(Clone, Copy)]
pub enum Given {
    Release(Uuid),
    Line(Uuid),
}

impl Office {
    /// A request of a good form.
    pub fn interview(&self, body: Uuid, due: &str) -> pb::RequestMediaInterviewRequest {
        pb::RequestMediaInterviewRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            outlet_name: "省电视台".into(),
            subject: "河东停水".into(),
            questions: "何时恢复供水?".into(),
            body_id: body.to_string(),
            due_time: Some(wire_time(moment(due))),
        }
    }

    pub async fn register(&self, by: Uuid, message: pb::RequestMediaInterviewRequest) -> Asked<MediaInterview> {
        Ok(inner(self.client.clone().request_media_interview(self.house.ask(by, message))).await?.media_interview.unwrap())
    }

    /// A request that the water bureau serves until noon.
    pub async fn asked(&self) -> MediaInterview {
        self.register(self.staff, self.interview(self.water, "2026-11-10 12:00")).await.unwrap()
    }

    pub async fn answer(&self, by: Uuid, seen: &MediaInterview, given: Given) -> Asked<MediaInterview> {
        let (release_id, line_id) = match given {
            Given::Release(id) => (id.to_string(), String::new()),
            Given::Line(id) => (String::new(), id.to_string()),
        };
        let message = pb::AnswerMediaInterviewRequest {
            request_id: request_id(),
            media_interview_id: seen.media_interview_id.clone(),
            etag: seen.etag.clone(),
            release_id,
            line_id,
        };
        self.answer_with(by, message).await
    }

    pub async fn answer_with(&self, by: Uuid, message: pb::AnswerMediaInterviewRequest) -> Asked<MediaInterview> {
        Ok(inner(self.client.clone().answer_media_interview(self.house.ask(by, message))).await?.media_interview.unwrap())
    }

    pub async fn decline(&self, by: Uuid, seen: &MediaInterview, reason: &str) -> Asked<MediaInterview> {
        let message = pb::DeclineMediaInterviewRequest {
            request_id: request_id(),
            media_interview_id: seen.media_interview_id.clone(),
            etag: seen.etag.clone(),
            reason: reason.into(),
        };
        Ok(inner(self.client.clone().decline_media_interview(self.house.ask(by, message))).await?.media_interview.unwrap())
    }

    pub async fn look_at(&self, by: Uuid, id: &str) -> Asked<MediaInterview> {
        let message = pb::GetMediaInterviewRequest { media_interview_id: id.into() };
        Ok(inner(self.client.clone().get_media_interview(self.house.ask(by, message))).await?.media_interview.unwrap())
    }

    pub async fn interviews(&self, by: Uuid, incident_id: &str, size: i32, token: &str) -> Asked<pb::ListMediaInterviewsResponse> {
        let message = pb::ListMediaInterviewsRequest { incident_id: incident_id.into(), page_size: size, page_token: token.into() };
        inner(self.client.clone().list_media_interviews(self.house.ask(by, message))).await
    }

    /// Publication tells that a statement of an incident was released.
    pub async fn released(&self, incident: Uuid) -> Uuid {
        let release = self.house.new_id();
        let fact = publication::StatementReleased {
            incident_id: incident.to_string(),
            statement_id: self.house.new_id().to_string(),
            release_id: release.to_string(),
            ..Default::default()
        };
        self.house.tell("publication", fact).await;
        release
    }

    /// Publication tells that a line of an incident is current.
    pub async fn line(&self, incident: Uuid) -> Uuid {
        let line = self.house.new_id();
        let fact = publication::LineApproved {
            incident_id: incident.to_string(),
            line_id: line.to_string(),
            text: "正在抢修".into(),
            ..Default::default()
        };
        self.house.tell("publication", fact).await;
        line
    }
}
