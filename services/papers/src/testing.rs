//! What tests of services ask of a paper.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, reason = "tests fail by panicking")]

use std::io::{Cursor, Read as _};

/// The text of a paper, a line a paragraph.
pub fn text(docx: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).expect("a DOCX is a ZIP archive");
    let mut document = String::new();
    archive.by_name("word/document.xml").expect("it has a document").read_to_string(&mut document).unwrap();
    let mut text = String::new();
    for (at, piece) in document.replace("</w:p>", "\n").split('<').enumerate() {
        text.push_str(if at == 0 { "" } else { piece.split_once('>').map_or("", |(_, text)| text) });
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
}

/// How many pictures are in it.
pub fn pictures(docx: &[u8]) -> usize {
    zip::ZipArchive::new(Cursor::new(docx))
        .unwrap()
        .file_names()
        .filter(|name| name.as_ref().is_ok_and(|name| name.ends_with(".png")))
        .count()
}
