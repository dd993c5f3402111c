//! 通知: who is told what, when a fact happens.

mod chase;
mod template;

use crate::duty::Seen;
use crate::file::{At, Problems};
use crate::formula::{Formula, Gives, Machine, Scope, Var};
use crate::parse::Clauses;
use crate::party::{PartyRule, Recipient};
use crate::source::RuleError;
use crate::vocabulary::{Shape, fact_shape};
use cel::Context;
pub use chase::ChaseStep;
pub(crate) use chase::{Chases, chases};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use template::Template;

/// 通知方案: one notice that a fact calls for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePlan {
    /// The notice of the rule file.
    pub id: String,
    /// The clause that asks for it.
    pub clause: String,
    /// 收件人, without repetition, in the order of the file.
    pub to: Vec<Recipient>,
    /// 标题.
    pub title: String,
    /// 正文.
    pub text: String,
    /// 急件: goes out at once on every channel.
    pub urgent: bool,
    /// 须签收: the recipient must acknowledge.
    pub needs_ack: bool,
    /// 催签: who is told, step by step, while of a recipient nobody has acknowledged.
    pub chase: Vec<ChaseStep>,
}

/// 用语: how the names of states read in Chinese.
pub(crate) type Words = BTreeMap<String, String>;

/// 通知条目: one notice of the rule.
#[derive(Debug)]
pub(crate) struct NoticeRule {
    pub(crate) id: String,
    pub(crate) clause: String,
    pub(crate) kind: String,
    when: Option<Formula>,
    to: Vec<PartyRule>,
    title: Template,
    text: Template,
    urgent: bool,
    needs_ack: bool,
    chase: Vec<ChaseStep>,
}

impl NoticeRule {
    pub(crate) fn parse(at: &At<'_>, clauses: &Clauses, machine: &Machine, chases: &Chases, p: &mut Problems) -> Option<NoticeRule> {
        const KEYS: [&str; 10] = ["id", "clause", "on", "when", "to", "title", "text", "urgent", "needs_ack", "unacknowledged"];
        let table = at.table(&KEYS, p)?;
        let id = table.need_text("id", p);
        let clause = table.need("clause", p).and_then(|at| clauses.cited(&at, p));
        let on = table.need("on", p)?;
        let kind = on.text(p)?;
        let Some(shape) = fact_shape(&kind) else {
            p.at(&on, format!("没有名为“{kind}”的事实"));
            return None;
        };
        let shapes: [&'static Shape; 1] = [shape];
        let scope = Scope::new(machine, vec![("fact", Var::Fields(&shapes))]);
        let when = table.get("when").map(|at| Formula::parse(&at, Gives::Truth, &scope, p));
        let mut to = Vec::new();
        let mut sound = true;
        if let Some(list) = table.need("to", p) {
            let items = list.list(p);
            if items.is_empty() {
                p.at(&list, "至少要有一个收件人");
            }
            for item in items {
                match PartyRule::parse(&item, true, &scope, p) {
                    Some(party) => to.push(party),
                    None => sound = false,
                }
            }
        }
        let title = table.need("title", p).and_then(|at| Template::parse(&at, shape, p));
        let text = table.need("text", p).and_then(|at| Template::parse(&at, shape, p));
        let mut flag = |key: &str| table.get(key).map_or(Some(false), |at| at.flag(p));
        let urgent = flag("urgent");
        let needs_ack = flag("needs_ack");
        let chase = table.get("unacknowledged").map_or(Some(Vec::new()), |at| {
            if needs_ack == Some(false) {
                p.at(&at, "不要求签收(needs_ack)的通知无从催签");
            }
            let name = at.text(p)?;
            let found = chases.get(&name).cloned();
            if found.is_none() {
                p.at(&at, format!("没有名为“{name}”的催签办法,已有:{}", chases.keys().cloned().collect::<Vec<_>>().join("、")));
            }
            found
        });
        sound.then_some(())?;
        Some(NoticeRule {
            id: id?,
            clause: clause?,
            kind,
            when: when.map_or(Some(None), |when| when.map(Some))?,
            to,
            title: title?,
            text: text?,
            urgent: urgent?,
            needs_ack: needs_ack?,
            chase: chase?,
        })
    }

    /// The notice for one fact, if it calls for it and names anybody.
    pub(crate) fn plan(&self, seen: &Seen<'_>, machine: &Machine, words: &Words) -> Result<Option<NoticePlan>, RuleError> {
        let mut context: Context<'_, '_> = machine.context();
        context.add_variable_as_val("fact", Box::new(seen.fields()));
        if let Some(when) = &self.when
            && !when.holds(&context)?
        {
            return Ok(None);
        }
        let mut to: Vec<Recipient> = Vec::new();
        for rule in &self.to {
            for party in rule.resolve(&context)? {
                if !to.contains(&party) {
                    to.push(party);
                }
            }
        }
        if to.is_empty() {
            return Ok(None);
        }
        Ok(Some(NoticePlan {
            id: self.id.clone(),
            clause: self.clause.clone(),
            to,
            title: self.title.render(seen, words)?,
            text: self.text.render(seen, words)?,
            urgent: self.urgent,
            needs_ack: self.needs_ack,
            chase: self.chase.clone(),
        }))
    }
}
