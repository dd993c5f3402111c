//! Use cases of quality reviews.

use chassis::{Audit, Committed, Ctx, Error, Refusal};
use huiying_proto::accountability as pb;
use uuid::Uuid;

use super::{QualityReview, grpc::to_wire, store};
use crate::appraisal;

/// 质量评查, 三(二).
pub(crate) struct Review {
    pub incident_id: Uuid,
    pub body_id: Uuid,
    pub score: i32,
    pub reason: String,
}

/// Scores a unit's findings of an incident (质量评查), 三(二). Refuses the unit's own people.
pub(crate) async fn review(ctx: &Ctx, command: Review) -> Result<Committed<pb::ReviewQualityResponse>, Error> {
    let person = ctx.require_person()?;
    if ctx.bodies().contains(&command.body_id) {
        return Err(Refusal::denied("OWN_BODY", "不能评查本单位的调查结果。").into());
    }
    let mut tx = ctx.begin().await?;
    if !appraisal::store::submitted(tx.conn(), command.incident_id, command.body_id).await? {
        return Err(Refusal::state("FINDINGS_NOT_SUBMITTED", "该单位没有就此事件报送过调查结果,无从评查。").into());
    }
    let Review { incident_id, body_id, score, reason } = command;
    let review = QualityReview { id: tx.id(), incident_id, body_id, score, reason, person, time: ctx.now };
    if !store::insert(tx.conn(), &review).await? {
        return Err(Refusal::exists("ALREADY_REVIEWED", "您已评查过该单位就此事件报送的调查结果。").into());
    }
    tx.emit(pb::QualityReviewed {
        quality_review_id: review.id.to_string(),
        incident_id: incident_id.to_string(),
        body_id: body_id.to_string(),
        score,
        reason: review.reason.clone(),
        person_id: person.to_string(),
    });
    let audit = Audit::of("quality_review", review.id).incident(incident_id).clause("三(二)").reason(review.reason.clone());
    tx.commit(audit, pb::ReviewQualityResponse { quality_review: Some(to_wire(&review)) }).await
}
