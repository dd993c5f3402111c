//! What a workbook is when it is unpacked: looked at before anybody opens it, as a few kilobytes may be made to unpack to gigabytes.

use std::io::{Read, Seek, copy, sink};

use zip::ZipArchive;

use crate::Failure;

/// A million rows of an office's spreadsheet are less.
const LARGEST: u64 = 1 << 30;
/// Text packs a hundredfold at the most; what packs better was made to.
const MOST_PACKED: u64 = 200;
/// Below it nobody is harmed, however well it packs.
const HARMLESS: u64 = 16 << 20;
const MOST_PARTS: usize = 10_000;

/// That a packed workbook unpacks to what a machine can hold: as it declares, and as it is.
///
/// # Errors
/// When it is no archive, or too large.
pub(super) fn check(file: impl Read + Seek) -> Result<(), Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure(format!("不是可读的表格文件({error})"));
    let mut archive = ZipArchive::new(file).map_err(|error| unreadable(&error))?;
    if archive.len() > MOST_PARTS {
        return Err(Failure(format!("工作簿内含 {} 个部分,疑为压缩炸弹,不予打开", archive.len())));
    }
    let (mut declared, mut found) = (0_u64, 0_u64);
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|error| unreadable(&error))?;
        declared = declared.saturating_add(part.size());
        judge(declared, declared, u64::MAX)?;
        let packed = part.compressed_size();
        let left = LARGEST.saturating_sub(found);
        // What is declared may be a lie: it is unpacked into nothing, and counted.
        let size = copy(&mut part.take(left + 1), &mut sink()).map_err(|error| unreadable(&error))?;
        found += size;
        judge(found, size, packed)?;
    }
    Ok(())
}

fn judge(all: u64, part: u64, packed: u64) -> Result<(), Failure> {
    if all > LARGEST {
        return Err(Failure(format!("工作簿解开后超过 {} MB,不予打开;请分成几个文件导入", LARGEST >> 20)));
    }
    if part > HARMLESS && part / packed.max(1) > MOST_PACKED {
        return Err(Failure::new("工作簿压缩比异常,疑为压缩炸弹,不予打开"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn packed(size: usize) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
        let block = vec![b' '; 1 << 20];
        for _ in 0..size {
            archive.write_all(&block).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn a_bomb_is_not_opened_whatever_it_declares_and_a_workbook_is() {
        let bomb = packed(40);
        assert!(bomb.len() < 1 << 17);
        assert!(check(Cursor::new(&bomb)).unwrap_err().0.contains("炸弹"));
        // It declares to be small, in its own header and in the directory.
        let mut liar = bomb.clone();
        let size = (40_u32 << 20).to_le_bytes();
        let places: Vec<usize> = liar.windows(4).enumerate().filter(|(_, four)| *four == size).map(|(at, _)| at).collect();
        assert!(!places.is_empty());
        for at in places {
            liar[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
        }
        assert!(check(Cursor::new(liar)).is_err());
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "甲").unwrap();
        check(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
        assert!(check(Cursor::new(b"PK\x03\x04 not an archive")).is_err());
    }
}
