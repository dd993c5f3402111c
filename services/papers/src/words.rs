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

/// The same with the signs of Chinese: , : ; ? ! beside a Chinese character, and parentheses that hold one or follow one, are set full.
/// Only for what the office's own sentences say; text that somebody approved is printed as it is.
#[must_use]
pub fn full(text: &str) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for at in 0..characters.len() {
        let beside = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|c| is_chinese(*c));
        let (before, after) = (beside(at.checked_sub(1)), beside(at.checked_add(1)));
        let Some(&is) = characters.get(at) else { break };
        let sign = match is {
            '(' => {
                open.push((at, before));
                continue;
            }
            ')' => {
                let Some((from, after_chinese)) = open.pop() else { continue };
                let holds = characters.get(from..at).is_some_and(|within| within.iter().any(|c| is_chinese(*c)));
                if !after_chinese && !holds {
                    continue;
                }
                if let Some(opened) = characters.get_mut(from) {
                    *opened = '（';
                }
                '）'
            }
            ',' if before || after => '，',
            ':' if before || after => '：',
            ';' if before || after => '；',
            '?' if before || after => '？',
            '!' if before || after => '！',
            _ => continue,
        };
        if let Some(is) = characters.get_mut(at) {
            *is = sign;
        }
    }
    characters.into_iter().collect()
}

/// A Chinese character, or a sign as wide as one.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '“' | '”' | '—' | '…')
}

/// A moment, or nothing.
pub(crate) fn optional_moment(time: Option<Timestamp>) -> String {
    time.map(moment).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::full;

    #[test]
    fn signs_between_chinese_characters_are_full_and_times_numbers_and_addresses_stay() {
        for (text, expected) in [
            ("本周(11月9日至11月15日)登记一般舆情 40 件,线索 72 条。", "本周（11月9日至11月15日）登记一般舆情 40 件，线索 72 条。"),
            ("报:县长;时间16:00,(1)见 https://a.example/?a=1,2", "报：县长；时间16:00,(1)见 https://a.example/?a=1,2"),
            ("X市日报(头版)《某文》(一般;线索 1 条", "X市日报（头版）《某文》(一般；线索 1 条"),
            ("f(x), y: z", "f(x), y: z"),
        ] {
            assert_eq!(full(text), expected);
        }
    }
}
