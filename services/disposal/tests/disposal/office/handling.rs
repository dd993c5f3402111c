//! What the people do in a case: tasks, findings, reports within the house.

use chassis::{
    testing::{moment, request_id},
    wire_time,
};
use huiying_proto::disposal::{self as pb, FeedbackRecipient, finding_fact::State};
use uuid::Uuid;

use super::{Asked, Office, inner};

/// A fact as a unit writes it.
pub fn fact(text: &str, state: State, evidence: &str) -> pb::FindingFact {
    pb::FindingFact { text: text.into(), state: state.into(), evidence: evidence.into() }
}

impl Office {
    pub async fn assign(&self, by: Uuid, body: Uuid) -> Asked<pb::Assignment> {
        let message = pb::AssignUnitRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            body_id: body.to_string(),
            task: "核实停水原因".into(),
            due_time: None,
        };
        Ok(inner(self.client.clone().assign_unit(self.house.ask(by, message))).await?.assignment.unwrap())
    }

    pub async fn acknowledge(&self, by: Uuid, seen: &pb::Assignment) -> Asked<pb::Assignment> {
        let message = pb::AcknowledgeAssignmentRequest {
            request_id: request_id(),
            assignment_id: seen.assignment_id.clone(),
            etag: seen.etag.clone(),
        };
        Ok(inner(self.client.clone().acknowledge_assignment(self.house.ask(by, message))).await?.assignment.unwrap())
    }

    /// The task of the water bureau as it is now.
    pub async fn assignment(&self) -> pb::Assignment {
        let all = self.look(self.staff).await.unwrap().assignments;
        all.into_iter().rfind(|assignment| assignment.body_id == self.water.to_string()).unwrap()
    }

    pub async fn submit_facts(&self, by: Uuid, seen: &pb::Assignment, facts: Vec<pb::FindingFact>) -> Asked<pb::Findings> {
        let message = pb::SubmitFindingsRequest {
            request_id: request_id(),
            assignment_id: seen.assignment_id.clone(),
            etag: seen.etag.clone(),
            facts,
            account: "管网爆管".into(),
            measures: "抢修并送水".into(),
        };
        Ok(inner(self.client.clone().submit_findings(self.house.ask(by, message))).await?.findings.unwrap())
    }

    pub async fn submit(&self, by: Uuid, seen: &pb::Assignment) -> Asked<pb::Findings> {
        let facts = vec![fact("11月9日20时停水", State::Verified, "调度日志"), fact("影响户数", State::Verifying, "")];
        self.submit_facts(by, seen, facts).await
    }

    pub async fn return_findings(&self, by: Uuid, seen: &pb::Findings) -> Asked<pb::Findings> {
        let message = pb::ReturnFindingsRequest {
            request_id: request_id(),
            findings_id: seen.findings_id.clone(),
            etag: seen.etag.clone(),
            reason: "请补充影响户数".into(),
        };
        Ok(inner(self.client.clone().return_findings(self.house.ask(by, message))).await?.findings.unwrap())
    }

    pub async fn accept_findings(&self, by: Uuid, seen: &pb::Findings) -> Asked<pb::Findings> {
        let message =
            pb::AcceptFindingsRequest { request_id: request_id(), findings_id: seen.findings_id.clone(), etag: seen.etag.clone() };
        Ok(inner(self.client.clone().accept_findings(self.house.ask(by, message))).await?.findings.unwrap())
    }

    /// Findings of the water bureau that wait for the office.
    pub async fn waiting_findings(&self) -> pb::Findings {
        let assignment = self.assign(self.staff, self.water).await.unwrap();
        let assignment = self.acknowledge(self.officer, &assignment).await.unwrap();
        self.submit(self.handler, &assignment).await.unwrap()
    }

    /// Findings of the water bureau that the office accepted.
    pub async fn accepted_findings(&self) -> pb::Findings {
        let findings = self.waiting_findings().await;
        self.accept_findings(self.staff, &findings).await.unwrap()
    }

    pub async fn consolidate(&self, by: Uuid, findings_ids: Vec<String>) -> Asked<pb::Consolidation> {
        let message = pb::ConsolidateFindingsRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            findings_ids,
            text: "关于河东供水情况的报告".into(),
        };
        Ok(inner(self.client.clone().consolidate_findings(self.house.ask(by, message))).await?.consolidation.unwrap())
    }

    pub async fn endorse_consolidation(&self, by: Uuid, seen: &pb::Consolidation) -> Asked<pb::Consolidation> {
        let message = pb::EndorseConsolidationRequest {
            request_id: request_id(),
            consolidation_id: seen.consolidation_id.clone(),
            etag: seen.etag.clone(),
        };
        Ok(inner(self.client.clone().endorse_consolidation(self.house.ask(by, message))).await?.consolidation.unwrap())
    }

    pub async fn return_consolidation(&self, by: Uuid, seen: &pb::Consolidation) -> Asked<pb::Consolidation> {
        let message = pb::ReturnConsolidationRequest {
            request_id: request_id(),
            consolidation_id: seen.consolidation_id.clone(),
            etag: seen.etag.clone(),
            reason: "请写明恢复时间".into(),
        };
        Ok(inner(self.client.clone().return_consolidation(self.house.ask(by, message))).await?.consolidation.unwrap())
    }

    pub async fn approve_consolidation(&self, by: Uuid, seen: &pb::Consolidation) -> Asked<pb::Consolidation> {
        let message = pb::ApproveConsolidationRequest {
            request_id: request_id(),
            consolidation_id: seen.consolidation_id.clone(),
            etag: seen.etag.clone(),
        };
        Ok(inner(self.client.clone().approve_consolidation(self.house.ask(by, message))).await?.consolidation.unwrap())
    }

    pub async fn ask_material(&self, by: Uuid, body: Uuid, due: &str) -> Asked<pb::MaterialRequest> {
        let message = pb::RequestMaterialRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            body_id: body.to_string(),
            question: "近三年管网检修记录".into(),
            due_time: Some(wire_time(moment(due))),
        };
        Ok(inner(self.client.clone().request_material(self.house.ask(by, message))).await?.material_request.unwrap())
    }

    pub async fn provide_material(&self, by: Uuid, asked: &pb::MaterialRequest) -> Asked<pb::MaterialRequest> {
        let message = pb::ProvideMaterialRequest {
            request_id: request_id(),
            material_request_id: asked.material_request_id.clone(),
            answer: "检修三次,见附件".into(),
        };
        Ok(inner(self.client.clone().provide_material(self.house.ask(by, message))).await?.material_request.unwrap())
    }

    pub async fn feed_back(&self, by: Uuid, recipient: FeedbackRecipient) -> Asked<pb::Feedback> {
        let message = pb::SubmitFeedbackRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            recipient: recipient.into(),
            text: "已恢复供水".into(),
        };
        Ok(inner(self.client.clone().submit_feedback(self.house.ask(by, message))).await?.feedback.unwrap())
    }

    pub async fn track(&self, by: Uuid, text: &str) -> Asked<pb::Tracking> {
        let message = pb::RecordTrackingRequest { request_id: request_id(), incident_id: self.incident.to_string(), text: text.into() };
        Ok(inner(self.client.clone().record_tracking(self.house.ask(by, message))).await?.tracking.unwrap())
    }
}
