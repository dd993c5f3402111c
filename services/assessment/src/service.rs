//! The gRPC service: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, rpc};
use huiying_proto::assessment::{self as pb, assessment_service_server::AssessmentService};
use regulation::RuleBook;
use tonic::{Request, Response, Status};

use crate::{assessment, factor, ground, level_change, opinion, trend};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    pub book: Arc<RuleBook>,
}

#[tonic::async_trait]
impl AssessmentService for Grpc {
    async fn get_assessment(&self, request: Request<pb::GetAssessmentRequest>) -> Answer<pb::GetAssessmentResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { assessment::commands::get(&ctx, assessment::grpc::get(&m)?).await }).await
    }

    async fn list_assessments(&self, request: Request<pb::ListAssessmentsRequest>) -> Answer<pb::ListAssessmentsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { assessment::commands::list(&ctx, assessment::grpc::list(&m)?).await }).await
    }

    async fn confirm_assessment(&self, request: Request<pb::ConfirmAssessmentRequest>) -> Answer<pb::ConfirmAssessmentResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { assessment::commands::confirm(&ctx, assessment::grpc::confirm(&m)?).await })
            .await
    }

    async fn override_assessment(&self, request: Request<pb::OverrideAssessmentRequest>) -> Answer<pb::OverrideAssessmentResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            assessment::commands::override_level(&ctx, assessment::grpc::override_level(&m)?).await
        })
        .await
    }

    async fn record_factors(&self, request: Request<pb::RecordFactorsRequest>) -> Answer<pb::RecordFactorsResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            assessment::commands::record_factors(&ctx, assessment::grpc::record_factors(&m)?).await
        })
        .await
    }

    async fn list_grounds(&self, request: Request<pb::ListGroundsRequest>) -> Answer<pb::ListGroundsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { ground::commands::list(&ctx, ground::grpc::list(&m)?).await }).await
    }

    async fn list_factors(&self, request: Request<pb::ListFactorsRequest>) -> Answer<pb::ListFactorsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { factor::commands::list(&ctx, factor::grpc::list(&m)?).await }).await
    }

    async fn list_level_changes(&self, request: Request<pb::ListLevelChangesRequest>) -> Answer<pb::ListLevelChangesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { level_change::commands::list(&ctx, level_change::grpc::list(&m)?).await }).await
    }

    async fn get_trend(&self, request: Request<pb::GetTrendRequest>) -> Answer<pb::GetTrendResponse> {
        let book = self.book.clone();
        rpc::query(&self.db, request, |ctx, m| async move { trend::commands::get(&ctx, &book, trend::grpc::get(&m)?).await }).await
    }

    async fn file_opinion(&self, request: Request<pb::FileOpinionRequest>) -> Answer<pb::FileOpinionResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { opinion::commands::file(&ctx, opinion::grpc::file(&m)?).await }).await
    }
}
