//! The duty roster (值班), 四(一)一: who collects on which day, and which bodies read on it, 五(一).

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::clock::{civil_day, day_start};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::position::Position;

/// Who collects on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    pub day: Date,
    pub person: Uuid,
}

/// The bodies that owe the daily reading of a day (每日阅看), 五(一): those with an information officer on it. None for a day that
/// is past, as nobody can read it any more.
pub(crate) fn readers(positions: &[Position], day: Date, now: Timestamp) -> Vec<Uuid> {
    if day < civil_day(now) {
        return Vec::new();
    }
    let holds =
        |p: &Position| civil_day(p.period.start) <= day && p.period.end.is_none_or(|end| day_start(day).is_ok_and(|start| start < end));
    let mut bodies: Vec<Uuid> = positions.iter().filter(|p| p.is_information_officer() && holds(p)).map(|p| p.body).collect();
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
