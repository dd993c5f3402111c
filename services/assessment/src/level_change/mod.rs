//! Level changes (级别沿革), 二: how the level of an incident came about, step by step.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use regulation::Level;
use uuid::Uuid;

use crate::{
    assessment::{Assessment, State},
    ground,
};

/// One step. Once recorded it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LevelChange {
    pub id: Uuid,
    pub incident_id: Uuid,
    /// What the tests said, when nobody decided; else what was decided.
    pub suggested: Option<Level>,
    /// 待确认 when it was suggested alone.
    pub state: State,
    /// Clauses of the hits at that time.
    pub clauses: Vec<String>,
    pub rule_version: String,
    pub time: Timestamp,
}

impl LevelChange {
    /// The tests say another level than before.
    pub fn suggested(id: Uuid, assessment: &Assessment, time: Timestamp) -> Self {
        let suggested = Some(assessment.suggested_level);
        Self { suggested, state: State::Suggested, ..Self::decided(id, assessment, time) }
    }

    /// A person decided.
    pub fn decided(id: Uuid, assessment: &Assessment, time: Timestamp) -> Self {
        Self {
            id,
            incident_id: assessment.incident.id,
            suggested: None,
            state: assessment.state.clone(),
            clauses: ground::clauses(&assessment.grounds),
            rule_version: assessment.rule_version.clone(),
            time,
        }
    }

    /// The level suggested or decided.
    pub fn level(&self) -> Option<Level> {
        self.state.decision().map(|decision| decision.level).or(self.suggested)
    }
}
