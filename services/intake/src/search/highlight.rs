//! Where searched words stand in a text: fragments with ranges of characters, never markup.

use super::{
    lexemes::{Normal, is_code},
    query::Shown,
};

/// Characters of a fragment of a long text, and of what stands before its first hit.
const FRAGMENT: usize = 80;
const BEFORE: usize = 20;
/// Fragments of a long text.
const MOST: usize = 3;
/// Hits that are looked at in a text.
const MOST_HITS: usize = 200;

/// A stretch of characters: the first, and the one after the last.
pub(super) type Range = (usize, usize);

/// A fragment of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    pub text: String,
    pub start: usize,
    pub ranges: Vec<Range>,
}

/// A whole text with its hits; nothing when it has none.
pub(super) fn whole(text: &str, shown: &[Shown]) -> Option<Fragment> {
    let ranges = hits(text, shown);
    (!ranges.is_empty()).then(|| Fragment { text: text.to_owned(), start: 0, ranges })
}

/// The fragments of a long text with the most hits, in order.
pub(super) fn fragments(text: &str, shown: &[Shown]) -> Vec<Fragment> {
    let length = text.chars().count();
    let mut found: Vec<(usize, usize, Vec<Range>)> = Vec::new();
    for (start, end) in hits(text, shown) {
        match found.last_mut() {
            Some((_, until, ranges)) if end <= *until => ranges.push((start, end)),
            last => {
                let from = start.saturating_sub(BEFORE).max(last.map_or(0, |(_, until, _)| *until));
                found.push((from, (from + FRAGMENT).max(end).min(length), vec![(start, end)]));
            }
        }
    }
    // The sort is stable: of those with as many hits, the first.
    found.sort_by_key(|(_, _, ranges)| std::cmp::Reverse(ranges.len()));
    found.truncate(MOST);
    found.sort_by_key(|(from, ..)| *from);
    let fragment = |(from, until, ranges): (usize, usize, Vec<Range>)| Fragment {
        text: text.chars().skip(from).take(until - from).collect(),
        start: from,
        ranges: ranges.into_iter().map(|(start, end)| (start - from, end - from)).collect(),
    };
    found.into_iter().map(fragment).collect()
}

/// Where the stretches of a query stand, in characters of the text, without overlap. One that stands nowhere as it was typed is shown
/// by its words.
fn hits(text: &str, shown: &[Shown]) -> Vec<Range> {
    let normal = Normal::of(text);
    let mut found = Vec::new();
    for Shown { whole, words } in shown {
        let before = found.len();
        occurrences(&normal.chars, whole, &mut found);
        if found.len() == before {
            // A character that a name falls into says nothing by itself.
            words.iter().filter(|word| word.len() > 1).for_each(|word| occurrences(&normal.chars, word, &mut found));
        }
    }
    let origin = |at: usize| normal.origins.get(at).copied().unwrap_or_default();
    let mut ranges: Vec<Range> = found.into_iter().map(|(start, end)| (origin(start), origin(end - 1) + 1)).collect();
    ranges.sort_unstable();
    let mut merged: Vec<Range> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges {
        match merged.last_mut() {
            Some((_, until)) if start <= *until => *until = end.max(*until),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// Where some characters stand. Letters and digits are found whole: "3" is not in "13".
fn occurrences(text: &[char], wanted: &[char], found: &mut Vec<Range>) {
    let (Some(first), Some(last)) = (wanted.first().copied(), wanted.last().copied()) else { return };
    for (start, window) in text.windows(wanted.len()).enumerate() {
        if window.first() != Some(&first) || window != wanted {
            continue;
        }
        let end = start + wanted.len();
        let goes_on = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| is_code(*c));
        if (is_code(first) && goes_on(start.checked_sub(1))) || (is_code(last) && goes_on(Some(end))) {
            continue;
        }
        found.push((start, end));
        if found.len() >= MOST_HITS {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::query::Query;

    fn shown(query: &str) -> Vec<Shown> {
        Query::parse(query).unwrap().shown
    }

    fn marked(fragment: &Fragment) -> Vec<String> {
        fragment.ranges.iter().map(|(start, end)| fragment.text.chars().skip(*start).take(end - start).collect()).collect()
    }

    #[test]
    fn a_title_is_shown_whole_with_its_hits_as_they_were_written() {
        let fragment = whole("河东Ａ３区又停水", &shown("停水 a3区")).unwrap();
        assert_eq!(marked(&fragment), ["Ａ３区", "停水"]);
        assert_eq!(whole("河东13路", &shown("3路")), None);
    }

    #[test]
    fn a_long_text_is_shown_by_its_fragments_with_the_most_hits_in_order() {
        let text = format!(
            "{}停水{}停水暖气{}停水{}停水{}",
            "甲".repeat(100),
            "乙".repeat(100),
            "丙".repeat(100),
            "丁".repeat(100),
            "戊".repeat(100)
        );
        let fragments = fragments(&text, &shown("停水 暖气"));
        assert_eq!(fragments.len(), 3);
        assert!(fragments.windows(2).all(|pair| pair[0].start + pair[0].text.chars().count() <= pair[1].start));
        assert!(fragments.iter().any(|fragment| marked(fragment).concat() == "停水暖气"));
        for fragment in &fragments {
            let there: String = text.chars().skip(fragment.start).take(fragment.text.chars().count()).collect();
            assert_eq!(there, fragment.text);
            assert!(marked(fragment).iter().all(|hit| hit.starts_with("停水")));
        }
    }

    #[test]
    fn characters_that_become_several_are_shown_whole() {
        let fragment = whole("气温20℃以下", &shown("20°c")).unwrap();
        assert_eq!(marked(&fragment).concat(), "20℃");
    }
}
