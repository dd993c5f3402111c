//! 审批流程: who endorses and who approves, in which order.

use crate::file::{At, Problems};
use crate::parse::Clauses;
use crate::party::role;
use serde::{Deserialize, Serialize};

/// 审批环节: one step of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainStep {
    /// The step, e.g. `endorse`, `approve`.
    pub step: String,
    /// The role that takes it, e.g. `leader_in_charge`.
    pub role: String,
}

/// 审批流程: a named chain, with the clause that asks for it.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) clause: String,
    pub(crate) steps: Vec<ChainStep>,
}

impl Chain {
    pub(crate) fn parse(at: &At<'_>, clauses: &Clauses, p: &mut Problems) -> Option<Chain> {
        let table = at.table(&["clause", "steps"], p)?;
        let clause = table.need("clause", p).and_then(|at| clauses.cited(&at, p));
        let mut steps: Vec<ChainStep> = Vec::new();
        let list = table.need("steps", p)?;
        for at in list.list(p) {
            let Some(table) = at.table(&["step", "role"], p) else { continue };
            let step = table.need_text("step", p);
            let role = table.need("role", p).and_then(|at| role(&at, p));
            let (Some(step), Some(role)) = (step, role) else { continue };
            if steps.iter().any(|known| known.step == step) {
                p.at(&at, format!("环节“{step}”重复"));
            }
            steps.push(ChainStep { step, role });
        }
        if steps.is_empty() {
            p.at(&list, "至少要有一个环节");
        }
        Some(Chain { clause: clause?, steps })
    }
}
