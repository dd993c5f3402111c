//! Duplicates (重复线索): the form of a text in which width, script, signs, white space and the usual prefixes of reposts make no
//! difference, so that one text sighted again is known.

use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// What marks a repost before the text.
const PREFIXES: &[&str] =
    &["转发微博", "转发", "转载自", "转载", "转自", "转帖", "转", "快讯", "突发", "扩散", "求扩散", "求转发", "rt", "fw", "fwd"];

/// The conversion of traditional forms; its tables are compiled in.
static SIMPLIFY: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// The first character that has its own simplified form here, and the one after the last.
const HAN: std::ops::Range<u32> = 0x4e00..0xa000;

/// Simplified forms of single characters, from [`HAN`]'s first on. A line each, so that none is read as part of a phrase.
static SIMPLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let all: Vec<char> = HAN.filter_map(char::from_u32).collect();
    let lines: String = all.iter().flat_map(|c| [*c, '\n']).collect();
    let simple: Option<Vec<char>> = SIMPLIFY.as_ref().map(|conversion| conversion.convert(&lines).chars().filter(|c| *c != '\n').collect());
    simple.filter(|simple| simple.len() == all.len()).unwrap_or(all)
});

/// The simplified form of a character; itself where it has none.
#[must_use]
pub fn simplified(c: char) -> char {
    let at = u32::from(c).checked_sub(HAN.start).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| SIMPLE.get(at)).copied().unwrap_or(c)
}

/// A text without what reposting changes: letters and digits in NFKC, small, simplified, behind the prefixes.
#[must_use]
pub fn original_form(text: &str) -> String {
    let mut simple: String = match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.chars().flat_map(char::to_lowercase).collect(),
        _ => text.nfkc().flat_map(char::to_lowercase).collect(),
    };
    // Phrases are looked up where there is a traditional character at all, or one that only the conversion knows.
    let is_plain = |c: char| simplified(c) == c && (u32::from(c) < 0x3400 || HAN.contains(&u32::from(c)));
    if let Some(conversion) = SIMPLIFY.as_ref().filter(|_| !simple.chars().all(is_plain)) {
        simple = conversion.convert(&simple);
    }
    without_prefixes(simple.trim()).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Without "转发:", "【突发】", "rt @name:" before the text.
fn without_prefixes(text: &str) -> &str {
    let mut rest = text;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '【' | '[' | '@' | '#'));
        for (open, close) in [('【', '】'), ('[', ']'), ('#', '#')] {
            // What else stands in brackets is of the matter: a place, its name.
            let marked = rest.strip_prefix(open).and_then(|inner| inner.split_once(close));
            rest = marked.filter(|(inside, _)| PREFIXES.contains(&inside.trim())).map_or(rest, |(_, after)| after);
        }
        if let Some(after) = rest.strip_prefix('@').and_then(|name| name.split_once([':', ' '])).map(|(_, after)| after) {
            rest = after;
        }
        for prefix in PREFIXES {
            let after = rest.strip_prefix(prefix).filter(|after| after.starts_with(|c: char| !c.is_alphanumeric()));
            rest = after.unwrap_or(rest);
        }
        if rest.len() == before.len() {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_simplified_by_itself() {
        assert_eq!("攪拌站在後面發電".chars().map(simplified).collect::<String>(), "搅拌站在后面发电");
        assert_eq!("甲aＡ,㐀".chars().map(simplified).collect::<String>(), "甲aＡ,㐀");
    }

    #[test]
    fn what_stands_in_brackets_is_of_the_matter_unless_it_marks_a_repost() {
        let notice = "今日停水两小时,请居民提前储水。";
        assert_ne!(original_form(&format!("【向阳里小区】{notice}")), original_form(&format!("【幸福小区】{notice}")));
        assert_ne!(original_form(&format!("#幸福小区#{notice}")), original_form(notice));
        assert_eq!(original_form(&format!("【转载】[突发]{notice}")), original_form(notice));
    }

    #[test]
    fn width_script_punctuation_and_reposting_make_no_difference() {
        let original = original_form("锦绣家园旁边的混凝土搅拌站半夜还在生产,噪声很大,灰尘也多,居民无法休息,请有关部门到现场看一看。");
        for other in [
            "錦繡家園旁邊的混凝土攪拌站半夜還在生產，噪聲很大，灰塵也多，居民無法休息，請有關部門到現場看一看。",
            "转发:锦绣家园旁边的混凝土搅拌站半夜还在生产 噪声很大 灰尘也多 居民无法休息 请有关部门到现场看一看",
            "【突发】RT @居民: 锦绣家园旁边的混凝土搅拌站半夜还在生产,噪声很大,灰尘也多,居民无法休息,请有关部门到现场看一看!!!",
        ] {
            assert_eq!(original_form(other), original, "{other}");
        }
        assert_ne!(original_form("河东片区的自来水又黄又浑"), original);
    }
}
