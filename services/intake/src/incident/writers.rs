//! The writers of an incident's letters: how many, and how many at most within one window, 二(四).

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

/// A letter in an incident: when it was written, and by whom, as a digest.
pub(crate) type Letter = (Timestamp, Vec<u8>);

/// The letters of an incident, and what they add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Writers {
    letters: Vec<Letter>,
    distinct: HashSet<Vec<u8>>,
    densest: usize,
}

impl Writers {
    /// Counts the writers of some letters. `within` is the rule's window.
    pub fn of(mut letters: Vec<Letter>, within: SignedDuration) -> Self {
        letters.sort_unstable();
        let distinct = letters.iter().map(|(_, writer)| writer.clone()).collect();
        let densest = densest(&letters, within);
        Self { letters, distinct, densest }
    }

    /// Takes in another letter. Only windows that hold it can have become denser.
    pub fn add(&mut self, letter: Letter, within: SignedDuration) {
        let near = |time: &Timestamp| time.duration_since(letter.0).abs() <= within;
        let at = self.letters.partition_point(|other| *other < letter);
        self.distinct.insert(letter.1.clone());
        self.letters.insert(at, letter.clone());
        let start = self.letters.partition_point(|(time, _)| *time < letter.0 && !near(time));
        let end = self.letters.partition_point(|(time, _)| *time <= letter.0 || near(time));
        self.densest = self.densest.max(densest(self.letters.get(start..end).unwrap_or_default(), within));
    }

    /// Different writers.
    pub fn distinct(&self) -> i64 {
        i64::try_from(self.distinct.len()).unwrap_or(i64::MAX)
    }

    /// The most different writers whose letters lie within one window.
    pub fn densest(&self) -> i64 {
        i64::try_from(self.densest).unwrap_or(i64::MAX)
    }
}

/// The most different writers whose letters lie within one window of a length; the letters are in order of time.
fn densest(letters: &[Letter], within: SignedDuration) -> usize {
    let (mut most, mut start) = (0, 0);
    let mut counts = HashMap::<&[u8], u32>::new();
    for (time, writer) in letters {
        *counts.entry(writer).or_default() += 1;
        while let Some((_, gone)) = letters.get(start).filter(|(first, _)| time.duration_since(*first) > within) {
            start += 1;
            if let Some(count) = counts.get_mut(gone.as_slice()) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(gone.as_slice());
                }
            }
        }
        most = most.max(counts.len());
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTERS: [(i64, u8); 6] = [(0, 1), (1, 1), (40, 2), (41, 3), (45, 2), (90, 4)];

    fn letter((day, writer): (i64, u8)) -> Letter {
        (Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day), vec![writer])
    }

    fn counted(days: i64) -> (i64, i64) {
        let writers = Writers::of(LETTERS.map(letter).to_vec(), SignedDuration::from_hours(24 * days));
        (writers.distinct(), writers.densest())
    }

    #[test]
    fn writers_are_counted_in_the_window_in_which_most_of_them_wrote() {
        assert_eq!((counted(30), counted(50), counted(400)), ((4, 2), (4, 3), (4, 4)));
        assert_eq!(Writers::of(Vec::new(), SignedDuration::from_hours(24)).densest(), 0);
    }

    #[test]
    fn letters_that_come_one_by_one_in_any_order_count_as_if_they_had_come_together() {
        for days in [1, 5, 30, 39, 50, 400] {
            let within = SignedDuration::from_hours(24 * days);
            for turn in 0..LETTERS.len() {
                let mut writers = Writers::default();
                for at in 0..LETTERS.len() {
                    writers.add(letter(LETTERS[(at * 5 + turn) % LETTERS.len()]), within);
                }
                assert_eq!((writers.distinct(), writers.densest()), counted(days), "{days} {turn}");
            }
        }
    }
}
