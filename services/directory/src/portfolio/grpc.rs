//! Portfolios: to the wire.

use chassis::{wire_ids, wire_time};
use huiying_proto::directory as pb;

use super::Portfolio;

pub(crate) fn to_wire(portfolio: &Portfolio) -> pb::Portfolio {
    pb::Portfolio {
        portfolio_id: portfolio.id.to_string(),
        person_id: portfolio.person.to_string(),
        body_ids: wire_ids(&portfolio.bodies),
        topics: portfolio.topics.clone(),
        start_time: Some(wire_time(portfolio.period.start)),
        end_time: portfolio.period.end.map(wire_time),
    }
}
