//! Days, times and numbers as papers write them.

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};

/// 2026年11月10日.
#[must_use]
pub fn day(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// 2026年11月10日 09:30, in the civil time of all of China.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    time.to_zoned(TimeZone::fixed(Offset::constant(8))).strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// The civil day of a moment.
#[must_use]
pub fn civil_day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::fixed(Offset::constant(8))).date()
}

/// 发文字号 without the office's code: 〔2026〕12号, hexagonal brackets and no leading zero.
#[must_use]
pub fn document_number(year: i32, number: i32) -> String {
    format!("〔{year}〕{number}号")
}

/// A moment, or nothing.
pub(crate) fn optional_moment(time: Option<Timestamp>) -> String {
    time.map(moment).unwrap_or_default()
}
