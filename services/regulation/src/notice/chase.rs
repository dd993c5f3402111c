//! 催签: who is told when nobody acknowledges a notice, level by level.

use crate::file::{At, Problems, Table};
use crate::party::{Party, role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// 催签一级: so long after delivery, whoever holds these roles is told that nobody acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChaseStep {
    /// Minutes after the delivery.
    pub after_minutes: i64,
    /// Who is told.
    pub to: Vec<Party>,
}

/// 催签办法 by name.
pub(crate) type Chases = BTreeMap<String, Vec<ChaseStep>>;

/// Reads the section `unacknowledged`: each step later than the one before.
pub(crate) fn chases(table: &Table<'_>, p: &mut Problems) -> Chases {
    let entries = table.get("unacknowledged").map_or_else(Vec::new, |at| at.entries(p));
    let mut chases = Chases::new();
    for (name, at) in entries {
        let mut steps: Vec<ChaseStep> = Vec::new();
        let items = at.list(p);
        if items.is_empty() {
            p.at(&at, "至少要有一级");
        }
        for at in items {
            let Some(step) = step(&at, p) else { continue };
            if steps.last().is_some_and(|before| before.after_minutes >= step.after_minutes) {
                p.at(&at, "各级须依次更晚");
            }
            steps.push(step);
        }
        chases.insert(name.to_owned(), steps);
    }
    chases
}

fn step(at: &At<'_>, p: &mut Problems) -> Option<ChaseStep> {
    let table = at.table(&["after_minutes", "to"], p)?;
    let after_minutes = table.need("after_minutes", p).and_then(|at| at.whole(1, 43_200, p));
    let to = table.need("to", p)?;
    let items = to.list(p);
    if items.is_empty() {
        p.at(&to, "至少要有一个角色");
    }
    let roles: Vec<Party> = items.iter().filter_map(|at| role(at, p)).map(Party::Role).collect();
    Some(ChaseStep { after_minutes: after_minutes?, to: roles })
}
