//! Use cases of suggestions.

use chassis::{Audit, Committed, Ctx, Error, Page};
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{grpc::to_wire, store, unknown};

/// 不予归并.
pub(crate) struct Dismiss {
    pub report: Uuid,
    pub reason: String,
}

/// Lists the suggestions that stand, newest first; 待核归并建议.
pub(crate) async fn list(ctx: &Ctx, page: Page<Uuid>) -> Result<pb::ListSuggestionsResponse, Error> {
    let found = store::page(&mut *ctx.read().await?, page.after, page.limit()).await?;
    let (suggestions, next_page_token) = page.answer(&found, |standing| standing.suggestion.report, to_wire);
    Ok(pb::ListSuggestionsResponse { suggestions, next_page_token })
}

/// Says that a report is not of the incident that was suggested; 不予归并. Refuses a report for which none is open.
pub(crate) async fn dismiss(ctx: &Ctx, command: Dismiss) -> Result<Committed<pb::DismissSuggestionResponse>, Error> {
    let by = ctx.require_person()?;
    let mut tx = ctx.begin().await?;
    let dismissed = store::dismiss(tx.conn(), command.report, by, ctx.now).await?.ok_or_else(unknown)?;
    tx.emit(pb::SuggestionDismissed {
        incident_id: dismissed.incident.to_string(),
        report_id: dismissed.report.to_string(),
        other_incident_id: dismissed.other.to_string(),
        person_id: by.to_string(),
        reason: command.reason.clone(),
    });
    let audit = Audit::of("report", dismissed.report).incident(dismissed.incident).clause("四(一)一").reason(command.reason);
    tx.commit(audit, pb::DismissSuggestionResponse {}).await
}
