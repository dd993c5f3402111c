//! Type, by GB/T 9704-2012 5.2.2 and 7: which font, how large, which colour. The fonts are named as the standard and Word name them;
//! `package` tells programs without them what stands in.

use docx_rs::{Run, RunFonts};

/// 方正小标宋简体: titles and mastheads.
pub(crate) const XIAOBIAOSONG: &str = "方正小标宋简体";
/// 仿宋: the text.
pub(crate) const FANGSONG: &str = "仿宋_GB2312";
/// 黑体: headings of the first level, and the labels of forms.
pub(crate) const HEITI: &str = "黑体";
/// 楷体: headings of the second level.
pub(crate) const KAITI: &str = "楷体_GB2312";
/// 宋体: page numbers.
pub(crate) const SONGTI: &str = "宋体";

/// How some text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    pub font: &'static str,
    /// In half-points.
    pub size: usize,
    pub red: bool,
    /// What is taken from between characters, in twips.
    pub closer: i32,
}

impl Face {
    const fn new(font: &'static str, size: usize) -> Self {
        Self { font, size, red: false, closer: 0 }
    }

    /// 三号: 28 characters of 16 pt to 156 mm stand 15.79 pt apart. Said of the characters, not left to the grid: LibreOffice gives a
    /// character that is wider than its cell two cells.
    const fn of_text(font: &'static str) -> Self {
        Self { closer: 5, ..Self::new(font, 32) }
    }

    /// 三号仿宋, 16 pt.
    pub const TEXT: Self = Self::of_text(FANGSONG);
    /// 一、 三号黑体.
    pub const FIRST_LEVEL: Self = Self::of_text(HEITI);
    /// （一） 三号楷体.
    pub const SECOND_LEVEL: Self = Self::of_text(KAITI);
    /// 标题, 二号小标宋, 22 pt.
    pub const TITLE: Self = Self::new(XIAOBIAOSONG, 44);
    /// 版头, red 小标宋 of 44 pt, or of as much as a name of many characters leaves in one line; the standard leaves that to the office.
    pub fn masthead(name: &str) -> Self {
        const LARGEST: usize = 88;
        let fits = 2 * 442 / name.chars().count().max(1);
        Self { red: true, ..Self::new(XIAOBIAOSONG, fits.clamp(Self::TITLE.size, LARGEST)) }
    }
    /// 四号仿宋, 14 pt: 版记, captions, what stands over forms.
    pub const SMALL: Self = Self::new(FANGSONG, 28);
    /// 小四号仿宋, 12 pt: forms and lists.
    pub const CELL: Self = Self::new(FANGSONG, 24);
    /// 小四号黑体: their labels.
    pub const CELL_HEAD: Self = Self::new(HEITI, 24);
    /// 四号宋体, 14 pt: 页码.
    pub const PAGE_NUMBER: Self = Self::new(SONGTI, 28);

    /// The font for all scripts; the hint has quotation marks and dashes set as Chinese ones.
    pub fn fonts(self) -> RunFonts {
        RunFonts::new().ascii(self.font).hi_ansi(self.font).east_asia(self.font).cs(self.font).hint("eastAsia")
    }

    /// An empty run so set.
    pub fn run(self) -> Run {
        let run = Run::new().fonts(self.fonts()).size(self.size);
        let run = if self.closer == 0 { run } else { run.character_spacing(-self.closer) };
        if self.red { run.color("FF0000") } else { run }
    }

    /// Text so set, without the characters that XML cannot carry.
    pub fn text(self, text: &str) -> Run {
        let carried = |c: char| !matches!(c, '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        self.run().add_text(text.chars().filter(|c| carried(*c)).collect::<String>())
    }
}
