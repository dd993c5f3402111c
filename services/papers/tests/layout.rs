//! What stands in the files: the page, the type and the figures, by GB/T 9704-2012.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod office;

use office::{OFFICE, all, circular, escalation, font, part, parts, register, special, weekly};
use papers::{Office, bulletin, chart::Font};

const BARE: Office<'_> = Office { name: OFFICE, font: None };

#[test]
fn every_paper_has_the_type_area_and_the_grid_of_the_standard() {
    for (name, paper) in all(None) {
        let document = part(&paper, "word/document.xml");
        let section = document.rsplit_once("<w:sectPr>").unwrap().1;
        for element in [
            r#"<w:pgSz w:w="11906" w:h="16838" />"#,
            // 37 mm, 26 mm, 35 mm, 28 mm.
            r#"<w:pgMar w:top="2098" w:right="1474" w:bottom="1985" w:left="1587""#,
            // 22 lines of 579 twips in 225 mm.
            r#"<w:docGrid w:type="lines" w:linePitch="579" w:charSpace="-849" />"#,
        ] {
            assert!(section.contains(element), "{name}: {section}");
        }
        let places = ["w:footerReference", "w:pgSz", "w:pgMar", "w:docGrid"].map(|element| section.find(element));
        assert!(places.is_sorted(), "{name}: not in the schema's order: {section}");
    }
}

#[test]
fn nothing_stands_in_a_paper_that_the_schema_of_the_format_does_not_know() {
    for (name, paper) in all(None) {
        let document = part(&paper, "word/document.xml");
        let typed = document.split("<w:gridCol ").skip(1).filter(|column| column.split_once("/>").unwrap().0.contains("w:type"));
        assert_eq!(typed.count(), 0, "{name}: a column of a grid has a width, no type");
        assert!(part(&paper, "word/numbering.xml").ends_with("/>"), "{name}: no numbering is used");
    }
}

#[test]
fn text_titles_and_levels_are_of_the_fonts_and_sizes_of_the_standard() {
    let document = part(&escalation().paper(BARE).unwrap(), "word/document.xml");
    let run_of = |text: &str| {
        let at = document.find(text).unwrap_or_else(|| panic!("no {text}"));
        document[..at].rsplit_once("<w:rPr>").unwrap().1.to_owned()
    };
    for (text, font, half_points) in [
        ("关于锦绣家园搅拌站扰民舆情的初报", "方正小标宋简体", 44),
        ("一、基本情况", "黑体", 32),
        ("(一)已责令停止夜间生产", "楷体_GB2312", 32),
        ("县住房和城乡建设局已到场", "仿宋_GB2312", 32),
    ] {
        let run = run_of(text);
        assert!(run.contains(&format!(r#"w:eastAsia="{font}""#)), "{text}: {run}");
        assert!(run.contains(&format!(r#"<w:sz w:val="{half_points}" />"#)), "{text}: {run}");
    }
    let document = part(&circular().paper(BARE).unwrap(), "word/document.xml");
    assert!(document.contains("〔2026〕12号"), "hexagonal brackets, no leading zero");
    let rule = r#"<w:bottom w:val="single" w:space="11" w:sz="16" w:color="FF0000" />"#;
    assert!(document.contains(rule), "a red rule 4 mm under the number");
    assert!(document.contains(r#"<w:color w:val="FF0000" />"#), "a red masthead");
}

#[test]
fn page_numbers_stand_at_the_outer_edge_between_dashes() {
    let paper = weekly().paper(BARE).unwrap();
    assert!(part(&paper, "word/settings.xml").contains("<w:evenAndOddHeaders/>"));
    let (odd, even) = (part(&paper, "word/footer1.xml"), part(&paper, "word/footer2.xml"));
    assert!(odd.contains(r#"<w:jc w:val="right" />"#) && even.contains(r#"<w:jc w:val="left" />"#), "{odd}\n{even}");
    for footer in [odd, even] {
        for piece in ["— ", "PAGE", " —", r#"w:eastAsia="宋体""#, r#"<w:sz w:val="28" />"#] {
            assert!(footer.contains(piece), "{piece}: {footer}");
        }
    }
}

#[test]
fn programs_without_the_fonts_are_told_what_stands_in() {
    let table = part(&weekly().paper(BARE).unwrap(), "word/fontTable.xml");
    for font in ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"] {
        assert!(table.contains(&format!(r#"<w:font w:name="{font}"><w:altName"#)), "{font}: {table}");
    }
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    let font = font();
    assert_eq!(all(font.as_ref()), all(font.as_ref()));
}

#[test]
fn text_of_the_record_is_neither_markup_nor_lost() {
    let hostile = "a<w:p>&\"'\u{1}]]>舆情\u{fffe}\n\n   \n|半|行\n一、".to_owned();
    let paper = bulletin::Bulletin { title: hostile.clone(), body: hostile, ..special() }.paper(BARE).unwrap();
    let document = part(&paper, "word/document.xml");
    assert!(document.contains("a&lt;w:p&gt;&amp;&quot;&apos;]]&gt;舆情"), "{document}");
    assert!(document.contains("|半|行"));
    assert!(!document.contains('\u{1}') && !document.contains('\u{fffe}'));
    assert_eq!(bulletin::Bulletin { title: String::new(), body: String::new(), ..special() }.paper(BARE).unwrap().left_out.len(), 3);
}

#[test]
fn charts_are_pictures_and_without_a_font_they_are_left_out_by_name() {
    let bare = weekly().paper(BARE).unwrap();
    assert!(!parts(&bare).iter().any(|part| part.ends_with(".png")));
    assert_eq!(bare.left_out.len(), 3, "{:?}", bare.left_out);
    assert!(bare.left_out.iter().all(|what| what.contains("未配置中文字体")), "{:?}", bare.left_out);
    // Who has the paper alone reads it there.
    let said = part(&bare, "word/document.xml");
    assert!(said.contains("未附图“线索时间分布（共72条）”：未配置中文字体，未绘制。"), "{said}");
    assert!(Font::read(b"no font".to_vec()).is_none(), "what is no font is none");
    let Some(font) = font() else {
        eprintln!("skipped the rest: no Chinese font (apt install fonts-wqy-microhei)");
        return;
    };
    let office = Office { font: Some(&font), ..BARE };
    let paper = weekly().paper(office).unwrap();
    let pictures: Vec<String> = parts(&paper).into_iter().filter(|part| part.ends_with(".png")).collect();
    assert_eq!((pictures.len(), paper.left_out.len()), (3, 0), "{pictures:?} {:?}", paper.left_out);
    let document = part(&paper, "word/document.xml");
    assert!(document.contains(r#"<wp:docPr id="3" name="图3" descr="线索类别分布（条）：城乡建设 30条、环境保护 22条、交通运输 20条" />"#));
    // A bulletin of a record without categories says that it has no such chart, and one without figures that it has none.
    let special = special().paper(office).unwrap();
    assert_eq!(special.left_out, ["图“线索类别分布”:登记中没有类别"]);
    let old = bulletin::Bulletin { spread: None, ..weekly() }.paper(office).unwrap();
    assert_eq!(old.left_out, ["图表:编发时未留存图表数据"]);
    // A character that the font has not is no box in a picture: the picture is left out.
    let mut strange = weekly();
    strange.spread.as_mut().unwrap().by_tier[0].name = "\u{10ffff}".into();
    assert_eq!(strange.paper(office).unwrap().left_out.len(), 1);
}

#[test]
fn a_register_that_was_compiled_before_its_lines_were_kept_is_told_as_text() {
    let day = papers::register::Day { lines: None, text: "当日登记线索 54 条\n1. [2026-0001]某事".into(), ..register() };
    let document = part(&day.paper(BARE).unwrap(), "word/document.xml");
    assert!(document.contains("1. [2026-0001]某事"));
}

#[test]
fn a_file_s_name_is_one_that_every_system_takes() {
    let paper = escalation();
    let named = papers::escalation::Report { title: "关于“A/B”:\n某事?".repeat(30), ..paper }.paper(BARE).unwrap().name;
    assert!(named.starts_with("初报 2026-0001 关于“A_B”:_某事_") || named.starts_with("初报 2026-0001 关于“A_B”"), "{named}");
    assert!(named.chars().count() <= 80 && !named.contains(['/', '\n', ':', '?']), "{named}");
}
