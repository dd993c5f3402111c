//! Use cases of categories.

use chassis::{Audit, Committed, Ctx, Error, Page, wire_id};
use grouping::category::Names;
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Categorized, Suggesting,
    grpc::{suggested_to_wire, to_wire},
    store, unknown,
};
use crate::{
    incident,
    report::{self, grpc::to_wire as report_to_wire, store::reading},
    visible::visible,
};

/// After which category of the table a page begins: whether it is retired, its place, its id.
pub(crate) type Key = (bool, i32, Uuid);

/// 线索归类.
pub(crate) struct Categorize {
    pub report: Uuid,
    pub category: Uuid,
}

/// Registers the county's table of categories, whole; 分类体系登记.
pub(crate) async fn register(ctx: &Ctx, table: Vec<Names>) -> Result<Committed<pb::RegisterCategoriesResponse>, Error> {
    let mut tx = ctx.begin().await?;
    // One table at a time, and not while reports are placed by it.
    incident::store::lock_placing(tx.conn()).await?;
    let table: Vec<(Uuid, Names)> = table.into_iter().map(|names| (tx.id(), names)).collect();
    let saved = store::save(tx.conn(), &table).await?;
    let count = |count: i64| i32::try_from(count).map_err(Error::fault);
    let category_count = i32::try_from(table.len()).map_err(Error::fault)?;
    tx.emit(pb::CategoriesRegistered { category_count, person_id: wire_id(ctx.person()) });
    let answer = pb::RegisterCategoriesResponse {
        added_count: count(saved.added)?,
        kept_count: count(saved.kept)?,
        retired_count: count(saved.retired)?,
    };
    tx.commit(Audit::of("category", "table").clause("四(一)一"), answer).await
}

/// Lists categories; 分类体系.
pub(crate) async fn list(ctx: &Ctx, page: Page<Key>) -> Result<pb::ListCategoriesResponse, Error> {
    let after = page.after.unwrap_or((false, i32::MIN, Uuid::nil()));
    let found = store::page(&mut *ctx.read().await?, after, page.limit()).await?;
    let (categories, next_page_token) = page.answer(&found, |category| (category.is_retired, category.place, category.id), to_wire);
    Ok(pb::ListCategoriesResponse { categories, next_page_token })
}

/// Says which categories a report is likely of; 建议分类. Refuses a report that the caller may not see.
pub(crate) async fn suggest(ctx: &Ctx, report: Uuid) -> Result<pb::GetCategorySuggestionsResponse, Error> {
    let (report, categories) = {
        let mut connection = ctx.read().await?;
        let report = reading::find(&mut connection, report, visible(ctx).as_deref()).await?.ok_or_else(report::unknown)?;
        (report, store::in_force(&mut connection).await?)
    };
    // Some milliseconds, mostly for the table.
    let suggest = move || {
        let suggesting = Suggesting::new(categories);
        let suggested = suggesting.suggest(&report.sighting.title, &report.sighting.excerpt);
        suggested.into_iter().map(suggested_to_wire).collect()
    };
    Ok(pb::GetCategorySuggestionsResponse { suggestions: tokio::task::spawn_blocking(suggest).await.map_err(Error::fault)? })
}

/// Says or confirms which category a report is of; 线索归类. Refuses a category that is not in force.
pub(crate) async fn categorize(ctx: &Ctx, command: Categorize) -> Result<Committed<pb::CategorizeReportResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let mut report = report::store::lock(tx.conn(), command.report).await?.ok_or_else(report::unknown)?;
    let found = store::named(tx.conn(), command.category).await?;
    let category = found.filter(|category| !category.is_retired).ok_or_else(unknown)?;
    let is = Categorized { category: category.id, by: Some(by) };
    store::categorize(tx.conn(), report.id, is).await?;
    report.category = Some(is);
    let incident = report.placed.as_ref().map(|placed| placed.incident);
    tx.emit(pb::ReportCategorized {
        incident_id: wire_id(incident),
        report_id: report.id.to_string(),
        category_id: category.id.to_string(),
        category: category.in_words(),
        person_id: by.to_string(),
    });
    let audit = Audit::of("report", report.id).clause("四(一)一").reason(category.in_words());
    let audit = incident.into_iter().fold(audit, Audit::incident);
    tx.commit(audit, pb::CategorizeReportResponse { report: Some(report_to_wire(&report)) }).await
}
