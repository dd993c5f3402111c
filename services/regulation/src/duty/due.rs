//! 时限: how a due time follows from its start, and the words that derive it.

use crate::calendar::Calendar;
use crate::civil::{day_of, day_words, end_of, limit_words, minutes_after, moment_words, span_words, weekday_words};
use crate::file::{At, Problems};
use crate::formula::{Formula, Gives, Scope};
use crate::source::RuleError;
use cel::Context;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

/// 时限 as the rule writes it.
#[derive(Debug)]
pub(crate) enum Due {
    /// 当日: 24:00 of the civil day of the start, holidays included.
    SameDay,
    /// Minutes after the start, by the calendar.
    Minutes(i64),
    /// Hours after the start, by the calendar, holidays included.
    Hours(i64),
    /// 24:00 of the n-th working day after the day of the start.
    WorkingDays(i64),
    /// 24:00 of the last working day of the week of the start.
    EndOfWeek,
    /// The moment a field names.
    Field(Formula),
    /// 24:00 of the civil day a field names.
    Day(Formula),
}

/// What a due time is computed from.
pub(crate) struct Clock<'c> {
    pub(crate) start: Timestamp,
    /// When the obligation came into being: calendars are read as they were known then.
    pub(crate) open: Timestamp,
    pub(crate) minimum_minutes: i64,
    pub(crate) calendar: &'c Calendar,
}

impl Due {
    pub(crate) fn parse(at: &At<'_>, scope: &Scope<'_>, p: &mut Problems) -> Option<Due> {
        match at.word() {
            Some("same_day") => return Some(Due::SameDay),
            Some("end_of_week") => return Some(Due::EndOfWeek),
            Some(other) => {
                p.at(at, format!("未知的时限“{other}”:应为 same_day、end_of_week 或 {{hours: 48}} 等"));
                return None;
            }
            None => {}
        }
        let (key, value) = at.choice(&["minutes", "hours", "working_days", "field", "day"], p)?;
        match key {
            "minutes" => value.whole(1, 14_400, p).map(Due::Minutes),
            "hours" => value.whole(1, 8_760, p).map(Due::Hours),
            "working_days" => value.whole(1, 250, p).map(Due::WorkingDays),
            "field" => Formula::parse(&value, Gives::Text, scope, p).map(Due::Field),
            _ => Formula::parse(&value, Gives::Text, scope, p).map(Due::Day),
        }
    }

    /// The due time; the steps are appended to `derivation`. `place` answers for what cannot be computed.
    pub(crate) fn compute(
        &self,
        clock: &Clock<'_>,
        context: &Context<'_, '_>,
        derivation: &mut Vec<String>,
        place: &crate::file::Place,
    ) -> Result<Timestamp, RuleError> {
        let fault = |message: String| place.error(message);
        match self {
            Due::SameDay => {
                let day = day_of(clock.start);
                derivation.push(format!("当日:至{}24时(节假日照算)", day_words(day)));
                at_least(clock, end_of(day).map_err(fault)?, derivation).map_err(fault)
            }
            Due::Minutes(minutes) => {
                derivation.push(format!("起算后{},按日历时间计", span_words(*minutes)));
                minutes_after(clock.start, *minutes).map_err(fault)
            }
            Due::Hours(hours) => {
                derivation.push(format!("起算后{hours}小时,按日历时间计,节假日不扣除"));
                minutes_after(clock.start, hours * 60).map_err(fault)
            }
            Due::WorkingDays(days) => {
                let last = working_day(clock, *days, derivation).map_err(fault)?;
                end_of(last).map_err(fault)
            }
            Due::EndOfWeek => {
                let last = last_of_week(clock, derivation).map_err(fault)?;
                at_least(clock, end_of(last).map_err(fault)?, derivation).map_err(fault)
            }
            Due::Field(formula) => {
                let text = formula.text(context)?;
                let due = text.parse::<Timestamp>();
                let due = due.map_err(|_| formula.place().error(format!("“{text}”不是时间")))?;
                derivation.push(format!("按要求载明的时限:{}", limit_words(due)));
                Ok(due)
            }
            Due::Day(formula) => {
                let text = formula.text(context)?;
                let day = text.parse::<Date>();
                let day = day.map_err(|_| formula.place().error(format!("“{text}”不是日期")))?;
                derivation.push(format!("事实载明的日期:{},至当日24时", day_words(day)));
                at_least(clock, end_of(day).map_err(fault)?, derivation).map_err(fault)
            }
        }
    }
}

/// 最低保留时间: a clock that ends at 24:00 never leaves less than the minimum after its start.
fn at_least(clock: &Clock<'_>, due: Timestamp, derivation: &mut Vec<String>) -> Result<Timestamp, String> {
    let least = minutes_after(clock.start, clock.minimum_minutes)?;
    if due >= least {
        return Ok(due);
    }
    derivation.push(format!(
        "距24时不足{},按最低保留{}计,顺延至{}",
        span_words(clock.minimum_minutes),
        span_words(clock.minimum_minutes),
        moment_words(least)
    ));
    Ok(least)
}

/// The n-th working day after the day of the start.
fn working_day(clock: &Clock<'_>, count: i64, derivation: &mut Vec<String>) -> Result<Date, String> {
    let known = day_of(clock.open);
    let first = day_of(clock.start);
    let mut day = first;
    let mut left = count;
    let mut passed = Vec::new();
    while left > 0 {
        day = day.tomorrow().map_err(|_| "日期超出可计算的范围".to_owned())?;
        let kind = clock.calendar.day(day, known)?;
        let weekend = is_weekend(day);
        if kind.worked {
            left -= 1;
        }
        // Only what departs from plain weekdays and weekends needs saying.
        if kind.worked == weekend {
            let sign = if kind.worked { "计入" } else { "不计" };
            passed.push(format!("{}{sign}:{}", day_words(day), kind.why));
        }
    }
    derivation.push(format!("{}次日起第{count}个工作日:{}({}),至当日24时", day_words(first), day_words(day), weekday_words(day)));
    derivation.extend(passed);
    Ok(day)
}

/// The last working day of the week of the start, Monday to Sunday; when it has passed already, or the
/// week has none, of the next week that has one.
fn last_of_week(clock: &Clock<'_>, derivation: &mut Vec<String>) -> Result<Date, String> {
    let known = day_of(clock.open);
    let first = day_of(clock.start);
    let beyond = |_| "日期超出可计算的范围".to_owned();
    let mut from = first;
    loop {
        let to_sunday = from.weekday().until(Weekday::Sunday);
        let mut day = from.checked_add(jiff::Span::new().days(to_sunday)).map_err(beyond)?;
        let next_week = day.tomorrow().map_err(beyond)?;
        while day >= from {
            let kind = clock.calendar.day(day, known)?;
            if kind.worked {
                let why = if is_weekend(day) { kind.why } else { weekday_words(day).to_owned() };
                let week = if from == first { "本周" } else { "本周已无工作日,顺延至下一个有工作日的周," };
                derivation.push(format!("{week}最后一个工作日:{}({why}),至当日24时", day_words(day)));
                return Ok(day);
            }
            day = day.yesterday().map_err(beyond)?;
        }
        from = next_week;
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
