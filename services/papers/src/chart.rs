//! Charts (图) as pictures: upright bars over time, lying ones for kinds. Each bar bears its figure, so that the picture can be
//! checked against the text.

use std::sync::Arc;

use jiff::{ToSpan, civil::Date};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};

use crate::{PaperError, package::escaped, words};

/// How many of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Which kind, in Chinese.
    pub name: String,
    /// How many.
    pub count: i64,
}

/// How many on a civil day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// The day.
    pub day: Date,
    /// How many.
    pub count: i64,
}

/// Bars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// The bars, in their order.
    pub bars: Vec<Count>,
    /// Whether they stand, for time.
    pub upright: bool,
}

/// A picture.
pub(crate) struct Picture {
    pub png: Vec<u8>,
    pub width_mm: u32,
    pub height_mm: u32,
}

/// Pixels to the millimetre: about 200 to the inch.
const SCALE: f32 = 8.0;
const BLUE: &str = "#2f5f8f";
/// Days that still stand as a bar each; a longer time is told by month.
const MOST_DAYS: i32 = 31;
const MOST_BARS: usize = 36;

impl Chart {
    /// 时间分布: how many a day, days of none between the first and the last included; by month when that is more than 31 days.
    #[must_use]
    pub fn over_time(title: &str, counts: &[DayCount]) -> Self {
        let (first, last) = (counts.iter().map(|c| c.day).min(), counts.iter().map(|c| c.day).max());
        let mut bars: Vec<Count> = Vec::new();
        let mut add = |name: String, count: i64| match bars.iter_mut().find(|bar| bar.name == name) {
            Some(bar) => bar.count += count,
            None => bars.push(Count { name, count }),
        };
        let short = first.zip(last).is_some_and(|(first, last)| (last - first).get_days() < MOST_DAYS);
        let mut at = first;
        while let (Some(day), Some(last)) = (at, last) {
            if day > last {
                break;
            }
            let of_day: i64 = counts.iter().filter(|c| c.day == day).map(|c| c.count).sum();
            add(if short { format!("{}/{}", day.month(), day.day()) } else { format!("{}-{:02}", day.year(), day.month()) }, of_day);
            at = day.checked_add(1.day()).ok();
        }
        let skip = bars.len().saturating_sub(MOST_BARS);
        Self { title: title.to_owned(), bars: bars.split_off(skip), upright: true }
    }

    /// By kind: as given, those of none left out.
    #[must_use]
    pub fn by_kind(title: &str, counts: &[Count]) -> Self {
        let bars = counts.iter().filter(|bar| bar.count > 0).take(MOST_BARS).cloned().collect();
        Self { title: title.to_owned(), bars, upright: false }
    }

    /// What it shows, for who cannot see it: the title, and each bar with its figure.
    #[must_use]
    pub fn described(&self) -> String {
        let bars: Vec<String> = self.bars.iter().map(|bar| format!("{} {}条", bar.name, bar.count)).collect();
        format!("{}：{}", words::full(&self.title), bars.join("、"))
    }

    /// Draws it; nothing where there are no bars, or where no face of the font has every character.
    pub(crate) fn draw(&self, font: &Font) -> Result<Option<Picture>, PaperError> {
        let characters: String = self.bars.iter().map(|bar| bar.name.as_str()).chain(["0123456789"]).collect();
        let Some(family) = font.family_with(&characters).filter(|_| !self.bars.is_empty()) else { return Ok(None) };
        let (width, height, drawn) = if self.upright { self.standing() } else { self.lying() };
        let svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="'{family}'" font-size="4" fill="#222"><rect width="100%" height="100%" fill="#fff"/>{drawn}</svg>"##,
            family = escaped(&family)
        );
        let options = Options { font_family: family, fontdb: font.0.clone(), ..Options::default() };
        let fault = |what: &dyn std::fmt::Display| PaperError::Chart(what.to_string());
        let tree = Tree::from_str(&svg, &options).map_err(|e| fault(&e))?;
        let pixels = |millimetres: u32| millimetres * SCALE as u32;
        let mut map = Pixmap::new(pixels(width), pixels(height)).ok_or_else(|| fault(&"no size"))?;
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut map.as_mut());
        let png = map.encode_png().map_err(|e| fault(&e))?;
        Ok(Some(Picture { png, width_mm: width, height_mm: height }))
    }

    fn most(&self) -> f64 {
        self.bars.iter().map(|bar| bar.count).max().unwrap_or_default().max(1) as f64
    }

    /// In millimetres.
    fn standing(&self) -> (u32, u32, String) {
        let (width, height, floor, top) = (150_u32, 66_u32, 55.0, 8.0);
        let each = (f64::from(width) - 6.0) / self.bars.len() as f64;
        // Where bars stand close, every other day is named, or every third.
        let named_every = (11.0 / each).ceil().max(1.0) as usize;
        let mut drawn = format!(r##"<line x1="3" y1="{floor}" x2="147" y2="{floor}" stroke="#888" stroke-width=".3"/>"##);
        for (at, bar) in self.bars.iter().enumerate() {
            let middle = 3.0 + each * (at as f64 + 0.5);
            let tall = (floor - top) * bar.count as f64 / self.most();
            let wide = (each * 0.6).min(14.0);
            drawn.push_str(&format!(
                r#"<rect x="{:.2}" y="{:.2}" width="{wide:.2}" height="{tall:.2}" fill="{BLUE}"/>"#,
                middle - wide / 2.0,
                floor - tall
            ));
            if bar.count > 0 {
                drawn.push_str(&text(middle, floor - tall - 1.2, "middle", &bar.count.to_string()));
            }
            if at % named_every == 0 {
                drawn.push_str(&text(middle, floor + 5.5, "middle", &bar.name));
            }
        }
        (width, height, drawn)
    }

    /// In millimetres.
    fn lying(&self) -> (u32, u32, String) {
        const EACH: u32 = 9;
        let count = u32::try_from(self.bars.len()).unwrap_or_default();
        let (width, height, left) = (150_u32, count * EACH + 6, 40.0);
        let mut drawn = format!(r##"<line x1="{left}" y1="2" x2="{left}" y2="{}" stroke="#888" stroke-width=".3"/>"##, height - 2);
        for (at, bar) in self.bars.iter().enumerate() {
            let top = 4.0 + f64::from(EACH) * at as f64;
            let long = 92.0 * bar.count as f64 / self.most();
            drawn.push_str(&format!(r#"<rect x="{left}" y="{top:.2}" width="{long:.2}" height="6" fill="{BLUE}"/>"#));
            drawn.push_str(&text(left - 2.0, top + 4.4, "end", &bar.name.chars().take(9).collect::<String>()));
            drawn.push_str(&text(left + long + 1.5, top + 4.4, "start", &bar.count.to_string()));
        }
        (width, height, drawn)
    }
}

fn text(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!(r#"<text x="{x:.2}" y="{y:.2}" text-anchor="{anchor}">{}</text>"#, escaped(text))
}

/// A font for charts, read once.
#[derive(Clone)]
pub struct Font(Arc<fontdb::Database>);

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.faces().filter_map(|face| face.families.first().map(|(name, _)| name))).finish()
    }
}

impl Font {
    /// Reads a font file (TrueType or OpenType, collections too). Nothing where it is none, or has no Chinese characters.
    #[must_use]
    pub fn read(bytes: Vec<u8>) -> Option<Self> {
        let mut faces = fontdb::Database::new();
        faces.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
        let font = Self(Arc::new(faces));
        font.family_with("舆情0").map(|_| font)
    }

    /// The family of the first face that has all of some characters.
    fn family_with(&self, characters: &str) -> Option<String> {
        let has_all = |data: &[u8], index: u32| {
            ttf_parser::Face::parse(data, index).is_ok_and(|face| characters.chars().all(|c| face.glyph_index(c).is_some()))
        };
        let mut faces = self.0.faces();
        let face = faces.find(|face| self.0.with_face_data(face.id, has_all).unwrap_or(false))?;
        face.families.first().map(|(name, _)| name.clone())
    }
}
