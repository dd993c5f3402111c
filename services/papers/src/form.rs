//! Forms (登记表、交办单…) and lists: tables of the width of the type area, thin rules, labels in 黑体.

use docx_rs::{AlignmentType, HeightRule, Paragraph, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType};

use crate::{
    face::Face,
    sheet::{LINE, Sheet, WIDTH, paragraph},
    words,
};

/// Label, value, label, value.
const COLUMNS: [usize; 4] = [1_340, 3_082, 1_340, 3_083];
/// A row is a centimetre high at the least.
const ROW_HEIGHT: f32 = 567.0;
/// By it `package` knows the heads of lists, which stand again on each page.
pub(crate) const HEAD_HEIGHT: f32 = 401.0;
const CELL_LINE: i32 = 400;
const LIST_LINE: i32 = 360;

/// A form in the making: rows of labels and values; an empty value stays blank.
#[derive(Default)]
pub(crate) struct Form {
    rows: Vec<TableRow>,
    together: bool,
}

fn cell(width: usize, paragraphs: Vec<Paragraph>) -> TableCell {
    let cell = TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

/// One paragraph a line; at least one, as Word wants it.
fn lines(face: Face, height: i32, align: AlignmentType, text: &str) -> Vec<Paragraph> {
    let line = |text: &str| paragraph(height).snap_to_grid(false).align(align).add_run(face.text(text));
    let mut all: Vec<Paragraph> = text.lines().map(line).collect();
    if all.is_empty() {
        all.push(paragraph(height).snap_to_grid(false));
    }
    all
}

impl Form {
    /// A form that stands on one page.
    pub fn together() -> Self {
        Self { together: true, ..Self::default() }
    }

    fn cell(&self, width: usize, face: Face, align: AlignmentType, text: &str) -> TableCell {
        cell(width, lines(face, CELL_LINE, align, text).into_iter().map(|line| line.keep_next(self.together)).collect())
    }

    fn label(&self, width: usize, text: &str) -> TableCell {
        self.cell(width, Face::CELL_HEAD, AlignmentType::Center, text)
    }

    fn value(&self, width: usize, text: &str) -> TableCell {
        self.cell(width, Face::CELL, AlignmentType::Left, text)
    }

    /// Two labelled values side by side.
    pub fn pair(mut self, one: (&str, &str), other: (&str, &str)) -> Self {
        let [a, b, c, d] = COLUMNS;
        let cells = vec![self.label(a, one.0), self.value(b, one.1), self.label(c, other.0), self.value(d, other.1)];
        self.rows.push(TableRow::new(cells).row_height(ROW_HEIGHT).height_rule(HeightRule::AtLeast));
        self
    }

    /// One labelled value over the whole width.
    pub fn wide(self, name: &str, text: &str) -> Self {
        self.tall(name, text, ROW_HEIGHT)
    }

    /// The same, with room to write by hand: so many lines high at the least.
    pub fn room(self, name: &str, text: &str, least_lines: i16) -> Self {
        self.tall(name, text, f32::from(least_lines) * 400.0)
    }

    fn tall(mut self, name: &str, text: &str, height: f32) -> Self {
        let [first, ..] = COLUMNS;
        let cells = vec![self.label(first, name), self.value(WIDTH - first, text).grid_span(3)];
        self.rows.push(TableRow::new(cells).row_height(height).height_rule(HeightRule::AtLeast));
        self
    }
}

fn table(rows: Vec<TableRow>, grid: &[usize]) -> docx_rs::Table {
    docx_rs::Table::new(rows)
        .set_grid(grid.to_vec())
        .layout(TableLayoutType::Fixed)
        .width(WIDTH, WidthType::Dxa)
        .indent(0)
        .margins(TableCellMargins::new().margin_left(60, WidthType::Dxa).margin_right(60, WidthType::Dxa))
}

/// A list: a head, and a row each; small type, as there are many columns.
pub(crate) fn list(head: &[String], columns: &[usize], rows: &[Vec<String>]) -> docx_rs::Table {
    let row = |head: bool, texts: &[String]| {
        let (face, align) = if head { (Face::CELL_HEAD, AlignmentType::Center) } else { (Face::CELL, AlignmentType::Left) };
        let cells = columns.iter().enumerate().map(|(at, width)| {
            let text = texts.get(at).map(String::as_str).unwrap_or_default();
            let align = if is_figure(text) { AlignmentType::Center } else { align };
            cell(*width, lines(face, LIST_LINE, align, text).into_iter().map(|line| line.keep_next(head)).collect())
        });
        let row = TableRow::new(cells.collect()).cant_split();
        if head { row.row_height(HEAD_HEIGHT).height_rule(HeightRule::AtLeast) } else { row }
    };
    let rows = rows.iter().map(|texts| row(false, texts));
    table(std::iter::once(row(true, head)).chain(rows).collect(), columns)
}

/// Whether it is a number, or stands for one.
fn is_figure(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '—' | '%' | '-'))
}

/// So many columns: the first, which names what a row is of, twice as wide as the others, and what is left over.
pub(crate) fn columns(count: usize) -> Vec<usize> {
    let each = WIDTH / (count + 1);
    let mut columns = vec![each; count];
    if let Some(first) = columns.first_mut() {
        *first = WIDTH - each * (count - 1);
    }
    columns
}

impl Sheet<'_> {
    /// Puts a form.
    pub fn form(&mut self, form: Form) {
        self.table(table(form.rows, &COLUMNS));
    }

    /// A line above a form: who it is of, and its number, left and right.
    pub fn form_line(&mut self, left: &str, right: &str) {
        let tab = docx_rs::Tab::new().val(docx_rs::TabValueType::Right).pos(WIDTH);
        let line = paragraph(LINE).add_tab(tab);
        let (left, right) = (words::full(left), words::full(right));
        self.put(line.add_run(Face::SMALL.text(&left)).add_run(Face::SMALL.run().add_tab()).add_run(Face::SMALL.text(&right)));
    }
}
