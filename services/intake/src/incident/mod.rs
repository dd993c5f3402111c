//! Incidents (政务舆情事件): one matter, however many report it, and what its reports add up to.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod placing;
pub(crate) mod store;

use chassis::Refusal;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// An incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incident {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    /// Level as the contract names it, such as "LEVEL_IMPORTANT".
    pub level: String,
    pub first_report: Timestamp,
    pub last_report: Timestamp,
    pub reports: i64,
    pub writers: i64,
    pub recent_writers: i64,
    pub bodies: Vec<Uuid>,
    pub version: i64,
}

/// A letter in an incident: when it was written, and by whom, as a digest.
pub(crate) type Letter = (Timestamp, Vec<u8>);

impl Incident {
    /// Opens an incident for its first report.
    pub fn open(id: Uuid, number: String, title: String, time: Timestamp) -> Self {
        Self {
            id,
            number,
            title,
            level: "LEVEL_UNSPECIFIED".to_owned(),
            first_report: time,
            last_report: time,
            reports: 0,
            writers: 0,
            recent_writers: 0,
            bodies: Vec::new(),
            version: 1,
        }
    }

    /// Takes in what a report says of units.
    pub fn involve(&mut self, bodies: &[Uuid]) {
        for body in bodies {
            if !self.bodies.contains(body) {
                self.bodies.push(*body);
            }
        }
    }

    /// Counts its reports and writers anew. `within` is the rule's window for 二(四).
    pub fn count(&mut self, (reports, first, last): (i64, Timestamp, Timestamp), letters: &[Letter], within: SignedDuration) {
        self.reports = reports;
        (self.first_report, self.last_report) = (first, last);
        self.writers = distinct(letters.iter());
        self.recent_writers = densest(letters, within);
    }
}

fn distinct<'a>(letters: impl Iterator<Item = &'a Letter>) -> i64 {
    let writers: std::collections::HashSet<&[u8]> = letters.map(|(_, writer)| writer.as_slice()).collect();
    i64::try_from(writers.len()).unwrap_or(i64::MAX)
}

/// The most different writers whose letters lie within one window of a length.
fn densest(letters: &[Letter], within: SignedDuration) -> i64 {
    let mut letters: Vec<&Letter> = letters.iter().collect();
    letters.sort_unstable_by_key(|(time, _)| *time);
    let (mut most, mut start) = (0, 0);
    let mut counts = std::collections::HashMap::<&[u8], u32>::new();
    for (time, writer) in letters.iter().copied() {
        *counts.entry(writer).or_default() += 1;
        while let Some((first, gone)) = letters.get(start).copied().filter(|(first, _)| time.duration_since(*first) > within) {
            debug_assert!(first <= time);
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
    i64::try_from(most).unwrap_or(i64::MAX)
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writers_are_counted_in_the_window_in_which_most_of_them_wrote() {
        let day = |n: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * n);
        let letters: Vec<Letter> = [(0, 1), (1, 1), (40, 2), (41, 3), (45, 2), (90, 4)].map(|(n, w)| (day(n), vec![w])).to_vec();
        assert_eq!(densest(&letters, SignedDuration::from_hours(30 * 24)), 2);
        assert_eq!(densest(&letters, SignedDuration::from_hours(400 * 24)), 4);
        assert_eq!(densest(&[], SignedDuration::from_hours(24)), 0);
    }
}
