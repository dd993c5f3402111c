//! The gRPC service: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, Press, rpc};
use huiying_proto::publication::{self as pb, publication_service_server::PublicationService};
use papers::Stationery;
use regulation::RuleBook;
use tonic::{Request, Response, Status};

use crate::{approver, channel, line, release, statement};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    /// Who approves statements, by the rule.
    pub book: Arc<RuleBook>,
    /// Hands out papers.
    pub press: Press<Stationery>,
}

#[tonic::async_trait]
impl PublicationService for Grpc {
    async fn propose_line(&self, request: Request<pb::ProposeLineRequest>) -> Answer<pb::ProposeLineResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { line::commands::propose(&ctx, line::grpc::propose(&m)?).await }).await
    }

    async fn approve_line(&self, request: Request<pb::ApproveLineRequest>) -> Answer<pb::ApproveLineResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { line::commands::approve(&ctx, line::grpc::approve(&m)?).await }).await
    }

    async fn get_current_line(&self, request: Request<pb::GetCurrentLineRequest>) -> Answer<pb::GetCurrentLineResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { line::commands::current(&ctx, line::grpc::current(&m)?).await }).await
    }

    async fn draft_statement(&self, request: Request<pb::DraftStatementRequest>) -> Answer<pb::DraftStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { statement::commands::draft(&ctx, statement::grpc::draft(&m)?).await }).await
    }

    async fn revise_statement(&self, request: Request<pb::ReviseStatementRequest>) -> Answer<pb::ReviseStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { statement::commands::revise(&ctx, statement::grpc::revise(&m)?).await }).await
    }

    async fn submit_statement(&self, request: Request<pb::SubmitStatementRequest>) -> Answer<pb::SubmitStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { statement::commands::submit(&ctx, statement::grpc::submit(&m)?).await }).await
    }

    async fn review_statement(&self, request: Request<pb::ReviewStatementRequest>) -> Answer<pb::ReviewStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            let (seen, review) = statement::grpc::review(&m)?;
            statement::commands::review(&ctx, seen, review).await
        })
        .await
    }

    async fn return_statement(&self, request: Request<pb::ReturnStatementRequest>) -> Answer<pb::ReturnStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            let (seen, reason) = statement::grpc::return_to_author(&m)?;
            statement::commands::return_to_author(&ctx, seen, reason).await
        })
        .await
    }

    async fn approve_statement(&self, request: Request<pb::ApproveStatementRequest>) -> Answer<pb::ApproveStatementResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            let (seen, sha256) = statement::grpc::approve(&m)?;
            statement::commands::approve(&ctx, seen, sha256, approver(book.at(ctx.now))).await
        })
        .await
    }

    async fn release_statement(&self, request: Request<pb::ReleaseStatementRequest>) -> Answer<pb::ReleaseStatementResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            let (seen, channels) = release::grpc::release(&m)?;
            release::commands::release(&ctx, seen, channels).await
        })
        .await
    }

    async fn get_statement(&self, request: Request<pb::GetStatementRequest>) -> Answer<pb::GetStatementResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { statement::commands::get(&ctx, statement::grpc::get(&m)?).await }).await
    }

    async fn list_statements(&self, request: Request<pb::ListStatementsRequest>) -> Answer<pb::ListStatementsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move {
            let (incident, page) = statement::grpc::list(&m)?;
            statement::commands::list(&ctx, incident, page).await
        })
        .await
    }

    async fn register_channel(&self, request: Request<pb::RegisterChannelRequest>) -> Answer<pb::RegisterChannelResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { channel::commands::register(&ctx, channel::grpc::register(&m)?).await }).await
    }

    async fn list_channels(&self, request: Request<pb::ListChannelsRequest>) -> Answer<pb::ListChannelsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { channel::commands::list(&ctx, channel::grpc::list(&m)?).await }).await
    }

    async fn list_releases(&self, request: Request<pb::ListReleasesRequest>) -> Answer<pb::ListReleasesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move {
            let (incident, page) = release::grpc::list(&m)?;
            release::commands::list(&ctx, incident, page).await
        })
        .await
    }

    async fn render_review_slip(&self, request: Request<pb::RenderReviewSlipRequest>) -> Answer<pb::RenderReviewSlipResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { statement::commands::render(&ctx, &press, statement::grpc::render(&m)?).await })
            .await
    }
}
