//! A text as weighted words: normal form, segmentation, parts of speech.

use std::{collections::HashMap, sync::LazyLock};

use jieba_rs::Jieba;
use unicode_normalization::UnicodeNormalization;

use super::{
    places::{Place, is_proper, is_wide, places},
    topics::topics,
};

/// Loading the dictionary takes a moment, once.
pub static JIEBA: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// A word of the title counts as so many of the text.
const TITLE: f32 = 2.0;
/// Repetition beyond this adds nothing.
const MOST: f32 = 4.0;
/// Texts are read so far; what comes after repeats or rambles.
const READ: usize = 3_000;

/// What letters to a government say whatever they are about.
const STOP: &[&str] = &[
    "领导",
    "尊敬",
    "您好",
    "你好",
    "谢谢",
    "感谢",
    "希望",
    "请问",
    "反映",
    "问题",
    "情况",
    "咨询",
    "投诉",
    "建议",
    "请求",
    "恳请",
    "强烈要求",
    "要求",
    "政府",
    "部门",
    "相关",
    "有关",
    "有关部门",
    "相关部门",
    "解决",
    "处理",
    "回复",
    "答复",
    "举报",
    "书记",
    "市长",
    "县长",
    "市民",
    "百姓",
    "老百姓",
    "群众",
    "居民",
    "业主",
    "小区",
    "单位",
    "时间",
    "现在",
    "目前",
    "已经",
    "没有",
    "可以",
    "知道",
    "问",
    "打电话",
    "电话",
    "严重",
    "影响",
    "关于",
    "尽快",
    "工作",
    "生活",
    "进行",
    "人员",
    "事情",
    "地方",
    "东西",
    "原因",
    "时候",
    "网友",
    "记者",
    "我们",
    "来信",
    "能否",
    "是否",
    "我家",
    "有人",
    "大家",
    "一个",
    "今年",
    "去年",
    "今天",
    "昨天",
    "晚上",
    "早上",
    "上午",
    "下午",
    "每天",
    "附近",
    "旁边",
    "居住",
    "应该",
    "不能",
    "需要",
    "进行",
    "导致",
    "造成",
    "得到",
    "出现",
    "住户",
    "人民",
    "国家",
    "社会",
    "有没有",
    "是不是",
    "能不能",
    "看看",
    "写过信",
    "写信",
    "不了",
    "家里",
    "这样",
    "那样",
    "怎么",
    "什么",
    "通知",
    "考虑",
    "希望能",
    "据说",
    "号楼",
    "楼下",
    "楼上",
    "上门",
    "一次",
    "几次",
    "手机",
    "照片",
];

/// Nouns of one character that say what a text is about; others are too common, or parts of names.
const SHORT: &[&str] = &[
    "水", "灰", "路", "车", "灯", "狗", "电", "气", "桥", "渠", "井", "烟", "噪", "臭", "药", "税", "墓", "树", "河", "湖", "雪", "网",
    "证",
];

/// Particles with which the segmentation of unknown words errs: "在丽发".
const PARTICLES: &[char] = &[
    '在', '的', '是', '了', '和', '与', '从', '到', '对', '把', '有', '很', '不', '被', '我', '你', '他', '这', '那', '就', '都', '也',
    '及', '至', '为', '请', '问', '市', '区', '县', '省', '让', '给',
];

/// A segment of a sentence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'a> {
    pub word: &'a str,
    pub tag: &'a str,
    pub begins: usize,
    pub ends: usize,
}

/// A word of a report.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub weight: f32,
    pub name: bool,
}

/// What grouping sees of a report.
#[derive(Clone, Debug, Default)]
pub struct Features {
    pub(super) words: Vec<Word>,
    /// Districts and towns that it names.
    pub(super) districts: Vec<String>,
    /// What it is about, roughly.
    pub(super) topics: Vec<u8>,
}

impl Features {
    /// Reads a report.
    #[must_use]
    pub fn read(title: &str, text: &str) -> Self {
        let mut counts = Counts::new();
        let mut districts = Vec::new();
        let (title, text) = (normal_form(title), normal_form(text));
        count(&title, TITLE, &mut counts, &mut districts);
        count(&text, 1.0, &mut counts, &mut districts);
        let mut words: Vec<Word> =
            counts.into_iter().map(|(text, (count, name))| Word { text, weight: 1.0 + count.min(MOST).ln_1p(), name }).collect();
        words.sort_unstable_by(|a, b| a.text.cmp(&b.text));
        districts.sort_unstable();
        districts.dedup();
        let topics = topics(&title, &text);
        Self { words, districts, topics }
    }
}

/// How often a word stands there, and whether it is a name.
type Counts = HashMap<String, (f32, bool)>;

/// NFKC, lower case, no white space: "Ａ7 县" and "a7县" are one.
fn normal_form(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && !c.is_control()).take(READ).collect()
}

fn count(text: &str, weight: f32, counts: &mut Counts, districts: &mut Vec<String>) {
    let mut tell = |word: &str, name: bool| {
        let entry = counts.entry(word.to_owned()).or_default();
        entry.0 += weight;
        entry.1 |= name;
    };
    for part in coded_districts(text, districts) {
        let tags = JIEBA.tag(part, true);
        let segments: Vec<Segment<'_>> = tags.iter().map(|t| trimmed(t.word, t.tag, t.start, t.end)).collect();
        for segment in segments.iter().filter(|s| tells(s)) {
            tell(segment.word, is_proper(segment) && !is_wide(segment.word));
            for within in inner_words(segment.word) {
                tell(within, false);
            }
        }
        for Place { name, is_district } in places(&segments) {
            tell(&name, !is_wide(&name));
            if is_district {
                districts.push(name);
            }
        }
    }
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
    let mut segment = Segment { word, tag, begins, ends };
    while segment.word.chars().count() > 2 && segment.word.starts_with(PARTICLES) && !JIEBA.has_word(segment.word) {
        let first = segment.word.chars().next().map_or(0, char::len_utf8);
        segment.word = &segment.word[first..];
        segment.begins += 1;
    }
    segment
}

/// The known words of two characters within a longer one: "搅拌" in "搅拌站".
fn inner_words(word: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let pairs: Vec<&str> = if starts.len() > 3 { starts.windows(3).map(|w| &word[w[0]..w[2]]).collect() } else { Vec::new() };
    pairs.into_iter().filter(|pair| JIEBA.has_word(pair) && !STOP.contains(pair))
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
        && !STOP.contains(&word)
        && matches!(segment.tag.as_bytes().first(), Some(b'n' | b'v' | b'a' | b'i' | b'j' | b'l' | b's' | b'x' | b'e' | b'z' | b'b'))
}

/// How often a word is met in general writing: occurrences in the dictionary's 60 million words.
pub(super) fn general_frequency(word: &str) -> f64 {
    let frequency = JIEBA.suggest_freq(word);
    f64::from(u32::try_from(frequency).unwrap_or(u32::MAX))
}
