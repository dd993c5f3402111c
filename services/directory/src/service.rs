//! The gRPC service: each rpc parses, carries out, answers.

use chassis::{Db, Page, rpc};
use huiying_proto::directory::{self as pb, directory_service_server::DirectoryService};
use tonic::{Request, Response, Status};

use crate::{body, delegation, duty, import, liaison, person, position, reachability};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
}

#[tonic::async_trait]
impl DirectoryService for Grpc {
    async fn import_directory(&self, request: Request<pb::ImportDirectoryRequest>) -> Answer<pb::ImportDirectoryResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { import::commands::import(&ctx, import::grpc::import(&m)?).await }).await
    }

    async fn appoint_position(&self, request: Request<pb::AppointPositionRequest>) -> Answer<pb::AppointPositionResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { position::commands::appoint(&ctx, position::grpc::appoint(&m)?).await }).await
    }

    async fn end_position(&self, request: Request<pb::EndPositionRequest>) -> Answer<pb::EndPositionResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { position::commands::end(&ctx, position::grpc::end(&m)?).await }).await
    }

    async fn grant_delegation(&self, request: Request<pb::GrantDelegationRequest>) -> Answer<pb::GrantDelegationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { delegation::commands::grant(&ctx, delegation::grpc::grant(&m)?).await }).await
    }

    async fn revoke_delegation(&self, request: Request<pb::RevokeDelegationRequest>) -> Answer<pb::RevokeDelegationResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { delegation::commands::revoke(&ctx, delegation::grpc::revoke(&m)?).await })
            .await
    }

    async fn schedule_duty(&self, request: Request<pb::ScheduleDutyRequest>) -> Answer<pb::ScheduleDutyResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { duty::commands::schedule(&ctx, duty::grpc::schedule(&m)?).await }).await
    }

    async fn get_self(&self, request: Request<pb::GetSelfRequest>) -> Answer<pb::GetSelfResponse> {
        rpc::query(&self.db, request, |ctx, _| async move { person::commands::myself(&ctx).await }).await
    }

    async fn list_bodies(&self, request: Request<pb::ListBodiesRequest>) -> Answer<pb::ListBodiesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { body::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn list_persons(&self, request: Request<pb::ListPersonsRequest>) -> Answer<pb::ListPersonsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { person::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn list_positions(&self, request: Request<pb::ListPositionsRequest>) -> Answer<pb::ListPositionsResponse> {
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { position::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await },
        )
        .await
    }

    async fn list_duties(&self, request: Request<pb::ListDutiesRequest>) -> Answer<pb::ListDutiesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { duty::commands::list(&ctx, duty::grpc::list(&m)?).await }).await
    }

    async fn record_liaison(&self, request: Request<pb::RecordLiaisonRequest>) -> Answer<pb::RecordLiaisonResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { liaison::commands::record(&ctx, liaison::grpc::record(&m, ctx.now)?).await })
            .await
    }

    async fn list_liaisons(&self, request: Request<pb::ListLiaisonsRequest>) -> Answer<pb::ListLiaisonsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { liaison::commands::list(&ctx, liaison::grpc::list(&m)?).await }).await
    }

    async fn record_reachability_test(
        &self,
        request: Request<pb::RecordReachabilityTestRequest>,
    ) -> Answer<pb::RecordReachabilityTestResponse> {
        rpc::command(&self.db, request, |ctx, m| async move {
            reachability::commands::record(&ctx, reachability::grpc::record(&m, ctx.now)?).await
        })
        .await
    }

    async fn list_reachability_tests(
        &self,
        request: Request<pb::ListReachabilityTestsRequest>,
    ) -> Answer<pb::ListReachabilityTestsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { reachability::commands::list(&ctx, reachability::grpc::list(&m)?).await }).await
    }
}
