//! Hot matters (热点事件), 二(四): which incidents are reported most now, by a formula that is shown with its numbers. Counts only:
//! nothing is kept or told of who wrote.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::incident::Incident;

/// Weight of a different letter-writer: 集中反映 is by many writers, not by many letters.
pub(crate) const OF_A_WRITER: i64 = 5;
/// Weight of a report.
pub(crate) const OF_A_REPORT: i64 = 2;
/// Weight of a repeated sighting of a report.
pub(crate) const OF_A_REPEAT: i64 = 1;
/// Weight of each report more than in the window before.
pub(crate) const OF_GROWTH: i64 = 3;

/// The days that are looked at, up to a moment; and as many before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub days: i64,
    pub until: Timestamp,
}

impl Window {
    /// When it begins.
    pub fn since(&self) -> Timestamp {
        self.back(1)
    }

    /// When the window before it begins.
    pub fn before(&self) -> Timestamp {
        self.back(2)
    }

    fn back(&self, windows: i64) -> Timestamp {
        self.until.checked_sub(SignedDuration::from_hours(24 * self.days * windows)).unwrap_or(Timestamp::MIN)
    }
}

/// What is counted of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Different letter-writers within the window.
    pub writers: i64,
    /// Reports within the window.
    pub reports: i64,
    /// Repeated sightings of its reports within the window.
    pub repeats: i64,
    /// Reports within the window before.
    pub reports_before: i64,
}

/// Whither it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trend {
    Rising,
    Steady,
    Falling,
}

impl Counts {
    /// Reports more than in the window before; none when fewer.
    pub fn growth(&self) -> i64 {
        (self.reports - self.reports_before).max(0)
    }

    /// Against the window before.
    pub fn trend(&self) -> Trend {
        match self.reports.cmp(&self.reports_before) {
            std::cmp::Ordering::Greater => Trend::Rising,
            std::cmp::Ordering::Equal => Trend::Steady,
            std::cmp::Ordering::Less => Trend::Falling,
        }
    }

    /// 热度.
    pub fn heat(&self) -> i64 {
        OF_A_WRITER * self.writers + OF_A_REPORT * self.reports + OF_A_REPEAT * self.repeats + OF_GROWTH * self.growth()
    }

    /// The formula in words and numbers.
    pub fn formula(&self, days: i64) -> String {
        format!(
            "近{days}天热度 = {OF_A_WRITER}×来信人 + {OF_A_REPORT}×线索 + {OF_A_REPEAT}×重复转载 + {OF_GROWTH}×比前{days}天增加的线索 \
             = {OF_A_WRITER}×{} + {OF_A_REPORT}×{} + {OF_A_REPEAT}×{} + {OF_GROWTH}×{} = {}",
            self.writers,
            self.reports,
            self.repeats,
            self.growth(),
            self.heat()
        )
    }
}

/// An incident and how hot it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HotMatter {
    pub incident: Incident,
    pub counts: Counts,
    pub rank: i64,
}

/// Where a page ended: all pages of a list are counted up to one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub until: Timestamp,
    pub heat: i64,
    pub incident: Uuid,
    pub rank: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heat_adds_up_what_its_formula_says() {
        let counts = Counts { writers: 10, reports: 12, repeats: 3, reports_before: 4 };
        assert_eq!((counts.growth(), counts.heat(), counts.trend()), (8, 101, Trend::Rising));
        let words = counts.formula(7);
        assert!(words.starts_with("近7天热度 = ") && words.ends_with("= 5×10 + 2×12 + 1×3 + 3×8 = 101"), "{words}");
        let cooling = Counts { reports_before: 20, ..counts };
        assert_eq!((cooling.growth(), cooling.heat(), cooling.trend()), (0, 77, Trend::Falling));
        assert_eq!(Counts { reports_before: 12, ..counts }.trend(), Trend::Steady);
    }
}
