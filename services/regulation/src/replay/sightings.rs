//! 归并经过: which reports were placed where, and what the tests of 二 would have seen each time, as assessment heard it.

use super::comparison::Suggestion;
use crate::assessment::{IncidentSignals, Level, ReportSignals};
use crate::rule_book::RuleBook;
use crate::source::RuleError;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// 归并: a report came into an incident.
#[derive(Clone, Debug)]
pub enum Sighting {
    /// 归入: with what the tests look at.
    Placed {
        /// The incident.
        incident_id: Uuid,
        /// Its sums with this report.
        incident: IncidentSignals,
        /// The report.
        report: ReportSignals,
        /// When.
        time: Timestamp,
    },
    /// 重复、转载: a report that is in an incident was seen elsewhere, too; or it, or what repeats it, was read again.
    Repeated {
        /// The incident.
        incident_id: Uuid,
        /// The repeated sighting; empty when the report itself was read.
        sighting_id: String,
        /// What the tests look at of the sighting, under the report's id.
        report: ReportSignals,
        /// When.
        time: Timestamp,
    },
    /// 更正线索: where a report, or a repeated sighting of it, appeared was corrected.
    Corrected {
        /// The incident.
        incident_id: Uuid,
        /// The repeated sighting; empty when the report itself was corrected.
        sighting_id: String,
        /// What the tests look at of it now, under the report's id.
        report: ReportSignals,
        /// When.
        time: Timestamp,
    },
    /// 归并后余数: reports left an incident.
    Recounted {
        /// The incident.
        incident_id: Uuid,
        /// Its sums without them.
        incident: IncidentSignals,
        /// When.
        time: Timestamp,
    },
    /// 调整归并: by a person.
    Moved {
        /// The report.
        report_id: String,
        /// The incident it is in now.
        incident_id: Uuid,
        /// When.
        time: Timestamp,
    },
}

/// What the tests are asked about, in order.
#[derive(Debug)]
enum Step {
    /// A report, the sums that the incident had with it, and when: the version of that time is asked.
    Test(Timestamp, IncidentSignals, ReportSignals),
    /// The hits on a report that left lapse.
    Lapse(String),
    /// The hits on the whole incident that its sums do not carry any more lapse.
    Weigh(Timestamp, IncidentSignals),
}

/// 归并经过.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    steps: HashMap<Uuid, Vec<Step>>,
    /// Each report: where it is, and what the tests look at.
    reports: HashMap<String, (Uuid, ReportSignals)>,
    /// What repeats each report: by sighting, what the tests look at.
    repeats: HashMap<String, BTreeMap<String, ReportSignals>>,
    /// Each incident: its sums, with the reports that are in it now.
    sums: HashMap<Uuid, IncidentSignals>,
}

impl Sightings {
    pub(super) fn take(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Placed { incident_id, incident, report, time } => {
                self.sums.insert(incident_id, incident.clone());
                let before = self.reports.insert(report.report_id.clone(), (incident_id, report.clone()));
                if let Some((from, _)) = before.filter(|(from, _)| *from != incident_id) {
                    self.leave(from, &report.report_id);
                }
                self.steps.entry(incident_id).or_default().push(Step::Test(time, incident, report));
            }
            Sighting::Repeated { incident_id, sighting_id, report, time } => {
                self.know(sighting_id, &report);
                if let Some(sums) = self.sums.get(&incident_id) {
                    self.steps.entry(incident_id).or_default().push(Step::Test(time, sums.clone(), report));
                }
            }
            Sighting::Corrected { incident_id, sighting_id, report, time } => {
                self.know(sighting_id, &report);
                let report_id = report.report_id;
                let own = self.reports.get(&report_id).map(|(_, report)| report);
                let of_it: Vec<ReportSignals> =
                    own.into_iter().chain(self.repeats.get(&report_id).into_iter().flat_map(BTreeMap::values)).cloned().collect();
                let steps = self.steps.entry(incident_id).or_default();
                steps.push(Step::Lapse(report_id));
                if let Some(sums) = self.sums.get(&incident_id) {
                    steps.extend(of_it.into_iter().map(|report| Step::Test(time, sums.clone(), report)));
                }
            }
            Sighting::Recounted { incident_id, incident, time } => {
                self.sums.insert(incident_id, incident.clone());
                self.steps.entry(incident_id).or_default().push(Step::Weigh(time, incident));
            }
            Sighting::Moved { report_id, incident_id, time } => {
                let Some((place, report)) = self.reports.get_mut(&report_id) else { return };
                let (from, report) = (std::mem::replace(place, incident_id), report.clone());
                if from != incident_id {
                    self.leave(from, &report_id);
                    if let Some(sums) = self.sums.get_mut(&incident_id) {
                        sums.report_count += 1;
                    }
                }
                if let Some(sums) = self.sums.get(&incident_id) {
                    self.steps.entry(incident_id).or_default().push(Step::Test(time, sums.clone(), report));
                }
            }
        }
    }

    /// Keeps what the tests look at of a repeated sighting, or of the report itself.
    fn know(&mut self, sighting_id: String, report: &ReportSignals) {
        if !sighting_id.is_empty() {
            self.repeats.entry(report.report_id.clone()).or_default().insert(sighting_id, report.clone());
        } else if let Some((_, own)) = self.reports.get_mut(&report.report_id) {
            *own = report.clone();
        }
    }

    fn leave(&mut self, from: Uuid, report_id: &str) {
        if let Some(sums) = self.sums.get_mut(&from) {
            sums.report_count -= 1;
        }
        self.steps.entry(from).or_default().push(Step::Lapse(report_id.to_owned()));
    }

    /// The level that the tests suggest in the end, each run under the version of its time. A hit stays as it was made, whatever
    /// a later version says; but one on a report that was moved away does not count until it hits again.
    pub(super) fn suggestion(&self, book: &RuleBook, incident_id: Uuid) -> Result<Suggestion, RuleError> {
        let mut hits: BTreeMap<(String, Option<String>), Hit> = BTreeMap::new();
        for step in self.steps.get(&incident_id).into_iter().flatten() {
            match step {
                Step::Test(time, incident, report) => {
                    for ground in book.at(*time).assess(incident, std::slice::from_ref(report))?.grounds {
                        let hit = hits.entry((ground.test_id, ground.report_id)).or_insert(Hit { clause: ground.clause, counts: true });
                        hit.counts = true;
                    }
                }
                Step::Weigh(time, incident) => {
                    let carried = book.at(*time).assess(incident, &[])?.grounds;
                    let whole = hits.iter_mut().filter(|((_, report_id), _)| report_id.is_none());
                    for ((test_id, _), hit) in whole {
                        hit.counts &= carried.iter().any(|ground| ground.test_id == *test_id);
                    }
                }
                Step::Lapse(left) => {
                    let of_it = hits.iter_mut().filter(|((_, report_id), _)| report_id.as_ref() == Some(left));
                    of_it.for_each(|(_, hit)| hit.counts = false);
                }
            }
        }
        let clauses: BTreeSet<String> = hits.into_values().filter(|hit| hit.counts).map(|hit| hit.clause).collect();
        let level = if clauses.is_empty() { Level::Ordinary } else { Level::Important };
        Ok(Suggestion { level, clauses })
    }
}

/// A test's hit.
struct Hit {
    clause: String,
    counts: bool,
}
