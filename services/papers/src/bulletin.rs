//! 简报, 四(一)一: the weekly bulletin of ordinary matters (周报) and the special one of an important matter (专报).

use jiff::Timestamp;

use crate::{
    Office, Paper, PaperError,
    chart::{Chart, Count, DayCount},
    sheet::{Sheet, day_of},
    words,
};

/// Which bulletin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 普通舆情周报.
    Weekly,
    /// 重要舆情专报.
    Special,
}

/// The figures of its charts, counted when it was issued.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    /// Reports a day.
    pub by_day: Vec<DayCount>,
    /// Reports a level of outlet.
    pub by_tier: Vec<Count>,
    /// Reports a category; none where the record has no categories.
    pub by_category: Option<Vec<Count>>,
    /// Of them, those whose category was suggested and not confirmed.
    pub suggested: i64,
}

/// A bulletin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulletin {
    /// Which.
    pub kind: Kind,
    /// The year of its number.
    pub year: i32,
    /// 第N期.
    pub number: i32,
    /// Title.
    pub title: String,
    /// What it tells, without title, number and time; a comment (编者按) included.
    pub body: String,
    /// The numbers of the incidents in it, such as "2026-0001".
    pub incidents: Vec<String>,
    /// Its figures; none for one that was issued before they were kept.
    pub spread: Option<Spread>,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub issue_time: Timestamp,
}

/// How many incidents' numbers the imprint tells one by one.
const TOLD: usize = 3;

impl Bulletin {
    /// The paper.
    ///
    /// # Errors
    /// When a chart cannot be drawn or the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let (masthead, file) = match self.kind {
            Kind::Weekly => ("政务舆情周报", "周报"),
            Kind::Special => ("政务舆情专报", "专报"),
        };
        let mut sheet = Sheet::new(office);
        sheet.masthead(masthead, &format!("{}年第{}期", self.year, self.number), &day_of(self.issue_time));
        sheet.title(&words::full(&self.title));
        sheet.blank();
        sheet.prose(&words::full(&self.body));
        match &self.spread {
            Some(spread) => spread.put(self.kind, &mut sheet)?,
            None => sheet.leave_out("图表:编发时未留存图表数据"),
        }
        let others = self.incidents.len().saturating_sub(TOLD);
        let told: Vec<&str> = self.incidents.iter().take(TOLD).map(String::as_str).collect();
        let more = if others > 0 { format!("等{}件", self.incidents.len()) } else { String::new() };
        sheet.imprint(&[
            format!("涉及事件:{}{more}", told.join("、")),
            format!("编发:{}　　{}印发", self.issuer, words::moment(self.issue_time)),
        ]);
        sheet.finish(format!("政务舆情{file}{}年第{}期", self.year, self.number))
    }
}

impl Spread {
    fn put(&self, kind: Kind, sheet: &mut Sheet<'_>) -> Result<(), PaperError> {
        let total: i64 = self.by_day.iter().map(|day| day.count).sum();
        sheet.chart(&Chart::over_time(&format!("线索时间分布(共{total}条)"), &self.by_day))?;
        let of = match kind {
            Kind::Weekly => "图表按登记日统计本期登记的线索,补列事件此前的线索不计",
            Kind::Special => "图表按登记日统计本事件全部线索",
        };
        sheet.note(&format!("{of};走势研判按刊发时间统计,两者不必相等。"));
        let list = |counts: &[Count]| counts.iter().map(|one| format!("{}{}条", one.name, one.count)).collect::<Vec<_>>().join("、");
        sheet.chart(&Chart::by_kind("线索来源级别分布(条)", &self.by_tier))?;
        sheet.note(&format!("按来源级别:{}。", list(&self.by_tier)));
        match &self.by_category {
            Some(counts) => {
                sheet.chart(&Chart::by_kind("线索类别分布(条)", counts))?;
                let suggested = if self.suggested > 0 {
                    format!("其中{}条为系统建议类别,未经人工核定。", self.suggested)
                } else {
                    String::new()
                };
                sheet.note(&format!("按类别:{}。{suggested}", list(counts)));
            }
            None => sheet.leave_out("图“线索类别分布”:登记中没有类别"),
        }
        Ok(())
    }
}
