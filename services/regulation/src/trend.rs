//! 走势 (四(二)): from when on reports come so fast that an incident is weighed anew.

use crate::file::{At, Problems};
use crate::parse::Clauses;

/// 走势上升: a rise begins when reports of the last hours are many enough and have grown enough against as many hours before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrendRule {
    /// The clause that asks for it.
    pub clause: String,
    /// The rule in words (中文).
    pub text: String,
    /// 时段: how many civil hours are looked at, the current one included.
    pub window_hours: i64,
    /// 速度: from how many reports an hour on, over the window.
    pub speed_per_hour: i64,
    /// 倍数: from how many times the window before on; a window that follows one without reports has grown enough.
    pub growth_factor: i64,
}

impl TrendRule {
    /// 线索数: how many reports of a window make the speed.
    #[must_use]
    pub fn reports(&self) -> i64 {
        self.speed_per_hour.saturating_mul(self.window_hours)
    }

    pub(crate) fn parse(at: &At<'_>, clauses: &Clauses, p: &mut Problems) -> Option<TrendRule> {
        const KEYS: [&str; 5] = ["clause", "text", "window_hours", "speed_per_hour", "growth_factor"];
        let table = at.table(&KEYS, p)?;
        let clause = table.need("clause", p).and_then(|at| clauses.cited(&at, p));
        let text = table.need_text("text", p);
        let mut number = |key: &str, least, most| table.need(key, p)?.whole(least, most, p);
        let window_hours = number("window_hours", 1, 72);
        let speed_per_hour = number("speed_per_hour", 1, 1_000_000);
        let growth_factor = number("growth_factor", 1, 100);
        Some(TrendRule {
            clause: clause?,
            text: text?,
            window_hours: window_hours?,
            speed_per_hour: speed_per_hour?,
            growth_factor: growth_factor?,
        })
    }
}
