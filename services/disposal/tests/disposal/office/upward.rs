//! What the people do to report upward.

use std::time::Duration;

use chassis::testing::request_id;
use huiying_proto::{
    directory::Role,
    disposal::{
        self as pb,
        escalation::{Kind, State},
    },
};
use uuid::Uuid;

use super::{Asked, Office, inner};

impl Office {
    pub async fn draft(&self, by: Uuid, kind: Kind) -> Asked<pb::Escalation> {
        let message = pb::DraftEscalationRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            kind: kind.into(),
            title: "关于河东供水的报告".into(),
            text: "  市政府办公室:\n现将有关情况报告如下。\n".into(),
        };
        Ok(inner(self.client.clone().draft_escalation(self.house.ask(by, message))).await?.escalation.unwrap())
    }

    pub async fn endorse(&self, by: Uuid, seen: &pb::Escalation) -> Asked<pb::Escalation> {
        let message =
            pb::EndorseEscalationRequest { request_id: request_id(), escalation_id: seen.escalation_id.clone(), etag: seen.etag.clone() };
        Ok(inner(self.client.clone().endorse_escalation(self.house.ask(by, message))).await?.escalation.unwrap())
    }

    pub async fn send_back(&self, by: Uuid, seen: &pb::Escalation) -> Asked<pb::Escalation> {
        let message = pb::ReturnEscalationRequest {
            request_id: request_id(),
            escalation_id: seen.escalation_id.clone(),
            etag: seen.etag.clone(),
            reason: "请补充处置措施".into(),
        };
        Ok(inner(self.client.clone().return_escalation(self.house.ask(by, message))).await?.escalation.unwrap())
    }

    pub async fn approve(&self, by: Uuid, seen: &pb::Escalation) -> Asked<pb::Escalation> {
        let message =
            pb::ApproveEscalationRequest { request_id: request_id(), escalation_id: seen.escalation_id.clone(), etag: seen.etag.clone() };
        Ok(inner(self.client.clone().approve_escalation(self.house.ask(by, message))).await?.escalation.unwrap())
    }

    /// A report that went all the way to the approval.
    pub async fn approved(&self, kind: Kind) -> pb::Escalation {
        let drafted = self.draft(self.staff, kind).await.unwrap();
        let endorsed = self.endorse(self.lead, &drafted).await.unwrap();
        self.approve(self.principal, &endorsed).await.unwrap()
    }

    pub async fn escalation(&self, by: Uuid, id: &str) -> Asked<pb::Escalation> {
        let message = pb::GetEscalationRequest { escalation_id: id.into() };
        Ok(inner(self.client.clone().get_escalation(self.house.ask(by, message))).await?.escalation.unwrap())
    }

    /// A report as it is once it looks as expected.
    pub async fn escalation_when(&self, id: &str, expected: impl Fn(&pb::Escalation) -> bool) -> pb::Escalation {
        let mut last = None;
        for _ in 0..600 {
            let escalation = self.escalation(self.staff, id).await.unwrap();
            if expected(&escalation) {
                return escalation;
            }
            last = Some(escalation);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("it stays as it is: {last:?}");
    }

    pub async fn delivered(&self, id: &str) -> pb::Escalation {
        self.escalation_when(id, |escalation| escalation.state() == State::Delivered).await
    }

    pub async fn escalations(&self, by: Uuid, incident_id: &str, page_size: i32, page_token: &str) -> Asked<pb::ListEscalationsResponse> {
        let message = pb::ListEscalationsRequest { incident_id: incident_id.into(), page_size, page_token: page_token.into() };
        inner(self.client.clone().list_escalations(self.house.ask(by, message))).await
    }

    /// Takes in a report that a lower platform sends.
    pub async fn receive(&self, caller: &str, message: pb::ReceiveEscalationRequest) -> Asked<pb::ReceivedEscalation> {
        let request = self.house.ask_as_service(caller, &[Role::SubordinatePlatform], message);
        Ok(inner(self.client.clone().receive_escalation(request)).await?.received_escalation.unwrap())
    }

    pub async fn received(&self, by: Uuid) -> Asked<Vec<pb::ReceivedEscalation>> {
        let message = pb::ListReceivedEscalationsRequest::default();
        Ok(inner(self.client.clone().list_received_escalations(self.house.ask(by, message))).await?.received_escalations)
    }
}
