//! The assessment (研判), 二: which level an incident has, on what ground, and who decided it.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod hearing;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use regulation::{IncidentSignals, Level};
use uuid::Uuid;

use crate::{
    factor::{self, Factor, Kind},
    ground::{self, Ground},
};

/// The incident, as intake tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incident {
    pub id: Uuid,
    pub number: String,
    pub title: String,
    pub first_report_time: Timestamp,
    pub bodies: Vec<Uuid>,
    pub report_count: i64,
    /// 来信人数, within the rule's window.
    pub distinct_writers: i64,
}

impl From<&Incident> for IncidentSignals {
    fn from(incident: &Incident) -> Self {
        Self { incident_id: incident.id.to_string(), report_count: incident.report_count, distinct_writers: incident.distinct_writers }
    }
}

/// The emergency's grade (突发事件分级).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// Not an emergency.
    None,
    /// 一般.
    General,
    /// 较大.
    Larger,
    /// 重大.
    Major,
    /// 特别重大.
    SpecialMajor,
}

/// Where an assessment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 待确认.
    Suggested,
    /// 已确认.
    Confirmed(Decision),
    /// 已改定.
    Overridden(Decision, Reason),
}

impl State {
    /// What was decided.
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Suggested => None,
            Self::Confirmed(decision) | Self::Overridden(decision, _) => Some(decision),
        }
    }

    /// Why it departs from the tests.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Overridden(_, reason) => Some(reason),
            _ => None,
        }
    }

    fn says(&self, level: Level, grade: Grade) -> bool {
        self.decision().is_some_and(|decision| decision.level == level && decision.grade == grade)
    }
}

/// What a person decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub level: Level,
    pub grade: Grade,
    pub by: Uuid,
    pub time: Timestamp,
}

/// Why a person departs from the tests; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason(String);

impl Reason {
    /// A reason as given. Refuses an empty one.
    pub fn given(text: String) -> Result<Self, Refusal> {
        if text.is_empty() {
            return Err(Refusal::invalid("REASON_MISSING", "改定级别须说明理由。"));
        }
        Ok(Self(text))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What the text also asks to weigh, 二, as people entered it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Factors {
    /// 性质.
    pub nature: String,
    /// 规模.
    pub scale: String,
    /// 发布平台级别.
    pub platform: String,
    /// 影响力.
    pub influence: String,
}

/// The assessment of one incident.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Assessment {
    pub incident: Incident,
    pub state: State,
    pub suggested_level: Level,
    /// The first hit of each test that stands, in their order.
    pub grounds: Vec<Ground>,
    pub rule_version: String,
    /// The tests found what the decision did not know; it stays in force until a person decides anew.
    pub overtaken: bool,
    /// The incident that it was merged into, and that one's number: it takes no decisions any more.
    pub merged_into: Option<(Uuid, String)>,
    pub factors: Factors,
    pub version: i64,
}

impl Assessment {
    /// The level in force; none while nobody has decided.
    pub fn level(&self) -> Option<Level> {
        self.state.decision().map(|decision| decision.level)
    }

    /// Whether the incident involves any of some bodies.
    pub fn involves(&self, bodies: &[Uuid]) -> bool {
        self.incident.bodies.iter().any(|body| bodies.contains(body))
    }

    /// Refuses what was merged into another incident.
    pub fn check_standing(&self) -> Result<(), Refusal> {
        match &self.merged_into {
            None => Ok(()),
            Some((_, number)) => Err(Refusal::state("INCIDENT_MERGED", format!("该事件已并入 {number}。"))),
        }
    }

    /// Weighs its grounds after they changed. A decision is overtaken when the suggestion changed after it, and when a new
    /// hit speaks against it.
    pub fn weigh(&mut self, new_hit: bool, rule_version: &str) {
        let suggested = ground::suggested_by(&self.grounds);
        let changed = suggested != self.suggested_level;
        self.overtaken |= self.level().is_some_and(|level| changed || new_hit && suggested != level);
        self.suggested_level = suggested;
        rule_version.clone_into(&mut self.rule_version);
    }

    /// The decision that a merge must not lower: that it is important, as a person decided of it, or of what was merged into it and nobody
    /// has decided on since. None when there is none.
    pub fn important(&self) -> Option<Grade> {
        let waits = self.overtaken || self.state == State::Suggested;
        match self.state.decision() {
            Some(decision) if decision.level == Level::Important => Some(decision.grade),
            _ if waits && self.grounds.iter().any(|ground| ground.test_id.starts_with(ground::MERGED_IN)) => Some(Grade::None),
            _ => None,
        }
    }

    /// Learns of the grade that a person had decided of an incident that was merged in: a lower decision is overtaken. True when it is.
    pub fn outranked_by(&mut self, grade: Grade) -> bool {
        let outranked = self.state.decision().is_some_and(|decision| decision.grade < grade);
        self.overtaken |= outranked;
        outranked
    }

    /// Decides the level that the tests say (确认级别). Refuses what is decided so already.
    pub fn confirm(&mut self, grade: Grade, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        let level = self.suggested_level;
        self.refuse_unchanged(level, grade)?;
        self.decide(State::Confirmed(Decision { level, grade, by, time: now }));
        Ok(())
    }

    /// Decides another level (改定级别). Refuses the one that the tests say, and what is decided so already.
    pub fn override_level(&mut self, level: Level, grade: Grade, reason: Reason, by: Uuid, now: Timestamp) -> Result<(), Refusal> {
        if level == self.suggested_level {
            return Err(Refusal::state("NOTHING_TO_OVERRIDE", "所选级别与界定标准给出的一致,请直接确认。"));
        }
        self.refuse_unchanged(level, grade)?;
        self.decide(State::Overridden(Decision { level, grade, by, time: now }, reason));
        Ok(())
    }

    fn refuse_unchanged(&self, level: Level, grade: Grade) -> Result<(), Refusal> {
        if self.state.says(level, grade) && !self.overtaken {
            return Err(Refusal::state("LEVEL_UNCHANGED", "级别和突发事件分级已经如此认定,无须重复。"));
        }
        Ok(())
    }

    fn decide(&mut self, state: State) {
        self.state = state;
        self.overtaken = false;
    }

    /// Records what the text also asks to weigh (记录要素). Returns what a person so entered anew.
    pub fn record(&mut self, factors: Factors, by: Uuid) -> Vec<Factor> {
        let before = std::mem::replace(&mut self.factors, factors);
        let now = &self.factors;
        let texts = [
            (Kind::Nature, before.nature.as_str(), now.nature.as_str()),
            (Kind::Scale, before.scale.as_str(), now.scale.as_str()),
            (Kind::Platform, before.platform.as_str(), now.platform.as_str()),
            (Kind::Influence, before.influence.as_str(), now.influence.as_str()),
        ];
        factor::entered(by, texts)
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("INCIDENT_UNKNOWN", "没有这个舆情事件,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("ASSESSMENT_STALE", "研判刚有变化,请刷新后再试。")
}
