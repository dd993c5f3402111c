//! The gRPC service: each rpc parses, carries out, answers.

use chassis::{Db, rpc};
use huiying_proto::accountability::{self as pb, accountability_service_server::AccountabilityService};
use tonic::{Request, Response, Status};

use crate::{accountability_case as case, inspection, knowledge, obligation};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
}

#[tonic::async_trait]
impl AccountabilityService for Grpc {
    async fn get_obligation(&self, request: Request<pb::GetObligationRequest>) -> Answer<pb::GetObligationResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { obligation::commands::get(&ctx, obligation::grpc::get(&m)?).await }).await
    }

    async fn list_obligations(&self, request: Request<pb::ListObligationsRequest>) -> Answer<pb::ListObligationsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { obligation::commands::list(&ctx, obligation::grpc::list(&m, ctx.now)?).await })
            .await
    }

    async fn get_knowledge_timeline(&self, request: Request<pb::GetKnowledgeTimelineRequest>) -> Answer<pb::GetKnowledgeTimelineResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { knowledge::commands::timeline(&ctx, knowledge::grpc::timeline(&m)?).await })
            .await
    }

    async fn open_accountability_case(
        &self,
        request: Request<pb::OpenAccountabilityCaseRequest>,
    ) -> Answer<pb::OpenAccountabilityCaseResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::open(&ctx, case::grpc::open(&m)?).await }).await
    }

    async fn record_interview(&self, request: Request<pb::RecordInterviewRequest>) -> Answer<pb::RecordInterviewResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { case::commands::record_interview(&ctx, case::grpc::record_interview(&m)?).await },
        )
        .await
    }

    async fn submit_reply(&self, request: Request<pb::SubmitReplyRequest>) -> Answer<pb::SubmitReplyResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::submit_reply(&ctx, case::grpc::submit_reply(&m)?).await })
            .await
    }

    async fn decide_accountability_case(
        &self,
        request: Request<pb::DecideAccountabilityCaseRequest>,
    ) -> Answer<pb::DecideAccountabilityCaseResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::decide(&ctx, case::grpc::decide(&m)?).await }).await
    }

    async fn get_accountability_case(
        &self,
        request: Request<pb::GetAccountabilityCaseRequest>,
    ) -> Answer<pb::GetAccountabilityCaseResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { case::commands::get(&ctx, case::grpc::get(&m)?).await }).await
    }

    async fn list_accountability_cases(
        &self,
        request: Request<pb::ListAccountabilityCasesRequest>,
    ) -> Answer<pb::ListAccountabilityCasesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { case::commands::list(&ctx, case::grpc::list(&m)?).await }).await
    }

    async fn record_inspection(&self, request: Request<pb::RecordInspectionRequest>) -> Answer<pb::RecordInspectionResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { inspection::commands::record(&ctx, inspection::grpc::record(&m, ctx.now)?).await },
        )
        .await
    }

    async fn submit_rectification(&self, request: Request<pb::SubmitRectificationRequest>) -> Answer<pb::SubmitRectificationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { inspection::commands::submit(&ctx, inspection::grpc::submit(&m)?).await })
            .await
    }

    async fn accept_rectification(&self, request: Request<pb::AcceptRectificationRequest>) -> Answer<pb::AcceptRectificationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { inspection::commands::accept(&ctx, inspection::grpc::accept(&m)?).await })
            .await
    }

    async fn return_rectification(&self, request: Request<pb::ReturnRectificationRequest>) -> Answer<pb::ReturnRectificationResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { inspection::commands::send_back(&ctx, inspection::grpc::send_back(&m)?).await },
        )
        .await
    }

    async fn get_inspection(&self, request: Request<pb::GetInspectionRequest>) -> Answer<pb::GetInspectionResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { inspection::commands::get(&ctx, inspection::grpc::get(&m)?).await }).await
    }

    async fn list_inspections(&self, request: Request<pb::ListInspectionsRequest>) -> Answer<pb::ListInspectionsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { inspection::commands::list(&ctx, inspection::grpc::list(&m)?).await }).await
    }
}
