//! A duty read from its file.

use super::due::Due;
use super::reminder::ReminderRule;
use super::{Duty, Relief, Renewed, Settling, Trigger, Undoing};
use crate::file::{At, Problems, Table};
use crate::formula::{Formula, Gives, Machine, Scope, Var};
use crate::parse::Clauses;
use crate::party::PartyRule;
use crate::vocabulary::{INCIDENT, Shape, THRESHOLD, fact_shape};
use std::collections::BTreeMap;

/// What a duty's reading needs from the rest of its file.
pub(crate) struct DutyParser<'f> {
    pub(crate) machine: &'f Machine,
    pub(crate) clauses: &'f Clauses,
    pub(crate) title: &'f str,
    /// 提醒方案 by name.
    pub(crate) reminders: &'f BTreeMap<String, Vec<ReminderRule>>,
}

const INCIDENT_SHAPES: &[&Shape] = &[&INCIDENT];
const THRESHOLD_SHAPES: &[&Shape] = &[&THRESHOLD];

/// A kind of fact the file names.
pub(crate) fn fact_kind(at: &At<'_>, p: &mut Problems) -> Option<&'static Shape> {
    let kind = at.text(p)?;
    let shape = fact_shape(&kind);
    if shape.is_none() {
        p.at(at, format!("没有名为“{kind}”的事实"));
    }
    shape
}

impl DutyParser<'_> {
    pub(crate) fn parse(&self, at: &At<'_>, p: &mut Problems) -> Option<Duty> {
        const KEYS: [&str; 16] = [
            "id",
            "name",
            "act",
            "clause",
            "basis",
            "note",
            "on",
            "per",
            "renewed",
            "creditor",
            "due",
            "discharged_by",
            "ended_by",
            "reminders",
            "extension",
            "waiver",
        ];
        let table = at.table(&KEYS, p)?;
        let id = table.need_text("id", p);
        let name = table.need_text("name", p);
        let act = table.get("act").map_or_else(|| id.clone(), |at| at.text(p));
        let clause = table.need("clause", p).and_then(|at| self.clauses.cited(&at, p));
        let basis = match table.get("basis") {
            Some(at) => at.text(p),
            None => clause.as_ref().map(|clause| format!("{} {clause}", self.title)),
        };
        let note = table.get("note").and_then(|at| at.text(p));
        let renewed = renewed(&table, p);
        let on = self.triggers(&table, p);
        let kinds: Vec<&'static Shape> = on.iter().map(|(shape, _)| *shape).collect();
        let per_scope = self.scope(&kinds);
        let per = table.get("per").map(|at| Formula::parse(&at, Gives::Text, &per_scope, p));
        let creditor = table.get("creditor").map(|at| PartyRule::parse(&at, false, &per_scope, p));
        let due = table.need("due", p).and_then(|at| Due::parse(&at, &per_scope, p));
        let discharged_by = self.settlings(&table, "discharged_by", &kinds, p);
        let ended_by = self.settlings(&table, "ended_by", &kinds, p);
        if table.get("discharged_by").is_some_and(|at| at.list(p).is_empty()) {
            p.at(at, "discharged_by 是空的:没有事实能办结这项责任");
        }
        table.need("discharged_by", p);
        let reminders = self.reminder_plan(&table, p);
        let mut relief = |key: &str| table.get(key).map(|at| Relief::parse(&at, p));
        let (extension, waiver) = (relief("extension"), relief("waiver"));
        Some(Duty {
            id: id?,
            place: p.place(at),
            name: name?,
            act: act?,
            clause: clause?,
            basis: basis?,
            note,
            triggers: on.into_iter().map(|(_, trigger)| trigger).collect(),
            per: per.map_or(Some(None), |per| per.map(Some))?,
            renewed,
            creditor: creditor.map_or(Some(None), |creditor| creditor.map(Some))?,
            due: due?,
            discharged_by,
            ended_by,
            reminders,
            extension: extension.map_or(Some(None), |relief| relief.map(Some))?,
            waiver: waiver.map_or(Some(None), |relief| relief.map(Some))?,
        })
    }

    /// Variables of what follows from the trigger alone: `fact` is the trigger.
    fn scope<'s>(&'s self, kinds: &'s [&'static Shape]) -> Scope<'s> {
        Scope::new(
            self.machine,
            vec![("fact", Var::Fields(kinds)), ("incident", Var::Fields(INCIDENT_SHAPES)), ("threshold", Var::Fields(THRESHOLD_SHAPES))],
        )
    }

    fn triggers(&self, table: &Table<'_>, p: &mut Problems) -> Vec<(&'static Shape, Trigger)> {
        let mut triggers = Vec::new();
        let Some(on) = table.need("on", p) else {
            return triggers;
        };
        let items = on.list(p);
        if items.is_empty() {
            p.at(&on, "至少要有一个触发事实");
        }
        for at in items {
            triggers.extend(self.trigger(&at, p));
        }
        triggers
    }

    fn trigger(&self, at: &At<'_>, p: &mut Problems) -> Option<(&'static Shape, Trigger)> {
        let table = at.table(&["fact", "when", "debtor", "from"], p)?;
        let shape = table.need("fact", p).and_then(|at| fact_kind(&at, p))?;
        let kinds = [shape];
        let scope = self.scope(&kinds);
        let mut formula = |key: &str, gives| table.get(key).map(|at| Formula::parse(&at, gives, &scope, p));
        let when = formula("when", Gives::Truth);
        let from = formula("from", Gives::Text);
        let debtor = table.need("debtor", p).and_then(|at| PartyRule::parse(&at, true, &scope, p));
        let trigger = Trigger {
            kind: shape.name.to_owned(),
            when: when.map_or(Some(None), |when| when.map(Some))?,
            debtor: debtor?,
            from: from.map_or(Some(None), |from| from.map(Some))?,
        };
        Some((shape, trigger))
    }

    /// 一律终止: what ends every duty of an incident; there is no trigger to hold it against.
    pub(crate) fn ended_by(&self, table: &Table<'_>, p: &mut Problems) -> Vec<Settling> {
        self.settlings(table, "ended_by", &[], p)
    }

    fn settlings(&self, table: &Table<'_>, key: &str, kinds: &[&'static Shape], p: &mut Problems) -> Vec<Settling> {
        let mut settlings = Vec::new();
        for at in table.items(key, p) {
            settlings.extend(self.settling(&at, key == "ended_by", kinds, p));
        }
        settlings
    }

    fn settling(&self, at: &At<'_>, ends: bool, kinds: &[&'static Shape], p: &mut Problems) -> Option<Settling> {
        let known: &[&str] = if ends { &["fact", "where", "reason", "undone_by"] } else { &["fact", "where"] };
        let table = at.table(known, p)?;
        let shape = table.need("fact", p).and_then(|at| fact_kind(&at, p));
        let reason = if ends { table.need_text("reason", p) } else { Some(String::new()) };
        let shape = shape?;
        let settles = [shape];
        let mut vars = vec![
            ("fact", Var::Fields(&settles)),
            ("debtor", Var::Text),
            ("incident", Var::Fields(INCIDENT_SHAPES)),
            ("threshold", Var::Fields(THRESHOLD_SHAPES)),
        ];
        if !kinds.is_empty() {
            vars.push(("trigger", Var::Fields(kinds)));
        }
        let scope = Scope::new(self.machine, vars);
        let fits = table.get("where").map(|at| Formula::parse(&at, Gives::Truth, &scope, p));
        let undone = table.get("undone_by").map(|at| self.undoing(&at, shape, p));
        Some(Settling {
            kind: shape.name.to_owned(),
            fits: fits.map_or(Some(None), |fits| fits.map(Some))?,
            reason: reason?,
            undone: undone.map_or(Some(None), |undone| undone.map(Some))?,
        })
    }

    /// What takes an end back: `fact` is that fact, `ended` the one that had ended the duty.
    fn undoing(&self, at: &At<'_>, ended: &'static Shape, p: &mut Problems) -> Option<Undoing> {
        let table = at.table(&["fact", "where"], p)?;
        let shape = table.need("fact", p).and_then(|at| fact_kind(&at, p))?;
        let (undoes, ended) = ([shape], [ended]);
        let vars = vec![
            ("fact", Var::Fields(&undoes)),
            ("ended", Var::Fields(&ended)),
            ("incident", Var::Fields(INCIDENT_SHAPES)),
            ("threshold", Var::Fields(THRESHOLD_SHAPES)),
        ];
        let scope = Scope::new(self.machine, vars);
        let fits = table.get("where").map(|at| Formula::parse(&at, Gives::Truth, &scope, p));
        Some(Undoing { kind: shape.name.to_owned(), fits: fits.map_or(Some(None), |fits| fits.map(Some))? })
    }

    fn reminder_plan(&self, table: &Table<'_>, p: &mut Problems) -> Vec<ReminderRule> {
        let Some(at) = table.get("reminders") else {
            return Vec::new();
        };
        let Some(name) = at.text(p) else {
            return Vec::new();
        };
        match self.reminders.get(&name) {
            Some(plan) => plan.clone(),
            None => {
                let known: Vec<&str> = self.reminders.keys().map(String::as_str).collect();
                p.at(&at, format!("没有名为“{name}”的提醒方案,有:{}", known.join("、")));
                Vec::new()
            }
        }
    }
}

fn renewed(table: &Table<'_>, p: &mut Problems) -> Renewed {
    match table.get("renewed") {
        None => Renewed::AfterFinish,
        Some(at) => match at.word() {
            Some("after_finish") => Renewed::AfterFinish,
            Some("after_end") => Renewed::AfterEnd,
            _ => {
                p.at(&at, "应为 after_finish(办结后再触发的重新起算)或 after_end(终止后再触发的才重新起算)");
                Renewed::AfterFinish
            }
        },
    }
}
