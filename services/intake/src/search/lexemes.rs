//! A text as the words that search knows. NFKC, lower case and simplified forms first; then Chinese is cut by the dictionary, letters and digits stand
//! as they were written. Words that the dictionary does not have fall into single characters, in a text and in a query alike, so that
//! a name is found by its characters side by side whatever stands around it: guessing (HMM) would cut one name in two ways.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use unicode_normalization::UnicodeNormalization;

use grouping::{JIEBA, simplified};

use crate::report::masking::is_personal;

/// Particles that stand in every text.
const STOP: &[&str] = &[
    "的", "了", "是", "在", "和", "与", "及", "也", "就", "都", "而", "着", "吗", "呢", "吧", "啊", "呀", "之", "们", "把", "被", "地",
    "得",
];
/// PostgreSQL counts places of words no further.
const LAST_POSITION: u32 = 16_383;
/// A word is remembered at so many places of a text.
const MOST_POSITIONS: usize = 64;
/// Words that are not cut out are looked for up to so many characters.
const LONGEST_INNER: usize = 4;
/// Between the title and the excerpt, so that no phrase goes across.
const GAP: u32 = 16;
/// Letters and digits without an end are no word.
const LONGEST_CODE: usize = 40;

/// A text in normal form, character by character, and the character of the text that each comes from.
pub(super) struct Normal {
    pub chars: Vec<char>,
    pub origins: Vec<usize>,
}

impl Normal {
    pub fn of(text: &str) -> Self {
        let mut normal = Self { chars: Vec::with_capacity(text.len() / 2), origins: Vec::with_capacity(text.len() / 2) };
        for (at, c) in text.chars().enumerate() {
            if c.is_ascii() || is_plain_han(c) {
                normal.chars.push(simplified(c.to_ascii_lowercase()));
                normal.origins.push(at);
                continue;
            }
            for c in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
                normal.chars.push(simplified(c));
                normal.origins.push(at);
            }
        }
        normal
    }
}

/// A word where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub text: String,
    /// Counted in words; what is left out counts, too.
    pub position: u32,
    /// The first of its characters in the normal form, and the one after the last.
    pub start: usize,
    pub end: usize,
    pub sort: Sort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A word of the dictionary, or a character that is part of none.
    Word,
    /// A word that begins within another.
    Inner,
    /// Letters and digits.
    Code,
    /// Letters and digits with the character that follows: "3路".
    Coded,
}

fn is_plain_han(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn is_han(c: char) -> bool {
    is_plain_han(c) || ('\u{3400}'..='\u{4dbf}').contains(&c) || ('\u{20000}'..='\u{3ffff}').contains(&c)
}

pub(super) fn is_code(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// The words of a normal form, in order.
pub(super) fn tokens(chars: &[char]) -> Vec<Token> {
    let (mut found, mut position, mut at) = (Vec::new(), 0, 0);
    while let Some(first) = chars.get(at).copied() {
        let run = |is: fn(char) -> bool| at + chars[at..].iter().take_while(|c| is(**c)).count();
        if is_han(first) {
            let end = run(is_han);
            han(&chars[at..end], at, &mut position, &mut found);
            at = end;
        } else if is_code(first) {
            let end = run(is_code);
            position += 1;
            // By the number of somebody's telephone nobody is looked for.
            let is_personal = chars[at..end].chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).any(is_personal);
            if end - at <= LONGEST_CODE && !is_personal {
                let token = |end: usize, sort| Token { text: chars[at..end].iter().collect(), position, start: at, end, sort };
                found.push(token(end, Sort::Code));
                if chars.get(end).is_some_and(|next| is_han(*next)) {
                    found.push(token(end + 1, Sort::Coded));
                }
            }
            at = end;
        } else {
            position += u32::from(!first.is_whitespace());
            at += 1;
        }
    }
    found
}

/// The words into which a text is cut, each followed by the shorter ones that begin within it, and may end in the next: "路灯不亮" is cut
/// as 路 and 灯不亮, and says 路灯.
fn han(chars: &[char], begins: usize, position: &mut u32, found: &mut Vec<Token>) {
    let text: String = chars.iter().collect();
    let mut others = JIEBA.cut_all(&text).into_iter().filter(|word| (2..=LONGEST_INNER).contains(&(word.end - word.start))).peekable();
    for word in JIEBA.cut(&text, false) {
        *position += 1;
        let mut tell = |text: &str, start: usize, end: usize, sort| {
            found.push(Token { text: text.to_owned(), position: *position, start: begins + start, end: begins + end, sort });
        };
        if !STOP.contains(&word.word) {
            tell(word.word, word.start, word.end, Sort::Word);
        }
        while let Some(other) = others.next_if(|other| other.start < word.end) {
            if (other.start, other.end) != (word.start, word.end) {
                tell(other.word, other.start, other.end, Sort::Inner);
            }
        }
    }
}

/// Marks as a `tsvector` is written.
pub(super) fn listed(marks: &BTreeSet<String>) -> String {
    marks.iter().map(|mark| quoted(mark)).collect::<Vec<_>>().join(" ")
}

/// What is stored of a report's words, as a `tsvector` is written. Of the title every character can be found by itself.
pub(super) fn vector(title: &str, excerpt: &str, marks: &[String]) -> String {
    let mut words: BTreeMap<String, Vec<(u32, char)>> = BTreeMap::new();
    let mut note = |text: &str, position: u32, weight: char| {
        let places = words.entry(text.to_owned()).or_default();
        if position <= LAST_POSITION && places.len() < MOST_POSITIONS && places.last() != Some(&(position, weight)) {
            places.push((position, weight));
        }
    };
    let mut end = 0;
    for token in tokens(&Normal::of(title).chars) {
        end = token.position;
        note(&token.text, token.position, 'A');
        if token.sort == Sort::Word && token.end - token.start > 1 {
            let mut alone = [0; 4];
            token.text.chars().for_each(|c| note(c.encode_utf8(&mut alone), token.position, 'A'));
        }
    }
    for token in tokens(&Normal::of(excerpt).chars) {
        note(&token.text, end + GAP + token.position, 'B');
    }
    let mut written = String::new();
    for (text, places) in &words {
        written.push_str(&quoted(text));
        for (at, (position, weight)) in places.iter().enumerate() {
            written.push(if at == 0 { ':' } else { ',' });
            written.push_str(&position.to_string());
            written.push(*weight);
        }
        written.push(' ');
    }
    let marks: HashSet<&String> = marks.iter().collect();
    for mark in marks {
        written.push_str(&quoted(mark));
        written.push(' ');
    }
    written
}

/// A word as `tsvector` and `tsquery` read it.
pub(super) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(&Normal::of(text).chars).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn full_width_and_upper_case_are_the_same_as_half_width_and_lower_case() {
        assert_eq!(words("Ａ３区"), words("a3区"));
        assert!(words("乘坐３路公交").contains(&"3路".to_owned()), "{:?}", words("乘坐３路公交"));
    }

    #[test]
    fn words_within_a_long_word_are_words_and_particles_are_none() {
        let words = words("混凝土的搅拌站");
        assert!(words.contains(&"混凝土".to_owned()) && words.contains(&"搅拌".to_owned()), "{words:?}");
        assert!(!words.contains(&"的".to_owned()), "{words:?}");
    }

    #[test]
    fn a_word_that_reaches_into_the_next_is_a_word() {
        let words = words("自来水供应不足。路灯不亮");
        assert!(words.contains(&"路灯".to_owned()), "{words:?}");
    }

    #[test]
    fn a_name_that_no_dictionary_has_is_cut_alike_wherever_it_stands() {
        let alone: Vec<String> = words("尕斯库勒").into_iter().collect();
        let within = words("昨天在尕斯库勒附近停水");
        assert!(alone.iter().all(|word| within.contains(word)), "{alone:?} {within:?}");
    }

    #[test]
    fn quotes_and_backslashes_stay_within_a_word() {
        assert_eq!(quoted(r"o'n\e"), r"'o''n\\e'");
    }
}
