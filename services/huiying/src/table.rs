//! Tables for a terminal, their columns aligned by the width at which Chinese is shown.

use comfy_table::{ContentArrangement, Table, presets::UTF8_BORDERS_ONLY};

/// Columns of a table, wherever it is printed to.
const WIDTH: u16 = 130;

/// A table.
#[must_use]
pub fn table(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH).set_header(heading);
    table.add_rows(rows);
    table
}
