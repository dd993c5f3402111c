//! Marks of what never changes of a report, which stand beside its words: by them the index filters.

use chassis::clock::civil_day;
use jiff::{Timestamp, ToSpan, civil::Date};
use uuid::Uuid;

use super::{Filter, Range, blocks, lexemes::quoted};

/// A range of more months than these is left to the entries' own times.
const MOST_MONTHS: usize = 24;

/// The marks of a report.
pub(super) fn of(place: i64, outlet: Uuid, tier: &str, publish: Timestamp, register: Timestamp) -> Vec<String> {
    let mut marks: Vec<String> = blocks::marks(place).collect();
    marks.extend([outlet_mark(outlet), tier_mark(tier)]);
    marks.extend(of_months(publish, register));
    marks
}

/// The marks of where a report was seen again.
pub(super) fn of_repeat(outlet: Uuid, tier: &str) -> [String; 2] {
    [outlet_mark(outlet), tier_mark(tier)]
}

/// The marks of all places where a report was seen again.
pub(super) fn of_repeats(outlets: &[Uuid], tiers: &[String]) -> impl Iterator<Item = String> {
    outlets.iter().copied().map(outlet_mark).chain(tiers.iter().map(|tier| tier_mark(tier)))
}

/// The marks of the months in which a report appeared and was registered.
pub(super) fn of_months(publish: Timestamp, register: Timestamp) -> [String; 2] {
    [month_mark('p', civil_day(publish)), month_mark('r', civil_day(register))]
}

fn outlet_mark(outlet: Uuid) -> String {
    format!("^o{}", outlet.simple())
}

fn tier_mark(tier: &str) -> String {
    format!("^t{tier}")
}

fn month_mark(sort: char, day: Date) -> String {
    format!("^{sort}{}-{:02}", day.year(), day.month())
}

/// What the index is asked for: the words, and what of the filter are marks.
pub(super) fn narrowed(find: &str, filter: &Filter, now: Timestamp) -> String {
    let mut parts: Vec<String> = (!find.is_empty()).then(|| find.to_owned()).into_iter().collect();
    parts.extend(filter.outlet.map(|outlet| quoted(&outlet_mark(outlet))));
    parts.extend(filter.tier.as_deref().map(|tier| quoted(&tier_mark(tier))));
    for (sort, range) in [('p', filter.publish), ('r', filter.register)] {
        let months = months(range, now).into_iter().flatten();
        let marks: Vec<String> = months.map(|month| month_mark(sort, month)).collect();
        parts.extend((!marks.is_empty()).then(|| any(&marks)));
    }
    parts.join(" & ")
}

/// The same within some blocks.
pub(super) fn within(find: &str, blocks: Option<Vec<String>>) -> String {
    match blocks {
        Some(blocks) => format!("{find} & {}", any(&blocks)),
        None => find.to_owned(),
    }
}

fn any(marks: &[String]) -> String {
    let marks: Vec<String> = marks.iter().map(|mark| quoted(mark)).collect();
    format!("({})", marks.join(" | "))
}

/// The first days of the months of a range that began; one without an end goes on until tomorrow, as clocks differ.
pub(super) fn months(range: Range, now: Timestamp) -> Option<Vec<Date>> {
    let (from, to) = (civil_day(range.from?).first_of_month(), range.to.map_or_else(|| civil_day(now).saturating_add(1.day()), civil_day));
    let mut months = Vec::new();
    let mut month = from;
    while month <= to {
        if months.len() == MOST_MONTHS {
            return None;
        }
        months.push(month);
        month = month.checked_add(1.month()).ok()?;
    }
    (!months.is_empty()).then_some(months)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(from: &str, to: &str) -> Range {
        Range { from: from.parse().ok(), to: to.parse().ok() }
    }

    fn now() -> Timestamp {
        "2026-11-10T01:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_short_range_of_time_is_asked_of_the_index_by_civil_months_and_a_long_one_is_not() {
        // The first of January, one in the morning, in China.
        let filter = Filter { publish: range("2025-12-31T17:00:00Z", "2026-02-03T00:00:00Z"), ..Filter::default() };
        assert_eq!(narrowed("'停水'", &filter, now()), "'停水' & ('^p2026-01' | '^p2026-02')");
        let filter = Filter { publish: range("2016-12-31T17:00:00Z", "2026-02-03T00:00:00Z"), ..Filter::default() };
        assert_eq!(narrowed("'停水'", &filter, now()), "'停水'");
        let filter = Filter { publish: Range { from: "2026-10-03T00:00:00Z".parse().ok(), to: None }, ..Filter::default() };
        assert_eq!(narrowed("'停水'", &filter, now()), "'停水' & ('^p2026-10' | '^p2026-11')");
        let filter = Filter { register: Range { from: None, to: "2026-02-03T00:00:00Z".parse().ok() }, ..Filter::default() };
        assert_eq!(narrowed("'停水'", &filter, now()), "'停水'");
    }

    #[test]
    fn what_the_index_filters_by_is_marked_on_every_entry() {
        let (outlet, time) = (Uuid::from_u128(7), "2026-11-10T01:00:00Z".parse().unwrap());
        let marks = of(5000, outlet, "TIER_CITY", time, time);
        let filter = Filter { outlet: Some(outlet), tier: Some("TIER_CITY".into()), ..Filter::default() };
        let asked = narrowed("'停水'", &filter, now());
        assert!(marks.iter().filter(|mark| asked.contains(&quoted(mark))).count() == 2, "{asked}");
        assert!(marks.contains(&"^p2026-11".to_owned()) && marks.contains(&"^r2026-11".to_owned()));
    }
}
