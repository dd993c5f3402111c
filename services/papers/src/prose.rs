//! Text as it stands in a record, a line a paragraph, set by its levels: 一、 黑体, (一) 楷体, the rest 仿宋; |lines|of|cells| as a table.
//! Not a character is changed but white space at the ends of lines.

use crate::{face::Face, form, sheet::Sheet};

const NUMERALS: &str = "一二三四五六七八九十";

/// Which level a line opens: by 一、 the first, by (一) or （一） the second.
fn level(line: &str) -> Option<Face> {
    let is_numeral = |text: &str| !text.is_empty() && text.chars().all(|c| NUMERALS.contains(c));
    if line.split_once('、').is_some_and(|(numeral, _)| is_numeral(numeral)) {
        return Some(Face::FIRST_LEVEL);
    }
    let inner = line.strip_prefix(['(', '（'])?;
    let (numeral, _) = inner.split_once([')', '）'])?;
    is_numeral(numeral).then_some(Face::SECOND_LEVEL)
}

/// A heading longer than a line is text that begins like one.
const LONGEST_HEADING: usize = 26;

impl Sheet<'_> {
    /// Puts a text of the record.
    pub fn prose(&mut self, text: &str) {
        let mut table: Vec<Vec<String>> = Vec::new();
        for line in text.lines().map(str::trim) {
            if let Some(cells) = line.strip_prefix('|').and_then(|rest| rest.strip_suffix('|')) {
                table.push(cells.split('|').map(str::to_owned).collect());
                continue;
            }
            self.rows(&mut table);
            match level(line) {
                _ if line.is_empty() => {}
                Some(face) if line.chars().count() <= LONGEST_HEADING => self.heading(face, line),
                _ => self.text(Face::TEXT, line),
            }
        }
        self.rows(&mut table);
    }

    fn rows(&mut self, rows: &mut Vec<Vec<String>>) {
        let mut rows = std::mem::take(rows).into_iter();
        if let Some(head) = rows.next() {
            let columns = form::columns(head.len());
            self.table(form::list(&head, &columns, rows.as_slice()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_known_by_their_numerals() {
        assert_eq!(level("一、基本情况"), Some(Face::FIRST_LEVEL));
        assert_eq!(level("十二、其他"), Some(Face::FIRST_LEVEL));
        assert_eq!(level("(二)传播情况"), Some(Face::SECOND_LEVEL));
        assert_eq!(level("（二）传播情况"), Some(Face::SECOND_LEVEL));
        assert_eq!(level("1. 某报《某文》"), None);
        assert_eq!(level("县水务局、县住建局"), None);
    }
}
