//! Rows separated by commas (csv), read so that a bad one costs itself alone: one that no charset fits, or whose quotes do not close, is
//! named with its line, and the next line is read as a row of its own.

use std::{collections::VecDeque, io::BufRead};

use calamine::Data;
use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::Failure;

/// Nobody's spreadsheet is wider.
pub(super) const MOST_COLUMNS: usize = 500;
/// A line of a spreadsheet of letters is less.
const LONGEST_LINE: usize = 1 << 20;
/// A cell has less lines; one that seems to have more was not closed.
const MOST_LINES: usize = 200;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A row, or why it cannot be read.
pub(super) type Row = Result<Vec<Data>, String>;

/// The charset that most of a text is in: a few bad bytes in UTF-8 make it no other.
#[derive(Debug)]
pub(super) struct Guess {
    decoder: encoding_rs::Decoder,
    scratch: String,
    read: u64,
    mangled: u64,
}

impl Default for Guess {
    fn default() -> Self {
        Self { decoder: UTF_8.new_decoder_without_bom_handling(), scratch: String::new(), read: 0, mangled: 0 }
    }
}

impl Guess {
    /// Looks at some more of it.
    pub fn look(&mut self, bytes: &[u8], last: bool) {
        self.scratch.clear();
        self.scratch.reserve(self.decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 4));
        let _ = self.decoder.decode_to_string(bytes, &mut self.scratch, last);
        for c in self.scratch.chars().filter(|c| !c.is_ascii()) {
            if c == char::REPLACEMENT_CHARACTER { self.mangled += 1 } else { self.read += 1 }
        }
    }

    pub fn charset(&self) -> &'static Encoding {
        if self.mangled > self.read { GB18030 } else { UTF_8 }
    }
}

/// Hands out each row with its number, the first being 1, until it is told to stop. Rows without anything are handed out, too.
///
/// # Errors
/// When it cannot be read on, or whoever takes the rows fails.
pub(super) fn each(
    file: impl BufRead,
    charset: &'static Encoding,
    mut take: impl FnMut(u32, Row) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut lines = Lines { file, pushed_back: VecDeque::new(), number: 0 };
    let mut row = 0;
    while let Some(record) = lines.record()? {
        row += 1;
        take(row, record.and_then(|bytes| cells(&bytes, charset)))?;
    }
    Ok(())
}

/// A line with its number, or that it is too long.
type Line = (u64, Result<Vec<u8>, ()>);

struct Lines<F> {
    file: F,
    pushed_back: VecDeque<Line>,
    number: u64,
}

impl<F: BufRead> Lines<F> {
    /// The bytes of the next row, or what is wrong with it.
    fn record(&mut self) -> Result<Option<Result<Vec<u8>, String>>, Failure> {
        let Some((first, line)) = self.next()? else { return Ok(None) };
        let Ok(mut record) = line else { return Ok(Some(Err(format!("第 {first} 行过长")))) };
        let mut quotes = Quotes::Beginning;
        quotes.follow(&record);
        let mut more: VecDeque<Line> = VecDeque::new();
        while quotes == Quotes::Inside {
            let next = if more.len() < MOST_LINES && record.len() < LONGEST_LINE { self.next()? } else { None };
            let closes_badly = match &next {
                Some((_, Ok(line))) => !quotes.follow(line),
                Some((_, Err(()))) | None => true,
            };
            if let Some((number, line)) = next {
                if let Ok(line) = &line {
                    record.extend_from_slice(line);
                }
                more.push_back((number, line));
            }
            if closes_badly {
                // What came after it are rows of their own.
                more.append(&mut self.pushed_back);
                self.pushed_back = more;
                return Ok(Some(Err(format!("文件第 {first} 行的引号没有闭合"))));
            }
        }
        Ok(Some(Ok(record)))
    }

    fn next(&mut self) -> Result<Option<Line>, Failure> {
        if let Some(line) = self.pushed_back.pop_front() {
            return Ok(Some(line));
        }
        let (mut line, mut is_long) = (Vec::new(), false);
        loop {
            let block = self.file.fill_buf()?;
            if block.is_empty() {
                break;
            }
            let end = block.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let length = end.unwrap_or(block.len());
            is_long |= line.len() + length > LONGEST_LINE;
            if !is_long {
                line.extend_from_slice(block.get(..length).unwrap_or_default());
            }
            self.file.consume(length);
            if end.is_some() {
                break;
            }
        }
        if line.is_empty() && !is_long {
            return Ok(None);
        }
        self.number += 1;
        if self.number == 1 && line.starts_with(BOM) {
            line.drain(..BOM.len());
        }
        Ok(Some((self.number, if is_long { Err(()) } else { Ok(line) })))
    }
}

/// Where in a row one is, as to quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// At the beginning of a cell.
    Beginning,
    /// In a cell without quotes.
    Outside,
    Inside,
    /// After a quote within quotes: it closes, or stands for itself.
    After,
}

impl Quotes {
    /// Follows a line to its end. False when a cell of the lines before closes in its middle, as an open quote and the next one do.
    fn follow(&mut self, line: &[u8]) -> bool {
        let mut comes_from_before = *self == Self::Inside;
        for byte in line {
            let closes_badly = *self == Self::After && !matches!(byte, b'"' | b',' | b'\r' | b'\n');
            if closes_badly && comes_from_before {
                return false;
            }
            *self = match (*self, byte) {
                (Self::Beginning, b'"') => Self::Inside,
                (Self::Inside, b'"') => Self::After,
                (Self::After, b'"') => Self::Inside,
                (Self::Beginning | Self::Outside | Self::After, b',' | b'\n') => {
                    comes_from_before = false;
                    Self::Beginning
                }
                (Self::Inside, _) => Self::Inside,
                // A quote in the middle is one of the text's.
                (Self::After, b'\r') => Self::After,
                (Self::After, _) => Self::Inside,
                (Self::Beginning | Self::Outside, _) => Self::Outside,
            };
        }
        true
    }
}

/// The cells of a row. The bytes that separate them are part of no character in UTF-8 or GB18030.
fn cells(record: &[u8], charset: &'static Encoding) -> Row {
    let mut record = record.strip_suffix(b"\n").unwrap_or(record);
    record = record.strip_suffix(b"\r").unwrap_or(record);
    let (mut cells, mut rest) = (Vec::new(), record);
    while cells.len() < MOST_COLUMNS {
        let mut cell = Vec::new();
        let quoted = rest.first() == Some(&b'"');
        rest = if quoted { &rest[1..] } else { rest };
        let mut at = 0;
        let mut ended = !quoted;
        while let Some(byte) = rest.get(at) {
            let next = rest.get(at + 1);
            match byte {
                b',' if ended => break,
                b'"' if !ended && next == Some(&b'"') => {
                    cell.push(b'"');
                    at += 1;
                }
                b'"' if !ended && matches!(next, None | Some(b',')) => ended = true,
                byte => cell.push(*byte),
            }
            at += 1;
        }
        let (text, mangled) = charset.decode_without_bom_handling(&cell);
        if mangled {
            return Err(format!("编码有误: 不全是 {}", if charset == UTF_8 { "UTF-8" } else { "GB18030" }));
        }
        cells.push(if text.is_empty() { Data::Empty } else { Data::String(text.into_owned()) });
        match rest.get(at) {
            Some(_) => rest = &rest[at + 1..],
            None => break,
        }
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<Vec<String>, String>> {
        let mut guess = Guess::default();
        guess.look(bytes, true);
        let mut rows = Vec::new();
        each(bytes, guess.charset(), |row, cells| {
            assert_eq!(row as usize, rows.len() + 1);
            rows.push(cells.map(|cells| cells.iter().map(ToString::to_string).collect()));
            Ok(())
        })
        .unwrap();
        rows
    }

    fn row(cells: &[&str]) -> Result<Vec<String>, String> {
        Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_are_read_as_spreadsheets_write_them() {
        let text =
            "\u{feff}\"编号\",标题,正文\r\n1,\"停水,停电\",\"第一行\n第二行\"\r\n2,\"他说\"\"好\"\"\",\n3,他说\"好\",\"说\"好\"了\"\n,,";
        assert_eq!(
            read(text.as_bytes()),
            [
                row(&["编号", "标题", "正文"]),
                row(&["1", "停水,停电", "第一行\n第二行"]),
                row(&["2", "他说\"好\"", ""]),
                row(&["3", "他说\"好\"", "说\"好\"了"]),
                row(&["", "", ""]),
            ]
        );
        assert!(read(b"").is_empty());
    }

    #[test]
    fn a_bad_byte_costs_its_row_and_no_other_and_is_no_other_charset() {
        let mut bytes = "编号,标题\n1,停水\n2,".as_bytes().to_vec();
        bytes.extend([0xff, b'\n']);
        bytes.extend("3,停电\n".as_bytes());
        let rows = read(&bytes);
        assert_eq!((rows.len(), &rows[1], &rows[3]), (4, &row(&["1", "停水"]), &row(&["3", "停电"])));
        assert!(rows[2].as_ref().is_err_and(|why| why.contains("UTF-8")), "{rows:?}");
        let mut gb = GB18030.encode("编号,标题\n1,停水\n2,").0.into_owned();
        gb.extend([0xff, b'\n']);
        gb.extend(GB18030.encode("3,停电\n").0.iter());
        let rows = read(&gb);
        assert_eq!((&rows[1], &rows[3]), (&row(&["1", "停水"]), &row(&["3", "停电"])));
        assert!(rows[2].as_ref().is_err_and(|why| why.contains("GB18030")), "{rows:?}");
    }

    #[test]
    fn a_quote_that_does_not_close_costs_its_row_and_no_other() {
        for (text, bad, good) in [
            ("编号,标题\n1,\"停水\n2,停电\n3,路灯\n", 1, [2, 3]),
            ("编号,标题\n1,\"停水\n2,\"停电\"\n3,\"路灯\"\n", 1, [2, 3]),
            ("编号,标题\n1,停水\n2,停电\n3,\"路灯", 3, [1, 2]),
        ] {
            let rows = read(text.as_bytes());
            assert_eq!(rows.len(), 4, "{text}: {rows:?}");
            assert!(rows[bad].as_ref().is_err_and(|why| why.contains(&format!("第 {} 行的引号", bad + 1))), "{text}: {rows:?}");
            for at in good {
                assert_eq!(rows[at].as_ref().unwrap().len(), 2, "{text}: {rows:?}");
            }
        }
        let many = format!("编号,标题\n{}", "1,\"停水\n".repeat(20_000));
        assert_eq!(read(many.as_bytes()).iter().filter(|row| row.is_err()).count(), 20_000);
        let long = format!("编号,标题\n1,{}\n2,停电\n", "长".repeat(1 << 20));
        let rows = read(long.as_bytes());
        assert!(rows[1].as_ref().is_err_and(|why| why.contains("过长")) && rows[2] == row(&["2", "停电"]));
    }
}
