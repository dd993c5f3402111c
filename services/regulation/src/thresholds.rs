//! 阈值: the county's numbers where the text measures nothing.

use crate::file::{At, Problems};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// 阈值: the county's numbers where the text says "较大反响", "集中反映", "当日".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// 集中反映 (二(四)): the window in which distinct writers are counted, in days.
    pub concentration_window_days: i64,
    /// 集中反映 (二(四)): how many distinct writers make it concentrated.
    pub concentration_distinct_writers: i64,
    /// 较大反响 (二(二)): views of one report.
    pub reaction_views: i64,
    /// 较大反响 (二(二)): comments on one report.
    pub reaction_comments: i64,
    /// 较大反响 (二(二)): reposts of one report.
    pub reaction_reposts: i64,
    /// 当日: the least that a clock which ends at 24:00 leaves, in minutes.
    pub same_day_minimum_minutes: i64,
}

impl Thresholds {
    pub(crate) fn parse(at: &At<'_>, p: &mut Problems) -> Option<Thresholds> {
        const KEYS: [&str; 6] = [
            "concentration_window_days",
            "concentration_distinct_writers",
            "reaction_views",
            "reaction_comments",
            "reaction_reposts",
            "same_day_minimum_minutes",
        ];
        let table = at.table(&KEYS, p)?;
        let mut number = |key: &str, least, most| {
            let value = table.need(key, p)?;
            value.whole(least, most, p)
        };
        let concentration_window_days = number("concentration_window_days", 1, 366);
        let concentration_distinct_writers = number("concentration_distinct_writers", 2, 1_000_000);
        let reaction_views = number("reaction_views", 1, 1_000_000_000);
        let reaction_comments = number("reaction_comments", 1, 1_000_000_000);
        let reaction_reposts = number("reaction_reposts", 1, 1_000_000_000);
        let same_day_minimum_minutes = number("same_day_minimum_minutes", 0, 720);
        Some(Thresholds {
            concentration_window_days: concentration_window_days?,
            concentration_distinct_writers: concentration_distinct_writers?,
            reaction_views: reaction_views?,
            reaction_comments: reaction_comments?,
            reaction_reposts: reaction_reposts?,
            same_day_minimum_minutes: same_day_minimum_minutes?,
        })
    }

    /// As a formula sees them.
    pub(crate) fn fields(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        }
    }
}
