//! Tests of reachability: from the wire and to it.

use chassis::{Error, Fields, Page, wire_time};
use huiying_proto::directory as pb;
use jiff::Timestamp;
use uuid::Uuid;

use super::{ReachabilityTest, Tested};

const MINUTES_A_DAY: i32 = 1_440;

pub(crate) fn record(message: &pb::RecordReachabilityTestRequest, now: Timestamp) -> Result<Tested, Error> {
    let mut fields = Fields::new();
    let longest = if message.reached { MINUTES_A_DAY } else { 0 };
    if !(0..=longest).contains(&message.answer_minutes) {
        fields.wrong("answer_minutes", "应为 0 至 1440;未应答的应为 0");
    }
    let tested = Tested {
        officer: fields.id("officer_person_id", &message.officer_person_id),
        body: fields.id("body_id", &message.body_id),
        time: fields.past_time("test_time", message.test_time.as_ref(), now),
        answered: message.reached.then_some(message.answer_minutes),
    };
    fields.check().map(|()| tested)
}

pub(crate) fn list(message: &pb::ListReachabilityTestsRequest) -> Result<(Option<Uuid>, Page<Uuid>), Error> {
    let mut fields = Fields::new();
    let body = fields.optional_id("body_id", &message.body_id);
    fields.check()?;
    Ok((body, Page::parse(message.page_size, &message.page_token)?))
}

pub(crate) fn to_wire(test: &ReachabilityTest) -> pb::ReachabilityTest {
    pb::ReachabilityTest {
        reachability_test_id: test.id.to_string(),
        officer_person_id: test.tested.officer.to_string(),
        body_id: test.tested.body.to_string(),
        test_time: Some(wire_time(test.tested.time)),
        reached: test.tested.answered.is_some(),
        answer_minutes: test.tested.answered.unwrap_or_default(),
        person_id: test.by.to_string(),
        record_time: Some(wire_time(test.record_time)),
    }
}
