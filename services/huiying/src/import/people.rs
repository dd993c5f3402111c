//! 人员登记: the county's bodies, people and positions from a spreadsheet, one row a position. All of it goes in, or nothing.

use std::{collections::HashMap, path::Path};

use calamine::Data;
use huiying_proto::directory::{self as pb, ImportDirectoryRequest, ListPersonsRequest, Role, body::Kind};
use regulation::role_name;

use super::sheet::{columns, moment, table, words};
use crate::{
    Failure,
    client::{Client, request_id},
};

const COLUMNS: [(&str, &[&str]); 9] = [
    ("单位代码", &["单位代码", "机构代码"]),
    ("单位名称", &["单位名称", "机构名称"]),
    ("单位类别", &["单位类别", "机构类别"]),
    ("上级单位代码", &["上级单位代码", "上级机构代码"]),
    ("人员代码", &["人员代码", "工号"]),
    ("姓名", &["姓名"]),
    ("职务", &["职务"]),
    ("角色", &["角色"]),
    ("起始日期", &["起始日期", "任职日期"]),
];

const KINDS: [(&str, Kind); 6] = [
    ("领导小组", Kind::LeadingGroup),
    ("处置办", Kind::DisposalOffice),
    ("科室", Kind::Section),
    ("单位", Kind::Unit),
    ("协作单位", Kind::Partner),
    ("上级部门", Kind::Superior),
];

/// What became of a spreadsheet of people.
#[derive(Debug, Default)]
pub struct Enrolled {
    /// Entries that were new or changed.
    pub changed: i32,
    /// Entries that were there already.
    pub unchanged: i32,
    /// The people named: code, name, id.
    pub people: Vec<(String, String, String)>,
}

/// Registers what a spreadsheet (xlsx, xls, ods, csv) says. The same file again changes nothing.
///
/// # Errors
/// Every row that cannot be read, a line each; then nothing was registered.
pub async fn enroll(client: &Client, path: &Path) -> Result<Enrolled, Failure> {
    let request = read(path)?;
    let mut directory = client.directory()?;
    let codes: Vec<String> = request.persons.iter().map(|person| person.code.clone()).collect();
    let answer = directory.import_directory(request).await?.into_inner();
    let mut enrolled = Enrolled { changed: answer.changed_count, unchanged: answer.unchanged_count, people: Vec::new() };
    let mut page_token = String::new();
    loop {
        let page = directory.list_persons(ListPersonsRequest { page_size: 1000, page_token }).await?.into_inner();
        let named = page.persons.into_iter().filter(|person| codes.contains(&person.code));
        enrolled.people.extend(named.map(|person| (person.code, person.name, person.person_id)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(enrolled);
        }
    }
}

/// Reads the spreadsheet.
///
/// # Errors
/// When it is none or lacks a column; every row that cannot be read, a line each.
fn read(path: &Path) -> Result<ImportDirectoryRequest, Failure> {
    let mut lines = table(path)?.into_iter();
    let heading = lines.next().ok_or_else(|| Failure::new("表格是空的"))?;
    let places = columns(&heading, &COLUMNS)?;
    let mut request = ImportDirectoryRequest { request_id: request_id(), ..Default::default() };
    let (mut bodies, mut persons) = (HashMap::new(), HashMap::new());
    let mut problems = Vec::new();
    for (at, cells) in lines.enumerate() {
        if cells.iter().all(|cell| cell.to_string().trim().is_empty()) {
            continue;
        }
        if let Err(reason) = row(&cells, places, &mut request, &mut bodies, &mut persons) {
            problems.push(format!("第 {} 行: {reason}", at + 2));
        }
    }
    if problems.is_empty() {
        Ok(request)
    } else {
        Err(Failure(format!("{}: 未登记任何一行\n{}", path.display(), problems.join("\n"))))
    }
}

type Known = HashMap<String, String>;

fn row(
    cells: &[Data],
    places: [usize; 9],
    request: &mut ImportDirectoryRequest,
    bodies: &mut Known,
    persons: &mut Known,
) -> Result<(), String> {
    let [code, name, kind, parent, person, called, title, roles, start] = places;
    let maybe = |column: usize| cells.get(column).map(|cell| cell.to_string().trim().to_owned()).unwrap_or_default();
    let body_code = words(cells, code, "单位代码")?;
    let body_name = words(cells, name, "单位名称")?;
    if once(bodies, &body_code, &body_name, "单位")? {
        let written = words(cells, kind, "单位类别")?;
        let kind = KINDS.iter().find(|(known, _)| *known == written).map(|(_, kind)| *kind);
        let kind = kind.ok_or_else(|| format!("单位类别“{written}”应为 {}", KINDS.map(|(known, _)| known).join("、")))?;
        request.bodies.push(pb::BodyEntry { code: body_code.clone(), name: body_name, kind: kind.into(), parent_code: maybe(parent) });
    }
    // A body alone.
    if maybe(person).is_empty() && maybe(called).is_empty() {
        return Ok(());
    }
    let person_code = words(cells, person, "人员代码")?;
    let person_name = words(cells, called, "姓名")?;
    if once(persons, &person_code, &person_name, "人员")? {
        request.persons.push(pb::PersonEntry { code: person_code.clone(), name: person_name });
    }
    let roles: Result<Vec<i32>, String> = words(cells, roles, "角色")?
        .split(['、', ',', ',', ';', ';'])
        .map(|written| role(written.trim()).map(i32::from).ok_or_else(|| format!("没有名为“{}”的角色", written.trim())))
        .collect();
    let start = moment(cells.get(start), "起始日期")?;
    request.positions.push(pb::PositionEntry {
        person_code,
        body_code,
        title: words(cells, title, "职务")?,
        roles: roles?,
        start_time: Some(chassis::wire_time(start)),
        end_time: None,
    });
    Ok(())
}

/// Whether a code is seen for the first time; under one code there is one name.
fn once(known: &mut Known, code: &str, name: &str, what: &str) -> Result<bool, String> {
    match known.get(code) {
        Some(before) if before == name => Ok(false),
        Some(before) => Err(format!("{what}代码 {code} 前面是“{before}”,这里是“{name}”")),
        None => {
            known.insert(code.to_owned(), name.to_owned());
            Ok(true)
        }
    }
}

/// A role by its Chinese term, or by its name in the contract.
fn role(written: &str) -> Option<Role> {
    (1..).map_while(|number| Role::try_from(number).ok()).find(|role| {
        let slug = role.as_str_name().trim_start_matches("ROLE_").to_lowercase();
        role_name(&slug) == written || slug == written || role.as_str_name() == written
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(lines: &[&str]) -> Result<ImportDirectoryRequest, Failure> {
        let file = std::env::temp_dir().join(format!("people-{}.csv", request_id()));
        std::fs::write(&file, lines.join("\n")).unwrap();
        let read = read(&file);
        std::fs::remove_file(file).unwrap();
        read
    }

    const HEADING: &str = "单位代码,单位名称,单位类别,上级单位代码,人员代码,姓名,职务,角色,起始日期";

    #[test]
    fn a_row_is_a_position_and_a_body_or_person_named_twice_is_one() {
        let read = sheet(&[
            HEADING,
            "office,处置办,处置办,,,,,,",
            "office,处置办,处置办,,a,某甲,主任,舆情处置办公室主任、信息收集人,2026-01-01",
            "shui,县水务局,单位,office,a,某甲,局长,单位主要负责人,2026-03-01",
        ])
        .unwrap();
        assert_eq!((read.bodies.len(), read.persons.len(), read.positions.len()), (2, 1, 2));
        assert_eq!(read.positions[0].roles, [Role::OfficeHead as i32, Role::Collector as i32]);
        assert_eq!(read.bodies[1].parent_code, "office");
    }

    #[test]
    fn every_bad_row_is_named_and_nothing_is_registered() {
        let told = sheet(&[
            HEADING,
            "office,处置办,衙门,,a,某甲,主任,舆情处置办公室主任,2026-01-01",
            "shui,县水务局,单位,,b,某乙,局长,皇帝,2026-01-01",
            "shui,县水利局,单位,,c,某丙,科员,单位经办人,昨天",
        ])
        .unwrap_err()
        .to_string();
        for words in
            ["未登记任何一行", "第 2 行: 单位类别“衙门”", "第 3 行: 没有名为“皇帝”的角色", "第 4 行: 单位代码 shui 前面是“县水务局”"]
        {
            assert!(told.contains(words), "{words}: {told}");
        }
    }
}
