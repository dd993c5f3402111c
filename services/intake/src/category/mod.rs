//! Categories (诉求分类), 四(一)一: the county's own table of three levels, and which of its leaves a report is of. The machine suggests
//! when a report is placed; a person decides.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use grouping::category::{Names, Table};
use uuid::Uuid;

/// A leaf of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Category {
    pub id: Uuid,
    /// From the root (一级、二级、三级分类).
    pub names: Names,
    /// Its place in the table, from 0.
    pub place: i32,
    /// The table has it no more (停用).
    pub is_retired: bool,
}

/// What a report is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Categorized {
    pub category: Uuid,
    /// Who says so; nobody where it was suggested.
    pub by: Option<Uuid>,
}

/// The table in force, ready to be compared with texts.
#[derive(Debug)]
pub(crate) struct Suggesting {
    categories: Vec<Category>,
    table: Table,
}

impl Category {
    /// "环境保护/环境污染/噪音污染".
    pub fn in_words(&self) -> String {
        self.names.join("/")
    }
}

impl Categorized {
    /// The category, and whether anybody confirmed it.
    pub fn in_words(&self, category: &Category) -> String {
        if self.by.is_some() { category.in_words() } else { format!("{}(系统建议,未核定)", category.in_words()) }
    }
}

impl Suggesting {
    /// From the categories in force.
    pub fn new(categories: Vec<Category>) -> Self {
        let names: Vec<Names> = categories.iter().map(|category| category.names.clone()).collect();
        Self { categories, table: Table::new(&names) }
    }

    /// The categories that a text is likely of, the likeliest first, with their share of what speaks for any.
    pub fn suggest(&self, title: &str, text: &str) -> Vec<(&Category, f64)> {
        let suggested = self.table.suggest(title, text).into_iter();
        suggested.filter_map(|suggestion| Some((self.categories.get(suggestion.leaf)?, suggestion.score))).collect()
    }

    /// The likeliest.
    pub fn likeliest(&self, title: &str, text: &str) -> Option<Categorized> {
        self.suggest(title, text).first().map(|(category, _)| Categorized { category: category.id, by: None })
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("CATEGORY_UNKNOWN", "分类体系中没有这个类别。")
}
