//! 界定标准 (二): one written test, as a condition on a report or on the incident.

use super::{Ground, IncidentSignals, ReportSignals};
use crate::file::{At, Problems};
use crate::formula::{Fields, Formula, Gives, Machine, Scope, Var};
use crate::parse::Clauses;
use crate::source::RuleError;
use crate::vocabulary::{INCIDENT_SIGNALS, REPORT_SIGNALS, THRESHOLD};
use cel::Context;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a test looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks {
    Report,
    Incident,
}

/// 界定标准: one test of clause 二.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) id: String,
    clause: String,
    text: String,
    looks: Looks,
    hit: Formula,
    /// Fields shown with the ground beside those the condition reads.
    shows: Vec<(String, String)>,
    needs_confirmation: bool,
}

impl Test {
    pub(crate) fn parse(at: &At<'_>, clauses: &Clauses, machine: &Machine, p: &mut Problems) -> Option<Test> {
        const KEYS: [&str; 7] = ["id", "clause", "text", "on", "hit", "shows", "needs_confirmation"];
        let table = at.table(&KEYS, p)?;
        let id = table.need_text("id", p);
        let clause = table.need("clause", p).and_then(|at| clauses.cited(&at, p));
        let text = table.need_text("text", p);
        let needs_confirmation = table.need("needs_confirmation", p).and_then(|at| at.flag(p));
        let on = table.need("on", p)?;
        let looks = match on.word() {
            Some("report") => Looks::Report,
            Some("incident") => Looks::Incident,
            _ => {
                p.at(&on, "应为 report(逐条线索)或 incident(整个事件)");
                return None;
            }
        };
        let mut vars = vec![("incident", Var::Fields(&[&INCIDENT_SIGNALS])), ("threshold", Var::Fields(&[&THRESHOLD]))];
        if looks == Looks::Report {
            vars.push(("report", Var::Fields(&[&REPORT_SIGNALS])));
        }
        let scope = Scope::new(machine, vars);
        let hit = table.need("hit", p).and_then(|at| Formula::parse(&at, Gives::Truth, &scope, p));
        let mut shows = Vec::new();
        for at in table.items("shows", p) {
            let Some(path) = at.text(p) else { continue };
            match path.split_once('.') {
                Some((root, field)) => match scope.refuse(root, field) {
                    Some(problem) => p.at(&at, problem),
                    None => shows.push((root.to_owned(), field.to_owned())),
                },
                None => p.at(&at, "应为 变量.字段,如 report.page"),
            }
        }
        Some(Test { id: id?, clause: clause?, text: text?, looks, hit: hit?, shows, needs_confirmation: needs_confirmation? })
    }

    pub(crate) fn clause(&self) -> &str {
        &self.clause
    }

    /// The condition.
    pub(crate) fn hit(&self) -> &Formula {
        &self.hit
    }

    /// Adds a ground for each hit.
    pub(crate) fn run(&self, seen: &Seen<'_>, grounds: &mut Vec<Ground>) -> Result<(), RuleError> {
        match self.looks {
            Looks::Incident => {
                if self.hit.holds(&seen.context(None))? {
                    grounds.push(self.ground(seen, None));
                }
            }
            Looks::Report => {
                for (report, fields) in &seen.reports {
                    if self.hit.holds(&seen.context(Some(fields)))? {
                        grounds.push(self.ground(seen, Some((report, fields))));
                    }
                }
            }
        }
        Ok(())
    }

    fn ground(&self, seen: &Seen<'_>, report: Option<(&ReportSignals, &Map<String, Value>)>) -> Ground {
        let mut values = BTreeMap::new();
        for (root, field) in self.hit.reads().iter().chain(&self.shows) {
            let map = match root.as_str() {
                "incident" => Some(&seen.incident),
                "threshold" => Some(seen.threshold),
                _ => report.map(|(_, fields)| fields),
            };
            let value = map.and_then(|map| map.get(field)).cloned().unwrap_or_default();
            values.insert(format!("{root}.{field}"), value);
        }
        Ground {
            test_id: self.id.clone(),
            clause: self.clause.clone(),
            text: self.text.clone(),
            report_id: report.map(|(report, _)| report.report_id.clone()),
            values,
            needs_confirmation: self.needs_confirmation,
        }
    }
}

/// What the tests look at, as fields.
pub(crate) struct Seen<'s> {
    machine: &'s Machine,
    threshold: &'s Map<String, Value>,
    incident: Map<String, Value>,
    reports: Vec<(&'s ReportSignals, Map<String, Value>)>,
}

impl<'s> Seen<'s> {
    /// Reports in the order of their ids, each once, so that the result does not hang on the caller's order.
    pub(crate) fn new(
        machine: &'s Machine,
        threshold: &'s Map<String, Value>,
        incident: &IncidentSignals,
        reports: &'s [ReportSignals],
    ) -> Self {
        let mut reports: Vec<&ReportSignals> = reports.iter().collect();
        // One id given twice: the larger figures are the later ones.
        let reach = |report: &ReportSignals| (report.views, report.comments, report.reposts);
        reports.sort_by(|a, b| {
            let by_id = a.report_id.cmp(&b.report_id);
            by_id.then_with(|| reach(b).cmp(&reach(a))).then_with(|| a.cmp(b))
        });
        reports.dedup_by(|next, kept| next.report_id == kept.report_id);
        Seen {
            machine,
            threshold,
            incident: object(incident),
            reports: reports.into_iter().map(|report| (report, object(report))).collect(),
        }
    }

    fn context<'c>(&'c self, report: Option<&'c Map<String, Value>>) -> Context<'c, 'c> {
        let mut context = self.machine.context();
        let mut bind = |name: &str, fields: Fields<'c>| context.add_variable_as_val(name, Box::new(fields));
        bind("incident", Fields::new(&INCIDENT_SIGNALS, &self.incident));
        bind("threshold", Fields::new(&THRESHOLD, self.threshold));
        if let Some(report) = report {
            bind("report", Fields::new(&REPORT_SIGNALS, report));
        }
        context
    }
}

fn object(signals: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(signals) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
