//! The rows of a spreadsheet (xlsx, csv), one after the other: however long it is, a few are in memory.

use std::{
    fs::File,
    io::{BufRead, BufReader, Seek},
    path::Path,
};

use calamine::{Data, Reader, Xlsx};
use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::{
    inflation,
    separated::{self, Guess, MOST_COLUMNS, Row},
};
use crate::Failure;

const BLOCK: usize = 64 << 10;

/// A file as it was looked through once.
#[derive(Debug)]
pub(super) struct Looked {
    /// SHA-256 of the file.
    pub digest: String,
    is_workbook: bool,
    /// Of what is no workbook.
    charset: &'static Encoding,
}

/// Looks through a file once: its digest, and what it is.
///
/// # Errors
/// When it cannot be read, is no spreadsheet, or would not fit into memory once unpacked.
pub(super) fn look(path: &Path) -> Result<Looked, Failure> {
    let told = |error: &dyn std::fmt::Display| Failure(format!("打不开 {}: {error}", path.display()));
    let mut file = BufReader::with_capacity(BLOCK, File::open(path).map_err(|e| told(&e))?);
    let is_workbook = file.fill_buf().map_err(|e| told(&e))?.starts_with(b"PK");
    let (mut hash, mut guess, mut has_zero) = (Sha256::new(), Guess::default(), false);
    loop {
        let block = file.fill_buf().map_err(|e| told(&e))?;
        let (length, last) = (block.len(), block.is_empty());
        hash.update(block);
        has_zero |= block.contains(&0);
        if !is_workbook {
            guess.look(block, last);
        }
        if last {
            break;
        }
        file.consume(length);
    }
    if !is_workbook && has_zero {
        return Err(Failure::new("不是表格文件(应为 xlsx 或 csv)"));
    }
    if is_workbook {
        file.rewind().map_err(|e| told(&e))?;
        inflation::check(file)?;
    }
    Ok(Looked { digest: hex::encode(hash.finalize()), is_workbook, charset: guess.charset() })
}

/// Hands out each row with its number, the heading being 1, or why it cannot be read, until it is told to stop.
///
/// # Errors
/// When it cannot be read on, or whoever takes the rows fails.
pub(super) fn each(path: &Path, looked: &Looked, mut take: impl FnMut(i32, Row) -> Result<(), Failure>) -> Result<(), Failure> {
    let file = BufReader::with_capacity(BLOCK, File::open(path)?);
    if looked.is_workbook {
        workbook(file, take)
    } else {
        separated::each(file, looked.charset, |row, cells| take(number(row - 1)?, cells))
    }
}

fn workbook(file: BufReader<File>, mut take: impl FnMut(i32, Row) -> Result<(), Failure>) -> Result<(), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure(format!("不是可读的表格文件({error})"));
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(|error| unreadable(&error))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| Failure::new("工作簿里没有工作表"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
    let (mut row, mut line): (u32, Vec<Data>) = (0, Vec::new());
    loop {
        let cell = cells.next_cell().map_err(|error| unreadable(&error))?;
        let next = cell.as_ref().map(|cell| cell.get_position());
        if next.is_none_or(|(at, _)| at != row) && !line.is_empty() {
            take(number(row)?, Ok(std::mem::take(&mut line)))?;
        }
        let (Some(cell), Some((at, column))) = (cell, next) else { return Ok(()) };
        row = at;
        let column = column as usize;
        if column < MOST_COLUMNS {
            line.resize(line.len().max(column + 1), Data::Empty);
            line[column] = Data::from(cell.get_value().clone());
        }
    }
}

fn number(row: u32) -> Result<i32, Failure> {
    i32::try_from(row).ok().and_then(|row| row.checked_add(1)).ok_or_else(|| Failure::new("行数过多"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// The most memory that this process ever held, in bytes.
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    #[test]
    fn a_million_rows_are_read_in_a_few_megabytes() {
        let path = std::env::temp_dir().join(format!("million-{}.csv", crate::client::request_id()));
        let mut file = std::io::BufWriter::new(File::create(&path).unwrap());
        for row in 0..1_000_000 {
            writeln!(file, "{row},第{row}件,2026-11-09 08:16:00,河东片区停水,已经三天了,希望尽快解决").unwrap();
        }
        drop(file);
        let before = peak();
        let looked = look(&path).unwrap();
        let mut last = 0;
        each(&path, &looked, |row, cells| {
            assert_eq!(cells.unwrap().len(), 6);
            last = row;
            Ok(())
        })
        .unwrap();
        let grown = peak() - before;
        std::fs::remove_file(&path).unwrap();
        assert_eq!(last, 1_000_000);
        assert!(grown < 16 << 20, "{} KB more", grown >> 10);
    }
}
