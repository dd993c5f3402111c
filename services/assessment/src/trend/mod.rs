//! Trends (走势), 四(二): how an incident develops by the hour, how fast, where it turned and what may come. Pure: the moment is an
//! argument, and the same counts at the same moment give the same trend.

pub(crate) mod commands;
mod doubling;
mod forecast;
pub(crate) mod grpc;
pub(crate) mod hearing;
mod rise;
pub(crate) mod store;
mod turning;
mod words;

use jiff::Timestamp;
use uuid::Uuid;

use crate::signal::Signal;

pub(crate) use doubling::Doubling;
pub(crate) use forecast::{Expected, Forecast};
pub(crate) use rise::Rise;
pub(crate) use turning::{Turn, Turning};

/// The ground of a rise, among those of the written tests.
pub const TREND_RISE: &str = "trend_rise";
const SECONDS: i64 = 3_600;
/// The hours that are looked at, back from now: two weeks.
pub(crate) const LOOKED_AT: i64 = 336;
/// What no sum of figures may overflow by; nothing on earth has been seen so often.
pub(crate) const MOST: i64 = 1_000_000_000_000;
/// The window of the speed where the rule sets none.
pub(crate) const WINDOW: i64 = 6;

/// A civil hour (小时). Asia/Shanghai is whole hours off UTC, so that its hours are UTC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct CivilHour(i64);

impl CivilHour {
    /// The hour that a moment is in.
    pub fn of(time: Timestamp) -> Self {
        Self(time.as_second().div_euclid(SECONDS))
    }

    /// When it begins; for an hour outside of all reckoning, the first or the last moment within.
    pub fn start(self) -> Timestamp {
        let outside = if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::from_second(self.0.saturating_mul(SECONDS)).unwrap_or(outside)
    }

    /// Some hours later; earlier when negative.
    pub fn later(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours))
    }

    /// How many hours after another it is.
    pub fn since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

/// What is told of how far reports spread. What nothing told is absent, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// 发现次数.
    pub sightings: Option<i64>,
    /// 传播量.
    pub reach: Option<i64>,
}

impl Figures {
    fn and(self, other: Self) -> Self {
        Self { sightings: sum(self.sightings, other.sightings), reach: sum(self.reach, other.reach) }
    }
}

/// When a report appeared, and how far it spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appearance {
    /// 刊发时间; when it was placed, where that is not told or later.
    pub time: Timestamp,
    pub figures: Figures,
}

/// A repeated sighting of a report (重复、转载), where it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    pub id: Uuid,
    pub incident_id: Uuid,
    /// 刊发时间; when it was told, where that is earlier.
    pub time: Timestamp,
    /// What the tests look at of it, under its report's id.
    pub signal: Signal,
}

/// What one civil hour brought (逐时).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hour {
    pub hour: CivilHour,
    /// 线索数.
    pub reports: i64,
    pub figures: Figures,
}

impl Hour {
    /// Pieces (线索): its reports and their repetitions (重复、转载), which is what is counted of speed.
    fn pieces(&self) -> i64 {
        self.figures.sightings.unwrap_or_default().max(self.reports)
    }
}

/// Civil hours without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Series(Vec<Hour>);

impl Series {
    /// The hours from one to another, those without reports filled in; of more than three months the last. What lies outside is
    /// left out, whatever the order.
    pub fn of(cells: &[Hour], first: CivilHour, last: CivilHour) -> Self {
        const LONGEST: i64 = 24 * 93;
        let first = first.max(last.later(1 - LONGEST));
        let length = last.since(first).saturating_add(1).clamp(0, LONGEST);
        let mut hours: Vec<Hour> = (0..length).map(|at| Hour { hour: first.later(at), reports: 0, figures: Figures::default() }).collect();
        for cell in cells {
            let slot = usize::try_from(cell.hour.since(first)).ok().and_then(|at| hours.get_mut(at));
            if let Some(slot) = slot {
                slot.reports = slot.reports.saturating_add(cell.reports.max(0));
                slot.figures = slot.figures.and(cell.figures);
            }
        }
        Self(hours)
    }

    /// The hours, earliest first.
    pub fn hours(&self) -> &[Hour] {
        &self.0
    }

    /// Pieces in some hours up to and with one.
    fn pieces(&self, last: CivilHour, hours: i64) -> i64 {
        let Some(first) = self.0.first() else { return 0 };
        let place = |hour: CivilHour| usize::try_from(hour.since(first.hour).max(0)).unwrap_or(usize::MAX).min(self.0.len());
        let (from, to) = (place(last.later(1 - hours)), place(last.later(1)));
        self.0.get(from..to).unwrap_or_default().iter().fold(0, |sum, hour| sum.saturating_add(hour.pieces()))
    }

    /// Pieces an hour, of the hours that are over.
    fn complete(&self, now: CivilHour) -> Vec<(CivilHour, f64)> {
        // Beyond this no model can be fitted with sense, and none must overflow.
        const MOST: f64 = 1e9;
        self.0.iter().filter(|h| h.hour < now).map(|h| (h.hour, (h.pieces() as f64).min(MOST))).collect()
    }
}

/// How fast reports come (速度), repetitions (重复、转载) included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed {
    /// Civil hours, the current one included.
    pub window: i64,
    /// Reports in them.
    pub reports: i64,
    /// Reports in as many hours before.
    pub before: i64,
}

impl Speed {
    /// The speed in an hour, over a window of at least one hour.
    pub fn at(series: &Series, hour: CivilHour, window: i64) -> Self {
        let window = window.max(1);
        let before = hour.later(window.saturating_neg());
        Self { window, reports: series.pieces(hour, window), before: series.pieces(before, window) }
    }

    /// Reports an hour.
    pub fn per_hour(&self) -> f64 {
        self.reports as f64 / self.window as f64
    }

    /// How many times the hours before; none when those had none.
    pub fn growth(&self) -> Option<f64> {
        (self.before > 0).then(|| self.reports as f64 / self.before as f64)
    }
}

/// The trend of one incident (走势).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trend {
    pub series: Series,
    pub speed: Speed,
    pub doubling: Doubling,
    pub turning: Turning,
    pub forecast: Forecast,
}

impl Trend {
    /// The trend at a moment: `shown` hours of the series, the current one last, the speed over a window of hours, and a forecast of
    /// some hours from the current one on. Hours after the moment are left out.
    pub fn of(cells: &[Hour], now: Timestamp, shown: i64, window: i64, ahead: usize) -> Self {
        let current = CivilHour::of(now);
        let earliest = current.later(1 - LOOKED_AT);
        let first = cells.iter().filter(|c| c.pieces() > 0 && c.hour >= earliest && c.hour <= current).map(|c| c.hour).min();
        let looked_at = Series::of(cells, first.unwrap_or(current), current);
        let complete = looked_at.complete(current);
        Self {
            series: Series::of(cells, current.later(1 - shown.max(1)), current),
            speed: Speed::at(&Series::of(cells, earliest, current), current, window),
            doubling: doubling::of(&complete),
            turning: turning::of(&complete),
            forecast: forecast::of(&complete, current, ahead),
        }
    }
}

fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
