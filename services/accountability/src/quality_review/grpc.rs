//! Quality reviews: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::accountability as pb;

use super::{QualityReview, commands::Review};

const LONGEST_REASON: usize = 2_000;

pub(crate) fn review(message: &pb::ReviewQualityRequest) -> Result<Review, Error> {
    let mut fields = Fields::new();
    let command = Review {
        incident_id: fields.id("incident_id", &message.incident_id),
        body_id: fields.id("body_id", &message.body_id),
        score: message.score,
        reason: fields.text("reason", &message.reason, LONGEST_REASON),
    };
    if !(0..=100).contains(&message.score) {
        fields.wrong("score", "应为 0 至 100");
    }
    fields.check().map(|()| command)
}

pub(crate) fn to_wire(review: &QualityReview) -> pb::QualityReview {
    pb::QualityReview {
        quality_review_id: review.id.to_string(),
        incident_id: review.incident_id.to_string(),
        body_id: review.body_id.to_string(),
        score: review.score,
        reason: review.reason.clone(),
        person_id: review.person.to_string(),
        time: Some(wire_time(review.time)),
    }
}
