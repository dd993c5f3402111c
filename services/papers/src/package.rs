//! The parts of a DOCX that the library cannot say, or says in an order that Word's schema does not know.

use std::io::Cursor;

use docx_rs::Docx;

use crate::{
    PaperError,
    face::{FANGSONG, Face, HEITI, KAITI, SONGTI, XIAOBIAOSONG},
    form::HEAD_HEIGHT,
    order::ordered,
};

/// A font, what may stand in for it (the same type under other names, then free ones), and its family.
const FONTS: [(&str, &str, &str); 5] = [
    (XIAOBIAOSONG, "FZXiaoBiaoSong-B05S,方正小标宋_GBK,Noto Serif CJK SC,宋体", "roman"),
    (FANGSONG, "FangSong_GB2312,仿宋,FangSong,STFangsong,Noto Serif CJK SC", "modern"),
    (HEITI, "SimHei,Noto Sans CJK SC,WenQuanYi Micro Hei", "swiss"),
    (KAITI, "KaiTi_GB2312,楷体,KaiTi,STKaiti,AR PL UKai CN,Noto Serif CJK SC", "script"),
    (SONGTI, "SimSun,Noto Serif CJK SC", "roman"),
];

const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const NAMESPACE: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// Packs a document of an office, whose pictures have these descriptions.
pub(crate) fn pack(docx: Docx, office: &str, pictures: &[String]) -> Result<Vec<u8>, PaperError> {
    let mut parts = docx.build();
    parts.font_table = font_table().into_bytes();
    parts.settings = settings().into_bytes();
    parts.styles = styles().into_bytes();
    // No list of ours is numbered by the program; the library's own numbering is not of the schema.
    parts.numberings = format!(r#"{XML}<w:numbering xmlns:w="{NAMESPACE}"/>"#).into_bytes();
    parts.document = described(&with_heads(&bare_columns(&ordered(&without_ids(&utf8(parts.document)?)))), pictures).into_bytes();
    parts.footers = parts
        .footers
        .into_iter()
        .map(|footer| Ok(ordered(&without_ids(&utf8(footer)?)).into_bytes()))
        .collect::<Result<_, PaperError>>()?;
    parts.doc_props.core = utf8(parts.doc_props.core)?.replace(">unknown<", &format!(">{}<", escaped(office))).into_bytes();
    let mut packed = Cursor::new(Vec::new());
    parts.pack(&mut packed).map_err(|e| PaperError::Package(e.to_string()))?;
    Ok(packed.into_inner())
}

fn utf8(part: Vec<u8>) -> Result<String, PaperError> {
    String::from_utf8(part).map_err(|e| PaperError::Package(e.to_string()))
}

/// Programs without a font look here for what may stand in.
fn font_table() -> String {
    let font = |(name, others, family): (&str, &str, &str)| {
        format!(
            r#"<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>"#
        )
    };
    format!(r#"{XML}<w:fonts xmlns:w="{NAMESPACE}">{}</w:fonts>"#, FONTS.map(font).concat())
}

/// Odd and even pages differ; a Chinese document of Word 2013 and later.
fn settings() -> String {
    format!(
        r#"{XML}<w:settings xmlns:w="{NAMESPACE}"><w:zoom w:percent="100"/><w:bordersDoNotSurroundHeader/><w:bordersDoNotSurroundFooter/><w:defaultTabStop w:val="632"/><w:evenAndOddHeaders/><w:drawingGridVerticalSpacing w:val="579"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>"#
    )
}

/// One style, 三号仿宋: from its size programs reckon the grid. The language says which shape of a character is meant.
fn styles() -> String {
    let size = Face::TEXT.size;
    let face = format!(
        r#"<w:rPr><w:rFonts w:ascii="{FANGSONG}" w:hAnsi="{FANGSONG}" w:eastAsia="{FANGSONG}" w:cs="{FANGSONG}" w:hint="eastAsia"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>"#
    );
    format!(
        r#"{XML}<w:styles xmlns:w="{NAMESPACE}"><w:docDefaults><w:rPrDefault>{face}</w:rPrDefault><w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:jc w:val="both"/></w:pPr>{face}</w:style></w:styles>"#
    )
}

/// The library numbers paragraphs as the process goes on; without that the same record gives the same bytes.
fn without_ids(xml: &str) -> String {
    let mut parts = xml.split(" w14:paraId=\"");
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        clean.push_str(part.split_once('"').map_or(part, |(_, rest)| rest));
    }
    clean
}

/// Columns are in twips; of a grid the schema lets nobody say so.
fn bare_columns(xml: &str) -> String {
    let mut parts = xml.split("<w:gridCol ");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (column, rest) = part.split_once("/>").unwrap_or((part, ""));
        bare.push_str(&format!("<w:gridCol {}/>{rest}", column.replace(r#"w:type="dxa""#, "")));
    }
    bare
}

/// The heads of lists stand again on each page.
fn with_heads(xml: &str) -> String {
    let height = format!(r#"<w:trHeight w:val="{HEAD_HEIGHT}" w:hRule="atLeast" />"#);
    xml.replace(&height, &format!("{height}<w:tblHeader />"))
}

/// Each picture with a number of its own and its description, which readers aloud say.
fn described(xml: &str, pictures: &[String]) -> String {
    let mut parts = xml.split(r#"<wp:docPr id="1" name="Figure" />"#);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        let title = pictures.get(at).map(String::as_str).unwrap_or_default();
        whole.push_str(&format!(r#"<wp:docPr id="{}" name="图{}" descr="{}" />{part}"#, at + 1, at + 1, escaped(title)));
    }
    whole
}

/// For an attribute of XML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
