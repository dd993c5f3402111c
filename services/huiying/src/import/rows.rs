//! The rows of a spreadsheet (xlsx, csv), one after the other: however long it is, a few are in memory.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Seek},
    path::Path,
};

use calamine::{Data, Reader, Xlsx};
use encoding_rs::{Decoder, GB18030};
use sha2::{Digest, Sha256};

use super::inflation;
use crate::Failure;

/// Nobody's spreadsheet is wider.
const MOST_COLUMNS: usize = 500;
const BLOCK: usize = 64 << 10;

/// A file as it was looked through once.
#[derive(Debug)]
pub(super) struct Looked {
    /// SHA-256 of the file.
    pub digest: String,
    is_workbook: bool,
    is_utf8: bool,
}

/// Looks through a file once: its digest, and what it is.
///
/// # Errors
/// When it cannot be read, is no spreadsheet, or would not fit into memory once unpacked.
pub(super) fn look(path: &Path) -> Result<Looked, Failure> {
    let told = |error: &dyn std::fmt::Display| Failure(format!("打不开 {}: {error}", path.display()));
    let mut file = BufReader::with_capacity(BLOCK, File::open(path).map_err(|e| told(&e))?);
    let is_workbook = file.fill_buf().map_err(|e| told(&e))?.starts_with(b"PK");
    let (mut hash, mut utf8, mut has_zero) = (Sha256::new(), encoding_rs::UTF_8.new_decoder_without_bom_handling(), false);
    let (mut is_utf8, mut scratch) = (true, String::with_capacity(BLOCK * 4));
    loop {
        let block = file.fill_buf().map_err(|e| told(&e))?;
        let (length, last) = (block.len(), block.is_empty());
        hash.update(block);
        has_zero |= block.contains(&0);
        if !is_workbook && is_utf8 {
            scratch.clear();
            is_utf8 = !utf8.decode_to_string(block, &mut scratch, last).2;
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
    Ok(Looked { digest: hex::encode(hash.finalize()), is_workbook, is_utf8 })
}

/// Hands out each row with its number, the heading being 1, until it is told to stop.
///
/// # Errors
/// When it cannot be read on, or whoever takes the rows fails.
pub(super) fn each(path: &Path, looked: &Looked, take: impl FnMut(i32, Vec<Data>) -> Result<(), Failure>) -> Result<(), Failure> {
    let file = BufReader::with_capacity(BLOCK, File::open(path)?);
    if looked.is_workbook {
        workbook(file, take)
    } else if looked.is_utf8 {
        separated(file, take)
    } else {
        separated(Decoding { file, decoder: GB18030.new_decoder(), text: Vec::new(), at: 0, ended: false }, take)
    }
}

fn workbook(file: BufReader<File>, mut take: impl FnMut(i32, Vec<Data>) -> Result<(), Failure>) -> Result<(), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure(format!("不是可读的表格文件({error})"));
    let mut book: Xlsx<_> = Xlsx::new(file).map_err(|error| unreadable(&error))?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| Failure::new("工作簿里没有工作表"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|error| unreadable(&error))?;
    let (mut row, mut line): (u32, Vec<Data>) = (0, Vec::new());
    loop {
        let cell = cells.next_cell().map_err(|error| unreadable(&error))?;
        let next = cell.as_ref().map(|cell| cell.get_position());
        if next.is_none_or(|(at, _)| at != row) && !line.is_empty() {
            take(number(row)?, std::mem::take(&mut line))?;
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

fn separated(file: impl Read, mut take: impl FnMut(i32, Vec<Data>) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(BLOCK).from_reader(file);
    let mut record = csv::StringRecord::new();
    let mut row = 0;
    while reader.read_record(&mut record).map_err(|error| Failure(format!("csv 第 {} 行读不出: {error}", row + 1)))? {
        let cells = record.iter().take(MOST_COLUMNS);
        take(number(row)?, cells.map(|cell| if cell.is_empty() { Data::Empty } else { Data::String(cell.to_owned()) }).collect())?;
        row += 1;
    }
    Ok(())
}

fn number(row: u32) -> Result<i32, Failure> {
    i32::try_from(row).ok().and_then(|row| row.checked_add(1)).ok_or_else(|| Failure::new("行数过多"))
}

/// A file in GB18030 as UTF-8.
struct Decoding {
    file: BufReader<File>,
    decoder: Decoder,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Decoding {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            let block = self.file.fill_buf()?;
            let (length, last) = (block.len(), block.is_empty());
            let mut text = String::with_capacity(self.decoder.max_utf8_buffer_length(length).unwrap_or(BLOCK * 4));
            let (_, _, broken) = self.decoder.decode_to_string(block, &mut text, last);
            if broken {
                return Err(std::io::Error::other("编码既不是 UTF-8 也不是 GB18030"));
            }
            self.file.consume(length);
            (self.text, self.at, self.ended) = (text.into_bytes(), 0, last);
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
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
            assert_eq!(cells.len(), 6);
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
