//! The duty roster (值班), 四(一)一: who collects on which day, and which bodies read on it, 五(一).

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;
pub(crate) mod watch;

use chassis::{
    Refusal,
    clock::{civil_day, day_start},
};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::position::Position;

/// Who collects on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duty {
    pub day: Date,
    pub person: Uuid,
}

/// Roles that may compile a day's register.
const COMPILERS: [&str; 2] = ["ROLE_COLLECTOR", "ROLE_OFFICE_STAFF"];

/// Whether a position is held on a day, or on a part of it.
fn held_on(position: &Position, day: Date) -> bool {
    let period = &position.period;
    civil_day(period.start) <= day && period.end.is_none_or(|end| day_start(day).is_ok_and(|start| start < end))
}

/// Refuses a collector who could not compile that day's register, 四(一)一: nobody would then owe what somebody can do.
pub(crate) fn check_may_collect(duty: Duty, positions: &[Position]) -> Result<(), Refusal> {
    let may =
        |p: &Position| p.person == duty.person && held_on(p, duty.day) && p.roles.iter().any(|role| COMPILERS.contains(&role.as_str()));
    if positions.iter().any(may) {
        return Ok(());
    }
    Err(Refusal::state("NOT_A_COLLECTOR", "该人员当日不任收集人或处置办工作人员,不能编制每日登记,不能排班。"))
}

/// The bodies that owe the daily reading of a day (每日阅看), 五(一): those with an information officer on it. None for a day that
/// is past, as nobody can read it any more.
pub(crate) fn readers(positions: &[Position], day: Date, now: Timestamp) -> Vec<Uuid> {
    if day < civil_day(now) {
        return Vec::new();
    }
    let mut bodies: Vec<Uuid> = positions.iter().filter(|p| p.is_information_officer() && held_on(p, day)).map(|p| p.body).collect();
    bodies.sort_unstable();
    bodies.dedup();
    bodies
}
