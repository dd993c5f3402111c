//! 归并经过: which reports were placed where, and what the tests of 二 would have seen each time, as assessment heard it.

use super::comparison::Suggestion;
use crate::assessment::{IncidentSignals, Level, ReportSignals};
use crate::rule::Rule;
use crate::source::RuleError;
use std::collections::{BTreeMap, HashMap};
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
    },
    /// 调整归并: by a person.
    Moved {
        /// The report.
        report_id: String,
        /// The incident it is in now.
        incident_id: Uuid,
    },
}

/// What the tests are asked about, in order.
#[derive(Debug)]
enum Step {
    /// A report and the sums that the incident had with it.
    Test(IncidentSignals, ReportSignals),
    /// The hits on a report that left lapse.
    Lapse(String),
}

/// 归并经过.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    steps: HashMap<Uuid, Vec<Step>>,
    /// Each report: where it is, and what the tests look at.
    reports: HashMap<String, (Uuid, ReportSignals)>,
    /// Each incident: its sums, with the reports that are in it now.
    sums: HashMap<Uuid, IncidentSignals>,
}

impl Sightings {
    pub(super) fn take(&mut self, sighting: Sighting) {
        match sighting {
            Sighting::Placed { incident_id, incident, report } => {
                self.sums.insert(incident_id, incident.clone());
                let before = self.reports.insert(report.report_id.clone(), (incident_id, report.clone()));
                if let Some((from, _)) = before.filter(|(from, _)| *from != incident_id) {
                    self.leave(from, &report.report_id);
                }
                self.steps.entry(incident_id).or_default().push(Step::Test(incident, report));
            }
            Sighting::Moved { report_id, incident_id } => {
                let Some((place, report)) = self.reports.get_mut(&report_id) else { return };
                let (from, report) = (std::mem::replace(place, incident_id), report.clone());
                if from != incident_id {
                    self.leave(from, &report_id);
                    if let Some(sums) = self.sums.get_mut(&incident_id) {
                        sums.report_count += 1;
                    }
                }
                if let Some(sums) = self.sums.get(&incident_id) {
                    self.steps.entry(incident_id).or_default().push(Step::Test(sums.clone(), report));
                }
            }
        }
    }

    fn leave(&mut self, from: Uuid, report_id: &str) {
        if let Some(sums) = self.sums.get_mut(&from) {
            sums.report_count -= 1;
        }
        self.steps.entry(from).or_default().push(Step::Lapse(report_id.to_owned()));
    }

    /// The level that a rule's tests suggest in the end. A hit stays, but for one on a report that was moved away.
    pub(super) fn suggestion(&self, rule: &Rule, incident_id: Uuid) -> Result<Suggestion, RuleError> {
        let mut hits: BTreeMap<(String, Option<String>), String> = BTreeMap::new();
        for step in self.steps.get(&incident_id).into_iter().flatten() {
            match step {
                Step::Test(incident, report) => {
                    for ground in rule.assess(incident, std::slice::from_ref(report))?.grounds {
                        hits.insert((ground.test_id, ground.report_id), ground.clause);
                    }
                }
                Step::Lapse(left) => hits.retain(|(_, report_id), _| report_id.as_ref() != Some(left)),
            }
        }
        let level = if hits.is_empty() { Level::Ordinary } else { Level::Important };
        Ok(Suggestion { level, clauses: hits.into_values().collect() })
    }
}
