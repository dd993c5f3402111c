//! The gRPC service: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, Press, rpc};
use huiying_proto::accountability::{self as pb, accountability_service_server::AccountabilityService};
use papers::Stationery;
use regulation::RuleBook;
use tonic::{Request, Response, Status};

use crate::{
    accountability_case as case, after_action_review as review, appraisal, circular, evidence, inspection, knowledge, obligation,
    quality_review, relief,
};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    pub book: Arc<RuleBook>,
    /// Hands out papers.
    pub press: Press<Stationery>,
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

    async fn ask_relief(&self, request: Request<pb::AskReliefRequest>) -> Answer<pb::AskReliefResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { relief::commands::ask(&ctx, relief::grpc::ask(&m)?).await }).await
    }

    async fn grant_relief(&self, request: Request<pb::GrantReliefRequest>) -> Answer<pb::GrantReliefResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move { relief::commands::grant(&ctx, &book, relief::grpc::grant(&m)?).await }).await
    }

    async fn refuse_relief(&self, request: Request<pb::RefuseReliefRequest>) -> Answer<pb::RefuseReliefResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { relief::commands::refuse(&ctx, relief::grpc::refuse(&m)?).await }).await
    }

    async fn list_reliefs(&self, request: Request<pb::ListReliefsRequest>) -> Answer<pb::ListReliefsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { relief::commands::list(&ctx, relief::grpc::list(&m)?).await }).await
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

    async fn get_proposed_evidence(&self, request: Request<pb::GetProposedEvidenceRequest>) -> Answer<pb::GetProposedEvidenceResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { evidence::commands::proposed(&ctx, evidence::grpc::proposed(&m)?).await }).await
    }

    async fn get_delay_account(&self, request: Request<pb::GetDelayAccountRequest>) -> Answer<pb::GetDelayAccountResponse> {
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { evidence::commands::delay_account(&ctx, evidence::grpc::delay_account(&m)?).await },
        )
        .await
    }

    async fn record_case_finding(&self, request: Request<pb::RecordCaseFindingRequest>) -> Answer<pb::RecordCaseFindingResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::record_finding(&ctx, case::grpc::record_finding(&m)?).await })
            .await
    }

    async fn record_tolerance(&self, request: Request<pb::RecordToleranceRequest>) -> Answer<pb::RecordToleranceResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { case::commands::record_tolerance(&ctx, case::grpc::record_tolerance(&m)?).await },
        )
        .await
    }

    async fn review_accountability_case(
        &self,
        request: Request<pb::ReviewAccountabilityCaseRequest>,
    ) -> Answer<pb::ReviewAccountabilityCaseResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::review(&ctx, case::grpc::review(&m)?).await }).await
    }

    async fn propose_to_competent_body(
        &self,
        request: Request<pb::ProposeToCompetentBodyRequest>,
    ) -> Answer<pb::ProposeToCompetentBodyResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::propose(&ctx, case::grpc::propose(&m)?).await }).await
    }

    async fn close_accountability_case(
        &self,
        request: Request<pb::CloseAccountabilityCaseRequest>,
    ) -> Answer<pb::CloseAccountabilityCaseResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { case::commands::close(&ctx, case::grpc::close(&m)?).await }).await
    }

    async fn get_appraisal(&self, request: Request<pb::GetAppraisalRequest>) -> Answer<pb::GetAppraisalResponse> {
        let book = self.book.clone();
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { appraisal::commands::get(&ctx, book.at(ctx.now), appraisal::grpc::get(&m)?).await },
        )
        .await
    }

    async fn list_appraisals(&self, request: Request<pb::ListAppraisalsRequest>) -> Answer<pb::ListAppraisalsResponse> {
        let book = self.book.clone();
        rpc::query(&self.db, request, |ctx, m| async move {
            appraisal::commands::list(&ctx, book.at(ctx.now), appraisal::grpc::list(&m)?).await
        })
        .await
    }

    async fn review_quality(&self, request: Request<pb::ReviewQualityRequest>) -> Answer<pb::ReviewQualityResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { quality_review::commands::review(&ctx, quality_review::grpc::review(&m)?).await },
        )
        .await
    }

    async fn issue_circular(&self, request: Request<pb::IssueCircularRequest>) -> Answer<pb::IssueCircularResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            circular::commands::issue(&ctx, book.at(ctx.now), circular::grpc::issue(&m, ctx.now)?).await
        })
        .await
    }

    async fn get_circular(&self, request: Request<pb::GetCircularRequest>) -> Answer<pb::GetCircularResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { circular::commands::get(&ctx, circular::grpc::get(&m)?).await }).await
    }

    async fn list_circulars(&self, request: Request<pb::ListCircularsRequest>) -> Answer<pb::ListCircularsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { circular::commands::list(&ctx, circular::grpc::list(&m)?).await }).await
    }

    async fn file_review(&self, request: Request<pb::FileReviewRequest>) -> Answer<pb::FileReviewResponse> {
        let book = self.book.clone();
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { review::commands::file(&ctx, book.at(ctx.now), review::grpc::file(&m)?).await },
        )
        .await
    }

    async fn get_review(&self, request: Request<pb::GetReviewRequest>) -> Answer<pb::GetReviewResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { review::commands::get(&ctx, review::grpc::get(&m)?).await }).await
    }

    async fn find_reviews(&self, request: Request<pb::FindReviewsRequest>) -> Answer<pb::FindReviewsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { review::commands::search(&ctx, review::grpc::search(&m)?).await }).await
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

    async fn render_interview_record(
        &self,
        request: Request<pb::RenderInterviewRecordRequest>,
    ) -> Answer<pb::RenderInterviewRecordResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { case::commands::render(&ctx, &press, case::grpc::render(&m)?).await }).await
    }

    async fn render_circular(&self, request: Request<pb::RenderCircularRequest>) -> Answer<pb::RenderCircularResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { circular::commands::render(&ctx, &press, circular::grpc::render(&m)?).await })
            .await
    }
}
