//! What placing computes between reading and saving: which incident each waiting report is of. No store, no clock.

use std::collections::{BTreeMap, HashMap};

use grouping::{Arrival, BY_A_PERSON, Features, MatterIndex, Moved, Verdict};
use uuid::Uuid;

use crate::{
    category::Suggesting,
    report::{Placed, Report, store::Remembered},
};

/// The ground of a report that opens an incident.
pub(super) const FIRST: &str = "首条线索";

/// A report that waits for its incident.
pub(super) struct Waiting {
    pub report: Report,
    /// The fact that told of it.
    pub cause: Uuid,
    /// The incident that it opens when it is of none.
    pub opens: Uuid,
    /// An incident that it may be of, how likely, and why.
    pub suggested: Option<(Uuid, f64, String)>,
}

impl Waiting {
    pub fn new(report: Report, cause: Uuid, opens: Uuid) -> Self {
        Self { report, cause, opens, suggested: None }
    }
}

/// A report placed before that a new one drew into its incident, and the fact that told of the new one.
pub(super) struct Drawn {
    pub moved: Moved,
    pub cause: Uuid,
}

/// What became of some waiting reports.
pub(super) struct Batch {
    pub placed: Vec<Waiting>,
    /// By report.
    pub drawn: BTreeMap<Uuid, Drawn>,
}

/// Finds the incidents of some reports, one after the other, and the categories that they are likely of.
pub(super) fn compare(mut index: MatterIndex, waiting: Vec<Waiting>, suggesting: &Suggesting) -> (MatterIndex, Batch) {
    let mut batch = Batch { placed: Vec::with_capacity(waiting.len()), drawn: BTreeMap::new() };
    let mut at: HashMap<Uuid, usize> = HashMap::new();
    for mut waiting in waiting {
        let sighting = &waiting.report.sighting;
        waiting.report.category = waiting.report.category.or_else(|| suggesting.likeliest(&sighting.title, &sighting.excerpt));
        let arrival = Arrival {
            report: waiting.report.id,
            features: Features::read(&sighting.title, &sighting.excerpt),
            time: sighting.publish_time,
            writer: sighting.writer.map(mark),
            chosen: sighting.requested_incident,
            opens: waiting.opens,
        };
        let (placement, moved) = index.place(&arrival);
        let own = Placed { incident: waiting.opens, score: 1.0, ground: FIRST.to_owned() };
        waiting.report.placed = Some(match placement.verdict {
            Verdict::Joins(incident) => Placed { incident, score: placement.score.clamp(0.0, 1.0), ground: placement.ground },
            Verdict::Suggests(incident) => {
                waiting.suggested = Some((incident, placement.score, placement.ground));
                own
            }
            Verdict::Opens => own,
        });
        let cause = waiting.cause;
        at.insert(waiting.report.id, batch.placed.len());
        batch.placed.push(waiting);
        for moved in moved {
            match at.get(&moved.report).and_then(|at| batch.placed.get_mut(*at)) {
                // Nobody has heard yet where it was.
                Some(waiting) => {
                    waiting.report.placed = Some(Placed { incident: moved.to, score: moved.score.clamp(0.0, 1.0), ground: moved.ground });
                }
                None => batch.draw(moved, cause),
            }
        }
    }
    (index, batch)
}

impl Batch {
    /// Takes note of a move; of several of one report, only where it was at first and is in the end counts.
    fn draw(&mut self, moved: Moved, cause: Uuid) {
        let from = self.drawn.get(&moved.report).map_or(moved.from, |drawn| drawn.moved.from);
        if from == moved.to {
            self.drawn.remove(&moved.report);
        } else {
            self.drawn.insert(moved.report, Drawn { moved: Moved { from, ..moved }, cause });
        }
    }
}

/// Reads the words of placed reports: each with its incident, and whether a person put it there.
pub(super) fn read_words(placed: Vec<Remembered>) -> Vec<(Arrival, Uuid, bool)> {
    let read = |p: Remembered| {
        let arrival = Arrival {
            report: p.report,
            features: Features::read(&p.title, &p.text),
            time: p.time,
            writer: p.writer.map(mark),
            chosen: None,
            opens: p.incident,
        };
        (arrival, p.incident, p.ground.starts_with(BY_A_PERSON))
    };
    placed.into_iter().map(read).collect()
}

/// Eight bytes of a keyed digest: enough to tell two writers apart within a pair of letters.
fn mark(digest: [u8; 32]) -> u64 {
    digest.iter().take(8).fold(0, |mark, byte| mark << 8 | u64::from(*byte))
}
