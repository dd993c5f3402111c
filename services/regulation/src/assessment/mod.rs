//! 研判: the four written tests of clause 二.

mod test;

pub(crate) use test::{Seen, Test};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// 线索: what the tests may see of one report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReportSignals {
    /// The report.
    pub report_id: String,
    /// 发布平台级别: `central`, `central_stationed`, `region`, `city`, `county`, `commercial`,
    /// `social`, `mailbox`, `hotline`.
    pub tier: String,
    /// 媒介: `paper`, `television`, `radio`, `web`, `social`, `letter`, `telephone`.
    pub medium: String,
    /// 版面, of a paper.
    pub page: Option<String>,
    /// 敏感政务事件: a person marked it so.
    pub sensitive: bool,
    /// 阅读量.
    pub views: i64,
    /// 评论量.
    pub comments: i64,
    /// 转发量.
    pub reposts: i64,
}

/// 事件: what the tests may see of the incident itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentSignals {
    /// The incident.
    pub incident_id: String,
    /// How many reports it has.
    pub report_count: i64,
    /// How many distinct people wrote to the leader mailbox about it, within the window of
    /// [`crate::Thresholds::concentration_window_days`].
    pub distinct_writers: i64,
}

/// 级别 (二): ordinary or important.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// 一般舆情 (普通舆情).
    #[serde(rename = "LEVEL_ORDINARY")]
    Ordinary,
    /// 重要舆情.
    #[serde(rename = "LEVEL_IMPORTANT")]
    Important,
}

impl Level {
    /// The name the contract gives it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Ordinary => "LEVEL_ORDINARY",
            Level::Important => "LEVEL_IMPORTANT",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Ordinary => "一般舆情",
            Level::Important => "重要舆情",
        })
    }
}

/// 研判意见: the level the written tests suggest, and why. A person confirms or overrides it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// The level suggested: important when any test hit.
    pub level: Level,
    /// Every hit, in the order of the tests, then of the reports.
    pub grounds: Vec<Ground>,
}

/// 依据: one hit of one test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    /// The test of the rule file.
    pub test_id: String,
    /// Its clause, e.g. `二(三)`.
    pub clause: String,
    /// The test in words (中文).
    pub text: String,
    /// The report that hit, for a test that looks at reports.
    pub report_id: Option<String>,
    /// The values the condition saw, thresholds included.
    pub values: BTreeMap<String, Value>,
    /// Whether the hit rests on a county-set threshold that a person must confirm
    /// ("较大反响", "集中反映").
    pub needs_confirmation: bool,
}
