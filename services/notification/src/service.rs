//! The gRPC service: each rpc parses, carries out, answers.

use chassis::{Db, rpc};
use huiying_proto::notification::{self as pb, notification_service_server::NotificationService};
use tonic::{Request, Response, Status};

use crate::notice;

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
}

#[tonic::async_trait]
impl NotificationService for Grpc {
    async fn list_notices(&self, request: Request<pb::ListNoticesRequest>) -> Answer<pb::ListNoticesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { notice::commands::list(&ctx, notice::grpc::list(&m)?).await }).await
    }

    async fn open_notice(&self, request: Request<pb::OpenNoticeRequest>) -> Answer<pb::OpenNoticeResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { notice::commands::open(&ctx, notice::grpc::open(&m)?).await }).await
    }

    async fn acknowledge_notice(&self, request: Request<pb::AcknowledgeNoticeRequest>) -> Answer<pb::AcknowledgeNoticeResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { notice::commands::acknowledge(&ctx, notice::grpc::acknowledge(&m)?).await })
            .await
    }

    async fn list_deliveries(&self, request: Request<pb::ListDeliveriesRequest>) -> Answer<pb::ListDeliveriesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { notice::commands::deliveries(&ctx, notice::grpc::deliveries(&m)?).await }).await
    }
}
