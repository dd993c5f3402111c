//! The letters, the labels and the category table, read from their files.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use jiff::{Timestamp, civil, tz::TimeZone};

/// A letter of the file.
pub struct Letter {
    pub id: String,
    /// A digest of the sender's code.
    pub writer: u64,
    pub title: String,
    pub time: Timestamp,
    pub text: String,
}

/// Reads a file of letters: id, sender, subject, time, text.
pub fn read(file: &Path) -> Vec<Letter> {
    let letter = |cells: &[String], time: Timestamp| Letter {
        id: cells[0].clone(),
        writer: cells[1].trim().bytes().fold(7, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        title: cells[2].clone(),
        time,
        text: cells[4].clone(),
    };
    rows(file).iter().map(|row| letter(&row.iter().map(text).collect::<Vec<_>>(), time(&row[3]))).collect()
}

/// Reads a table of categories: three levels of names.
pub fn categories(file: &Path) -> Vec<[String; 3]> {
    rows(file).iter().map(|row| [text(&row[0]), text(&row[1]), text(&row[2])]).collect()
}

/// The rows of a file of labels.
pub fn labels(folder: &Path, file: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn rows(file: &Path) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = open_workbook(file).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    sheet.rows().skip(1).map(<[Data]>::to_vec).collect()
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Float(number) => format!("{number:.0}"),
        other => other.to_string(),
    }
}

/// "2019/2/28 11:25:05", "2019-11-02 09:05" and a date cell are all there.
fn time(cell: &Data) -> Timestamp {
    let numbers: Vec<i16> = match cell {
        Data::DateTime(date) => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            vec![i16::try_from(year).unwrap(), month.into(), day.into(), hour.into(), minute.into(), second.into()]
        }
        other => other.to_string().split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().unwrap()).collect(),
    };
    let part = |at: usize| i8::try_from(numbers.get(at).copied().unwrap_or(0)).unwrap();
    civil::date(numbers[0], part(1), part(2)).at(part(3), part(4), part(5), 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
}
