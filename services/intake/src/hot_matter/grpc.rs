//! Hot matters: from the wire and to it.

use chassis::{Error, Fields, Page};
use huiying_proto::intake as pb;

use super::{HotMatter, Trend, commands::List};
use crate::incident;

const DAYS: i32 = 7;

pub(crate) fn list(message: &pb::ListHotMattersRequest) -> Result<List, Error> {
    let mut fields = Fields::new();
    if !(0..=90).contains(&message.window_days) {
        fields.wrong("window_days", "应为 1 至 90 天");
    }
    fields.check()?;
    let days = if message.window_days == 0 { DAYS } else { message.window_days };
    Ok(List { days: days.into(), page: Page::parse(message.page_size, &message.page_token)? })
}

pub(crate) fn to_wire(matter: &HotMatter, days: i64) -> pb::HotMatter {
    let counts = &matter.counts;
    let trend = match counts.trend() {
        Trend::Rising => pb::hot_matter::Trend::Rising,
        Trend::Steady => pb::hot_matter::Trend::Steady,
        Trend::Falling => pb::hot_matter::Trend::Falling,
    };
    pb::HotMatter {
        incident: Some(incident::grpc::to_wire(&matter.incident)),
        rank: matter.rank,
        heat: counts.heat(),
        formula: counts.formula(days),
        writer_count: counts.writers,
        report_count: counts.reports,
        repeat_count: counts.repeats,
        previous_report_count: counts.reports_before,
        trend: trend.into(),
    }
}
