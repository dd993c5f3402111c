//! Suggestions: from the wire and to it.

use chassis::{Error, Fields};
use huiying_proto::intake as pb;

use super::{Standing, commands::Dismiss};

pub(crate) fn dismiss(message: &pb::DismissSuggestionRequest) -> Result<Dismiss, Error> {
    let mut fields = Fields::new();
    let command = Dismiss { report: fields.id("report_id", &message.report_id), reason: fields.text("reason", &message.reason, 500) };
    fields.check().map(|()| command)
}

pub(super) fn to_wire(standing: &Standing) -> pb::Suggestion {
    let suggestion = &standing.suggestion;
    pb::Suggestion {
        report_id: suggestion.report.to_string(),
        report_title: standing.title.clone(),
        incident_id: suggestion.incident.to_string(),
        incident_number: standing.number.clone(),
        other_incident_id: suggestion.other.to_string(),
        other_incident_number: standing.other_number.clone(),
        other_incident_title: standing.other_title.clone(),
        score: suggestion.score,
        ground: suggestion.ground.clone(),
    }
}
