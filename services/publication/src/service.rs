//! The gRPC service: each rpc parses, carries out, answers.

use chassis::{Db, rpc};
use huiying_proto::publication::{self as pb, publication_service_server::PublicationService};
use tonic::{Request, Response, Status};

use crate::line;

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
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
        let _ = request;
        Err(Status::unimplemented("DraftStatement"))
    }

    async fn revise_statement(&self, request: Request<pb::ReviseStatementRequest>) -> Answer<pb::ReviseStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("ReviseStatement"))
    }

    async fn submit_statement(&self, request: Request<pb::SubmitStatementRequest>) -> Answer<pb::SubmitStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("SubmitStatement"))
    }

    async fn review_statement(&self, request: Request<pb::ReviewStatementRequest>) -> Answer<pb::ReviewStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("ReviewStatement"))
    }

    async fn return_statement(&self, request: Request<pb::ReturnStatementRequest>) -> Answer<pb::ReturnStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("ReturnStatement"))
    }

    async fn approve_statement(&self, request: Request<pb::ApproveStatementRequest>) -> Answer<pb::ApproveStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("ApproveStatement"))
    }

    async fn release_statement(&self, request: Request<pb::ReleaseStatementRequest>) -> Answer<pb::ReleaseStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("ReleaseStatement"))
    }

    async fn get_statement(&self, request: Request<pb::GetStatementRequest>) -> Answer<pb::GetStatementResponse> {
        let _ = request;
        Err(Status::unimplemented("GetStatement"))
    }

    async fn list_statements(&self, request: Request<pb::ListStatementsRequest>) -> Answer<pb::ListStatementsResponse> {
        let _ = request;
        Err(Status::unimplemented("ListStatements"))
    }

    async fn register_channel(&self, request: Request<pb::RegisterChannelRequest>) -> Answer<pb::RegisterChannelResponse> {
        let _ = request;
        Err(Status::unimplemented("RegisterChannel"))
    }

    async fn list_channels(&self, request: Request<pb::ListChannelsRequest>) -> Answer<pb::ListChannelsResponse> {
        let _ = request;
        Err(Status::unimplemented("ListChannels"))
    }

    async fn list_releases(&self, request: Request<pb::ListReleasesRequest>) -> Answer<pb::ListReleasesResponse> {
        let _ = request;
        Err(Status::unimplemented("ListReleases"))
    }
}
