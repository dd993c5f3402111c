//! 提醒: when an obligation is recalled, and to whom.

use super::obligation::Reminder;
use crate::civil::minutes_after;
use crate::file::{At, Problems};
use crate::party::{Party, role};
use jiff::Timestamp;

/// 提醒安排: one moment relative to the due time.
#[derive(Clone, Debug)]
pub(crate) struct ReminderRule {
    stage: String,
    /// Minutes after the due time; negative before it.
    shift_minutes: i64,
    /// Roles beside the debtor.
    also: Vec<String>,
}

impl ReminderRule {
    pub(crate) fn parse(at: &At<'_>, p: &mut Problems) -> Option<ReminderRule> {
        let table = at.table(&["stage", "when", "also"], p)?;
        let stage = table.need_text("stage", p);
        let shift = table.need("when", p).and_then(|at| shift(&at, p));
        let mut also = Vec::new();
        for at in table.items("also", p) {
            also.extend(role(&at, p));
        }
        Some(ReminderRule { stage: stage?, shift_minutes: shift?, also })
    }

    pub(crate) fn stage(&self) -> &str {
        &self.stage
    }

    /// The reminder for one obligation; none when its moment lies before the obligation itself.
    pub(crate) fn plan(&self, open: Timestamp, due: Timestamp, debtor: &Party) -> Result<Option<Reminder>, String> {
        let at = minutes_after(due, self.shift_minutes)?;
        if at <= open {
            return Ok(None);
        }
        let mut to = vec![debtor.clone()];
        for role in &self.also {
            let party = Party::Role(role.clone());
            if !to.contains(&party) {
                to.push(party);
            }
        }
        Ok(Some(Reminder { at, stage: self.stage.clone(), to }))
    }
}

/// `due`, `{before_minutes: 120}` or `{after_minutes: 240}`.
fn shift(at: &At<'_>, p: &mut Problems) -> Option<i64> {
    if at.word() == Some("due") {
        return Some(0);
    }
    let (key, value) = at.choice(&["before_minutes", "after_minutes"], p)?;
    let minutes = value.whole(1, 43_200, p)?;
    Some(if key == "before_minutes" { -minutes } else { minutes })
}
