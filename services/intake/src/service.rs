//! The gRPC service: each rpc parses, carries out, answers.

use std::sync::Arc;

use chassis::{Db, Followed, GroupCommit, Page, Press, Watching, rpc};
use huiying_proto::intake::{self as pb, intake_service_server::IntakeService};
use papers::Stationery;
use regulation::RuleBook;
use tonic::{Request, Response, Status};

use crate::{
    bulletin, category, hot_matter,
    incident::{self, placing::window},
    outlet, reading, register, regrouping,
    report::{self, Sighting},
    search, suggestion, transfer,
    writer::{self, WriterKey},
};

/// A gRPC answer.
type Answer<R> = Result<Response<R>, Status>;

pub(crate) struct Grpc {
    pub db: Db,
    pub writer_key: WriterKey,
    pub book: Arc<RuleBook>,
    /// Carries out `report::commands::register_all`.
    pub registering: GroupCommit<Sighting, pb::RegisterReportResponse>,
    /// What is streamed to those who watch.
    pub changes: Followed,
    /// Hands out papers.
    pub press: Press<Stationery>,
}

#[tonic::async_trait]
impl IntakeService for Grpc {
    type WatchIncidentsStream = Watching<pb::WatchIncidentsResponse>;

    async fn register_outlet(&self, request: Request<pb::RegisterOutletRequest>) -> Answer<pb::RegisterOutletResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { outlet::commands::register(&ctx, outlet::grpc::register(&m)?).await }).await
    }

    async fn list_outlets(&self, request: Request<pb::ListOutletsRequest>) -> Answer<pb::ListOutletsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { outlet::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await })
            .await
    }

    async fn register_report(&self, request: Request<pb::RegisterReportRequest>) -> Answer<pb::RegisterReportResponse> {
        // Many callers share a transaction: report::commands::register_all.
        let (registering, key) = (self.registering.clone(), self.writer_key.clone());
        rpc::command(&self.db, request, |ctx, m| async move {
            let sighting = report::grpc::register(&ctx, &key, &m)?;
            registering.submit(ctx, sighting).await
        })
        .await
    }

    async fn import_letters(&self, request: Request<pb::ImportLettersRequest>) -> Answer<pb::ImportLettersResponse> {
        let key = self.writer_key.clone();
        rpc::command(&self.db, request, |ctx, m| async move { report::commands::import(&ctx, report::grpc::import(&ctx, &key, &m)?).await })
            .await
    }

    async fn get_report(&self, request: Request<pb::GetReportRequest>) -> Answer<pb::GetReportResponse> {
        let key = self.writer_key.clone();
        rpc::query(&self.db, request, |ctx, m| async move { report::commands::get(&ctx, &key, report::grpc::get(&m)?).await }).await
    }

    async fn reveal_writers(&self, request: Request<pb::RevealWritersRequest>) -> Answer<pb::RevealWritersResponse> {
        let answer =
            rpc::command(&self.db, request, |ctx, m| async move { writer::commands::reveal(&ctx, writer::grpc::reveal(&m)?).await }).await;
        rpc::adding(&self.db, answer, |connection, answer| writer::commands::open(connection, &self.writer_key, answer)).await
    }

    async fn erase_writers(&self, request: Request<pb::EraseWritersRequest>) -> Answer<pb::EraseWritersResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { writer::commands::erase(&ctx, writer::grpc::erase(&m, ctx.now)?).await })
            .await
    }

    async fn list_reports(&self, request: Request<pb::ListReportsRequest>) -> Answer<pb::ListReportsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { report::commands::list(&ctx, report::grpc::list(&m)?).await }).await
    }

    async fn get_incident(&self, request: Request<pb::GetIncidentRequest>) -> Answer<pb::GetIncidentResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { incident::commands::get(&ctx, incident::grpc::get(&m)?).await }).await
    }

    async fn list_incidents(&self, request: Request<pb::ListIncidentsRequest>) -> Answer<pb::ListIncidentsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { incident::commands::list(&ctx, incident::grpc::list(&m)?).await }).await
    }

    async fn name_involved_bodies(&self, request: Request<pb::NameInvolvedBodiesRequest>) -> Answer<pb::NameInvolvedBodiesResponse> {
        rpc::command(
            &self.db,
            request,
            |ctx, m| async move { incident::commands::name_bodies(&ctx, incident::grpc::name_bodies(&m)?).await },
        )
        .await
    }

    async fn move_report(&self, request: Request<pb::MoveReportRequest>) -> Answer<pb::MoveReportResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            let within = window(book.at(ctx.now));
            report::commands::move_report(&ctx, report::grpc::move_report(&m)?, within).await
        })
        .await
    }

    async fn correct_report(&self, request: Request<pb::CorrectReportRequest>) -> Answer<pb::CorrectReportResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { report::commands::correct(&ctx, report::grpc::correct(&m)?).await }).await
    }

    async fn merge_incidents(&self, request: Request<pb::MergeIncidentsRequest>) -> Answer<pb::MergeIncidentsResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            let within = window(book.at(ctx.now));
            regrouping::commands::merge(&ctx, regrouping::grpc::merge(&m)?, within).await
        })
        .await
    }

    async fn split_incident(&self, request: Request<pb::SplitIncidentRequest>) -> Answer<pb::SplitIncidentResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            let within = window(book.at(ctx.now));
            regrouping::commands::split(&ctx, regrouping::grpc::split(&m)?, within).await
        })
        .await
    }

    async fn undo_regrouping(&self, request: Request<pb::UndoRegroupingRequest>) -> Answer<pb::UndoRegroupingResponse> {
        let book = self.book.clone();
        rpc::command(&self.db, request, |ctx, m| async move {
            let within = window(book.at(ctx.now));
            regrouping::commands::undo(&ctx, regrouping::grpc::undo(&m)?, within).await
        })
        .await
    }

    async fn list_regroupings(&self, request: Request<pb::ListRegroupingsRequest>) -> Answer<pb::ListRegroupingsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { regrouping::commands::list(&ctx, regrouping::grpc::list(&m)?).await }).await
    }

    async fn list_suggestions(&self, request: Request<pb::ListSuggestionsRequest>) -> Answer<pb::ListSuggestionsResponse> {
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { suggestion::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await },
        )
        .await
    }

    async fn dismiss_suggestion(&self, request: Request<pb::DismissSuggestionRequest>) -> Answer<pb::DismissSuggestionResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { suggestion::commands::dismiss(&ctx, suggestion::grpc::dismiss(&m)?).await })
            .await
    }

    async fn list_hot_matters(&self, request: Request<pb::ListHotMattersRequest>) -> Answer<pb::ListHotMattersResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { hot_matter::commands::list(&ctx, hot_matter::grpc::list(&m)?).await }).await
    }

    async fn list_sightings(&self, request: Request<pb::ListSightingsRequest>) -> Answer<pb::ListSightingsResponse> {
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { report::commands::list_sightings(&ctx, report::grpc::list_sightings(&m)?).await },
        )
        .await
    }

    async fn register_transfer(&self, request: Request<pb::RegisterTransferRequest>) -> Answer<pb::RegisterTransferResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { transfer::commands::register(&ctx, transfer::grpc::register(&m)?).await })
            .await
    }

    async fn correct_transfer(&self, request: Request<pb::CorrectTransferRequest>) -> Answer<pb::CorrectTransferResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { transfer::commands::correct(&ctx, transfer::grpc::correct(&m)?).await }).await
    }

    async fn list_transfers(&self, request: Request<pb::ListTransfersRequest>) -> Answer<pb::ListTransfersResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { transfer::commands::list(&ctx, transfer::grpc::list(&m)?).await }).await
    }

    async fn register_categories(&self, request: Request<pb::RegisterCategoriesRequest>) -> Answer<pb::RegisterCategoriesResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { category::commands::register(&ctx, category::grpc::register(&m)?).await })
            .await
    }

    async fn list_categories(&self, request: Request<pb::ListCategoriesRequest>) -> Answer<pb::ListCategoriesResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { category::commands::list(&ctx, category::grpc::list(&m)?).await }).await
    }

    async fn get_category_suggestions(
        &self,
        request: Request<pb::GetCategorySuggestionsRequest>,
    ) -> Answer<pb::GetCategorySuggestionsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { category::commands::suggest(&ctx, category::grpc::suggest(&m)?).await }).await
    }

    async fn categorize_report(&self, request: Request<pb::CategorizeReportRequest>) -> Answer<pb::CategorizeReportResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { category::commands::categorize(&ctx, category::grpc::categorize(&m)?).await })
            .await
    }

    async fn compile_daily_register(&self, request: Request<pb::CompileDailyRegisterRequest>) -> Answer<pb::CompileDailyRegisterResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { register::commands::compile(&ctx, register::grpc::compile(&m)?).await }).await
    }

    async fn get_daily_register(&self, request: Request<pb::GetDailyRegisterRequest>) -> Answer<pb::GetDailyRegisterResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { register::commands::get(&ctx, register::grpc::day(&m.register_date)?).await })
            .await
    }

    async fn issue_bulletin(&self, request: Request<pb::IssueBulletinRequest>) -> Answer<pb::IssueBulletinResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { bulletin::commands::issue(&ctx, bulletin::grpc::issue(&m)?).await }).await
    }

    async fn get_bulletin(&self, request: Request<pb::GetBulletinRequest>) -> Answer<pb::GetBulletinResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { bulletin::commands::get(&ctx, bulletin::grpc::get(&m)?).await }).await
    }

    async fn list_bulletins(&self, request: Request<pb::ListBulletinsRequest>) -> Answer<pb::ListBulletinsResponse> {
        rpc::query(
            &self.db,
            request,
            |ctx, m| async move { bulletin::commands::list(&ctx, Page::parse(m.page_size, &m.page_token)?).await },
        )
        .await
    }

    async fn render_bulletin(&self, request: Request<pb::RenderBulletinRequest>) -> Answer<pb::RenderBulletinResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { bulletin::commands::render(&ctx, &press, bulletin::grpc::render(&m)?).await })
            .await
    }

    async fn render_daily_register(&self, request: Request<pb::RenderDailyRegisterRequest>) -> Answer<pb::RenderDailyRegisterResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { register::commands::render(&ctx, &press, register::grpc::render(&m)?).await })
            .await
    }

    async fn render_register_entry(&self, request: Request<pb::RenderRegisterEntryRequest>) -> Answer<pb::RenderRegisterEntryResponse> {
        let press = self.press.clone();
        rpc::query(&self.db, request, |ctx, m| async move { report::commands::render(&ctx, &press, report::grpc::render(&m)?).await }).await
    }

    async fn record_reading(&self, request: Request<pb::RecordReadingRequest>) -> Answer<pb::RecordReadingResponse> {
        rpc::command(&self.db, request, |ctx, m| async move { reading::commands::record(&ctx, reading::grpc::record(&m)?).await }).await
    }

    async fn list_readings(&self, request: Request<pb::ListReadingsRequest>) -> Answer<pb::ListReadingsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { reading::commands::list(&ctx, reading::grpc::list(&m)?).await }).await
    }

    async fn search_reports(&self, request: Request<pb::SearchReportsRequest>) -> Answer<pb::SearchReportsResponse> {
        rpc::query(&self.db, request, |ctx, m| async move { search::commands::search(&ctx, search::grpc::search(&m)?).await }).await
    }

    async fn watch_incidents(&self, request: Request<pb::WatchIncidentsRequest>) -> Answer<Self::WatchIncidentsStream> {
        rpc::watch(&self.changes, request, search::commands::watch).await
    }
}
