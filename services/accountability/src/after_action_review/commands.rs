//! Use cases of after-action reviews, 五(三)乙.

use chassis::{Audit, Committed, Ctx, Error, Page, Refusal};
use huiying_proto::accountability as pb;
use regulation::Rule;
use uuid::Uuid;

use super::{Proposal, Review, grpc::to_wire, store, unknown};
use crate::{fact, obligation::incident_unknown};

/// 总结复盘, 五(三)乙.
pub(crate) struct FileReview {
    pub incident_id: Uuid,
    pub title: String,
    pub lessons: String,
    pub causes: String,
    pub proposals: Vec<Proposal>,
}

/// 检索复盘: a text as it is searched.
pub(crate) struct Search {
    pub text: String,
    pub page: Page<Uuid>,
}

/// Files a review (总结复盘), 五(三)乙. Refuses an incident whose handling has not ended, and a clause that the regulation does not
/// have.
pub(crate) async fn file(ctx: &Ctx, rule: &Rule, command: FileReview) -> Result<Committed<pb::FileReviewResponse>, Error> {
    let person = ctx.require_person()?;
    if let Some(proposal) = command.proposals.iter().find(|proposal| !rule.clauses().any(|(clause, _)| clause == proposal.clause)) {
        return Err(Refusal::invalid("CLAUSE_UNKNOWN", format!("制度没有“{}”这一条款。", proposal.clause)).into());
    }
    let mut tx = ctx.begin().await?;
    if !fact::store::knows(tx.conn(), command.incident_id).await? {
        return Err(incident_unknown().into());
    }
    if !store::is_closed(tx.conn(), command.incident_id).await? {
        return Err(Refusal::state("CASE_NOT_CLOSED", "该事件尚未办结,不能总结复盘。").into());
    }
    let FileReview { incident_id, title, lessons, causes, proposals } = command;
    let review = Review { id: tx.id(), incident_id, title, lessons, causes, proposals, person, file_time: ctx.now };
    store::insert(tx.conn(), &review).await?;
    tx.emit(pb::ReviewFiled {
        review_id: review.id.to_string(),
        incident_id: incident_id.to_string(),
        title: review.title.clone(),
        clauses: review.clauses(),
        person_id: person.to_string(),
    });
    let audit = Audit::of("after_action_review", review.id).incident(incident_id).clause("五(三)乙");
    tx.commit(audit, pb::FileReviewResponse { review: Some(to_wire(&review)) }).await
}

/// Returns a review (查看复盘).
pub(crate) async fn get(ctx: &Ctx, id: Uuid) -> Result<pb::GetReviewResponse, Error> {
    let review = store::find(&mut *ctx.read().await?, id).await?.ok_or_else(unknown)?;
    Ok(pb::GetReviewResponse { review: Some(to_wire(&review)) })
}

/// Finds reviews by a text in them (检索复盘), 五(三)乙, newest first.
pub(crate) async fn search(ctx: &Ctx, search: Search) -> Result<pb::FindReviewsResponse, Error> {
    let found = store::holding(&mut *ctx.read().await?, &search.text, &search.page).await?;
    let (reviews, next_page_token) = search.page.answer(&found, |review| review.id, to_wire);
    Ok(pb::FindReviewsResponse { reviews, next_page_token })
}
