//! Values taken out of the tree by key and type; whatever does not fit is noted, and reading goes on.

use super::Problems;
use super::yaml::{Content, Entry, Node};
use jiff::civil::Date;

/// A value, its line and its path of keys.
#[derive(Clone, Debug)]
pub(crate) struct At<'n> {
    node: &'n Node,
    pub(crate) line: usize,
    pub(crate) key: String,
}

/// A mapping whose keys have been checked.
#[derive(Debug)]
pub(crate) struct Table<'n> {
    pub(crate) at: At<'n>,
    entries: &'n [Entry],
}

impl<'n> At<'n> {
    /// The whole document.
    pub(crate) fn root(node: &'n Node) -> Self {
        At { node, line: node.line, key: String::new() }
    }

    fn below(&self, entry: &'n Entry) -> At<'n> {
        At {
            node: &entry.value,
            line: entry.line,
            key: if self.key.is_empty() { entry.key.clone() } else { format!("{}.{}", self.key, entry.key) },
        }
    }

    /// The scalar's text, if it is one and is written out.
    pub(crate) fn word(&self) -> Option<&'n str> {
        match &self.node.content {
            Content::Scalar { text, plain } if !(*plain && matches!(text.as_str(), "" | "~" | "null")) => Some(text.as_str()),
            _ => None,
        }
    }

    /// A text that is not blank.
    pub(crate) fn text(&self, problems: &mut Problems) -> Option<String> {
        match self.word().map(str::trim) {
            Some("") | None => {
                problems.at(self, "应为非空文字");
                None
            }
            Some(text) => Some(text.to_owned()),
        }
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&self, least: i64, most: i64, problems: &mut Problems) -> Option<i64> {
        let number = match &self.node.content {
            Content::Scalar { text, plain: true } => text.parse::<i64>().ok(),
            _ => None,
        };
        match number {
            Some(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                problems.at(self, format!("应为 {least} 至 {most} 的整数"));
                None
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, problems: &mut Problems) -> Option<bool> {
        match self.word() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                problems.at(self, "应为 true 或 false");
                None
            }
        }
    }

    /// A civil date, `2026-02-14`.
    pub(crate) fn date(&self, problems: &mut Problems) -> Option<Date> {
        let date = self.word().and_then(|word| word.parse::<Date>().ok());
        if date.is_none() {
            problems.at(self, "应为日期,如 2026-02-14");
        }
        date
    }

    /// The items of a list.
    pub(crate) fn list(&self, problems: &mut Problems) -> Vec<At<'n>> {
        match &self.node.content {
            Content::List(items) => {
                items.iter().enumerate().map(|(index, node)| At { node, line: node.line, key: format!("{}[{index}]", self.key) }).collect()
            }
            _ => {
                problems.at(self, "应为列表");
                Vec::new()
            }
        }
    }

    /// A mapping with free keys.
    pub(crate) fn entries(&self, problems: &mut Problems) -> Vec<(&'n str, At<'n>)> {
        match &self.node.content {
            Content::Map(entries) => entries.iter().map(|entry| (entry.key.as_str(), self.below(entry))).collect(),
            _ => {
                problems.at(self, "应为键值表");
                Vec::new()
            }
        }
    }

    /// A mapping with these keys and no others.
    pub(crate) fn table(&self, known: &[&str], problems: &mut Problems) -> Option<Table<'n>> {
        let Content::Map(entries) = &self.node.content else {
            problems.at(self, format!("应为键值表,可用的键:{}", known.join("、")));
            return None;
        };
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                let at = self.below(entry);
                let message = format!("未知的键“{}”,可用的键:{}", entry.key, known.join("、"));
                problems.at(&at, message);
            }
        }
        Some(Table { at: self.clone(), entries })
    }

    /// The line and the text of a key, if the value is a mapping that has it.
    pub(crate) fn peek(&self, key: &str) -> Option<(usize, &'n str)> {
        let Content::Map(entries) = &self.node.content else {
            return None;
        };
        let entry = entries.iter().find(|entry| entry.key == key)?;
        self.below(entry).word().map(|word| (entry.line, word))
    }

    /// The ids of the items, if it is a list of mappings that have one.
    pub(crate) fn ids(&self) -> Vec<&'n str> {
        let Content::List(items) = &self.node.content else {
            return Vec::new();
        };
        items.iter().filter_map(|node| At { node, line: node.line, key: String::new() }.peek("id")).map(|(_, id)| id).collect()
    }

    /// A mapping of exactly one of these keys: `{hours: 48}`.
    pub(crate) fn choice(&self, known: &[&str], problems: &mut Problems) -> Option<(&'n str, At<'n>)> {
        match &self.node.content {
            Content::Map(entries) if entries.len() == 1 => {
                let entry = entries.first()?;
                if known.contains(&entry.key.as_str()) {
                    return Some((entry.key.as_str(), self.below(entry)));
                }
            }
            _ => {}
        }
        problems.at(self, format!("应恰有一个键:{}", known.join("、")));
        None
    }
}

impl<'n> Table<'n> {
    /// The value of a key that may be absent.
    pub(crate) fn get(&self, key: &str) -> Option<At<'n>> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| self.at.below(entry))
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&self, key: &str, problems: &mut Problems) -> Option<At<'n>> {
        let found = self.get(key);
        if found.is_none() {
            problems.at(&self.at, format!("缺少“{key}”"));
        }
        found
    }

    /// The text of a key that must be there.
    pub(crate) fn need_text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        self.need(key, problems)?.text(problems)
    }

    /// The items of a list that may be absent.
    pub(crate) fn items(&self, key: &str, problems: &mut Problems) -> Vec<At<'n>> {
        self.get(key).map_or_else(Vec::new, |at| at.list(problems))
    }
}
