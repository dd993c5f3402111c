//! Why a report is of an incident, in words that a person can check.

use std::collections::HashMap;

use super::{COMMON, MEMBERS, MatterIndex, Near};
use crate::{entry::Entry, places::ANY, topics::first_topic, vocabulary::Slot, words::Word};

impl MatterIndex {
    /// Why a report is of an incident: places and other words that both have.
    pub(super) fn ground(&self, entry: &Entry, words: &[(Slot, &Word)], near: &Near) -> String {
        let members = self.incidents.get(near.number as usize).map_or(&[][..], |incident| &incident.members);
        let mut held: HashMap<Slot, f32> = HashMap::new();
        let mut topics = 0;
        for member in members.iter().rev().take(MEMBERS).filter_map(|at| self.entries.get(*at as usize)) {
            topics |= member.topics;
            for word in &member.words {
                *held.entry(word.slot()).or_default() += word.weight();
            }
        }
        let own: Vec<Slot> = entry.words.iter().map(|word| word.slot()).collect();
        let mut shared: Vec<(f32, &Word)> = words
            .iter()
            .filter(|(slot, word)| own.contains(slot) && !word.text.contains(ANY) && self.vocabulary.spread(*slot) <= 4.0 * COMMON)
            .filter_map(|(slot, word)| Some((held.get(slot)? * self.vocabulary.weight(*slot) * word.weight, *word)))
            .collect();
        shared.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.text.cmp(&b.1.text)));
        let shared = longest(&shared.into_iter().map(|(_, word)| word).collect::<Vec<_>>());
        let listed = |place: bool, most: usize| {
            let of: Vec<&str> = shared.iter().filter(|word| word.place == place).take(most).map(|word| word.text.as_str()).collect();
            (!of.is_empty()).then(|| of.join(" "))
        };
        let parts = [
            listed(true, 3).map(|places| format!("同一地点 {places}")),
            listed(false, 5).map(|others| format!("共同词 {others}")),
            first_topic(entry.topics & topics).map(|topic| format!("同属 {topic}")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(";")
    }
}

/// Without the words that are parts of others.
fn longest<'a>(words: &[&'a Word]) -> Vec<&'a Word> {
    let is_part = |word: &Word| words.iter().any(|other| other.text.len() > word.text.len() && other.text.contains(&word.text));
    words.iter().copied().filter(|word| !is_part(word)).collect()
}
