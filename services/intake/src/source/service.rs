//! The gRPC service of sources: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, Page, rpc};
use huiying_proto::intake::{self as pb, source_service_server::SourceService};
use tokio::sync::Notify;
use tonic::{Request, Response, Status};

use super::{commands, grpc, outside::Outside};
use crate::WriterKey;

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    pub outside: Outside,
    pub writer_key: WriterKey,
    /// Wakes who looks at sources.
    pub changed: Arc<Notify>,
}

#[tonic::async_trait]
impl SourceService for Grpc {
    async fn register_source(&self, request: Request<pb::RegisterSourceRequest>) -> Answer<pb::RegisterSourceResponse> {
        let (outside, changed) = (&self.outside, &self.changed);
        rpc::command(&self.db, request, |ctx, m| async move { commands::register(&ctx, changed, grpc::register(outside, &m)?).await }).await
    }

    async fn update_source(&self, request: Request<pb::UpdateSourceRequest>) -> Answer<pb::UpdateSourceResponse> {
        let (outside, changed) = (&self.outside, &self.changed);
        rpc::command(&self.db, request, |ctx, m| async move { commands::update(&ctx, changed, grpc::update(outside, &m)?).await }).await
    }

    async fn pause_source(&self, request: Request<pb::PauseSourceRequest>) -> Answer<pb::PauseSourceResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { commands::pause(&ctx, grpc::pause(&m)?).await }).await
    }

    async fn resume_source(&self, request: Request<pb::ResumeSourceRequest>) -> Answer<pb::ResumeSourceResponse> {
        let changed = &self.changed;
        rpc::command(&self.db, request, |ctx, m| async move { commands::resume(&ctx, changed, grpc::resume(&m)?).await }).await
    }

    async fn get_source(&self, request: Request<pb::GetSourceRequest>) -> Answer<pb::GetSourceResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::get(&ctx, grpc::get(&m)?).await }).await
    }

    async fn list_sources(&self, request: Request<pb::ListSourcesRequest>) -> Answer<pb::ListSourcesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await }).await
    }

    async fn push_sightings(&self, request: Request<pb::PushSightingsRequest>) -> Answer<pb::PushSightingsResponse> {
        let key = &self.writer_key;
        rpc::command(&self.db, request, |ctx, m| async move { commands::push(&ctx, grpc::push(&ctx, key, &m)?).await }).await
    }

    async fn import_mail(&self, request: Request<pb::ImportMailRequest>) -> Answer<pb::ImportMailResponse> {
        let key = &self.writer_key;
        rpc::command(&self.db, request, |ctx, m| async move {
            let (source, item) = grpc::import_mail(&ctx, key, &m)?;
            commands::import_mail(&ctx, source, item).await
        })
        .await
    }

    async fn list_unknown_outlets(&self, request: Request<pb::ListUnknownOutletsRequest>) -> Answer<pb::ListUnknownOutletsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::list_unknown(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn resolve_unknown_outlet(&self, request: Request<pb::ResolveUnknownOutletRequest>) -> Answer<pb::ResolveUnknownOutletResponse> {
        let answer = rpc::command(&self.db, request, |ctx, m| async move { commands::resolve(&ctx, grpc::resolve(&m)?).await }).await;
        self.changed.notify_one();
        answer
    }

    async fn list_refused_items(&self, request: Request<pb::ListRefusedItemsRequest>) -> Answer<pb::ListRefusedItemsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::list_refused(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn list_outlet_aliases(&self, request: Request<pb::ListOutletAliasesRequest>) -> Answer<pb::ListOutletAliasesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::list_aliases(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn correct_outlet_alias(&self, request: Request<pb::CorrectOutletAliasRequest>) -> Answer<pb::CorrectOutletAliasResponse> {
        let corrected = |ctx, m| async move { commands::correct_alias(&ctx, commands::parse_alias(&m)?).await };
        let answer = rpc::command(&self.db, request, corrected).await;
        self.changed.notify_one();
        answer
    }

    async fn record_spread(&self, request: Request<pb::RecordSpreadRequest>) -> Answer<pb::RecordSpreadResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { commands::record_spread(&ctx, grpc::record_spread(&ctx, &m)?).await }).await
    }

    async fn get_provenance(&self, request: Request<pb::GetProvenanceRequest>) -> Answer<pb::GetProvenanceResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { commands::provenance(&ctx, grpc::provenance(&m)?).await }).await
    }
}
