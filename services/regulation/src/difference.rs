//! 规则比对: what two versions of a rule file say differently, key by key.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::file::{Content, Node, Problems, read};
use crate::source::{RuleError, Source};

/// 一处不同: what stands under a key before and after; none where nothing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The path of keys, an entry of a list by its `id`, e.g. `duties[same_day_response].due`.
    pub key: String,
    /// 原来.
    pub before: Option<String>,
    /// 现在.
    pub after: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => write!(f, "改 {}: {before} → {after}", self.key),
            (None, Some(after)) => write!(f, "增 {}: {after}", self.key),
            (Some(before), None) => write!(f, "删 {}: {before}", self.key),
            (None, None) => write!(f, "{}", self.key),
        }
    }
}

/// 比对: everything that two rule files say differently, in the order of the keys; layout, comments and the order of entries
/// make no difference. Refuses what is not YAML; whether it is a rule, [`crate::Rule::parse`] tells.
pub fn difference(before: Source<'_>, after: Source<'_>) -> Result<Vec<Difference>, Vec<RuleError>> {
    let (old, new) = (leaves(before)?, leaves(after)?);
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    Ok(changed.map(|key| Difference { key: key.clone(), before: old.get(key).cloned(), after: new.get(key).cloned() }).collect())
}

fn leaves(source: Source<'_>) -> Result<BTreeMap<String, String>, Vec<RuleError>> {
    let mut problems = Problems::new(source.name);
    let root = read(source.text, &mut problems);
    let (Some(root), true) = (root, problems.is_empty()) else { return Err(problems.into_found()) };
    let mut leaves = BTreeMap::new();
    gather(&root, "", &mut leaves);
    Ok(leaves)
}

fn gather(node: &Node, key: &str, leaves: &mut BTreeMap<String, String>) {
    match &node.content {
        Content::Map(entries) => {
            for entry in entries {
                let below = if key.is_empty() { entry.key.clone() } else { format!("{key}.{}", entry.key) };
                gather(&entry.value, &below, leaves);
            }
        }
        Content::List(items) if items.iter().all(|item| id(item).is_some()) && !items.is_empty() => {
            for item in items {
                gather(item, &format!("{key}[{}]", id(item).unwrap_or_default()), leaves);
            }
        }
        // What has no names of its own is one value.
        Content::List(_) | Content::Scalar { .. } => {
            leaves.insert(key.to_owned(), written(node));
        }
    }
}

fn id(node: &Node) -> Option<&str> {
    let Content::Map(entries) = &node.content else { return None };
    entries.iter().find(|entry| entry.key == "id").and_then(|entry| match &entry.value.content {
        Content::Scalar { text, .. } => Some(text.as_str()),
        _ => None,
    })
}

fn written(node: &Node) -> String {
    match &node.content {
        Content::Scalar { text, .. } => text.clone(),
        Content::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(", ")),
        Content::Map(entries) => {
            format!(
                "{{{}}}",
                entries.iter().map(|entry| format!("{}: {}", entry.key, written(&entry.value))).collect::<Vec<_>>().join(", ")
            )
        }
    }
}
