//! Grounds: from the wire and to it.

use chassis::{Error, Fields, Page, wire_id, wire_time};
use huiying_proto::assessment as pb;

use super::{Ground, commands::List};

const LONGEST_TEST: usize = 100;

pub(crate) fn list(message: &pb::ListGroundsRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    let incident_id = fields.id("incident_id", &message.incident_id);
    let test = fields.optional_text("test_id", &message.test_id, LONGEST_TEST);
    fields.check()?;
    let page = Page::parse(message.page_size, &message.page_token)?;
    Ok(List { incident_id, test: (!test.is_empty()).then_some(test), page })
}

pub(crate) fn to_wire(ground: &Ground) -> pb::Ground {
    pb::Ground {
        test_id: ground.test_id.clone(),
        clause: ground.clause.clone(),
        text: ground.text.clone(),
        report_id: wire_id(ground.report_id),
        values_json: ground.seen.to_string(),
        needs_confirmation: ground.needs_confirmation,
        hit_time: Some(wire_time(ground.hit_time)),
        hit_count: ground.hits,
    }
}
