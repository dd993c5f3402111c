//! Categories: from the wire and to it.

use std::collections::HashSet;

use chassis::{Error, Fields, Page};
use grouping::category::Names;
use huiying_proto::intake as pb;
use uuid::Uuid;

use super::{
    Category,
    commands::{Categorize, Key},
};

/// Leaves of a table.
const MOST: usize = 5_000;
/// Characters of a name.
const LONGEST: usize = 50;

pub(crate) fn register(message: &pb::RegisterCategoriesRequest) -> Result<Vec<Names>, Error> {
    let mut fields = Fields::new();
    if message.categories.is_empty() || message.categories.len() > MOST {
        fields.wrong("categories", format!("应为 1 至 {MOST} 个,收到 {} 个", message.categories.len()));
    }
    let (mut table, mut seen) = (Vec::new(), HashSet::new());
    for (at, category) in message.categories.iter().take(MOST).enumerate() {
        let mut name = |field: &str, value: &str| fields.text(&format!("categories[{at}].{field}"), value, LONGEST);
        let names = [
            name("first_name", &category.first_name),
            name("second_name", &category.second_name),
            name("third_name", &category.third_name),
        ];
        if !seen.insert(names.clone()) {
            fields.wrong(format!("categories[{at}]"), format!("“{}”重复", names.join("/")));
        }
        table.push(names);
    }
    fields.check().map(|()| table)
}

pub(crate) fn list(message: &pb::ListCategoriesRequest) -> Result<Page<Key>, Error> {
    Page::parse(message.page_size, &message.page_token)
}

pub(crate) fn suggest(message: &pb::GetCategorySuggestionsRequest) -> Result<Uuid, Error> {
    let mut fields = Fields::new();
    let report = fields.id("report_id", &message.report_id);
    fields.check().map(|()| report)
}

pub(crate) fn categorize(message: &pb::CategorizeReportRequest) -> Result<Categorize, Error> {
    let mut fields = Fields::new();
    let command =
        Categorize { report: fields.id("report_id", &message.report_id), category: fields.id("category_id", &message.category_id) };
    fields.check().map(|()| command)
}

pub(super) fn to_wire(category: &Category) -> pb::Category {
    let [first_name, second_name, third_name] = category.names.clone();
    pb::Category { category_id: category.id.to_string(), first_name, second_name, third_name, retired: category.is_retired }
}

pub(super) fn suggested_to_wire((category, score): (&Category, f64)) -> pb::CategorySuggestion {
    pb::CategorySuggestion { category: Some(to_wire(category)), score }
}
