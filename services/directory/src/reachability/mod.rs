//! Reachability (在线抽查), 五(二): whether information officers answer on the messaging group when they are tested.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

use crate::position::Position;

/// What a test showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tested {
    pub officer: Uuid,
    pub body: Uuid,
    pub time: Timestamp,
    /// Minutes until the answer; none when nobody answered.
    pub answered: Option<i32>,
}

/// A test of an information officer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReachabilityTest {
    pub id: Uuid,
    pub tested: Tested,
    pub by: Uuid,
    pub record_time: Timestamp,
}

impl ReachabilityTest {
    /// Records a test. Refuses a person who was no information officer of that body then.
    pub fn record(id: Uuid, tested: Tested, positions: &[Position], by: Uuid, now: Timestamp) -> Result<Self, Refusal> {
        let is_officer =
            |p: &Position| p.person == tested.officer && p.body == tested.body && p.is_information_officer() && p.period.holds(tested.time);
        if !positions.iter().any(is_officer) {
            return Err(Refusal::state("NOT_AN_INFORMATION_OFFICER", "该人员当时不是该单位的舆情信息员。"));
        }
        Ok(Self { id, tested, by, record_time: now })
    }
}
