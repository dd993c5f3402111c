//! 责任主体: who owes, who is owed, who is told.

use crate::file::{At, Problems};
use crate::formula::{Formula, Gives, Scope};
use crate::source::RuleError;
use cel::Context;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 责任主体: a body, a person or whoever holds a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// 单位 or 科室, by id.
    Body(String),
    /// A person, by id.
    Person(String),
    /// Whoever holds the role, by its slug, e.g. `office_staff`.
    Role(String),
}

impl Party {
    /// The id or the slug.
    pub fn id(&self) -> &str {
        match self {
            Party::Body(id) | Party::Person(id) | Party::Role(id) => id,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Party::Body(id) => write!(f, "body/{id}"),
            Party::Person(id) => write!(f, "person/{id}"),
            Party::Role(slug) => write!(f, "role/{slug}"),
        }
    }
}

/// 收件人: who a notice goes to. A body means its head, its handlers and its information officers.
pub type Recipient = Party;

/// 角色: the roles a rule may name, with their Chinese terms.
pub(crate) const ROLES: &[(&str, &str)] = &[
    ("collector", "信息收集人"),
    ("information_officer", "舆情信息员"),
    ("unit_handler", "单位经办人"),
    ("unit_head", "单位主要负责人"),
    ("office_staff", "舆情处置办公室工作人员"),
    ("office_head", "舆情处置办公室主任"),
    ("leader_in_charge", "分管领导"),
    ("principal_leader", "主要领导"),
    ("auditor", "审计员"),
    ("system", "系统"),
    ("system_administrator", "系统管理员"),
    ("security_administrator", "安全保密管理员"),
    ("audit_administrator", "安全审计员"),
    ("superior_platform", "上级平台"),
    ("subordinate_platform", "下级平台"),
    ("monitoring_vendor", "监测服务商"),
];

/// 角色 in Chinese, by its slug; the slug itself where no role has it.
pub fn role_name(slug: &str) -> &str {
    ROLES.iter().find(|(known, _)| *known == slug).map_or(slug, |(_, name)| name)
}

/// A role the file names.
pub(crate) fn role(at: &At<'_>, problems: &mut Problems) -> Option<String> {
    let slug = at.text(problems)?;
    if ROLES.iter().any(|(known, _)| *known == slug) {
        return Some(slug);
    }
    let known: Vec<&str> = ROLES.iter().map(|(known, _)| *known).collect();
    problems.at(at, format!("未知的角色“{slug}”,可用:{}", known.join("、")));
    None
}

/// How the file names parties: `{role: office_staff}`, `{body: fact.body_id}`.
#[derive(Debug)]
pub(crate) struct PartyRule {
    named: Named,
    or_role: Option<String>,
}

#[derive(Debug)]
enum Named {
    Role(String),
    Roles(Formula),
    Bodies(Formula),
    Persons(Formula),
}

const ONE: [&str; 4] = ["role", "body", "person", "role_of"];
const EACH: [&str; 3] = ["each_body", "each_person", "each_role"];

impl PartyRule {
    /// Reads one; `several` allows `each_body`, `each_person` and `each_role`.
    pub(crate) fn parse(at: &At<'_>, several: bool, scope: &Scope<'_>, p: &mut Problems) -> Option<PartyRule> {
        let mut known: Vec<&str> = ONE.to_vec();
        if several {
            known.extend(EACH);
        }
        let choices = known.clone();
        known.push("or_role");
        let table = at.table(&known, p)?;
        let mut given = choices.iter().filter_map(|key| table.get(key).map(|value| (*key, value)));
        let (Some((key, value)), None) = (given.next(), given.next()) else {
            p.at(at, format!("应恰有一个:{}", choices.join("、")));
            return None;
        };
        let or_role = match table.get("or_role") {
            Some(at) => Some(role(&at, p)?),
            None => None,
        };
        let mut formula = |gives| Formula::parse(&value, gives, scope, p);
        let named = match key {
            "role_of" => Named::Roles(formula(Gives::Text)?),
            "each_role" => Named::Roles(formula(Gives::Texts)?),
            "body" => Named::Bodies(formula(Gives::Text)?),
            "person" => Named::Persons(formula(Gives::Text)?),
            "each_body" => Named::Bodies(formula(Gives::Texts)?),
            "each_person" => Named::Persons(formula(Gives::Texts)?),
            _ => Named::Role(role(&value, p)?),
        };
        Some(PartyRule { named, or_role })
    }

    /// The parties named, given the facts; `or_role` when the facts name nobody.
    pub(crate) fn resolve(&self, context: &Context<'_, '_>) -> Result<Vec<Party>, RuleError> {
        let mut parties: Vec<Party> = match &self.named {
            Named::Role(slug) => vec![Party::Role(slug.clone())],
            Named::Roles(formula) => named(formula, context)?.map(Party::Role).collect(),
            Named::Bodies(formula) => named(formula, context)?.map(Party::Body).collect(),
            Named::Persons(formula) => named(formula, context)?.map(Party::Person).collect(),
        };
        if parties.is_empty() {
            parties.extend(self.or_role.iter().cloned().map(Party::Role));
        }
        Ok(parties)
    }
}

fn named(formula: &Formula, context: &Context<'_, '_>) -> Result<impl Iterator<Item = String>, RuleError> {
    let texts = match formula.gives() {
        Gives::Texts => formula.texts(context)?,
        _ => vec![formula.text(context)?],
    };
    Ok(texts.into_iter().filter(|text| !text.is_empty()))
}
