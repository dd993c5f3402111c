//! The bulletin as a paper (简报公文).

use chassis::Roster;
use papers::{
    bulletin as paper,
    chart::{Count, DayCount},
};

use super::{Bulletin, Spread, head};
use crate::outlet::tier_in_words;

impl Bulletin {
    /// The paper of it; `numbers` are those of its incidents.
    pub fn paper(&self, numbers: Vec<String>, roster: &Roster) -> paper::Bulletin {
        let head = head(&self.title, self.number, self.issue_time);
        paper::Bulletin {
            kind: if self.kind == "KIND_SPECIAL" { paper::Kind::Special } else { paper::Kind::Weekly },
            year: self.year,
            number: self.number,
            title: self.title.clone(),
            body: self.text.strip_prefix(&head).unwrap_or(&self.text).to_owned(),
            incidents: numbers,
            spread: self.spread.as_ref().map(Spread::paper),
            issuer: roster.person_name(self.issuer),
            issue_time: self.issue_time,
        }
    }
}

impl Spread {
    fn paper(&self) -> paper::Spread {
        let tier = |(tier, count): &(String, i64)| Count { name: tier_in_words(tier).1.to_owned(), count: *count };
        let category = |(name, count, _): &(String, i64, i64)| Count {
            name: if name.is_empty() { "未归类".to_owned() } else { name.clone() },
            count: *count,
        };
        paper::Spread {
            by_day: self.by_day.iter().map(|(day, count)| DayCount { day: *day, count: *count }).collect(),
            by_tier: self.by_tier.iter().map(tier).collect(),
            by_category: (!self.by_category.is_empty()).then(|| self.by_category.iter().map(category).collect()),
            suggested: self.by_category.iter().map(|(_, _, suggested)| suggested).sum(),
        }
    }
}
