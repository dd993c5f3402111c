//! 公文: the office's papers as DOCX, laid out by GB/T 9704-2012. Pure: bytes from records, no I/O, no clock, no ids; the same record
//! gives the same bytes.
//!
//! One file each noun: [`bulletin`] 简报, [`register`] 登记表, [`assignment`] 交办单, [`disposal`] 处置报告单, [`escalation`] 上报报告,
//! [`publication`] 发布审查单, [`interview`] 约谈记录, [`circular`] 通报. What they share: `sheet` (the page), `face` (type), `form`
//! (tables), `prose` (text with its levels), [`chart`] (pictures), [`words`] (days and numbers). A field of the record that is empty
//! stays blank in a form and is left out elsewhere; nothing is invented.

pub mod assignment;
pub mod bulletin;
pub mod chart;
pub mod circular;
pub mod disposal;
pub mod escalation;
mod face;
mod form;
pub mod interview;
mod order;
mod package;
mod prose;
pub mod publication;
pub mod register;
mod sheet;
#[cfg(feature = "testing")]
pub mod testing;
pub mod words;

/// What the papers of one office are made with.
#[derive(Clone, Copy, Debug)]
pub struct Office<'a> {
    /// Its name, as the issuing body.
    pub name: &'a str,
    /// The font of the text in charts. Without it, charts are left out: boxes in place of characters are never drawn.
    pub font: Option<&'a chart::Font>,
}

/// The same, to keep: what the papers of one office are made with.
#[derive(Clone, Debug, Default)]
pub struct Stationery {
    /// The office's name.
    pub office: String,
    /// The font of the text in charts.
    pub font: Option<chart::Font>,
}

impl Stationery {
    /// For one paper.
    #[must_use]
    pub fn office(&self) -> Office<'_> {
        Office { name: &self.office, font: self.font.as_ref() }
    }
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// 文件名, in Chinese, without an ending.
    pub name: String,
    /// The DOCX.
    pub docx: Vec<u8>,
    /// What a reader might expect and is not in it, and why, in Chinese.
    pub left_out: Vec<String>,
}

impl Paper {
    /// Name, DOCX, and what is left out.
    #[must_use]
    pub fn into_parts(self) -> (String, Vec<u8>, Vec<String>) {
        (self.name, self.docx, self.left_out)
    }
}

/// Why a paper cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The parts could not be packed.
    #[error("the parts of a paper cannot be packed: {0}")]
    Package(String),
    /// A chart could not be drawn.
    #[error("a chart cannot be drawn: {0}")]
    Chart(String),
}
