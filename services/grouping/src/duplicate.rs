//! Duplicates (重复线索): one text sighted again, word for word or nearly.
//!
//! A [`Fingerprint`] is made of the text in a form in which width, script, punctuation, white space and the usual prefixes
//! of reposts make no difference. Equal digests are one text; near ones are found by MinHash over four characters at a
//! time, banded, so that a million can be searched. 0.35 GB a million.

use std::{collections::HashMap, sync::LazyLock};

use ferrous_opencc::{OpenCC, config::BuiltinConfig};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// Characters of a shingle.
const SHINGLE: usize = 4;
/// Minima of a fingerprint.
const MINIMA: usize = 32;
/// Minima of a band; two that share a band are compared.
const ROWS: usize = 4;
const BANDS: usize = MINIMA / ROWS;
/// So alike are near duplicates: the share of common shingles.
pub const NEAR: f64 = 0.9;
/// A text shorter than this counts with its title, and has no near duplicates when still shorter.
const SHORT: usize = 24;
/// So many of one band are compared.
const COMPARED: usize = 64;
const NONE: u32 = u32::MAX;

/// What marks a repost before the text.
const PREFIXES: &[&str] =
    &["转发微博", "转发", "转载自", "转载", "转自", "转帖", "转", "快讯", "突发", "扩散", "求扩散", "求转发", "rt", "fw", "fwd"];

/// The conversion of traditional forms; its tables are compiled in.
static SIMPLIFY: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// What a text is recognised by (文本指纹).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    digest: [u8; 32],
    /// None when the text is too short to have near duplicates.
    minima: Option<[u32; MINIMA]>,
}

/// A text that was there before (重复).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Duplicate {
    /// The same text as this report's (完全重复).
    Exact(Uuid),
    /// Nearly the same as this report's, and the share of common shingles (近似重复).
    Near(Uuid, f64),
}

impl Fingerprint {
    /// Reads a text; its title counts only when the text is short.
    #[must_use]
    pub fn of(title: &str, text: &str) -> Self {
        let mut plain = plain(text);
        if plain.len() < SHORT {
            let title = self::plain(title);
            if !plain.starts_with(&title) {
                plain.splice(0..0, title);
            }
        }
        let content: String = plain.iter().collect();
        let minima = (plain.len() >= SHORT).then(|| minima(&plain));
        Self { digest: Sha256::digest(content.as_bytes()).into(), minima }
    }

    /// Equal for equal texts.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// About the share of shingles that two texts have in common, 0 to 1.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f64 {
        if self.digest == other.digest {
            return 1.0;
        }
        let (Some(own), Some(others)) = (&self.minima, &other.minima) else { return 0.0 };
        let same = own.iter().zip(others).filter(|(a, b)| a == b).count();
        f64::from(u32::try_from(same).unwrap_or(0)) / 32.0
    }
}

/// The first sightings of texts, to find duplicates among.
#[derive(Debug, Default)]
pub struct Originals {
    reports: Vec<(Uuid, Fingerprint, [u32; BANDS])>,
    by_digest: HashMap<[u8; 32], u32>,
    /// The last report in each band; each names the one before it.
    by_band: HashMap<(u8, u64), u32>,
}

impl Originals {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Texts in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reports.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
    }

    /// The report that a text repeats; of near ones the nearest.
    #[must_use]
    pub fn find(&self, text: &Fingerprint) -> Option<Duplicate> {
        if let Some(at) = self.by_digest.get(&text.digest) {
            return self.reports.get(*at as usize).map(|(report, ..)| Duplicate::Exact(*report));
        }
        let mut best: Option<(f64, u32)> = None;
        for (band, key) in bands(text) {
            let mut at = self.by_band.get(&(band, key)).copied().unwrap_or(NONE);
            for _ in 0..COMPARED {
                let Some((_, other, before)) = self.reports.get(at as usize) else { break };
                let likeness = text.likeness(other);
                if likeness >= NEAR && best.is_none_or(|(most, earliest)| likeness > most || (likeness >= most && at < earliest)) {
                    best = Some((likeness, at));
                }
                at = before.get(usize::from(band)).copied().unwrap_or(NONE);
            }
        }
        let (likeness, at) = best?;
        self.reports.get(at as usize).map(|(report, ..)| Duplicate::Near(*report, likeness))
    }

    /// Keeps a text.
    pub fn add(&mut self, report: Uuid, text: Fingerprint) {
        let Ok(at) = u32::try_from(self.reports.len()) else { return };
        self.by_digest.entry(text.digest).or_insert(at);
        let mut before = [NONE; BANDS];
        for (band, key) in bands(&text) {
            if let (Some(last), Some(place)) = (self.by_band.insert((band, key), at), before.get_mut(usize::from(band))) {
                *place = last;
            }
        }
        self.reports.push((report, text, before));
    }
}

fn bands(text: &Fingerprint) -> impl Iterator<Item = (u8, u64)> {
    let rows = text.minima.iter().flat_map(|minima| minima.chunks(ROWS));
    (0_u8..).zip(rows.map(|rows| rows.iter().fold(0, |key: u64, row| mixed(key ^ u64::from(*row)))))
}

/// A text without what reposting changes: letters and digits in NFKC, small, simplified, behind the prefixes.
fn plain(text: &str) -> Vec<char> {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let simple = SIMPLIFY.as_ref().map_or_else(|| folded.clone(), |conversion| conversion.convert(&folded));
    without_prefixes(simple.trim()).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Without "转发:", "【突发】", "rt @name:" before the text.
fn without_prefixes(text: &str) -> &str {
    let mut rest = text;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '【' | '[' | '@' | '#'));
        for (open, close) in [('【', '】'), ('[', ']'), ('#', '#')] {
            if let Some((_, after)) =
                rest.strip_prefix(open).and_then(|inner| inner.split_once(close)).filter(|(inside, _)| inside.chars().count() <= 20)
            {
                rest = after;
            }
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

fn minima(plain: &[char]) -> [u32; MINIMA] {
    let mut minima = [u32::MAX; MINIMA];
    for shingle in plain.windows(SHINGLE) {
        let hash = shingle.iter().fold(0, |hash: u64, c| mixed(hash ^ u64::from(u32::from(*c))));
        for (seed, least) in (1_u64..).zip(&mut minima) {
            let value = mixed(hash ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            *least = (*least).min(u32::try_from(value >> 32).unwrap_or(u32::MAX));
        }
    }
    minima
}

/// The finaliser of SplitMix64.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "锦绣家园旁边的混凝土搅拌站半夜还在生产,噪声很大,灰尘也多,居民无法休息,请有关部门到现场看一看。";

    #[test]
    fn width_script_punctuation_and_reposting_make_no_difference() {
        let original = Fingerprint::of("搅拌站扰民", TEXT);
        let others = [
            "錦繡家園旁邊的混凝土攪拌站半夜還在生產，噪聲很大，灰塵也多，居民無法休息，請有關部門到現場看一看。",
            "转发:锦绣家园旁边的混凝土搅拌站半夜还在生产 噪声很大 灰尘也多 居民无法休息 请有关部门到现场看一看",
            "【突发】RT @居民: 锦绣家园旁边的混凝土搅拌站半夜还在生产,噪声很大,灰尘也多,居民无法休息,请有关部门到现场看一看!!!",
        ];
        for other in others {
            assert_eq!(Fingerprint::of("另一个标题", other).digest(), original.digest(), "{other}");
        }
    }

    #[test]
    fn a_text_with_a_word_added_is_near_and_another_text_is_not() {
        let mut originals = Originals::new();
        let report = Uuid::from_u128(1);
        originals.add(report, Fingerprint::of("搅拌站扰民", TEXT));
        let longer = format!("{TEXT}谢谢。");
        assert!(matches!(originals.find(&Fingerprint::of("", &longer)), Some(Duplicate::Near(near, _)) if near == report));
        assert_eq!(originals.find(&Fingerprint::of("", TEXT)), Some(Duplicate::Exact(report)));
        let other = "河东片区的自来水又黄又浑,放了半个小时也不清,老人孩子都不敢喝,请水务部门查一查水源和管道。";
        assert_eq!(originals.find(&Fingerprint::of("", other)), None);
    }

    #[test]
    fn a_short_text_counts_with_its_title() {
        let one = Fingerprint::of("锦绣家园搅拌站扰民", "详见附件");
        let other = Fingerprint::of("河东自来水发黄", "详见附件");
        assert_ne!(one.digest(), other.digest());
    }
}
