//! 工作日历: the State Council's yearly notices, their amendments and regional holidays, as data. A
//! year whose notice is not loaded is an error, never a guess.

use crate::civil::{day_words, weekday_words};
use crate::file::{At, Problems, Table, read};
use crate::source::Source;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;

/// What a file of the calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    /// 年度通知: makes the year known; counts whenever the day is looked at.
    Notice,
    /// 地区假日: counts from its issue on.
    Region,
    /// 调整通知: overrides what was issued before it, from its issue on.
    Amendment,
}

/// 假 or 班.
#[derive(Clone, Debug)]
struct Mark {
    off: bool,
    name: String,
}

/// One file.
#[derive(Debug)]
struct Sheet {
    layer: Layer,
    year: i16,
    issued: Date,
    document: String,
    marks: BTreeMap<Date, Mark>,
}

/// 工作日历: every file loaded, in the order in which they override each other.
#[derive(Debug, Default)]
pub(crate) struct Calendar {
    sheets: Vec<Sheet>,
}

/// Whether a day is worked, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DayKind {
    pub(crate) worked: bool,
    pub(crate) why: String,
}

impl Calendar {
    /// Reads the files; errors are appended.
    pub(crate) fn parse(sources: &[Source<'_>], errors: &mut Vec<crate::RuleError>) -> Calendar {
        let mut calendar = Calendar::default();
        for source in sources {
            let mut problems = Problems::new(source.name);
            if let Some(node) = read(source.text, &mut problems)
                && let Some(sheet) = Sheet::parse(&At::root(&node), &mut problems)
            {
                if sheet.layer == Layer::Notice && calendar.knows(sheet.year) {
                    let message = format!("{} 年的年度通知重复;调整请用 layer: amendment", sheet.year);
                    problems.note(1, "year", message);
                }
                calendar.sheets.push(sheet);
            }
            errors.extend(problems.into_found());
        }
        calendar.sheets.sort_by(|a, b| {
            let rank = |sheet: &Sheet| (sheet.layer != Layer::Notice, sheet.issued, sheet.layer);
            rank(a).cmp(&rank(b)).then_with(|| a.document.cmp(&b.document))
        });
        calendar
    }

    fn knows(&self, year: i16) -> bool {
        self.sheets.iter().any(|sheet| sheet.layer == Layer::Notice && sheet.year == year)
    }

    /// The last day that is known from a day on without a gap; the day before it when its own year is not known.
    pub(crate) fn known_until(&self, from: Date) -> Date {
        let unknown = (from.year()..).find(|year| !self.knows(*year)).unwrap_or(i16::MAX);
        Date::new(unknown, 1, 1).and_then(Date::yesterday).unwrap_or(Date::MAX)
    }

    /// What a day is, by what had been issued on the day `known`.
    pub(crate) fn day(&self, day: Date, known: Date) -> Result<DayKind, String> {
        let year = day.year();
        if !self.knows(year) {
            return Err(format!(
                "工作日历没有 {year} 年:请把国务院办公厅关于 {year} 年部分节假日安排的通知写成 deploy/calendar/{year}.yaml 并加载"
            ));
        }
        let mark = self
            .sheets
            .iter()
            .rev()
            .filter(|sheet| sheet.layer == Layer::Notice || sheet.issued <= known)
            .find_map(|sheet| sheet.marks.get(&day).map(|mark| (mark, sheet)));
        Ok(match mark {
            Some((mark, sheet)) => DayKind { worked: !mark.off, why: format!("{}({})", mark.name, sheet.document) },
            None => DayKind { worked: !is_weekend(day), why: weekday_words(day).to_owned() },
        })
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

impl Sheet {
    fn parse(root: &At<'_>, p: &mut Problems) -> Option<Sheet> {
        const KEYS: [&str; 7] = ["year", "title", "document", "issued", "layer", "holidays", "worked"];
        let table = root.table(&KEYS, p)?;
        let year = table.need("year", p).and_then(|at| at.whole(2007, 2999, p)).and_then(|year| i16::try_from(year).ok());
        table.need_text("title", p);
        let document = table.need_text("document", p);
        let issued = table.need("issued", p).and_then(|at| at.date(p));
        let layer = table.need("layer", p).and_then(|at| Layer::parse(&at, p));
        let year = year?;
        let mut marks = BTreeMap::new();
        holidays(&table, year, &mut marks, p);
        for at in table.items("worked", p) {
            if let Some(day) = at.date(p) {
                let mark = Mark { off: false, name: "调休上班".to_owned() };
                if layer == Some(Layer::Notice) && !is_weekend(day) {
                    p.at(&at, format!("{day} 是{},不必调休上班", weekday_words(day)));
                }
                add(&mut marks, day, mark, year, &at, p);
            }
        }
        if marks.is_empty() {
            p.at(root, "没有写任何假日或调休");
        }
        Some(Sheet { layer: layer?, year, issued: issued?, document: document?, marks })
    }
}

impl Layer {
    fn parse(at: &At<'_>, p: &mut Problems) -> Option<Layer> {
        match at.word() {
            Some("notice") => Some(Layer::Notice),
            Some("amendment") => Some(Layer::Amendment),
            Some("region") => Some(Layer::Region),
            _ => {
                p.at(at, "应为 notice(年度通知)、amendment(调整)或 region(地区假日)");
                None
            }
        }
    }
}

fn holidays(table: &Table<'_>, year: i16, marks: &mut BTreeMap<Date, Mark>, p: &mut Problems) {
    for at in table.items("holidays", p) {
        let Some(holiday) = at.table(&["name", "from", "to"], p) else {
            continue;
        };
        let name = holiday.need_text("name", p);
        let from = holiday.need("from", p).and_then(|at| at.date(p));
        let to = holiday.need("to", p).and_then(|at| at.date(p));
        let (Some(name), Some(from), Some(to)) = (name, from, to) else {
            continue;
        };
        let days = from.series(jiff::Span::new().days(1)).take_while(|day| *day <= to);
        let days: Vec<Date> = days.take(32).collect();
        if days.is_empty() || days.len() > 31 {
            p.at(&at, format!("假期应从前到后且不超过 31 天:{from} 至 {to}"));
            continue;
        }
        for day in days {
            let mark = Mark { off: true, name: name.clone() };
            add(marks, day, mark, year, &at, p);
        }
    }
}

/// A notice speaks of its year, and sometimes of the last days of the year before.
fn add(marks: &mut BTreeMap<Date, Mark>, day: Date, mark: Mark, year: i16, at: &At<'_>, p: &mut Problems) {
    if day.year() != year && !(day.year() == year - 1 && day.month() == 12) {
        p.at(at, format!("{} 不在 {year} 年", day_words(day)));
    }
    if marks.insert(day, mark).is_some() {
        p.at(at, format!("{} 写了两次", day_words(day)));
    }
}
