//! The page, by GB/T 9704-2012 5.1 and 7: A4, type area 156 mm × 225 mm, 22 lines of 28 characters, page numbers at the outer edge; and
//! what is put on it from top to bottom.

use docx_rs::{
    AlignmentType, BorderType, DocGrid, DocGridType, Docx, FieldCharType, Footer, InstrPAGE, InstrText, LineSpacing, LineSpacingType,
    PageMargin, Paragraph, ParagraphBorder, ParagraphBorderPosition, ParagraphBorders, Pic, SpecialIndentType, Tab, TabValueType, Table,
};

use crate::{Office, Paper, PaperError, chart::Chart, face::Face, package, words};

/// Twips, a twentieth of a point: 56.7 to the millimetre.
const PAGE: (u32, u32) = (11_906, 16_838);
/// 天头 37 mm, 订口 28 mm, and what 156 mm × 225 mm leave: 26 mm and 35 mm.
const MARGINS: PageMargin = PageMargin { top: 2_098, left: 1_587, right: 1_474, bottom: 1_985, header: 851, footer: 1_304, gutter: 0 };
/// 156 mm.
pub(crate) const WIDTH: usize = 8_845;
/// A line: 225 mm by 22.
pub(crate) const LINE: i32 = 579;
/// 28 characters to 156 mm: 15.79 pt each, 0.207 pt less than their 16 pt, in 1/4096 pt. `Face` has the characters stand so.
const CHARACTER_SPACE: isize = -849;
/// A character, and two.
const CHARACTER: usize = 316;
const INDENT: i32 = 632;
/// A character of a page number, by which it stands in from the edge.
const PAGE_NUMBER_INDENT: i32 = 280;
/// How many of 22 pt stand in a line.
const TITLE_CHARACTERS: usize = 20;
const RED: &str = "FF0000";
/// The red rule stands 4 mm under what is above it; Word counts whole points.
const RULE_SPACE: usize = 11;
/// In eighths of a point.
const RULE_WIDTH: usize = 16;
const THIN_RULE_WIDTH: usize = 8;
/// English Metric Units to the millimetre.
const EMU: u32 = 36_000;

/// A paper in the making.
pub(crate) struct Sheet<'a> {
    docx: Docx,
    office: Office<'a>,
    pictures: Vec<String>,
    left_out: Vec<String>,
}

/// A paragraph of exact lines.
pub(crate) fn paragraph(line: i32) -> Paragraph {
    Paragraph::new().widow_control(false).line_spacing(LineSpacing::new().line_rule(LineSpacingType::Exact).line(line).before(0).after(0))
}

fn red_rule(mut paragraph: Paragraph) -> Paragraph {
    let rule = ParagraphBorder::new(ParagraphBorderPosition::Bottom).val(BorderType::Single).size(RULE_WIDTH).space(RULE_SPACE).color(RED);
    paragraph.property = paragraph.property.set_borders(ParagraphBorders::with_empty().set(rule));
    paragraph
}

fn page_number(align: AlignmentType, left: i32, right: i32) -> Footer {
    let face = Face::PAGE_NUMBER;
    let number = face
        .run()
        .add_field_char(FieldCharType::Begin, false)
        .add_instr_text(InstrText::PAGE(InstrPAGE::new()))
        .add_field_char(FieldCharType::Separate, false)
        .add_text("1")
        .add_field_char(FieldCharType::End, false);
    let line = Paragraph::new()
        .align(align)
        .indent(Some(left), None, Some(right), None)
        .snap_to_grid(false)
        .add_run(face.text("— "))
        .add_run(number)
        .add_run(face.text(" —"));
    Footer::new().add_paragraph(line)
}

impl<'a> Sheet<'a> {
    pub fn new(office: Office<'a>) -> Self {
        let mut docx = Docx::new()
            .page_size(PAGE.0, PAGE.1)
            .page_margin(MARGINS)
            .default_size(Face::TEXT.size)
            .default_fonts(Face::TEXT.fonts())
            .footer(page_number(AlignmentType::Right, 0, PAGE_NUMBER_INDENT))
            .even_footer(page_number(AlignmentType::Left, PAGE_NUMBER_INDENT, 0));
        let grid = DocGrid::with_empty()
            .grid_type(DocGridType::Lines)
            .line_pitch(usize::try_from(LINE).unwrap_or_default())
            .char_space(CHARACTER_SPACE);
        docx.document.section_property = docx.document.section_property.doc_grid(grid);
        Self { docx, office, pictures: Vec::new(), left_out: Vec::new() }
    }

    /// The issuing body's name.
    pub fn office(&self) -> &'a str {
        self.office.name
    }

    /// Puts a paragraph.
    pub fn put(&mut self, paragraph: Paragraph) {
        self.docx = std::mem::take(&mut self.docx).add_paragraph(paragraph);
    }

    /// Puts a table, and a thin line under it, as Word wants a paragraph between two tables.
    pub fn table(&mut self, table: Table) {
        self.docx = std::mem::take(&mut self.docx).add_table(table);
        self.put(paragraph(120).snap_to_grid(false));
    }

    /// Says what is not in it, and why; also to who reads the paper alone.
    pub fn leave_out(&mut self, what: &str) {
        self.note(&format!("未附{what}。"));
        self.left_out.push(what.to_owned());
    }

    /// 红头: the name in red, the number under it, then who issues it and when, and the red rule.
    pub fn masthead(&mut self, name: &str, number: &str, day: &str) {
        self.put(paragraph(1_200).align(AlignmentType::Center).snap_to_grid(false).add_run(Face::masthead(name).text(name)));
        self.put(paragraph(LINE).align(AlignmentType::Center).add_run(Face::TEXT.text(number)));
        let right = Tab::new().val(TabValueType::Right).pos(WIDTH);
        let line = paragraph(LINE).add_tab(right);
        let line = line.add_run(Face::TEXT.text(self.office.name)).add_run(Face::TEXT.run().add_tab()).add_run(Face::TEXT.text(day));
        self.put(red_rule(line));
        self.blank();
    }

    /// 发文机关标志: the office's name in red, the document's number under it, and the red rule.
    pub fn letterhead(&mut self, name: &str, number: &str) {
        self.put(paragraph(1_200).align(AlignmentType::Center).snap_to_grid(false).add_run(Face::masthead(name).text(name)));
        self.blank();
        let line = paragraph(LINE).align(AlignmentType::Center).add_run(Face::TEXT.text(number));
        self.put(red_rule(line));
        self.blank();
    }

    /// The same of a report upward (上行文): the number at the left, who signed it (签发人) at the right, a character in from the edges.
    pub fn letterhead_upward(&mut self, name: &str, number: &str, signer: &str) {
        self.put(paragraph(1_200).align(AlignmentType::Center).snap_to_grid(false).add_run(Face::masthead(name).text(name)));
        self.blank();
        let right = Tab::new().val(TabValueType::Right).pos(WIDTH - CHARACTER);
        let line = paragraph(LINE).add_tab(right).indent(Some(INDENT / 2), None, None, None).add_run(Face::TEXT.text(number));
        let line = if signer.is_empty() {
            line
        } else {
            line.add_run(Face::TEXT.run().add_tab()).add_run(Face::TEXT.text("签发人：")).add_run(Face::SECOND_LEVEL.text(signer))
        };
        self.put(red_rule(line));
        self.blank();
    }

    /// 标题. A long one that ends in parentheses has them on a line of their own.
    pub fn title(&mut self, title: &str) {
        let parted = title.char_indices().find(|(at, c)| *at > 0 && matches!(c, '(' | '（')).map(|(at, _)| title.split_at(at));
        let lines = match parted {
            Some((before, within)) if title.chars().count() > TITLE_CHARACTERS && title.ends_with([')', '）']) => vec![before, within],
            _ => vec![title],
        };
        for line in lines {
            self.put(paragraph(700).align(AlignmentType::Center).snap_to_grid(false).keep_next(true).add_run(Face::TITLE.text(line)));
        }
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.put(paragraph(LINE));
    }

    /// 正文: one paragraph, its first line two characters in.
    pub fn text(&mut self, face: Face, text: &str) {
        let indented = paragraph(LINE).align(AlignmentType::Both).first_line_chars(200);
        let indented = indented.indent(None, Some(SpecialIndentType::FirstLine(INDENT)), None, None).first_line_chars(200);
        self.put(indented.add_run(face.text(text)));
    }

    /// 主送机关: from the edge.
    pub fn addressee(&mut self, text: &str) {
        self.put(paragraph(LINE).add_run(Face::TEXT.text(text)));
    }

    /// 一、 or （一）: kept with what follows.
    pub fn heading(&mut self, face: Face, text: &str) {
        let indented = paragraph(LINE).keep_next(true);
        let indented = indented.indent(None, Some(SpecialIndentType::FirstLine(INDENT)), None, None).first_line_chars(200);
        self.put(indented.add_run(face.text(text)));
    }

    /// A small line in the middle, such as the caption of a chart.
    pub fn caption(&mut self, text: &str) {
        self.put(paragraph(LINE).align(AlignmentType::Center).add_run(Face::SMALL.text(&words::full(text))));
    }

    /// A small line under a chart.
    pub fn note(&mut self, text: &str) {
        self.put(paragraph(LINE).add_run(Face::SMALL.text(&words::full(text))));
    }

    /// 署名 and 成文日期, at the right; what is empty is left out.
    pub fn signature(&mut self, who: &str, day: &str) {
        self.blank();
        for (line, followed) in [(who, !day.is_empty()), (day, false)].into_iter().filter(|(line, _)| !line.is_empty()) {
            let right = paragraph(LINE).keep_next(followed).align(AlignmentType::Right).indent(None, None, Some(INDENT * 2), None);
            self.put(right.add_run(Face::TEXT.text(line)));
        }
    }

    /// 版记: small lines between rules; those that are empty are left out.
    pub fn imprint(&mut self, lines: &[String]) {
        self.put(paragraph(LINE).keep_next(true));
        let lines: Vec<&String> = lines.iter().filter(|line| !line.is_empty()).collect();
        let rule = |position| ParagraphBorder::new(position).val(BorderType::Single).size(THIN_RULE_WIDTH).space(1).color("auto");
        // Alike in all lines, so that programs take them for one block.
        let rules = [ParagraphBorderPosition::Top, ParagraphBorderPosition::Between, ParagraphBorderPosition::Bottom]
            .into_iter()
            .fold(ParagraphBorders::with_empty(), |rules, position| rules.set(rule(position)));
        for (at, line) in lines.iter().enumerate() {
            let text = paragraph(LINE).indent(None, Some(SpecialIndentType::FirstLine(280)), None, None);
            let mut text = text.keep_lines(true).keep_next(at + 1 < lines.len()).add_run(Face::SMALL.text(&words::full(line)));
            text.property = text.property.set_borders(rules.clone());
            self.put(text);
        }
    }

    /// A chart with its caption. Without a font, or where there is nothing to draw, it is left out.
    pub fn chart(&mut self, chart: &Chart) -> Result<(), PaperError> {
        let Some(font) = self.office.font else {
            self.leave_out(&format!("图“{}”:未配置中文字体,未绘制", chart.title));
            return Ok(());
        };
        let Some(picture) = chart.draw(font)? else {
            self.leave_out(&format!("图“{}”:没有数据,或字体不含中文,未绘制", chart.title));
            return Ok(());
        };
        self.pictures.push(chart.described());
        let id = format!("rIdImage{}", self.pictures.len());
        let (width, height) = (picture.width_mm * EMU, picture.height_mm * EMU);
        let pic = Pic::new_with_dimensions(picture.png, 0, 0).id(id).size(width, height);
        // Not of exact lines: a line as high as the picture.
        self.put(
            Paragraph::new().align(AlignmentType::Center).snap_to_grid(false).keep_next(true).add_run(Face::TEXT.run().add_image(pic)),
        );
        let caption = format!("图{} {}", self.pictures.len(), chart.title);
        self.caption(&caption);
        Ok(())
    }

    /// Packs it.
    pub fn finish(self, name: String) -> Result<Paper, PaperError> {
        let docx = package::pack(self.docx, self.office.name, &self.pictures)?;
        Ok(Paper { name: file_name(&name), docx, left_out: self.left_out })
    }
}

/// A name that every file system takes: at most eighty characters, none of those that Windows refuses.
fn file_name(name: &str) -> String {
    let taken = |c: char| if c.is_control() || r#"\/:*?"<>|"#.contains(c) { '_' } else { c };
    name.trim().chars().map(taken).take(80).collect()
}

/// 成文日期 of a moment.
pub(crate) fn day_of(time: jiff::Timestamp) -> String {
    words::day(words::civil_day(time))
}
