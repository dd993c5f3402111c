//! What papers are made with, from the configuration.

use std::{fs, path::Path};

use huiying::{compose::papers, config::Papers};

#[test]
fn without_a_font_and_a_converter_papers_are_made_without_charts_and_as_docx() {
    let (font, converter) = papers(&Papers::default()).unwrap();
    assert!(font.is_none() && converter.is_none());
    let command = ["soffice", "{file}"].map(str::to_owned).to_vec();
    assert!(papers(&Papers { converter: command, ..Papers::default() }).unwrap().1.is_some());
}

#[test]
fn a_font_that_cannot_be_read_or_is_none_is_refused_by_its_name_at_the_start() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (absent, no_font) = (folder.join("absent.ttc"), folder.join("no-font.ttc"));
    fs::write(&no_font, "no font").unwrap();
    for (path, says) in [(absent, "读不到字体文件"), (no_font, "不是含中文的")] {
        let refused = papers(&Papers { font: Some(path.clone()), ..Papers::default() }).unwrap_err().to_string();
        assert!(refused.contains(says) && refused.contains(&path.display().to_string()), "{refused}");
    }
}
