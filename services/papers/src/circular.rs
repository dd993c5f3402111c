//! 通报, 三(四): the periodic circular of all units' figures.

use jiff::{Timestamp, civil::Date};

use crate::{
    Office, Paper, PaperError,
    sheet::{Sheet, day_of},
    words,
};

/// A circular.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circular {
    /// The year of its number.
    pub year: i32,
    /// Its number in the year.
    pub number: i32,
    /// Title.
    pub title: String,
    /// What it tells, without title, number and time; tables as |lines|of|cells|.
    pub body: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The units in it.
    pub bodies: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// When.
    pub issue_time: Timestamp,
}

impl Circular {
    /// The paper.
    ///
    /// # Errors
    /// When the parts cannot be packed.
    pub fn paper(&self, office: Office<'_>) -> Result<Paper, PaperError> {
        let mut sheet = Sheet::new(office);
        let number = words::document_number(self.year, self.number);
        sheet.letterhead("政务舆情通报", &number);
        sheet.title(&words::full(&self.title));
        sheet.blank();
        sheet.prose(&words::full(&self.body));
        sheet.signature(sheet.office(), &day_of(self.issue_time));
        sheet.imprint(&[
            format!("通报期间:{}至{}", words::day(self.from), words::day(self.to)),
            format!("送:{}", self.bodies.join("、")),
            format!("编发:{}　　{}印发", self.issuer, words::moment(self.issue_time)),
        ]);
        sheet.finish(format!("政务舆情通报{number}"))
    }
}
