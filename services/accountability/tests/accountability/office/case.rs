//! What people do with accountability cases.

use chassis::testing::request_id;
use huiying_proto::accountability::{
    self as pb,
    accountability_case::{Behaviour, Decision, Part},
    proposed_evidence::Kind,
};
use tonic::Status;
use uuid::Uuid;

use super::{Office, office};

pub type Answer = Result<pb::AccountabilityCase, Status>;

/// The office in the evening, and the obligation that the bureau breached.
pub async fn after_a_breach() -> (Office, pb::Obligation) {
    let office = office().await;
    office.assign().await;
    office.house.at("2026-11-10 18:00").await;
    let breached = office.owed("unit_acknowledgement").await;
    (office, breached)
}

impl Office {
    pub fn opening(&self, obligations: &[&pb::Obligation]) -> pb::OpenAccountabilityCaseRequest {
        pb::OpenAccountabilityCaseRequest {
            request_id: request_id(),
            incident_id: self.incident.to_string(),
            behaviour: Behaviour::Delay.into(),
            subject_person_id: self.people.bureau_head.to_string(),
            subject_body_id: self.people.bureau.to_string(),
            obligation_ids: obligations.iter().map(|o| o.obligation_id.clone()).collect(),
            behaviour_evidence: "交办后半日未签收".into(),
        }
    }

    pub async fn open(&self, by: Uuid, message: pb::OpenAccountabilityCaseRequest) -> Answer {
        Ok(self.client.clone().open_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn interview(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        self.interviewed(by, case, pb::RecordInterviewRequest::default()).await
    }

    /// The same; with what else the record says.
    pub async fn interviewed(&self, by: Uuid, case: &pb::AccountabilityCase, says: pb::RecordInterviewRequest) -> Answer {
        let message = pb::RecordInterviewRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            record: "约谈记录".into(),
            ..says
        };
        Ok(self.client.clone().record_interview(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn reply(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::SubmitReplyRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            reply: "申辩".into(),
        };
        Ok(self.client.clone().submit_reply(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    /// What the ledgers show of the bureau's head, once the breach stands in one.
    pub async fn proposed(&self) -> pb::GetProposedEvidenceResponse {
        let message = pb::GetProposedEvidenceRequest {
            incident_id: self.incident.to_string(),
            subject_person_id: self.people.bureau_head.to_string(),
            subject_body_id: self.people.bureau.to_string(),
        };
        for _ in 0..100 {
            let ask = self.house.ask(self.people.auditor, message.clone());
            let found = self.client.clone().get_proposed_evidence(ask).await.unwrap().into_inner();
            if found.evidence.iter().any(|piece| piece.kind() == Kind::Breach && piece.link.is_some()) {
                return found;
            }
            self.quiet().await;
        }
        panic!("the breach has no place in a ledger");
    }

    pub async fn breach_link(&self) -> pb::EvidenceLink {
        let found = self.proposed().await;
        found.evidence.into_iter().find(|piece| piece.kind() == Kind::Breach).and_then(|piece| piece.link).unwrap()
    }

    pub async fn find(&self, by: Uuid, case: &pb::AccountabilityCase, part: Part, evidence: &[pb::EvidenceLink]) -> Answer {
        let message = pb::RecordCaseFindingRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            part: part.into(),
            text: if part == Part::GraveEffect { BOTH[0].into() } else { "交办后半日未签收".into() },
            evidence: evidence.to_vec(),
        };
        Ok(self.client.clone().record_case_finding(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn find_both(&self, by: Uuid, case: &pb::AccountabilityCase) -> pb::AccountabilityCase {
        let links = [self.breach_link().await];
        let case = self.find(by, case, Part::Behaviour, &links).await.unwrap();
        self.find(by, &case, Part::GraveEffect, &links).await.unwrap()
    }

    pub async fn review(&self, by: Uuid, case: &pb::AccountabilityCase, agreed: bool) -> Answer {
        let message = pb::ReviewAccountabilityCaseRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            agreed,
            opinion: "复核意见".into(),
        };
        Ok(self.client.clone().review_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn propose(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::ProposeToCompetentBodyRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            competent_body: BOTH[1].into(),
            proposal: "建议予以问责".into(),
        };
        Ok(self.client.clone().propose_to_competent_body(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn tolerate(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::RecordToleranceRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            reason: "首次发生,主动纠正".into(),
            evidence: "整改报告".into(),
            links: Vec::new(),
        };
        Ok(self.client.clone().record_tolerance(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn close(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::CloseAccountabilityCaseRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            closing: "处理决定已执行".into(),
        };
        Ok(self.client.clone().close_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn decide(&self, by: Uuid, case: &pb::AccountabilityCase, decision: Decision, shown: [&str; 2]) -> Answer {
        let message = pb::DecideAccountabilityCaseRequest {
            request_id: request_id(),
            case_id: case.case_id.clone(),
            etag: case.etag.clone(),
            decision: decision.into(),
            reason: "事实清楚".into(),
            grave_effect_evidence: shown[0].into(),
            competent_body: shown[1].into(),
        };
        Ok(self.client.clone().decide_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn see(&self, by: Uuid, case: &pb::AccountabilityCase) -> Answer {
        let message = pb::GetAccountabilityCaseRequest { case_id: case.case_id.clone() };
        Ok(self.client.clone().get_accountability_case(self.house.ask(by, message)).await?.into_inner().accountability_case.unwrap())
    }

    pub async fn cases(&self, by: Uuid) -> Vec<pb::AccountabilityCase> {
        let message = pb::ListAccountabilityCasesRequest::default();
        self.client.clone().list_accountability_cases(self.house.ask(by, message)).await.unwrap().into_inner().accountability_cases
    }
}

pub const NOTHING: [&str; 2] = ["", ""];
pub const BOTH: [&str; 2] = ["停水引发群体聚集", "县纪委监委"];
