//! 阈值: the county's numbers where the text measures nothing.

use serde::{Deserialize, Serialize};

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
