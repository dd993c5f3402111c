//! 审批流程: who endorses and who approves, in which order.

use serde::{Deserialize, Serialize};

/// 审批环节: one step of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStep {
    /// The step, e.g. `endorse`, `approve`.
    pub step: String,
    /// The role that takes it, e.g. `leader_in_charge`.
    pub role: String,
}
