//! Times as feeds and mails state them (发布时间). What names no zone is civil time here, and CST is China's standard time, not Chicago's.
//! What cannot be told for certain, such as 昨天, is not guessed.

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Zones by name, in hours.
const ZONES: [(&str, i8); 16] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("cst", 8),
    ("bjt", 8),
    ("cct", 8),
    ("prc", 8),
    ("hkt", 8),
    ("asia/shanghai", 8),
    ("北京时间", 8),
    ("est", -5),
    ("edt", -4),
    ("cdt", -5),
    ("pst", -8),
    ("pdt", -7),
];
const LONGEST: usize = 80;

/// The moment that a text tells; none where it tells none for certain.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        return match text.len() {
            10 => Timestamp::from_second(number).ok(),
            13 => Timestamp::from_millisecond(number).ok(),
            _ => None,
        };
    }
    let mut told = Told::default();
    for token in plain(text).split([' ', ',', '(', ')', ';', '\t']).filter(|token| !token.is_empty()) {
        told.take(token)?;
    }
    told.moment()
}

/// With signs for the words of a date: 2026年11月10日上午8时 as "2026-11-10  am 8:".
fn plain(text: &str) -> String {
    let halves = [("上午", " am "), ("早上", " am "), ("凌晨", " am "), ("下午", " pm "), ("晚上", " pm ")];
    let text = halves.iter().fold(text.to_owned(), |text, (word, half)| text.replace(word, half));
    let mut before = ' ';
    let signs = text.chars().map(|c| {
        let follows_a_number = std::mem::replace(&mut before, c).is_ascii_digit();
        match c {
            '年' | '月' | '/' if follows_a_number => '-',
            '日' | '号' | '秒' if follows_a_number => ' ',
            '时' | '点' | '分' | ':' if follows_a_number => ':',
            '\u{3000}' | ',' => ' ',
            c => c,
        }
    });
    signs.collect()
}

#[derive(Default)]
struct Told {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    clock: Option<(i8, i8, i8)>,
    afternoon: Option<bool>,
    zone: Option<Offset>,
}

impl Told {
    /// Takes one word of a time; nothing when it is none.
    fn take(&mut self, token: &str) -> Option<()> {
        let lower = token.to_lowercase();
        if let Some((date, clock)) = lower.split_once('t').filter(|(date, _)| date.ends_with(|c: char| c.is_ascii_digit())) {
            self.take(date)?;
            return self.take(clock);
        }
        if let Some((zone, _)) = lower.split_once('[') {
            // 2026-11-10T08:00:00+08:00[Asia/Shanghai]
            return self.take(zone);
        }
        let is_number = lower.starts_with(|c: char| c.is_ascii_digit());
        if is_number && lower.contains(':') {
            let end = lower.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(lower.len());
            let (clock, zone) = lower.split_at(end);
            self.clock = Some(clock_of(clock)?);
            return if zone.is_empty() { Some(()) } else { self.take(zone) };
        }
        if is_number {
            return self.take_date(&lower);
        }
        if let Some(month) = MONTHS.iter().position(|month| lower.is_ascii() && lower.starts_with(month)) {
            self.month = Some(i8::try_from(month + 1).ok()?);
            return Some(());
        }
        match lower.as_str() {
            "am" => self.afternoon = Some(false),
            "pm" => self.afternoon = Some(true),
            _ if lower.starts_with("星期") || lower.starts_with('周') => {}
            _ if WEEKDAYS.iter().any(|day| lower.starts_with(day)) => {}
            // Told twice, as in "GMT+0800 (CST)", it is what is told first; other words after it explain it.
            _ if self.zone.is_some() => {}
            _ => self.zone = Some(zone_of(&lower)?),
        }
        Some(())
    }

    fn take_date(&mut self, token: &str) -> Option<()> {
        let parts: Vec<&str> = token.split(['-', '.']).filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [year, month, day] if month.bytes().all(|b| b.is_ascii_digit()) => {
                (self.year, self.month, self.day) = (Some(year.parse().ok()?), Some(month.parse().ok()?), Some(day.parse().ok()?));
            }
            // 10-Nov-2026
            [_, _, _] => parts.into_iter().try_for_each(|part| self.take(part))?,
            [year] if year.len() == 4 => self.year = Some(year.parse().ok()?),
            [year] if self.day.is_some() && year.len() == 2 => self.year = Some(2000 + year.parse::<i16>().ok()?),
            [day] if day.len() <= 2 => self.day = Some(day.parse().ok()?),
            _ => return None,
        }
        Some(())
    }

    fn moment(self) -> Option<Timestamp> {
        let (hour, minute, second) = self.clock.unwrap_or_default();
        let hour = match self.afternoon {
            Some(true) if hour < 12 => hour + 12,
            Some(false) if hour == 12 => 0,
            _ => hour,
        };
        let civil = DateTime::new(self.year?, self.month?, self.day?, hour, minute, second, 0).ok()?;
        let zone = self.zone.map_or_else(chassis::clock::zone, TimeZone::fixed);
        Some(civil.to_zoned(zone).ok()?.timestamp())
    }
}

fn clock_of(text: &str) -> Option<(i8, i8, i8)> {
    let whole = text.split('.').next().unwrap_or(text);
    let parts: Vec<i8> = whole.split(':').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [hour] => Some((*hour, 0, 0)),
        [hour, minute] => Some((*hour, *minute, 0)),
        // A leap second is the one before.
        [hour, minute, second] => Some((*hour, *minute, (*second).min(59))),
        _ => None,
    }
}

/// "+0800", "+08:00", "-5", "GMT+8", or by name.
fn zone_of(text: &str) -> Option<Offset> {
    let at = text.find(['+', '-']).unwrap_or(text.len());
    let (name, offset) = text.split_at(at);
    let base = if name.is_empty() { 0 } else { ZONES.iter().find(|(known, _)| *known == name)?.1 };
    let Some(sign) = offset.chars().next() else { return Some(Offset::constant(base)) };
    let digits: String = offset.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = if digits.len() > 2 { digits.split_at(digits.len() - 2) } else { (digits.as_str(), "0") };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(if sign == '-' { -seconds } else { seconds }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_sites_write_them_and_without_a_zone_as_civil_time_here() {
        let expected: Timestamp = "2026-11-10T08:00:00+08:00".parse().unwrap();
        for text in [
            "Tue, 10 Nov 2026 08:00:00 +0800",
            "Tue, 10 Nov 2026 08:00:00 CST",
            "Tue, 10 Nov 2026 08:00:00",
            "Wed, 10 November 2026 8:00",
            "10 Nov 26 08:00 +0800",
            "Tue Nov 10 08:00:00 CST 2026",
            "Tue Nov 10 2026 08:00:00 GMT+0800 (CST)",
            "Tue Nov 10 2026 08:00:00 GMT+0800 (中国标准时间)",
            "Tue, 10 Nov 2026 00:00:00 GMT",
            "Mon, 09 Nov 2026 19:00:00 EST",
            "2026-11-10T08:00:00+08:00",
            "2026-11-10T08:00:00.123+0800",
            "2026-11-10T00:00:00Z",
            "2026-11-10T08:00:00",
            "2026-11-10T08:00:00+08:00[Asia/Shanghai]",
            "2026-11-10 08:00:00",
            "2026-11-10 08:00:00 +0800",
            "2026/11/10 8:00",
            "2026.11.10 08:00",
            "2026年11月10日 08:00",
            "2026年11月10日08时00分",
            "2026年11月10日 星期二 上午8:00",
            "2026-11-10 8:00:00 AM",
            "2026-11-10 08:00 北京时间",
            "10-Nov-2026 08:00:00",
            "1794268800",
            "1794268800000",
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        assert_eq!(read("2026-11-10"), "2026-11-10T00:00:00+08:00".parse().ok());
        assert_eq!(read("2026年11月10日 下午3:05"), "2026-11-10T15:05:00+08:00".parse().ok());
    }

    #[test]
    fn what_tells_no_moment_for_certain_is_none() {
        for text in
            ["昨天 12:30", "3小时前", "刚刚", "11-10 08:00", "2026-13-45", "soon", "", "08:00", "Tue, 10 Nov 2026 25:00:00 +0800", "甲乙丙"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"1".repeat(9999)), None);
    }
}
