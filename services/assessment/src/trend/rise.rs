//! Rises (上升): periods in which reports come faster than the rule's threshold.

use jiff::Timestamp;
use regulation::TrendRule;
use uuid::Uuid;

use super::{CivilHour, Series, Speed};

/// A period in which reports came faster than the threshold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rise {
    pub id: Uuid,
    pub begin_time: Timestamp,
    /// None while it was not seen to end.
    pub end_time: Option<Timestamp>,
    /// When it began.
    pub speed: Speed,
}

/// Whether a rise begins at this speed: fast enough, and grown enough against the hours before.
pub(super) fn begins(speed: &Speed, rule: &TrendRule) -> bool {
    speed.reports >= rule.reports() && speed.reports >= rule.growth_factor.saturating_mul(speed.before)
}

/// Whether what made a rise begin in an hour is still there after reports left: fast enough, whatever came later of the hours before.
pub(super) fn holds(series: &Series, begin: CivilHour, rule: &TrendRule) -> bool {
    series.pieces(begin, rule.window_hours) >= rule.reports()
}

/// From when on the pace was below the threshold again, if a rise that began in an hour ended in one that is over by now. So a rise
/// ends though no report comes.
pub(super) fn ended(series: &Series, begin: CivilHour, now: CivilHour, rule: &TrendRule) -> Option<Timestamp> {
    let mut over = series.hours().iter().map(|hour| hour.hour).filter(|hour| *hour >= begin && *hour < now);
    let slow = |hour: &CivilHour| series.pieces(*hour, rule.window_hours) < rule.reports();
    over.find(slow).map(|hour| hour.later(1).start())
}
