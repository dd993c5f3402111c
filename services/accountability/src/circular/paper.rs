//! The circular as a paper (通报公文).

use chassis::Roster;
use papers::circular as paper;

use super::{Circular, head};

impl Circular {
    /// The paper of it.
    pub fn paper(&self, roster: &Roster) -> paper::Circular {
        let head = head(&self.title, (self.year, self.number), self.issue_time);
        paper::Circular {
            year: self.year,
            number: self.number,
            title: self.title.clone(),
            body: self.text.strip_prefix(&head).unwrap_or(&self.text).to_owned(),
            from: self.from,
            to: self.to,
            bodies: self.bodies.iter().map(|body| roster.body_name(*body)).collect(),
            issuer: roster.person_name(self.issuer),
            issue_time: self.issue_time,
        }
    }
}
