//! 延期与免除: who may put an obligation off or waive it, as the rule names them, and what a grant does to its clock. The
//! clock never stands still in silence: a grant is a fact, and the due time before it stays on record.

use super::owed::Running;
use super::sequence::{Seen, Sequence};
use super::{Duty, Obligation};
use crate::civil::{limit_words, moment_words};
use crate::file::{At, Problems};
use crate::party::role;
use crate::vocabulary::text_of;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The fact that an extension was granted.
pub(crate) const EXTENSION: &str = "accountability.ExtensionGranted";
/// The fact that a waiver was granted.
pub(crate) const WAIVER: &str = "accountability.WaiverGranted";

/// 延期、免除的权限: who may grant it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relief {
    /// The role that grants it, by its slug.
    pub granted_by: String,
    /// How many hours after the due time before it the new one may lie; none for no bound.
    pub at_most_hours: Option<i64>,
}

/// 延期: a due time moved later by a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The grant.
    pub fact_id: String,
    /// When it was granted.
    pub time: Timestamp,
    /// The due time before.
    pub from: Timestamp,
    /// The due time after.
    pub to: Timestamp,
}

impl Relief {
    /// `{granted_by: leader_in_charge, at_most_hours: 72}`.
    pub(crate) fn parse(at: &At<'_>, p: &mut Problems) -> Option<Relief> {
        let table = at.table(&["granted_by", "at_most_hours"], p)?;
        let granted_by = table.need("granted_by", p).and_then(|at| role(&at, p));
        let at_most_hours = match table.get("at_most_hours") {
            None => None,
            Some(at) => Some(at.whole(1, 8_760, p)?),
        };
        Some(Relief { granted_by: granted_by?, at_most_hours })
    }
}

impl Duty {
    /// The grants of a kind that name a running clock, in order.
    pub(super) fn granted<'s, 'f>(
        &self,
        kind: &str,
        running: &Running<'s, 'f>,
        facts: &'s Sequence<'f>,
    ) -> impl Iterator<Item = &'s Seen<'f>> {
        facts.of_kind(kind).filter(move |seen| {
            let said = |name: &str| text_of(seen.fact.fields.get(name));
            let debtor = running.claim.debtor.id();
            said("duty_id") == self.id
                && running.began_with(said("trigger_event_id"))
                && ["debtor_body_id", "debtor_person_id", "debtor_role"].into_iter().any(|name| said(name) == debtor)
        })
    }
}

/// Moves the due time of a clock by the grants that name it, each asked before it was due.
pub(super) fn extend<'s, 'f: 's>(
    due: &mut Timestamp,
    derivation: &mut Vec<String>,
    grants: impl Iterator<Item = &'s Seen<'f>>,
) -> Vec<Extension> {
    let mut extensions = Vec::new();
    for grant in grants {
        let moment = |name: &str| text_of(grant.fact.fields.get(name)).parse::<Timestamp>().ok();
        let (Some(asked), Some(to)) = (moment("ask_time"), moment("due_time")) else { continue };
        if asked >= *due || to <= *due {
            continue;
        }
        let reason = text_of(grant.fact.fields.get("reason"));
        derivation.push(format!("{}批准延期:由{}延至{},理由:{reason}", moment_words(grant.fact.time), limit_words(*due), limit_words(to)));
        extensions.push(Extension { fact_id: grant.fact.id.clone(), time: grant.fact.time, from: *due, to });
        *due = to;
    }
    extensions
}

impl Obligation {
    /// The due time as it was known at a moment: what was extended later was due earlier then.
    pub fn due_at(&self, now: Timestamp) -> Timestamp {
        match self.extensions.iter().find(|extension| extension.time > now) {
            Some(later) => later.from,
            None => self.due_time,
        }
    }
}
