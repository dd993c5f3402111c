//! Signals (线索要素), 二: what the tests look at of one report.

pub(crate) mod store;

use regulation::ReportSignals;
use uuid::Uuid;

/// What the tests look at of one report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signal {
    pub report_id: Uuid,
    /// 发布平台级别, as the rule names it: `central_stationed`.
    pub tier: String,
    /// 媒介, as the rule names it: `paper`.
    pub medium: String,
    /// 版面, of a paper.
    pub page: Option<String>,
    /// 敏感政务事件.
    pub sensitive: bool,
    pub view_count: i64,
    pub comment_count: i64,
    pub repost_count: i64,
}

impl From<&Signal> for ReportSignals {
    fn from(signal: &Signal) -> Self {
        Self {
            report_id: signal.report_id.to_string(),
            tier: signal.tier.clone(),
            medium: signal.medium.clone(),
            page: signal.page.clone(),
            sensitive: signal.sensitive,
            views: signal.view_count,
            comments: signal.comment_count,
            reposts: signal.repost_count,
        }
    }
}
