//! 责任事项 (一项时限): what is owed by whom, until when, under which clause, and what became of it.

use super::{Extension, Relief};
use crate::party::Party;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 责任事项: one clock of one debtor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Obligation {
    /// Stable name: duty, trigger fact and debtor.
    pub key: String,
    /// The duty of the rule file.
    pub duty_id: String,
    /// 名称, e.g. 当日回应.
    pub name: String,
    /// 事项: clocks of one incident and one act run in parallel, each on its own basis; the earliest counts.
    pub act: String,
    /// 条款, e.g. `四(三)`.
    pub clause: String,
    /// 依据: the legal basis in words.
    pub basis: String,
    /// 责任人.
    pub debtor: Party,
    /// 对谁负责.
    pub creditor: Option<Party>,
    /// The incident, if it concerns one.
    pub incident_id: Option<String>,
    /// The fact that brought it into being.
    pub trigger_fact_id: String,
    /// When it came into being: the time of the trigger.
    pub open_time: Timestamp,
    /// 起算: when its clock began, which may lie before `open_time` (61号 counts from the first report).
    pub start_time: Timestamp,
    /// 时限: the first moment that is too late, extensions included.
    pub due_time: Timestamp,
    /// 推算: how `due_time` was computed, step by step (中文).
    pub derivation: Vec<String>,
    /// 提醒, in the order of their time.
    pub reminders: Vec<Reminder>,
    /// 延期, in the order of their grants.
    pub extensions: Vec<Extension>,
    /// Who may extend it; none when nobody.
    pub extension: Option<Relief>,
    /// Who may waive it; none when nobody.
    pub waiver: Option<Relief>,
    /// Content hash of the rule that made it.
    pub rule_version: String,
    /// What the facts say became of it.
    pub outcome: Outcome,
}

/// 提醒: a moment at which someone is reminded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reminder {
    /// When.
    pub at: Timestamp,
    /// Which step, by the rule file's own name, e.g. `before_due`.
    pub stage: String,
    /// Who is reminded: the debtor, then whoever the rule names up the chain.
    pub to: Vec<Party>,
}

/// 结果: what the facts say became of an obligation, whatever the time now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing fits yet.
    Open,
    /// 按时办结: by this fact, before it was due.
    Discharged {
        /// The fact.
        fact_id: String,
        /// Its time.
        time: Timestamp,
    },
    /// 逾期办结: by this fact, too late.
    DischargedLate {
        /// The fact.
        fact_id: String,
        /// Its time.
        time: Timestamp,
    },
    /// 免除: by this grant.
    Waived {
        /// The fact.
        fact_id: String,
        /// Its time.
        time: Timestamp,
    },
    /// 终止: nothing is owed any more, because of this fact.
    Ended {
        /// The fact.
        fact_id: String,
        /// Its time.
        time: Timestamp,
        /// Why, in the rule file's words (中文).
        reason: String,
    },
}

/// 状态: an obligation at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 在办.
    Open,
    /// 已延期, 在办.
    Extended,
    /// 逾期未办.
    Breached,
    /// 按时办结.
    Discharged,
    /// 逾期办结.
    DischargedLate,
    /// 已免除.
    Waived,
    /// 终止.
    Ended,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Open => "在办",
            State::Extended => "已延期",
            State::Breached => "逾期未办",
            State::Discharged => "按时办结",
            State::DischargedLate => "逾期办结",
            State::Waived => "已免除",
            State::Ended => "终止",
        })
    }
}

impl Obligation {
    /// The state at a moment, be it past: an outcome or an extension later than `now` has not happened yet. An obligation is
    /// breached from its due time on.
    pub fn state_at(&self, now: Timestamp) -> State {
        let settled = match &self.outcome {
            Outcome::Open => None,
            Outcome::Discharged { time, .. } => Some((*time, State::Discharged)),
            Outcome::DischargedLate { time, .. } => Some((*time, State::DischargedLate)),
            Outcome::Waived { time, .. } => Some((*time, State::Waived)),
            Outcome::Ended { time, .. } => Some((*time, State::Ended)),
        };
        match settled {
            Some((time, state)) if time <= now => state,
            _ if self.due_at(now) <= now => State::Breached,
            _ if self.extensions.iter().any(|extension| extension.time <= now) => State::Extended,
            _ => State::Open,
        }
    }
}
