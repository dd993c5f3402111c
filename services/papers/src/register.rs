//! 登记, 四(一)一: the register's entry of one report (登记表), and the register of a day (每日登记表).

use jiff::{Timestamp, civil::Date};

use crate::{
    Office, Paper, PaperError, form,
    form::Form,
    sheet::Sheet,
    words::{self, optional_moment},
};

/// One report as it was registered (线索登记表). Who wrote it is in no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it appeared.
    pub outlet: String,
    /// The outlet's level, in Chinese.
    pub tier: String,
    /// The outlet's form, in Chinese.
    pub medium: String,
    /// The outlet's own id.
    pub external_id: String,
    /// Title.
    pub title: String,
    /// Excerpt.
    pub excerpt: String,
    /// Address.
    pub url: String,
    /// Page of a paper.
    pub page: String,
    /// When it appeared.
    pub publish_time: Timestamp,
    /// When it was registered.
    pub register_time: Timestamp,
    /// Who registered it (登记人); empty where a source brought it, and for what was registered before that was kept.
    pub registrar: String,
    /// The level of its incident, in Chinese.
    pub level: String,
    /// How often it was seen (重复、转载), itself included.
    pub sightings: i64,
    /// When it came in, where it was entered later (补记).
    pub received_time: Option<Timestamp>,
    /// Who witnesses that.
    pub witness: String,
    /// Whether it is held a sensitive government matter.
    pub sensitive: bool,
    /// Views, comments, reposts.
    pub heat: (i64, i64, i64),
    /// Its category; empty when none.
    pub category: String,
    /// Involved units.
    pub bodies: Vec<String>,
    /// Who transferred it from outside (转办), each with its reference and its deadline.
    pub transfers: Vec<(String, String, Option<Timestamp>)>,
    /// The number of its incident.
    pub incident: String,
    /// Why it is in that incident.
    pub placement: String,
}

/// Nothing is registered without it (保密法 31).
const CONFIRMED: &str = "登记时已确认不涉密";

impl Entry {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情线索登记表");
        sheet.form_line(&format!("登记单位:{}", sheet.office()), &format!("事件编号:{}", self.incident));
        let (views, comments, reposts) = self.heat;
        let repeats = match self.sightings {
            ..=1 => "无重复、转载".to_owned(),
            times => format!("共{times}次（含首次）"),
        };
        let form = Form::default()
            .wide("标　　题", &self.title)
            .pair(("来　　源", &self.outlet), ("来源级别", &self.tier))
            .pair(("媒　　介", &self.medium), ("版　　面", &self.page))
            .pair(("来源编号", &self.external_id), ("刊发时间", &words::moment(self.publish_time)))
            .wide("网　　址", &self.url)
            .pair(("收到时间", &optional_moment(self.received_time)), ("见 证 人", &self.witness))
            .pair(("登记时间", &words::moment(self.register_time)), ("登 记 人", &self.registrar))
            .pair(("敏感事项", if self.sensitive { "是" } else { "否" }), ("保密确认", CONFIRMED))
            .pair(("级　　别", &self.level), ("重复次数", &repeats))
            .wide("热　　度", &format!("阅读{views} 评论{comments} 转发{reposts}"))
            .wide("诉求类别", &self.category)
            .wide("涉事单位", &self.bodies.join("、"))
            .wide("外部转办", &self.transfers.iter().map(transfer).collect::<Vec<_>>().join(";"))
            .room("内容摘要", &self.excerpt, 5)
            .wide("归并依据", &self.placement);
        sheet.form(form);
        sheet.finish(format!("线索登记表 {}", self.title))
    }
}

/// "市信访局 〔2026〕12号 时限2026年11月12日18时" in words.
fn transfer((sender, reference, due): &(String, String, Option<Timestamp>)) -> String {
    let due = due.map(|due| format!("时限{}", words::moment(due))).unwrap_or_default();
    [sender.as_str(), reference, &due].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A line of a day's register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The incident's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The category that most of its reports of the day are of.
    pub category: String,
    /// Its level when the register was compiled, in Chinese.
    pub level: String,
    /// Reports of the day.
    pub reports: i64,
    /// Repeated sightings of the day.
    pub repeats: i64,
    /// Different letter-writers of the day.
    pub writers: i64,
    /// Outlets.
    pub outlets: Vec<String>,
    /// Involved units.
    pub bodies: Vec<String>,
}

/// What was transferred from outside (外部转办).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferLine {
    /// The incident's number.
    pub number: String,
    /// The report's title.
    pub title: String,
    /// Who asks, and until when.
    pub terms: String,
}

/// What a day's register lists, as compiled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Of the day.
    pub day: Vec<Line>,
    /// Reports of the day that have no incident yet.
    pub unplaced: i64,
    /// Of before, in no register (补登).
    pub late: Vec<Line>,
    /// What was transferred from outside.
    pub transfers: Vec<TransferLine>,
}

/// A day's register (每日登记表).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub day: Date,
    /// Who compiled it.
    pub collector: String,
    /// Reports registered that day.
    pub reports: i32,
    /// Incidents that they belong to.
    pub incidents: i32,
    /// The register as text, as it was told.
    pub text: String,
    /// What it lists; none for one that was compiled before that was kept, which is then told as text.
    pub lines: Option<Lines>,
    /// When it was compiled.
    pub compile_time: Timestamp,
}

/// Lines told one by one; the rest are summed up.
const TOLD: usize = 200;
const HEAD: [&str; 8] = ["编号", "事件", "类别", "级别", "线索(条)", "来信人(名)", "来源", "涉事单位"];
const COLUMNS: [usize; 8] = [1_320, 2_000, 1_150, 700, 750, 800, 1_025, 1_100];
const TRANSFER_HEAD: [&str; 3] = ["编号", "转办事项", "转办单位、文号与时限"];
const TRANSFER_COLUMNS: [usize; 3] = [1_320, 3_500, 4_025];

impl Day {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        sheet.title("政务舆情每日登记表");
        sheet.form_line(&format!("登记日期:{}", words::day(self.day)), &format!("收集人:{}", self.collector));
        let repeats = self.lines.iter().flat_map(|lines| &lines.day).map(|line| line.repeats).sum::<i64>();
        let more = if repeats > 0 { format!("，重复、转载{repeats}次") } else { String::new() };
        let reports = format!("{}条{more}", self.reports);
        let form = Form::default().pair(("线索合计", &reports), ("事件合计", &format!("{}件", self.incidents)));
        let levels = self.lines.as_ref().map(Lines::by_level).unwrap_or_default();
        sheet.form(form.wide("级　　别", &levels).wide("编成时间", &words::moment(self.compile_time)));
        match &self.lines {
            Some(lines) => lines.put(&mut sheet, self),
            None => sheet.prose(&words::full(&self.text)),
        }
        sheet.finish(format!("政务舆情每日登记表 {}", words::day(self.day)))
    }
}

impl Lines {
    fn by_level(&self) -> String {
        let of = |level: &str| self.day.iter().filter(|line| line.level == level).count();
        let (important, ordinary) = (of("重要"), of("一般"));
        format!("重要{important}件、一般{ordinary}件、待研判{}件", self.day.len() - important - ordinary)
    }

    fn put(&self, sheet: &mut Sheet<'_>, of: &Day) {
        let partial = words::civil_day(of.compile_time) <= of.day;
        if of.reports == 0 && self.day.iter().all(|line| line.repeats == 0) {
            let until = if partial { format!("截至{}，", words::moment(of.compile_time)) } else { String::new() };
            sheet.text(crate::face::Face::TEXT, &format!("{until}当日未发现涉及本办各项工作的政务舆情，零报告。"));
        }
        list(sheet, &self.day);
        if partial {
            sheet.note(&format!("本表统计至{}，其后收到的线索列入下一次登记（补登）。", words::moment(of.compile_time)));
        }
        if self.unplaced > 0 {
            sheet.note(&format!("另有线索{}条尚未归入事件。", self.unplaced));
        }
        if !self.late.is_empty() {
            sheet.caption("补登:前次登记编成后收到的线索");
            list(sheet, &self.late);
        }
        if !self.transfers.is_empty() {
            sheet.caption("外部转办");
            let row = |line: &TransferLine| vec![line.number.clone(), line.title.clone(), words::full(&line.terms)];
            let rows: Vec<Vec<String>> = self.transfers.iter().map(row).collect();
            sheet.table(form::list(&TRANSFER_HEAD.map(str::to_owned), &TRANSFER_COLUMNS, &rows));
        }
        sheet.imprint(&["报:办公室主要领导、分管领导".to_owned(), "抄送:政务舆情处置领导小组办公室".to_owned()]);
    }
}

fn list(sheet: &mut Sheet<'_>, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    let row = |line: &Line| {
        let repeats = if line.repeats > 0 { format!("另重复、转载{}次", line.repeats) } else { String::new() };
        let figures = [format!("{}{repeats}", line.reports), line.writers.to_string()];
        let [reports, writers] = figures;
        let (outlets, bodies) = (line.outlets.join("、"), line.bodies.join("、"));
        vec![line.number.clone(), line.title.clone(), line.category.clone(), line.level.clone(), reports, writers, outlets, bodies]
    };
    let rows: Vec<Vec<String>> = lines.iter().take(TOLD).map(row).collect();
    sheet.table(form::list(&HEAD.map(str::to_owned), &COLUMNS, &rows));
    if lines.len() > TOLD {
        sheet.note(&format!("其余{}件从略,可在系统中查阅。", lines.len() - TOLD));
    }
}
