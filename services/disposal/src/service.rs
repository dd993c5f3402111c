//! The gRPC service: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, Press, rpc};
use huiying_proto::disposal::{self as pb, disposal_service_server::DisposalService};
use papers::Stationery;
use tokio::sync::Notify;
use tonic::{Request, Response, Status};

use crate::{assignment, case, consolidation, escalation, feedback, findings, material, media_interview, received_escalation, tracking};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    /// Wakes the courier when a report upward was approved.
    pub approved: Arc<Notify>,
    /// Hands out papers.
    pub press: Press<Stationery>,
}

#[tonic::async_trait]
impl DisposalService for Grpc {
    async fn get_case(&self, request: Request<pb::GetCaseRequest>) -> Answer<pb::GetCaseResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { case::commands::get(&ctx, case::grpc::get(&m)?).await }).await
    }

    async fn list_cases(&self, request: Request<pb::ListCasesRequest>) -> Answer<pb::ListCasesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { case::commands::list(&ctx, case::grpc::list(&m)?).await }).await
    }

    async fn designate_lead(&self, request: Request<pb::DesignateLeadRequest>) -> Answer<pb::DesignateLeadResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::designate_lead(&ctx, case::grpc::designate_lead(&m)?).await })
            .await
    }

    async fn assign_unit(&self, request: Request<pb::AssignUnitRequest>) -> Answer<pb::AssignUnitResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            assignment::commands::assign_unit(&ctx, assignment::grpc::assign_unit(&m)?).await
        })
        .await
    }

    async fn acknowledge_assignment(
        &self,
        request: Request<pb::AcknowledgeAssignmentRequest>,
    ) -> Answer<pb::AcknowledgeAssignmentResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            assignment::commands::acknowledge(&ctx, assignment::grpc::acknowledge(&m)?).await
        })
        .await
    }

    async fn request_material(&self, request: Request<pb::RequestMaterialRequest>) -> Answer<pb::RequestMaterialResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { material::commands::request(&ctx, material::grpc::request(&m)?).await }).await
    }

    async fn provide_material(&self, request: Request<pb::ProvideMaterialRequest>) -> Answer<pb::ProvideMaterialResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { material::commands::provide(&ctx, material::grpc::provide(&m)?).await }).await
    }

    async fn request_media_interview(
        &self,
        request: Request<pb::RequestMediaInterviewRequest>,
    ) -> Answer<pb::RequestMediaInterviewResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            media_interview::commands::request(&ctx, media_interview::grpc::request(&m)?).await
        })
        .await
    }

    async fn answer_media_interview(&self, request: Request<pb::AnswerMediaInterviewRequest>) -> Answer<pb::AnswerMediaInterviewResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            media_interview::commands::answer(&ctx, media_interview::grpc::answer(&m)?).await
        })
        .await
    }

    async fn decline_media_interview(
        &self,
        request: Request<pb::DeclineMediaInterviewRequest>,
    ) -> Answer<pb::DeclineMediaInterviewResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            media_interview::commands::decline(&ctx, media_interview::grpc::decline(&m)?).await
        })
        .await
    }

    async fn get_media_interview(&self, request: Request<pb::GetMediaInterviewRequest>) -> Answer<pb::GetMediaInterviewResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { media_interview::commands::get(&ctx, media_interview::grpc::get(&m)?).await })
            .await
    }

    async fn list_media_interviews(&self, request: Request<pb::ListMediaInterviewsRequest>) -> Answer<pb::ListMediaInterviewsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { media_interview::commands::list(&ctx, media_interview::grpc::list(&m)?).await })
            .await
    }

    async fn submit_findings(&self, request: Request<pb::SubmitFindingsRequest>) -> Answer<pb::SubmitFindingsResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { findings::commands::submit(&ctx, findings::grpc::submit(&m)?).await }).await
    }

    async fn return_findings(&self, request: Request<pb::ReturnFindingsRequest>) -> Answer<pb::ReturnFindingsResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { findings::commands::send_back(&ctx, findings::grpc::send_back(&m)?).await })
            .await
    }

    async fn accept_findings(&self, request: Request<pb::AcceptFindingsRequest>) -> Answer<pb::AcceptFindingsResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { findings::commands::accept(&ctx, findings::grpc::accept(&m)?).await }).await
    }

    async fn consolidate_findings(&self, request: Request<pb::ConsolidateFindingsRequest>) -> Answer<pb::ConsolidateFindingsResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            consolidation::commands::consolidate(&ctx, consolidation::grpc::consolidate(&m)?).await
        })
        .await
    }

    async fn endorse_consolidation(&self, request: Request<pb::EndorseConsolidationRequest>) -> Answer<pb::EndorseConsolidationResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { consolidation::commands::endorse(&ctx, consolidation::grpc::endorse(&m)?).await },
        )
        .await
    }

    async fn return_consolidation(&self, request: Request<pb::ReturnConsolidationRequest>) -> Answer<pb::ReturnConsolidationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            consolidation::commands::send_back(&ctx, consolidation::grpc::send_back(&m)?).await
        })
        .await
    }

    async fn approve_consolidation(&self, request: Request<pb::ApproveConsolidationRequest>) -> Answer<pb::ApproveConsolidationResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { consolidation::commands::approve(&ctx, consolidation::grpc::approve(&m)?).await },
        )
        .await
    }

    async fn submit_feedback(&self, request: Request<pb::SubmitFeedbackRequest>) -> Answer<pb::SubmitFeedbackResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { feedback::commands::submit(&ctx, feedback::grpc::submit(&m)?).await }).await
    }

    async fn record_tracking(&self, request: Request<pb::RecordTrackingRequest>) -> Answer<pb::RecordTrackingResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { tracking::commands::record(&ctx, tracking::grpc::record(&m)?).await }).await
    }

    async fn close_case(&self, request: Request<pb::CloseCaseRequest>) -> Answer<pb::CloseCaseResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::close(&ctx, case::grpc::close(&m)?).await }).await
    }

    async fn draft_escalation(&self, request: Request<pb::DraftEscalationRequest>) -> Answer<pb::DraftEscalationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { escalation::commands::draft(&ctx, escalation::grpc::draft(&m)?).await }).await
    }

    async fn endorse_escalation(&self, request: Request<pb::EndorseEscalationRequest>) -> Answer<pb::EndorseEscalationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { escalation::commands::endorse(&ctx, escalation::grpc::endorse(&m)?).await })
            .await
    }

    async fn return_escalation(&self, request: Request<pb::ReturnEscalationRequest>) -> Answer<pb::ReturnEscalationResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { escalation::commands::send_back(&ctx, escalation::grpc::send_back(&m)?).await },
        )
        .await
    }

    async fn approve_escalation(&self, request: Request<pb::ApproveEscalationRequest>) -> Answer<pb::ApproveEscalationResponse> {
        let approved = &self.approved;
        let approve = |ctx, m| async move { escalation::commands::approve(&ctx, escalation::grpc::approve(&m)?, approved).await };
        rpc::command(&self.db, request, approve).await
    }

    async fn get_escalation(&self, request: Request<pb::GetEscalationRequest>) -> Answer<pb::GetEscalationResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { escalation::commands::get(&ctx, escalation::grpc::get(&m)?).await }).await
    }

    async fn list_escalations(&self, request: Request<pb::ListEscalationsRequest>) -> Answer<pb::ListEscalationsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { escalation::commands::list(&ctx, escalation::grpc::list(&m)?).await }).await
    }

    async fn render_assignment_slip(&self, request: Request<pb::RenderAssignmentSlipRequest>) -> Answer<pb::RenderAssignmentSlipResponse> {
        let press = self.press.clone();
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { assignment::commands::render(&ctx, &press, assignment::grpc::render(&m)?).await },
        )
        .await
    }

    async fn render_disposal_report(&self, request: Request<pb::RenderDisposalReportRequest>) -> Answer<pb::RenderDisposalReportResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { findings::commands::render(&ctx, &press, findings::grpc::render(&m)?).await })
            .await
    }

    async fn render_escalation(&self, request: Request<pb::RenderEscalationRequest>) -> Answer<pb::RenderEscalationResponse> {
        let press = self.press.clone();
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { escalation::commands::render(&ctx, &press, escalation::grpc::render(&m)?).await },
        )
        .await
    }

    async fn receive_escalation(&self, request: Request<pb::ReceiveEscalationRequest>) -> Answer<pb::ReceiveEscalationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            received_escalation::commands::receive(&ctx, received_escalation::grpc::receive(&m)?).await
        })
        .await
    }

    async fn list_received_escalations(
        &self,
        request: Request<pb::ListReceivedEscalationsRequest>,
    ) -> Answer<pb::ListReceivedEscalationsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move {
            received_escalation::commands::list(&ctx, received_escalation::grpc::list(&m)?).await
        })
        .await
    }
}
