//! The day's register as a paper (每日登记表).

use chassis::Roster;
use papers::register as paper;

use super::{DailyRegister, Day, Item, Transferred, level_in_words};

impl DailyRegister {
    /// The paper of it.
    pub fn paper(&self, roster: &Roster) -> paper::Day {
        paper::Day {
            day: self.day,
            collector: roster.person_name(self.collector),
            reports: self.reports,
            incidents: self.incidents,
            text: self.text.clone(),
            lines: self.came.as_ref().map(|came| came.paper(roster)),
            compile_time: self.compile_time,
        }
    }
}

impl Day {
    fn paper(&self, roster: &Roster) -> paper::Lines {
        let lines = |items: &[Item]| items.iter().map(|item| item.paper(roster)).collect();
        paper::Lines {
            day: lines(&self.items),
            unplaced: self.unplaced,
            late: lines(&self.late),
            transfers: self.transfers.iter().map(Transferred::paper).collect(),
        }
    }
}

impl Transferred {
    fn paper(&self) -> paper::TransferLine {
        paper::TransferLine { number: self.number.clone(), title: self.title.clone(), terms: self.terms() }
    }
}

impl Item {
    fn paper(&self, roster: &Roster) -> paper::Line {
        paper::Line {
            number: self.number.clone(),
            title: self.title.clone(),
            level: level_in_words(&self.level).to_owned(),
            category: self.category.clone(),
            reports: self.reports,
            repeats: self.repeats,
            writers: self.writers,
            outlets: self.outlets.clone(),
            bodies: self.bodies.iter().map(|body| roster.body_name(*body)).collect(),
        }
    }
}
