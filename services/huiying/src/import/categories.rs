//! 分类体系登记: the county's table of categories from a spreadsheet, one row a leaf. All of it goes in, or nothing.

use std::path::Path;

use calamine::Data;
use huiying_proto::intake::{Category, RegisterCategoriesRequest, RegisterCategoriesResponse};

use super::sheet::{cells, columns, table, whole, words};
use crate::{
    Failure,
    client::{Client, request_id},
};

const COLUMNS: [(&str, &[&str]); 3] =
    [("一级分类", &["一级分类", "一级类别"]), ("二级分类", &["二级分类", "二级类别"]), ("三级分类", &["三级分类", "三级类别"])];

/// Registers a table of categories. The same table again changes nothing.
///
/// # Errors
/// When the service refuses it.
pub async fn register_categories(client: &Client, categories: Vec<Category>) -> Result<RegisterCategoriesResponse, Failure> {
    let request = RegisterCategoriesRequest { request_id: request_id(), categories };
    Ok(client.intake()?.register_categories(request).await?.into_inner())
}

/// The table that a spreadsheet (xlsx, xls, ods, csv) has, in its order.
///
/// # Errors
/// When it is none or lacks a column; every row that cannot be read, a line each.
pub fn read_categories(path: &Path) -> Result<Vec<Category>, Failure> {
    categories(table(path)?).map_err(|e| Failure(format!("{}: {e}", path.display())))
}

/// The same, of a spreadsheet's bytes.
///
/// # Errors
/// As [`read_categories`].
pub fn parse_categories(bytes: &[u8]) -> Result<Vec<Category>, Failure> {
    categories(whole(cells(bytes)?)?)
}

fn categories(lines: Vec<Vec<Data>>) -> Result<Vec<Category>, Failure> {
    let mut lines = lines.into_iter();
    let heading = lines.next().ok_or_else(|| Failure::new("表格是空的"))?;
    let [first, second, third] = columns(&heading, &COLUMNS)?;
    let (mut categories, mut problems) = (Vec::new(), Vec::new());
    for (at, cells) in lines.enumerate().filter(|(_, cells)| cells.iter().any(|cell| !cell.to_string().trim().is_empty())) {
        let name = |place, column| words(&cells, place, column);
        match (name(first, "一级分类"), name(second, "二级分类"), name(third, "三级分类")) {
            (Ok(first_name), Ok(second_name), Ok(third_name)) => {
                categories.push(Category { first_name, second_name, third_name, ..Default::default() });
            }
            (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => problems.push(format!("第 {} 行: {reason}", at + 2)),
        }
    }
    if problems.is_empty() { Ok(categories) } else { Err(Failure(format!("未登记任何一行\n{}", problems.join("\n")))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_in_its_order_and_every_row_without_a_name_is_told() {
        let read =
            parse_categories("一级分类,二级分类,三级分类\n环境保护,环境污染,噪音污染\n,,\n环境保护,环境污染,水污染\n".as_bytes()).unwrap();
        assert_eq!(read.iter().map(|category| category.third_name.as_str()).collect::<Vec<_>>(), ["噪音污染", "水污染"]);
        let told = parse_categories("一级分类,二级分类,三级分类\n环境保护,,噪音污染\n环境保护,环境污染,\n".as_bytes()).unwrap_err().0;
        assert!(told.contains("第 2 行: 二级分类为空") && told.contains("第 3 行: 三级分类为空"), "{told}");
        assert!(parse_categories("大类,小类\n".as_bytes()).unwrap_err().0.contains("表头缺少列"));
    }
}
