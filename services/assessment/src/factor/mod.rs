//! Factors (要素), 二: nature, scale, platform and influence, as people entered them and as they were computed. Neither overwrites the
//! other; each stays as it was recorded.

pub(crate) mod commands;
mod computing;
pub(crate) mod grpc;
pub(crate) mod store;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

pub(crate) use computing::{Sums, computed};

/// Which of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// 性质.
    Nature,
    /// 规模.
    Scale,
    /// 发布平台级别.
    Platform,
    /// 影响力.
    Influence,
}

/// Where a factor is from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Origin {
    /// 人工记录: who entered it.
    Entered(Uuid),
    /// 系统计算.
    Computed {
        /// How, in words.
        method: String,
        /// What it was computed from.
        seen: Value,
    },
}

/// A factor to be recorded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Factor {
    pub kind: Kind,
    pub text: String,
    pub origin: Origin,
}

/// A factor as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recorded {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub factor: Factor,
    pub time: Timestamp,
    /// The latest of its kind and origin.
    pub current: bool,
}

/// What a person entered anew: of each kind the text before and now.
pub(crate) fn entered(by: Uuid, texts: [(Kind, &str, &str); 4]) -> Vec<Factor> {
    let changed = texts.into_iter().filter(|(_, before, now)| before != now);
    changed.map(|(kind, _, now)| Factor { kind, text: now.to_owned(), origin: Origin::Entered(by) }).collect()
}
