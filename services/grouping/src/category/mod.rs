//! Categories (诉求分类): which leaves of a county's table a text is of, with the likeliest first. Pure.
//!
//! The table is the county's own, three levels of names; a few hundred leaves. A leaf is recognised by the words of its
//! names and by [`cues`] for names that are usual in such tables. Only a suggestion: a person decides.

mod cues;

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::{plain_text, words_of};
use cues::CUES;

/// So many leaves are suggested.
pub const SUGGESTED: usize = 3;
/// A word of the title counts as so many of the text.
const TITLE: f32 = 2.5;
/// A word of the second level's name tells so much less than one of the leaf's.
const SECOND: f32 = 0.5;
/// And of the first level's.
const FIRST: f32 = 0.25;
/// A cue tells so much more than a word of a name.
const CUE: f32 = 2.0;
/// A leaf that is called "other" counts so much.
const OTHER: f32 = 0.45;
/// What a text says again adds so much,
const AGAIN: f32 = 0.3;
/// up to so many times.
const MOST_SAID: u8 = 4;

/// The names of a leaf, from the root (一级、二级、三级分类).
pub type Names = [String; 3];

/// A suggested leaf (建议分类).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Suggestion {
    /// Its place in the table, from 0.
    pub leaf: usize,
    /// Its share of what speaks for any leaf, 0 to 1.
    pub score: f64,
}

/// A table of categories (分类体系), ready to be compared with texts.
#[derive(Clone, Debug)]
pub struct Table {
    /// Finds the words in a text; nothing when there are none.
    finder: Option<AhoCorasick>,
    /// By word: its characters, the leaves that it speaks for, and how much.
    words: Vec<(usize, Vec<(usize, f32)>)>,
    leaves: usize,
}

impl Table {
    /// Reads a table.
    #[must_use]
    pub fn new(leaves: &[Names]) -> Self {
        let mut words: BTreeMap<String, BTreeMap<usize, f32>> = BTreeMap::new();
        for (leaf, names) in leaves.iter().enumerate() {
            let [first, second, third] = names;
            let whole = if is_other(third) { OTHER } else { 1.0 };
            let mut speak = |word: &str, weight: f32| {
                let word = plain_text(word);
                if !word.is_empty() {
                    let most = words.entry(word).or_default().entry(leaf).or_default();
                    *most = most.max(weight * whole);
                }
            };
            for (name, weight) in [(first, FIRST), (second, SECOND), (third, 1.0)].into_iter().filter(|(name, _)| !is_other(name)) {
                for word in words_of(name) {
                    speak(&word, weight);
                }
            }
            // The most telling name that has cues: a leaf called "other" has those of its parent.
            for (_, second_name, cues) in CUES.iter().filter(|(name, ..)| name == third).map(|(name, parent, cues)| (name, parent, cues)) {
                if second_name.is_empty() || second.contains(second_name) || first.contains(second_name) {
                    cues.iter().for_each(|cue| speak(cue, CUE));
                }
            }
        }
        // A table is of a few thousand words: far from where it could not be built.
        let finder = AhoCorasick::new(words.keys()).ok().filter(|_| !words.is_empty());
        let words = words.into_iter().map(|(word, leaves)| (word.chars().count(), leaves.into_iter().collect()));
        Self { finder, words: words.collect(), leaves: leaves.len() }
    }

    /// The leaves that a text is likely of, the likeliest first; none when nothing speaks for any.
    #[must_use]
    pub fn suggest(&self, title: &str, text: &str) -> Vec<Suggestion> {
        let Some(finder) = &self.finder else { return Vec::new() };
        let (title, text) = (plain_text(title), plain_text(text));
        let mut said = vec![(0_u8, false); self.words.len()];
        let mut note = |text: &str, note: fn(&mut (u8, bool))| {
            for found in finder.find_overlapping_iter(text) {
                if let Some(said) = said.get_mut(found.pattern().as_usize()) {
                    note(said);
                }
            }
        };
        note(&text, |said| said.0 = said.0.saturating_add(1).min(MOST_SAID));
        note(&title, |said| said.1 = true);
        let mut scores = vec![0.0_f32; self.leaves];
        for ((length, leaves), (in_text, in_title)) in self.words.iter().zip(said).filter(|(_, said)| *said != (0, false)) {
            let repeated = f32::from(in_text.saturating_sub(1)) * AGAIN;
            let said = if in_text > 0 { 1.0 + repeated } else { 0.0 } + if in_title { TITLE } else { 0.0 };
            // A word that speaks for many leaves tells little, and a long one more than a short one.
            let telling = said * f32::from(u8::try_from(*length.min(&4)).unwrap_or(4)).sqrt() / rank(leaves.len());
            for (leaf, weight) in leaves {
                if let Some(score) = scores.get_mut(*leaf) {
                    *score += weight * telling;
                }
            }
        }
        let total: f32 = scores.iter().sum();
        let mut best: Vec<(usize, f32)> = scores.into_iter().enumerate().filter(|(_, score)| *score > 0.0).collect();
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        best.into_iter().take(SUGGESTED).map(|(leaf, score)| Suggestion { leaf, score: f64::from(score / total) }).collect()
    }
}

fn is_other(name: &str) -> bool {
    name.contains("其他") || name.contains("其它")
}

fn rank(leaves: usize) -> f32 {
    f32::from(u16::try_from(leaves).unwrap_or(u16::MAX)).max(1.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Vec<Names> {
        let rows = [
            ["环境保护", "环境污染", "噪音污染"],
            ["环境保护", "环境污染", "水污染"],
            ["城乡建设", "城市建设和市政管理", "公共汽车"],
            ["城乡建设", "城市建设和市政管理", "其他"],
        ];
        rows.map(|names| names.map(str::to_owned)).to_vec()
    }

    #[test]
    fn a_text_is_of_the_leaf_whose_words_or_cues_it_has() {
        let table = Table::new(&table());
        let leaf = |title: &str, text: &str| table.suggest(title, text).first().map(|s| s.leaf);
        assert_eq!(leaf("锦绣家园工地半夜施工扰民", "每晚轰隆声不断,没法睡觉。"), Some(0));
        assert_eq!(leaf("3路车改线", "公交站离家远了,老人坐车不便。"), Some(2));
        assert_eq!(leaf("问候", "您好"), None);
    }

    #[test]
    fn at_most_three_are_suggested_and_their_scores_fall() {
        let suggested = Table::new(&table()).suggest("城市公共汽车噪音污染", "水污染与城市建设");
        assert!(suggested.len() <= SUGGESTED && suggested.windows(2).all(|w| w[0].score >= w[1].score), "{suggested:?}");
    }
}
