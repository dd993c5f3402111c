//! 史实: what assessment and accountability told of levels and obligations, taken from their ledgers as it was told.

use super::comparison::{Clock, Suggestion};
use crate::assessment::Level;
use crate::civil::day_of;
use crate::duty::State;
use crate::party::Party;
use crate::subject::Subject;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Why an obligation ended that, with all facts heard, was never owed (终止理由).
pub const NO_LONGER_OWED: &str = "按现有全部事实和现行制度,不再要求该项";

/// 所告: what was told of a level or an obligation.
#[derive(Clone, Debug)]
pub enum Told {
    /// 研判: the tests said something else than before.
    Assessed {
        /// The incident.
        incident_id: Uuid,
        /// The level that they suggest.
        suggestion: Suggestion,
        /// 集中反映: the windows that their hits saw, in days.
        windows: Vec<i64>,
        /// Under which rule.
        rule_version: String,
    },
    /// 换版: another version of the rule is in force.
    Adopted {
        /// The version.
        rule_version: String,
        /// From when it holds; none for the first.
        effective_time: Option<Timestamp>,
        /// When the system took it up.
        time: Timestamp,
    },
    /// 责任产生: somebody owes something, or owes it again.
    Opened {
        /// The obligation.
        obligation_id: String,
        /// The incident, if it concerns one.
        incident_id: Option<Uuid>,
        /// The duty of the rule file.
        duty_id: String,
        /// The duty in words.
        name: String,
        /// Its clause.
        clause: String,
        /// Who owes it.
        debtor: Party,
        /// When it is due.
        due_time: Timestamp,
        /// The fact that brought it into being.
        trigger_fact_id: String,
        /// Under which rule.
        rule_version: String,
    },
    /// 办结.
    Discharged {
        /// The obligation.
        obligation_id: String,
        /// When it was due.
        due_time: Timestamp,
        /// Whether after that.
        late: bool,
    },
    /// 逾期.
    Breached {
        /// The obligation.
        obligation_id: String,
        /// When it was due.
        due_time: Timestamp,
    },
    /// 时限变动.
    Moved {
        /// The obligation.
        obligation_id: String,
        /// When it was due.
        previous_due_time: Timestamp,
        /// When it is due.
        due_time: Timestamp,
    },
    /// 延期: by a grant.
    Extended {
        /// The obligation.
        obligation_id: String,
    },
    /// 免除.
    Waived {
        /// The obligation.
        obligation_id: String,
    },
    /// 终止.
    Ended {
        /// The obligation.
        obligation_id: String,
        /// When it was due, where it was told.
        due_time: Option<Timestamp>,
        /// Why, in words.
        reason: String,
    },
}

/// 迟采用: a version that the system took up after it held already. What was settled in between stayed under the version before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LateAdoption {
    /// The version.
    pub rule_version: String,
    /// From when it holds.
    pub effective_time: Timestamp,
    /// When the system took it up.
    pub time: Timestamp,
}

/// As long as a version may take to be taken up.
const PROMPT: SignedDuration = SignedDuration::from_mins(5);

/// One obligation as it was told last.
#[derive(Debug)]
struct Kept {
    incident_id: Option<Uuid>,
    trigger: String,
    clock: Clock,
    /// It turned out never to have been owed.
    withdrawn: bool,
}

/// 史实.
#[derive(Debug, Default)]
pub(super) struct History {
    levels: HashMap<Uuid, Suggestion>,
    kept: Vec<Kept>,
    by_id: HashMap<String, usize>,
    of_incident: HashMap<Option<Uuid>, Vec<usize>>,
    pub(super) versions: BTreeSet<String>,
    /// The version adopted last.
    pub(super) in_force: Option<String>,
    pub(super) windows: BTreeSet<i64>,
    pub(super) late: Vec<LateAdoption>,
}

impl History {
    pub(super) fn take(&mut self, told: Told) {
        match told {
            Told::Assessed { incident_id, suggestion, windows, rule_version } => {
                self.levels.insert(incident_id, suggestion);
                self.windows.extend(windows);
                self.versions.insert(rule_version);
            }
            Told::Adopted { rule_version, effective_time, time } => {
                if let Some(effective_time) = effective_time.filter(|since| time.duration_since(*since) > PROMPT) {
                    self.late.push(LateAdoption { rule_version: rule_version.clone(), effective_time, time });
                }
                self.in_force = Some(rule_version.clone());
                self.versions.insert(rule_version);
            }
            Told::Opened { obligation_id, incident_id, duty_id, name, clause, debtor, due_time, trigger_fact_id, rule_version } => {
                self.versions.insert(rule_version);
                if let Some(kept) = self.find(&obligation_id) {
                    // Owed again: what settled it does not hold, but a breach that was told stays told.
                    kept.clock.due_time = due_time;
                    kept.clock.state = if kept.clock.overdue { State::Breached } else { kept.open() };
                    kept.withdrawn = false;
                    return;
                }
                let clock = Clock { duty_id, name, clause, debtor, due_time, state: State::Open, overdue: false, extended: false };
                self.by_id.insert(obligation_id, self.kept.len());
                self.of_incident.entry(incident_id).or_default().push(self.kept.len());
                self.kept.push(Kept { incident_id, trigger: trigger_fact_id, clock, withdrawn: false });
            }
            Told::Discharged { obligation_id, due_time, late } => {
                if let Some(Kept { clock, .. }) = self.find(&obligation_id) {
                    clock.due_time = due_time;
                    // That it happened in time sets right a breach that was told before the fact was heard.
                    clock.overdue = late;
                    clock.state = if late { State::DischargedLate } else { State::Discharged };
                }
            }
            Told::Breached { obligation_id, due_time } => {
                if let Some(Kept { clock, .. }) = self.find(&obligation_id) {
                    clock.due_time = due_time;
                    clock.overdue = true;
                    clock.state = State::Breached;
                }
            }
            Told::Moved { obligation_id, previous_due_time, due_time } => {
                if let Some(kept) = self.find(&obligation_id) {
                    kept.clock.due_time = due_time;
                    if due_time > previous_due_time {
                        kept.clock.overdue = false;
                        kept.clock.state = kept.open();
                    }
                }
            }
            Told::Extended { obligation_id } => {
                if let Some(kept) = self.find(&obligation_id) {
                    kept.clock.extended = true;
                }
            }
            Told::Waived { obligation_id } => {
                if let Some(Kept { clock, .. }) = self.find(&obligation_id) {
                    clock.state = State::Waived;
                }
            }
            Told::Ended { obligation_id, due_time, reason } => {
                if let Some(kept) = self.find(&obligation_id) {
                    kept.clock.due_time = due_time.unwrap_or(kept.clock.due_time);
                    kept.clock.state = State::Ended;
                    kept.withdrawn = reason == NO_LONGER_OWED;
                }
            }
        }
    }

    fn find(&mut self, obligation_id: &str) -> Option<&mut Kept> {
        self.by_id.get(obligation_id).and_then(|index| self.kept.get_mut(*index))
    }

    /// The level that the tests last suggested; ordinary where they never said anything.
    pub(super) fn suggestion(&self, incident_id: Uuid) -> Suggestion {
        self.levels.get(&incident_id).cloned().unwrap_or(Suggestion { level: Level::Ordinary, clauses: BTreeSet::new() })
    }

    /// What was owed of a subject, by the rule's own key.
    pub(super) fn clocks(&self, subject: Subject, apart: &HashMap<String, Subject>) -> BTreeMap<String, Clock> {
        let indices = self.of_incident.get(&subject.incident_id()).map_or(&[][..], Vec::as_slice);
        let kept = indices.iter().filter_map(|index| self.kept.get(*index));
        let kept = kept.filter(|kept| !kept.withdrawn && kept.subject(apart) == subject);
        kept.map(|kept| (format!("{}:{}:{}", kept.clock.duty_id, kept.trigger, kept.clock.debtor), kept.clock.clone())).collect()
    }

    /// Every subject of which something was owed.
    pub(super) fn subjects<'h>(&'h self, apart: &'h HashMap<String, Subject>) -> impl Iterator<Item = Subject> + 'h {
        self.kept.iter().map(|kept| kept.subject(apart))
    }

    /// When the first obligation of an incident was due.
    pub(super) fn first_due(&self, incident_id: Uuid) -> Option<Timestamp> {
        let indices = self.of_incident.get(&Some(incident_id))?;
        indices.iter().filter_map(|index| self.kept.get(*index)).map(|kept| kept.clock.due_time).min()
    }
}

impl Kept {
    /// Its state while nothing settled it: a later due time alone, as of another version of the rule, is no extension.
    fn open(&self) -> State {
        if self.clock.extended { State::Extended } else { State::Open }
    }

    /// The incident; or what the fact bears on that brought it about. Where the rule does not look at that fact, the day whose
    /// end the obligation waited for.
    fn subject(&self, apart: &HashMap<String, Subject>) -> Subject {
        let before_due = || day_of(self.clock.due_time.checked_sub(SignedDuration::from_mins(1)).unwrap_or(self.clock.due_time));
        match self.incident_id {
            Some(id) => Subject::Incident(id),
            None => apart.get(&self.trigger).copied().unwrap_or_else(|| Subject::Day(before_due())),
        }
    }
}
