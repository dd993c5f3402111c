//! A text as weighted words: normal form, segmentation, parts of speech.

use std::{collections::HashMap, sync::LazyLock};

use jieba_rs::Jieba;
use unicode_normalization::UnicodeNormalization;

use super::{
    duplicate::simplified,
    places::{Place, is_proper, is_wide, places},
    stop::{PARTICLES, is_stop},
    topics::topics,
};

/// Loading the dictionary takes a moment, once.
pub static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// A word of the title counts as so many of the text.
const TITLE: f32 = 2.0;
/// Repetition beyond this adds nothing.
const MOST: f32 = 4.0;
/// Texts are read so far; what comes after repeats or rambles.
const READ: usize = 2_000;

/// What follows the number of a line or a road.
const NUMBERED: &[&str] = &["号线", "路", "国道", "省道", "县道", "大道", "车贷"];

/// Nouns of one character that say what a text is about; others are too common, or parts of names.
const SHORT: &[&str] = &[
    "水", "灰", "路", "车", "灯", "狗", "电", "气", "桥", "渠", "井", "烟", "噪", "臭", "药", "税", "墓", "树", "河", "湖", "雪", "网",
    "证",
];

/// A segment of a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub word: &'a str,
    pub tag: &'a str,
    pub begins: usize,
    pub ends: usize,
    /// Whether a particle was cut off in front.
    pub cut: bool,
}

impl Segment<'_> {
    /// Whether what stands before it adjoins it.
    pub fn begins_whole(&self) -> bool {
        !self.cut
    }
}

/// A word of a report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    /// How often it stands there, damped.
    pub weight: f32,
    /// Whether it names a place, a body or a thing that is rare in writing.
    pub name: bool,
    /// Whether it is the name of a place.
    pub place: bool,
    /// Whether the title holds it.
    pub title: bool,
}

/// What grouping sees of a report.
#[derive(Clone, Debug, Default)]
pub struct Features {
    pub(super) words: Vec<Word>,
    /// Districts and towns that it names.
    pub(super) districts: Vec<String>,
    /// What it is about, roughly: a bit a topic.
    pub(super) topics: u128,
    /// What its title is about.
    pub(super) title_topics: u128,
}

impl Features {
    /// Reads a report.
    #[must_use]
    pub fn read(title: &str, text: &str) -> Self {
        let mut reading = Reading::default();
        let (title, text) = (normal_form(title), normal_form(text));
        reading.take(&title, true);
        reading.take(&text, false);
        let mut words: Vec<Word> = reading
            .counts
            .into_iter()
            .map(|(text, c)| Word { text, weight: 1.0 + c.count.min(MOST).ln_1p(), name: c.name, place: c.place, title: c.title })
            .collect();
        words.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        let mut districts = reading.districts;
        districts.sort_unstable();
        districts.dedup();
        Self { words, districts, topics: topics(&title) | topics(&text), title_topics: topics(&title) }
    }
}

/// How often a word stands there, and what it is.
#[derive(Clone, Copy, Default)]
struct Count {
    count: f32,
    name: bool,
    place: bool,
    title: bool,
}

/// What was read of a report so far.
#[derive(Default)]
struct Reading {
    counts: HashMap<String, Count>,
    districts: Vec<String>,
}

impl Reading {
    fn take(&mut self, text: &str, title: bool) {
        for numbered in numbered(text) {
            self.tell(&numbered, title, true, true);
        }
        for part in coded_districts(text, &mut self.districts) {
            let tags = JIEBA.tag(part, true);
            let segments: Vec<Segment<'_>> = tags.iter().map(|t| trimmed(t.word, t.tag, t.start, t.end)).collect();
            for segment in segments.iter().filter(|s| tells(s)) {
                self.tell(segment.word, title, is_proper(segment) && !is_wide(segment.word), false);
                for within in inner_words(segment.word) {
                    self.tell(within, title, false, false);
                }
            }
            for Place { name, is_district } in places(&segments) {
                let exact = !is_wide(&name);
                self.tell(&name, title, exact, exact);
                if is_district {
                    self.districts.push(name);
                }
            }
        }
    }

    fn tell(&mut self, word: &str, title: bool, name: bool, place: bool) {
        let entry = self.counts.entry(word.to_owned()).or_default();
        entry.count += if title { TITLE } else { 1.0 };
        entry.name |= name;
        entry.place |= place;
        entry.title |= title;
    }
}

/// NFKC, lower case, no white space: "Ａ7 县" and "a7县" are one.
pub(super) fn normal_form(text: &str) -> String {
    let folded = text.nfkc().flat_map(char::to_lowercase).map(simplified);
    folded.filter(|c| !c.is_whitespace() && !c.is_control()).take(READ).collect()
}

/// Lines and roads that have numbers: "3号线", "805路", "107国道".
fn numbered(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for ending in NUMBERED {
        let mut rest = text;
        while let Some(at) = rest.find(ending) {
            let number: usize = rest[..at].chars().rev().take_while(char::is_ascii_alphanumeric).count();
            if (1..=5).contains(&number) && rest[at - number..at].chars().any(|c| c.is_ascii_digit()) {
                found.push(format!("{}{ending}", &rest[at - number..at]));
            }
            rest = &rest[at + ending.len()..];
        }
    }
    found
}

/// The text between codes such as "a7县"; the codes themselves go to the districts.
fn coded_districts<'a>(text: &'a str, districts: &mut Vec<String>) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['市', '县', '区', '省']) {
        let ending = rest[at..].chars().next().map_or(0, char::len_utf8);
        let code: usize = rest[..at].chars().rev().take_while(char::is_ascii_alphanumeric).count();
        if (1..=3).contains(&code) && rest[at - code..at].starts_with(|c: char| c.is_ascii_alphabetic()) {
            parts.push(&rest[..at - code]);
            // A code of one letter is the whole city.
            if code > 1 {
                districts.push(rest[at - code..at].to_owned());
            }
        } else {
            parts.push(&rest[..at + ending]);
        }
        rest = &rest[at + ending..];
    }
    parts.push(rest);
    parts
}

/// The segment without a particle that was taken into an unknown word.
fn trimmed<'a>(word: &'a str, tag: &'a str, begins: usize, ends: usize) -> Segment<'a> {
    let mut segment = Segment { word, tag, begins, ends, cut: false };
    while segment.word.chars().count() > 2 && segment.word.starts_with(PARTICLES) && !JIEBA.has_word(segment.word) {
        let first = segment.word.chars().next().map_or(0, char::len_utf8);
        segment.word = &segment.word[first..];
        segment.begins += 1;
        segment.cut = true;
    }
    segment
}

/// The known words of two characters within a longer one: "搅拌" in "搅拌站".
fn inner_words(word: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let pairs: Vec<&str> = if starts.len() > 3 { starts.windows(3).map(|w| &word[w[0]..w[2]]).collect() } else { Vec::new() };
    pairs.into_iter().filter(|pair| JIEBA.has_word(pair) && !is_stop(pair))
}

/// A text in the form in which words are looked for in it.
#[must_use]
pub fn plain_text(text: &str) -> String {
    normal_form(text)
}

/// The words of a name, of two characters and more, the short ones within long ones too.
#[must_use]
pub fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = JIEBA
        .cut_for_search(&normal_form(name), false)
        .into_iter()
        .filter(|w| w.word.chars().nth(1).is_some() && !is_stop(w.word))
        .map(|w| w.word.to_owned())
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// Whether the dictionary has a word.
pub(super) fn is_known(word: &str) -> bool {
    JIEBA.has_word(word)
}

/// Whether a word says what a text is about.
fn tells(segment: &Segment<'_>) -> bool {
    let word = segment.word;
    if word.chars().nth(1).is_none() {
        return SHORT.contains(&word);
    }
    word.chars().any(char::is_alphabetic)
        && !is_stop(word)
        && matches!(segment.tag.as_bytes().first(), Some(b'n' | b'v' | b'a' | b'i' | b'j' | b'l' | b's' | b'x' | b'e' | b'z' | b'b'))
}

/// How often a word is met in general writing: occurrences in the dictionary's 60 million words.
pub(super) fn general_frequency(word: &str) -> f64 {
    let frequency = JIEBA.suggest_freq(word);
    f64::from(u32::try_from(frequency).unwrap_or(u32::MAX))
}
