//! What somebody types, as a query of words.

use super::lexemes::{Normal, Sort, Token, quoted, tokens};

/// Terms beyond these are not looked for by anybody.
const MOST_TERMS: usize = 20;
const QUOTES: [char; 6] = ['"', '“', '”', '„', '«', '»'];

/// A query that looks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query {
    /// As `tsquery` is written: what must be there and what must not.
    pub find: String,
    /// What must be there, of which the rank is made.
    pub rank: String,
    /// What is shown where it stands: each with the words that it falls into.
    pub shown: Vec<Shown>,
}

/// A stretch of a query in normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub whole: Vec<char>,
    pub words: Vec<Vec<char>>,
}

/// A term: words typed without a space between, or within quotes.
struct Term {
    text: String,
    is_phrase: bool,
    is_absent: bool,
}

impl Query {
    /// What fits all.
    pub fn all() -> Self {
        Self { find: String::new(), rank: String::new(), shown: Vec::new() }
    }

    /// Parses a query; nothing when it has no word to look for.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut find, mut absent, mut rank, mut shown) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for term in terms(text) {
            let chars = Normal::of(&term.text).chars;
            let groups = groups(tokens(&chars), term.is_phrase);
            let written: Vec<String> = groups.iter().map(|group| joined(group)).collect();
            if written.is_empty() {
                continue;
            }
            if term.is_absent {
                absent.push(format!("!({})", written.join(" & ")));
                continue;
            }
            find.extend(written);
            for group in &groups {
                rank.extend(group.iter().map(|token| quoted(&token.text)));
                shown.extend(shown_of(group, &chars));
            }
        }
        if find.is_empty() {
            return None;
        }
        rank.dedup();
        find.append(&mut absent);
        Some(Self { find: find.join(" & "), rank: rank.join(" & "), shown })
    }
}

fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && terms.len() < MOST_TERMS {
        let is_absent = rest.starts_with(['-', '－']);
        let begins = if is_absent { rest.trim_start_matches(['-', '－']) } else { rest };
        let is_phrase = begins.starts_with(QUOTES);
        let begins = if is_phrase { begins.trim_start_matches(QUOTES) } else { begins };
        let end = if is_phrase { begins.find(QUOTES) } else { begins.find(|c: char| c.is_whitespace() || QUOTES.contains(&c)) };
        let (term, after) = begins.split_at(end.unwrap_or(begins.len()));
        terms.push(Term { text: term.to_owned(), is_phrase, is_absent });
        rest = if is_phrase { after.strip_prefix(QUOTES).unwrap_or(after) } else { after }.trim_start();
    }
    terms
}

/// The words of a term: those that must stand side by side in one group. Single characters and codes tell little by themselves, so
/// that they belong to what they were typed beside.
fn groups(tokens: Vec<Token>, is_phrase: bool) -> Vec<Vec<Token>> {
    let mut groups: Vec<Vec<Token>> = Vec::new();
    let has_coded = |start: usize, all: &[Token]| all.iter().any(|token| token.sort == Sort::Coded && token.start == start);
    let all = tokens.clone();
    for token in tokens {
        // "3" is said by "3路".
        if token.sort == Sort::Inner || (token.sort == Sort::Code && has_coded(token.start, &all)) {
            continue;
        }
        let is_short = |token: &Token| token.end - token.start == 1 || token.sort != Sort::Word;
        match groups.last_mut() {
            Some(group) if is_phrase || group.last().is_some_and(|before| is_short(before) || is_short(&token)) => group.push(token),
            _ => groups.push(vec![token]),
        }
    }
    groups
}

/// "'向阳' <1> '里'".
fn joined(group: &[Token]) -> String {
    let mut written = String::new();
    let mut before: Option<u32> = None;
    for token in group {
        if let Some(before) = before {
            written.push_str(&format!(" <{}> ", token.position - before));
        }
        written.push_str(&quoted(&token.text));
        before = Some(token.position);
    }
    if group.len() > 1 { format!("({written})") } else { written }
}

fn shown_of(group: &[Token], chars: &[char]) -> Option<Shown> {
    let (first, last) = (group.first()?, group.last()?);
    let part = |start: usize, end: usize| chars.get(start..end).map(<[char]>::to_vec);
    // A character by itself is everywhere.
    let words =
        group.iter().filter(|token| group.len() > 1 && token.end - token.start > 1).filter_map(|token| part(token.start, token.end));
    let words = words.collect();
    Some(Shown { whole: part(first.start, last.end.max(first.end))?, words })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> String {
        Query::parse(text).unwrap().find
    }

    #[test]
    fn all_words_must_be_there_and_what_follows_a_dash_must_not() {
        assert_eq!(find("停水  暖气"), "'停水' & '暖气'");
        assert_eq!(find("停水 -暖气"), "'停水' & !('暖气')");
        assert_eq!(find("停水 －“暖气”"), "'停水' & !('暖气')");
    }

    #[test]
    fn the_words_of_a_phrase_stand_side_by_side() {
        assert_eq!(find("“公交停水”"), "('公交' <1> '停水')");
        assert_eq!(find("公交停水"), "'公交' & '停水'");
        assert_eq!(find("\"公交的停水"), "('公交' <2> '停水')");
    }

    #[test]
    fn single_characters_and_codes_belong_to_what_they_are_typed_beside() {
        assert!(find("3路").starts_with("('3路' <1> '路'"), "{}", find("3路"));
        assert_eq!(find("Ａ3"), "'a3'");
        assert_eq!(find("水"), "'水'");
    }

    #[test]
    fn a_query_of_nothing_but_particles_signs_or_what_must_be_absent_looks_for_nothing() {
        for text in ["", "的", "!!! ’’ & | <->", "-停水", "\"\"", "''"] {
            assert_eq!(Query::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_typed_cannot_be_an_operator() {
        let query = Query::parse("停水') | !('暖气 & <2> \\").unwrap();
        assert!(!query.find.contains('|') && !query.find.contains("!("), "{}", query.find);
    }
}
