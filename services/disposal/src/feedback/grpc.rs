//! Feedback: from the wire and to it.

use chassis::{Error, Fields, wire_id, wire_time};
use huiying_proto::disposal as pb;

use super::{Feedback, Recipient, commands::Submit};

const LONGEST: usize = 5_000;

pub(crate) fn submit(message: &pb::SubmitFeedbackRequest) -> Result<Submit, Error> {
    let mut fields = Fields::new();
    let command = Submit {
        incident_id: fields.id("incident_id", &message.incident_id),
        recipient: match fields.choice("recipient", message.recipient) {
            pb::FeedbackRecipient::Unspecified | pb::FeedbackRecipient::Office => Recipient::Office,
            pb::FeedbackRecipient::LeaderInCharge => Recipient::LeaderInCharge,
            pb::FeedbackRecipient::PrincipalLeader => Recipient::PrincipalLeader,
        },
        text: fields.text("text", &message.text, LONGEST),
    };
    fields.check().map(|()| command)
}

pub(crate) fn recipient_to_wire(recipient: Recipient) -> pb::FeedbackRecipient {
    match recipient {
        Recipient::Office => pb::FeedbackRecipient::Office,
        Recipient::LeaderInCharge => pb::FeedbackRecipient::LeaderInCharge,
        Recipient::PrincipalLeader => pb::FeedbackRecipient::PrincipalLeader,
    }
}

pub(crate) fn to_wire(feedback: &Feedback) -> pb::Feedback {
    pb::Feedback {
        feedback_id: feedback.id.to_string(),
        incident_id: feedback.incident_id.to_string(),
        body_id: wire_id(feedback.body),
        person_id: feedback.person.to_string(),
        recipient: recipient_to_wire(feedback.recipient).into(),
        text: feedback.text.clone(),
        submit_time: Some(wire_time(feedback.submit_time)),
    }
}
