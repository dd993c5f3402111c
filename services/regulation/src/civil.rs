//! 民用时间: Asia/Shanghai, which has kept one offset, +08, since 1991.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const SHANGHAI: Offset = Offset::constant(8);

/// The civil day of a moment.
pub(crate) fn day_of(time: Timestamp) -> Date {
    SHANGHAI.to_datetime(time).date()
}

/// 0:00 of a civil day.
pub(crate) fn start_of(day: Date) -> Result<Timestamp, String> {
    SHANGHAI.to_timestamp(day.at(0, 0, 0, 0)).map_err(|_| format!("日期 {day} 超出可计算的范围"))
}

/// 24:00 of a civil day.
pub(crate) fn end_of(day: Date) -> Result<Timestamp, String> {
    start_of(day.tomorrow().map_err(|_| format!("日期 {day} 超出可计算的范围"))?)
}

/// A moment some minutes later.
pub(crate) fn minutes_after(time: Timestamp, minutes: i64) -> Result<Timestamp, String> {
    time.checked_add(SignedDuration::from_mins(minutes)).map_err(|_| format!("{} 之后 {minutes} 分钟超出可计算的范围", moment_words(time)))
}

/// 2026年11月10日14时05分.
pub(crate) fn moment_words(time: Timestamp) -> String {
    let civil = SHANGHAI.to_datetime(time);
    format!("{}{}", day_words(civil.date()), clock_words(civil.hour(), civil.minute()))
}

/// The same for the end of a period: midnight is 24时 of the day that ends.
pub(crate) fn limit_words(time: Timestamp) -> String {
    let civil = SHANGHAI.to_datetime(time);
    if civil.hour() == 0
        && civil.minute() == 0
        && civil.second() == 0
        && let Ok(day) = civil.date().yesterday()
    {
        return format!("{}24时", day_words(day));
    }
    moment_words(time)
}

/// 2026年11月10日.
pub(crate) fn day_words(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// 120分钟, 2小时.
pub(crate) fn span_words(minutes: i64) -> String {
    if minutes % 60 == 0 { format!("{}小时", minutes / 60) } else { format!("{minutes}分钟") }
}

/// 星期二.
pub(crate) fn weekday_words(day: Date) -> &'static str {
    use jiff::civil::Weekday;
    match day.weekday() {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

fn clock_words(hour: i8, minute: i8) -> String {
    if minute == 0 { format!("{hour}时") } else { format!("{hour}时{minute:02}分") }
}
