//! An incident as its reports tell of it: their words together, and what most are about.

use std::collections::HashMap;

use super::{
    index::Entry,
    vocabulary::{Vocabulary, WordId},
};

/// A word is of the matter when this share of its reports holds it.
const CORE: f32 = 0.1;
/// A topic is of the matter when this share of its reports holds it.
const TOPIC: f32 = 0.25;
/// Most reports of a matter.
const MOST: f32 = 0.5;

/// Likeness that is enough when a name and the topic are shared with several reports.
const SAME_NAME_AND_TOPIC: f32 = 0.13;
/// And with one report.
const SAME_NAME_AND_TOPIC_OF_ONE: f32 = 0.20;
/// When a name and another telling word are shared.
const SAME_NAME: f32 = 0.28;
/// When no name is shared, or the topics are others.
const OTHERWISE: f32 = 0.42;
/// When both name places, and none that the other names.
const ELSEWHERE: f32 = 0.7;

/// An incident's reports together.
#[derive(Debug, Default)]
pub(super) struct Matter {
    words: HashMap<WordId, (f32, f32)>,
    topics: HashMap<u8, f32>,
    reports: f32,
    length: f32,
}

impl Matter {
    /// What some reports tell together.
    pub fn of<'a>(members: impl Iterator<Item = &'a Entry>, vocabulary: &Vocabulary) -> Self {
        let mut matter = Self::default();
        for entry in members {
            let weighed: Vec<(WordId, f32)> = entry.vector.iter().map(|(word, count)| (*word, count * vocabulary.weight(*word))).collect();
            let length = weighed.iter().map(|(_, w)| w * w).sum::<f32>().sqrt().max(f32::EPSILON);
            for (word, weight) in weighed {
                let (sum, holders) = matter.words.entry(word).or_default();
                *sum += weight / length;
                *holders += 1.0;
            }
            for topic in &entry.topics {
                *matter.topics.entry(*topic).or_default() += 1.0;
            }
            matter.reports += 1.0;
        }
        matter.length = matter.words.values().map(|(sum, _)| sum * sum).sum::<f32>().sqrt().max(f32::EPSILON);
        matter
    }

    /// Cosine of a text and the matter.
    pub fn likeness(&self, mine: &[f32], length: f32) -> f32 {
        let product: f32 = self.words.iter().map(|(word, (sum, _))| sum * mine.get(*word as usize).copied().unwrap_or(0.0)).sum();
        product / (self.length * length).max(f32::EPSILON)
    }

    /// How much a word counts in the matter; none when hardly a report holds it.
    pub fn core(&self, word: WordId) -> Option<f32> {
        self.words.get(&word).filter(|(_, holders)| holders / self.reports >= CORE).map(|(sum, _)| *sum)
    }

    /// A topic that a text and the matter share.
    pub fn same_topic(&self, topics: &[u8]) -> Option<u8> {
        topics.iter().copied().find(|topic| self.share(*topic) >= TOPIC)
    }

    /// Whether a text names places, the matter too, and neither those of the other.
    pub fn is_elsewhere(&self, mut names: impl Iterator<Item = WordId>, vocabulary: &Vocabulary) -> bool {
        let Some(first) = names.next() else { return false };
        let named = self.words.keys().any(|word| vocabulary.is_name(*word));
        named && !self.words.contains_key(&first) && !names.any(|name| self.words.contains_key(&name))
    }

    /// How like it a text must be to belong to it.
    pub fn enough(&self, topics: &[u8], named: bool, other_words: bool, elsewhere: bool) -> f32 {
        if elsewhere {
            return ELSEWHERE;
        }
        if self.same_topic(topics).is_some() {
            return match named {
                true if self.reports > 1.0 => SAME_NAME_AND_TOPIC,
                true => SAME_NAME_AND_TOPIC_OF_ONE,
                false => OTHERWISE,
            };
        }
        let of_another_topic = !topics.is_empty() && self.topics.values().any(|holders| holders / self.reports >= MOST);
        if named && other_words && !of_another_topic { SAME_NAME } else { OTHERWISE }
    }

    fn share(&self, topic: u8) -> f32 {
        self.topics.get(&topic).map_or(0.0, |holders| holders / self.reports)
    }
}
