//! Factors: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::assessment as pb;

use super::{Kind, Origin, Recorded, commands::List};

pub(crate) fn list(message: &pb::ListFactorsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    fields.check()?;
    Ok(List { incident_id, current: message.current, page: Page::parse(message.page_size, &message.page_token)? })
}

fn kind_to_wire(kind: Kind) -> pb::factor::Kind {
    match kind {
        Kind::Nature => pb::factor::Kind::Nature,
        Kind::Scale => pb::factor::Kind::Scale,
        Kind::Platform => pb::factor::Kind::Platform,
        Kind::Influence => pb::factor::Kind::Influence,
    }
}

pub(crate) fn to_wire(recorded: &Recorded) -> pb::Factor {
    let (origin, method, values, by) = match &recorded.factor.origin {
        Origin::Entered(by) => (pb::factor::Origin::Entered, "", String::new(), Some(*by)),
        Origin::Computed { method, seen } => (pb::factor::Origin::Computed, method.as_str(), seen.to_string(), None),
    };
    pb::Factor {
        factor_id: recorded.id.to_string(),
        incident_id: recorded.incident_id.to_string(),
        kind: kind_to_wire(recorded.factor.kind).into(),
        origin: origin.into(),
        text: recorded.factor.text.clone(),
        method: method.to_owned(),
        values_json: values,
        person_id: wire_id(by),
        record_time: Some(wire_time(recorded.time)),
        current: recorded.current,
    }
}
