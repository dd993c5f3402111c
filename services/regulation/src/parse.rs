//! A rule read from its files: the county's own, the overlays beside it.

use crate::appraisal::{self, FigureRule};
use crate::assessment::Test;
use crate::chain::Chain;
use crate::duty::{Duty, DutyParser, ReminderRule, Settling};
use crate::file::{At, Place, Problems, Table, read};
use crate::formula::Machine;
use crate::notice::{self, NoticeRule, Words};
use crate::rule_book::Transition;
use crate::source::{RuleError, Source};
use crate::thresholds::Thresholds;
use crate::trend::TrendRule;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// 条款: the clauses a file may cite, with their words.
#[derive(Debug, Default)]
pub(crate) struct Clauses(pub(crate) BTreeMap<String, String>);

impl Clauses {
    /// A clause the file cites; it must be one the file lists.
    pub(crate) fn cited(&self, at: &At<'_>, p: &mut Problems) -> Option<String> {
        let clause = at.text(p)?;
        self.lists(&clause, at, p).then_some(clause)
    }

    /// Whether the file lists a clause.
    fn lists(&self, clause: &str, at: &At<'_>, p: &mut Problems) -> bool {
        let listed = self.0.contains_key(clause);
        if !listed {
            let known: Vec<&str> = self.0.keys().map(String::as_str).collect();
            p.at(at, format!("条款“{clause}”不在本文件的 clauses 里,有:{}", known.join("、")));
        }
        listed
    }
}

/// Everything one file says.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) title: String,
    pub(crate) effective: Option<Date>,
    pub(crate) transition: Transition,
    pub(crate) clauses: Clauses,
    /// Where each of them is listed.
    pub(crate) listed: BTreeMap<String, Place>,
    pub(crate) thresholds: Option<Thresholds>,
    pub(crate) tests: Vec<Test>,
    /// 走势; a county that has none is not told of rises.
    pub(crate) trend: Option<TrendRule>,
    pub(crate) duties: Vec<Duty>,
    /// 一律终止: what ends every duty, the overlays' too.
    pub(crate) ended_by: Vec<Settling>,
    pub(crate) notices: Vec<NoticeRule>,
    pub(crate) chains: BTreeMap<String, Chain>,
    pub(crate) appraisal: Vec<FigureRule>,
    /// 由接口办理: the rpcs that carry a clause out, by full name.
    pub(crate) carried_out: BTreeMap<String, Vec<String>>,
    pub(crate) words: Words,
}

/// The chains every county's rule must name.
const CHAINS: [&str; 4] = ["statement", "escalation", "consolidation", "line"];
const OVERLAY: [&str; 7] = ["title", "effective", "clauses", "reminders", "duties", "unacknowledged", "notices"];
const BASE: [&str; 16] = [
    "title",
    "effective",
    "transition",
    "clauses",
    "carried_out",
    "thresholds",
    "tests",
    "trend",
    "reminders",
    "duties",
    "ended_by",
    "unacknowledged",
    "notices",
    "chains",
    "appraisal",
    "words",
];

impl Content {
    /// Reads the county's rule.
    pub(crate) fn base(source: Source<'_>, machine: &Machine, errors: &mut Vec<RuleError>) -> Content {
        Content::parse(source, &BASE, machine, errors, |content, table, p| {
            content.transition = transition(table, p);
            content.thresholds = table.need("thresholds", p).and_then(|at| Thresholds::parse(&at, p));
            if let Some(tests) = table.need("tests", p) {
                for at in tests.list(p) {
                    content.tests.extend(Test::parse(&at, &content.clauses, machine, p));
                }
            }
            unrepeated(table, "tests", p);
            content.trend = table.get("trend").and_then(|at| TrendRule::parse(&at, &content.clauses, p));
            if let Some(chains) = table.need("chains", p) {
                for (name, at) in chains.entries(p) {
                    if let Some(chain) = Chain::parse(&at, &content.clauses, p) {
                        content.chains.insert(name.to_owned(), chain);
                    }
                }
                for name in CHAINS {
                    if !chains.entries(p).iter().any(|(known, _)| *known == name) {
                        p.at(&chains, format!("缺少审批流程“{name}”"));
                    }
                }
            }
            content.appraisal(table, machine, p);
            if let Some(at) = table.get("carried_out") {
                content.carried_out = carried_out(&at, &content.clauses, p);
            }
            if let Some(words) = table.get("words") {
                for (name, at) in words.entries(p) {
                    content.words.extend(at.text(p).map(|word| (name.to_owned(), word)));
                }
            }
        })
    }

    /// Reads an overlay: duties and notices with a legal basis of their own.
    pub(crate) fn overlay(source: Source<'_>, machine: &Machine, errors: &mut Vec<RuleError>) -> Content {
        Content::parse(source, &OVERLAY, machine, errors, |_, _, _| {})
    }

    fn parse(
        source: Source<'_>,
        known: &[&str],
        machine: &Machine,
        errors: &mut Vec<RuleError>,
        own: impl FnOnce(&mut Content, &Table<'_>, &mut Problems),
    ) -> Content {
        let mut p = Problems::new(source.name);
        let mut content = Content::default();
        if let Some(node) = read(source.text, &mut p)
            && let Some(table) = At::root(&node).table(known, &mut p)
        {
            content.title = table.need_text("title", &mut p).unwrap_or_default();
            content.effective = table.need("effective", &mut p).and_then(|at| at.date(&mut p));
            content.clauses = clauses(&table, &mut p);
            content.listed = listed(&table, &mut p);
            own(&mut content, &table, &mut p);
            let reminders = reminders(&table, &mut p);
            content.duties(&table, machine, &reminders, &mut p);
            let chases = notice::chases(&table, &mut p);
            for at in table.items("notices", &mut p) {
                let notice = NoticeRule::parse(&at, &content.clauses, machine, &chases, &mut p);
                content.notices.extend(notice);
            }
            unrepeated(&table, "notices", &mut p);
        }
        errors.extend(p.into_found());
        content
    }

    /// The figures of the appraisal, 五(三)甲; a county that has none appraises nobody.
    fn appraisal(&mut self, table: &Table<'_>, machine: &Machine, p: &mut Problems) {
        let Some(section) = table.get("appraisal") else { return };
        for at in section.list(p) {
            self.appraisal.extend(FigureRule::parse(&at, &self.clauses, machine, p));
        }
        let duties = table.get("duties").map(|duties| duties.ids()).unwrap_or_default();
        appraisal::check(&self.appraisal, &section, &duties, p);
        unrepeated(table, "appraisal", p);
    }

    fn duties(&mut self, table: &Table<'_>, machine: &Machine, reminders: &BTreeMap<String, Vec<ReminderRule>>, p: &mut Problems) {
        let parser = DutyParser { machine, clauses: &self.clauses, title: &self.title, reminders };
        if let Some(duties) = table.need("duties", p) {
            for at in duties.list(p) {
                self.duties.extend(parser.parse(&at, p));
            }
        }
        // An overlay has no such key.
        self.ended_by = parser.ended_by(table, p);
        unrepeated(table, "duties", p);
    }
}

fn transition(table: &Table<'_>, p: &mut Problems) -> Transition {
    let Some(at) = table.get("transition") else { return Transition::default() };
    match at.word() {
        Some("keep") => Transition::Keep,
        Some("recompute") => Transition::Recompute,
        _ => {
            p.at(&at, "应为 keep(在办事项从旧)或 recompute(在办事项从新)");
            Transition::default()
        }
    }
}

/// Ids within one section of one file.
fn unrepeated(table: &Table<'_>, key: &str, p: &mut Problems) {
    let mut known = BTreeSet::new();
    for at in table.items(key, p) {
        if let Some((line, id)) = at.peek("id")
            && !known.insert(id)
        {
            p.note(line, &format!("{}.id", at.key), format!("“{id}”重复"));
        }
    }
}

fn clauses(table: &Table<'_>, p: &mut Problems) -> Clauses {
    let mut clauses = Clauses::default();
    if let Some(at) = table.need("clauses", p) {
        for (clause, at) in at.entries(p) {
            clauses.0.extend(at.text(p).map(|text| (clause.to_owned(), text)));
        }
    }
    clauses
}

/// Where each clause stands.
fn listed(table: &Table<'_>, p: &mut Problems) -> BTreeMap<String, Place> {
    let entries = table.get("clauses").map_or_else(Vec::new, |at| at.entries(p));
    entries.into_iter().map(|(clause, at)| (clause.to_owned(), p.place(&at))).collect()
}

/// The rpcs that carry clauses out: each clause one that the file lists, each rpc by full name, none twice.
fn carried_out(at: &At<'_>, clauses: &Clauses, p: &mut Problems) -> BTreeMap<String, Vec<String>> {
    let mut carried = BTreeMap::new();
    for (clause, at) in at.entries(p) {
        clauses.lists(clause, &at, p);
        let items = at.list(p);
        if items.is_empty() {
            p.at(&at, "至少要有一个接口");
        }
        let mut rpcs: Vec<String> = Vec::new();
        for at in items {
            let Some(rpc) = at.text(p) else { continue };
            if !is_rpc(&rpc) {
                p.at(&at, format!("“{rpc}”不是接口的全名,应如 huiying.disposal.v1.DisposalService/SubmitFindings"));
            } else if rpcs.contains(&rpc) {
                p.at(&at, format!("接口“{rpc}”重复"));
            }
            rpcs.push(rpc);
        }
        carried.insert(clause.to_owned(), rpcs);
    }
    carried
}

/// Whether a text has the form `package.Service/Method`.
fn is_rpc(text: &str) -> bool {
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric());
    text.split_once('/').is_some_and(|(service, method)| service.contains('.') && service.split('.').all(word) && word(method))
}

fn reminders(table: &Table<'_>, p: &mut Problems) -> BTreeMap<String, Vec<ReminderRule>> {
    let mut plans = BTreeMap::new();
    let Some(at) = table.get("reminders") else {
        return plans;
    };
    for (name, at) in at.entries(p) {
        let mut plan: Vec<ReminderRule> = Vec::new();
        for at in at.list(p) {
            let Some(rule) = ReminderRule::parse(&at, p) else { continue };
            if plan.iter().any(|known| known.stage() == rule.stage()) {
                p.at(&at, format!("提醒阶段“{}”重复", rule.stage()));
            }
            plan.push(rule);
        }
        plans.insert(name.to_owned(), plan);
    }
    plans
}
