//! Reads letters out of a spreadsheet, cell by cell, and says of each row that cannot be read why.

use std::{io::Cursor, path::Path};

use calamine::{Data, ExcelDateTime, Reader, open_workbook_auto_from_rs};
use huiying_proto::intake::LetterRow;
use jiff::{Timestamp, civil::DateTime};
use sha2::{Digest, Sha256};

use super::{
    inflation,
    separated::{self, Guess, Row},
};
use crate::Failure;

/// A row that did not go in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number in the file, the heading being 1.
    pub row: i32,
    /// Why, in Chinese.
    pub reason: String,
}

/// What a spreadsheet holds.
#[derive(Debug)]
pub struct Letters {
    /// SHA-256 of the file.
    pub digest: String,
    /// Letters that can be sent.
    pub rows: Vec<LetterRow>,
    /// Rows that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

const COLUMNS: [(&str, &[&str]); 5] = [
    ("留言编号", &["留言编号", "编号", "信件编号", "id"]),
    ("留言用户", &["留言用户", "用户", "来信人", "sender"]),
    ("留言主题", &["留言主题", "主题", "标题", "subject"]),
    ("留言时间", &["留言时间", "时间", "来信时间", "time"]),
    ("留言详情", &["留言详情", "详情", "内容", "text"]),
];
/// Larger files are not letters of one office.
const LARGEST_FILE: u64 = 512 << 20;
const LONGEST_TEXT: usize = 20_000;

/// Reads a spreadsheet: xlsx, xls, ods, or csv in UTF-8 or GB18030.
///
/// # Errors
/// When it cannot be opened, is no spreadsheet, or lacks a column.
pub fn read(path: &Path) -> Result<Letters, Failure> {
    parse(&bytes_of(path)?).map_err(|e| Failure(format!("{}: {e}", path.display())))
}

/// The cells of a spreadsheet's first sheet.
///
/// # Errors
/// When it cannot be opened or is no spreadsheet.
pub(super) fn table(path: &Path) -> Result<Vec<Vec<Data>>, Failure> {
    let rows = cells(&bytes_of(path)?).map_err(|e| Failure(format!("{}: {e}", path.display())))?;
    whole(rows).map_err(|e| Failure(format!("{}: {e}", path.display())))
}

/// All rows, of a table that is taken whole or not at all.
///
/// # Errors
/// The first row that cannot be read.
pub(super) fn whole(rows: Vec<Row>) -> Result<Vec<Vec<Data>>, Failure> {
    let named = |(at, row): (usize, Row)| row.map_err(|why| Failure(format!("第 {} 行: {why}", at + 1)));
    rows.into_iter().enumerate().map(named).collect()
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let size = std::fs::metadata(path).map_err(|e| Failure(format!("打不开 {name}: {e}")))?.len();
    if size > LARGEST_FILE {
        return Err(Failure(format!("{name} 有 {} MB,超过 512 MB;请分成几个文件导入。", size >> 20)));
    }
    std::fs::read(path).map_err(|e| Failure(format!("打不开 {name}: {e}")))
}

/// Reads a spreadsheet from its bytes.
///
/// # Errors
/// When it is no spreadsheet, or lacks a column.
pub fn parse(bytes: &[u8]) -> Result<Letters, Failure> {
    let digest = hex::encode(Sha256::digest(bytes));
    let mut lines = cells(bytes)?.into_iter();
    let heading = lines.next().ok_or_else(|| Failure::new("表格是空的"))?.map_err(|why| Failure(format!("表头读不出: {why}")))?;
    let columns = columns(&heading, &COLUMNS)?;
    let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
    for (at, cells) in lines.enumerate() {
        let row = i32::try_from(at + 2).map_err(|_| Failure::new("行数过多"))?;
        let letter = match cells {
            Ok(cells) if cells.iter().all(|c| matches!(c, Data::Empty) || c.to_string().trim().is_empty()) => continue,
            Ok(cells) => letter(row, &cells, columns),
            Err(why) => Err(why),
        };
        match letter {
            Ok(letter) => rows.push(letter),
            Err(reason) => unreadable.push(Unreadable { row, reason }),
        }
    }
    Ok(Letters { digest, rows, unreadable })
}

/// The rows of a spreadsheet's first sheet, or why one cannot be read.
pub(super) fn cells(bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    let is_workbook = bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]);
    if is_workbook { workbook(bytes) } else { comma_separated(bytes) }
}

/// Where each column is, by the names that a heading may give it.
///
/// # Errors
/// The columns that are missing, and those that are there.
pub(super) fn columns<const N: usize>(heading: &[Data], wanted: &[(&str, &[&str]); N]) -> Result<[usize; N], Failure> {
    let heading: Vec<String> = heading.iter().map(|cell| cell.to_string().trim().trim_start_matches('\u{feff}').to_lowercase()).collect();
    let mut columns = [0; N];
    let mut missing = Vec::new();
    for (column, (title, names)) in columns.iter_mut().zip(wanted) {
        match heading.iter().position(|found| names.contains(&found.as_str())) {
            Some(at) => *column = at,
            None => missing.push(*title),
        }
    }
    if missing.is_empty() {
        return Ok(columns);
    }
    Err(Failure(format!("表头缺少列: {};现有列: {}", missing.join("、"), heading.join("、"))))
}

fn workbook(bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    if bytes.starts_with(b"PK") {
        inflation::check(Cursor::new(bytes))?;
    }
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| Failure(format!("不是可读的表格文件({e})")))?;
    let sheet = book.worksheet_range_at(0).ok_or_else(|| Failure::new("工作簿里没有工作表"))?;
    let range = sheet.map_err(|e| Failure(format!("工作表读不出({e})")))?;
    Ok(range.rows().map(|row| Ok(row.to_vec())).collect())
}

fn comma_separated(bytes: &[u8]) -> Result<Vec<Row>, Failure> {
    if bytes.contains(&0) {
        return Err(Failure::new("不是表格文件(应为 xlsx、xls、ods 或 csv)"));
    }
    let (mut guess, mut rows) = (Guess::default(), Vec::new());
    guess.look(bytes, true);
    separated::each(bytes, guess.charset(), |_, row| {
        let is_blank = |cells: &Vec<Data>| cells.iter().all(|cell| *cell == Data::Empty);
        if !rows.is_empty() || !row.as_ref().is_ok_and(is_blank) {
            rows.push(row);
        }
        Ok(())
    })?;
    Ok(rows)
}

fn letter(row: i32, cells: &[Data], [id, sender, subject, time, text]: [usize; 5]) -> Result<LetterRow, String> {
    let external_id = words(cells, id, "留言编号")?;
    if external_id.chars().count() > 64 {
        return Err("留言编号超过 64 个字".to_owned());
    }
    let title = words(cells, subject, "留言主题")?;
    let text = words(cells, text, "留言详情")?;
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        return Err(format!("留言详情有 {length} 个字,超过 {LONGEST_TEXT}"));
    }
    let sender = match cells.get(sender) {
        Some(Data::Error(error)) => return Err(format!("留言用户是公式错误 {error:?}")),
        Some(cell) => cell.to_string().trim().to_owned(),
        None => String::new(),
    };
    let written = moment(cells.get(time), "留言时间")?;
    let title = title.chars().take(200).collect();
    Ok(LetterRow { row, external_id, sender, title, text, publish_time: Some(chassis::wire_time(written)) })
}

pub(super) fn words(cells: &[Data], column: usize, name: &str) -> Result<String, String> {
    match cells.get(column) {
        None | Some(Data::Empty) => Err(format!("{name}为空(合并单元格只有第一格有内容)")),
        Some(Data::Error(error)) => Err(format!("{name}是公式错误 {error:?}")),
        // A number cell "88236.0" is the number 88236.
        Some(Data::Float(number)) if number.fract() == 0.0 && number.abs() < 9e15 => Ok(format!("{number:.0}")),
        Some(cell) => {
            let text = cell.to_string().trim().replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r'), "");
            if text.is_empty() { Err(format!("{name}为空")) } else { Ok(text) }
        }
    }
}

/// A moment from a date cell, a serial number, or text as people type it.
pub(super) fn moment(cell: Option<&Data>, name: &str) -> Result<Timestamp, String> {
    let civil = match cell {
        None | Some(Data::Empty) => return Err(format!("{name}为空")),
        Some(Data::Error(error)) => return Err(format!("{name}是公式错误 {error:?}")),
        // It knows from which year its workbook counts, 1900 or 1904.
        Some(Data::DateTime(date)) if date.is_datetime() => from_date(date),
        Some(Data::Float(serial)) => from_serial(*serial),
        Some(Data::Int(serial)) => from_serial(*serial as f64),
        Some(Data::DateTimeIso(text) | Data::String(text)) => from_text(text),
        Some(_) => None,
    };
    let shown = || cell.map(ToString::to_string).unwrap_or_default();
    let civil = civil.ok_or_else(|| format!("{name}“{}”不是日期时间", shown().chars().take(40).collect::<String>()))?;
    let zoned = civil.to_zoned(chassis::clock::zone()).map_err(|_| format!("{name}“{}”超出范围", shown()))?;
    Ok(zoned.timestamp())
}

fn from_date(date: &ExcelDateTime) -> Option<DateTime> {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let part = |part: u8| i8::try_from(part).ok();
    let year = i16::try_from(year).ok().filter(|year| (1954..2120).contains(year))?;
    DateTime::new(year, part(month)?, part(day)?, part(hour)?, part(minute)?, part(second)?, 0).ok()
}

/// Days since 1899-12-30, as spreadsheets count.
fn from_serial(serial: f64) -> Option<DateTime> {
    // 1954 to 2119: outside of that a number in this column is no date.
    if !(20_000.0..80_000.0).contains(&serial) {
        return None;
    }
    let seconds = (serial * 86_400.0).round();
    let base = jiff::civil::date(1899, 12, 30).to_datetime(jiff::civil::Time::midnight());
    base.checked_add(jiff::SignedDuration::from_secs(seconds as i64)).ok()
}

fn from_text(text: &str) -> Option<DateTime> {
    let text = text.trim();
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '-' | ':' | ' ' | '.' | 'T' | '年' | '月' | '日' | '时' | '分' | '秒'))
    {
        return None;
    }
    let whole = text.split('.').next().filter(|head| head.contains(':')).unwrap_or(text);
    let numbers: Vec<i16> =
        whole.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let part = |at: usize| numbers.get(at).copied().unwrap_or(0).try_into().ok();
    if !(3..=6).contains(&numbers.len()) || numbers[0] < 1949 {
        return None;
    }
    DateTime::new(numbers[0], part(1)?, part(2)?, part(3)?, part(4)?, part(5)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(lines: &[&str]) -> Result<Letters, Failure> {
        let heading = "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数";
        parse([&[heading], lines].concat().join("\n").as_bytes())
    }

    #[test]
    fn times_are_read_as_people_and_spreadsheets_write_them() {
        let expected = "2026-11-09T08:16:00".parse::<DateTime>().ok();
        for text in ["2026/11/9 8:16", "2026-11-09 08:16:00", "2026年11月9日8时16分", "2026-11-09T08:16:00.000"] {
            assert_eq!(from_text(text), expected, "{text}");
        }
        assert_eq!(from_serial(46_335.344_444_444_4), expected);
        for text in ["明天下午", "2026/13/1", "8:16", "", "20261109"] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_is_listed_with_its_number_and_the_others_go_in() {
        let letters =
            csv(&["1,u,灯不亮,2026/11/9 8:16,路灯坏了,0,0", "2,u,灯不亮,明天下午,路灯坏了,0,0", ",u,灯不亮,2026/11/9 8:16,路灯坏了,0,0"])
                .expect("reads");
        assert_eq!(letters.rows.len(), 1);
        assert_eq!(letters.unreadable.iter().map(|u| u.row).collect::<Vec<_>>(), [3, 4]);
        assert!(letters.unreadable[0].reason.contains("明天下午"));
    }

    #[test]
    fn a_file_without_the_columns_or_that_is_no_spreadsheet_is_refused_as_a_whole() {
        let error = parse("甲,乙\n1,2\n".as_bytes()).expect_err("lacks columns");
        assert!(error.0.contains("留言编号") && error.0.contains("留言详情"), "{error}");
        assert!(parse(&[0x89, b'P', b'N', b'G', 0, 1, 2]).is_err());
        assert!(parse(b"PK\x03\x04 not really a zip").is_err());
        assert!(parse(b"").is_err());
    }

    #[test]
    fn a_workbook_that_counts_its_days_from_1904_is_read_with_its_own_dates() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, title) in ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"].iter().enumerate() {
            sheet.write(0, at as u16, *title).expect("writes");
        }
        sheet.write(1, 0, "1").and_then(|s| s.write(1, 2, "灯")).and_then(|s| s.write(1, 4, "坏了")).expect("writes");
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d h:mm:ss");
        // 2026-11-09 08:16 in days since 1904-01-01.
        sheet.write_with_format(1, 3, 44_873.344_444_444_4, &format).expect("writes");
        let book = book.save_to_buffer().expect("saves");
        let (mut from, mut to) = (zip::ZipArchive::new(Cursor::new(book)).expect("opens"), zip::ZipWriter::new(Cursor::new(Vec::new())));
        for at in 0..from.len() {
            let mut part = from.by_index(at).expect("is there");
            let (name, mut bytes) = (part.name().expect("is text").into_owned(), Vec::new());
            std::io::Read::read_to_end(&mut part, &mut bytes).expect("reads");
            if name == "xl/workbook.xml" {
                bytes = String::from_utf8(bytes).expect("is text").replace("<workbookPr ", "<workbookPr date1904=\"1\" ").into_bytes();
            }
            to.start_file(name, zip::write::SimpleFileOptions::default()).expect("starts");
            std::io::Write::write_all(&mut to, &bytes).expect("writes");
        }
        let letters = parse(&to.finish().expect("ends").into_inner()).expect("reads");
        let expected = chassis::wire_time("2026-11-09T08:16:00+08:00".parse().expect("a time"));
        assert_eq!(letters.rows[0].publish_time, Some(expected), "{letters:?}");
    }

    #[test]
    fn a_row_of_bad_bytes_or_an_open_quote_is_named_and_the_others_go_in() {
        let mut bytes =
            "留言编号,留言用户,留言主题,留言时间,留言详情\n1,u,灯,2026/11/9 8:16,坏了\n2,u,灯,2026/11/9 8:16,坏".as_bytes().to_vec();
        bytes.extend([0xff, b'\n']);
        bytes.extend("3,u,\"灯,2026/11/9 8:16,坏了\n4,u,灯,2026/11/9 8:16,坏了\n".as_bytes());
        let letters = parse(&bytes).expect("reads");
        assert_eq!(letters.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 5], "{letters:?}");
        assert_eq!(letters.unreadable.iter().map(|row| row.row).collect::<Vec<_>>(), [3, 4], "{letters:?}");
    }

    #[test]
    fn csv_in_gb18030_is_read() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("留言编号,留言用户,留言主题,留言时间,留言详情\n1,u,灯,2026/11/9 8:16,坏了\n");
        assert_eq!(parse(&bytes).expect("reads").rows[0].text, "坏了");
    }

    #[test]
    fn numbers_dates_formula_errors_and_long_cells_of_a_workbook_are_read_or_named() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for (at, title) in ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"].iter().enumerate() {
            sheet.write(0, at as u16, *title).expect("writes");
        }
        let date = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-11-09T08:16:00").expect("a date");
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d h:mm");
        sheet.write(1, 0, 88236.0).and_then(|s| s.write(1, 1, "u")).and_then(|s| s.write(1, 2, "灯")).expect("writes");
        sheet.write_with_format(1, 3, &date, &format).and_then(|s| s.write(1, 4, "长".repeat(7000))).expect("writes");
        sheet.write(2, 0, "b").and_then(|s| s.write(2, 2, "灯")).and_then(|s| s.write(2, 3, "2026/11/9")).expect("writes");
        sheet.write_formula(2, 4, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).expect("writes");
        sheet.merge_range(3, 0, 4, 0, "c", &rust_xlsxwriter::Format::new()).expect("merges");
        for row in [3, 4] {
            sheet.write(row, 2, "灯").and_then(|s| s.write(row, 3, 46_335.5)).and_then(|s| s.write(row, 4, "坏了")).expect("writes");
        }
        let letters = parse(&book.save_to_buffer().expect("saves")).expect("reads");
        let ids: Vec<&str> = letters.rows.iter().map(|r| r.external_id.as_str()).collect();
        assert_eq!(ids, ["88236", "c"]);
        assert_eq!(letters.rows[0].text.chars().count(), 7000);
        assert_eq!(letters.unreadable.iter().map(|u| u.row).collect::<Vec<_>>(), [3, 5]);
        assert!(letters.unreadable[0].reason.contains("公式错误"), "{:?}", letters.unreadable);
        assert!(letters.unreadable[1].reason.contains("合并单元格"), "{:?}", letters.unreadable);
    }
}
