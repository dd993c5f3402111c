//! How a case is proven (认定), 四(六): both parts found on evidence, what speaks for tolerance, the review by somebody uninvolved,
//! the proposal to the competent body, and the closing.

use chassis::Refusal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{By, Case, State, TIME_TO_REPLY};
use crate::evidence::Link;

/// The two parts that must both stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Part {
    /// 行为.
    Behaviour,
    /// 恶劣影响.
    GraveEffect,
}

/// What somebody found of a part, and the facts that show it (认定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    pub part: Part,
    pub text: String,
    pub evidence: Vec<Link>,
    pub by: Uuid,
    pub time: Timestamp,
}

/// Why it should be tolerated (容错).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tolerance {
    pub reason: String,
    pub evidence: String,
    pub links: Vec<Link>,
    pub by: Uuid,
    pub time: Timestamp,
}

/// What somebody uninvolved held of it (复核).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Review {
    pub agreed: bool,
    pub opinion: String,
    pub by: Uuid,
    pub time: Timestamp,
}

/// A text, who signed it, and when (提请, 结案).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub text: String,
    pub by: Uuid,
    pub time: Timestamp,
}

impl Case {
    /// Records what was found of a part, or corrects it (认定). A review that did not agree is settled with it. Refuses the
    /// subject, and a case that was reviewed.
    pub fn find(&mut self, by: By, found: Found) -> Result<(), Refusal> {
        if !matches!(self.state, State::Opened | State::Interviewed | State::Replied) {
            return Err(Refusal::state("CASE_STATE", "该问责事项已复核或已决定,不能再改动认定。"));
        }
        by.not_involved()?;
        if found.part == Part::GraveEffect {
            self.grave_effect_evidence.clone_from(&found.text);
        }
        self.findings.retain(|known| known.part != found.part);
        self.findings.push(found);
        self.review = None;
        Ok(())
    }

    /// Records a ground of tolerance (容错), by the subject or by who handles the case. Refuses a case that was decided.
    pub fn tolerate(&mut self, ground: Tolerance) -> Result<(), Refusal> {
        if self.decision.is_some() {
            return Err(Refusal::state("CASE_STATE", "该问责事项已作出决定,不能再记录容错情形。"));
        }
        self.tolerance.push(ground);
        Ok(())
    }

    /// Refuses unless both parts were found, 四(六).
    pub(super) fn is_proven(&self) -> Result<(), Refusal> {
        let stands = |part| self.findings.iter().any(|found| found.part == part);
        if stands(Part::Behaviour) && stands(Part::GraveEffect) {
            return Ok(());
        }
        Err(Refusal::state("GRAVE_EFFECT_NOT_SHOWN", "予以问责须同时认定行为和恶劣影响,并各有账本中的证据。"))
    }

    /// Reviews the findings (复核). Refuses who opened the case or found a part, the subject and their body, and a subject not
    /// heard on what was found.
    pub fn review(&mut self, by: By, agreed: bool, opinion: String, now: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.state, State::Interviewed | State::Replied) {
            return Err(Refusal::state("CASE_STATE", "该问责事项尚未约谈,或已复核、已决定,不能复核。"));
        }
        let wrote = by.person == self.open_person || self.findings.iter().any(|found| found.by == by.person);
        if by.involved || by.of_body || wrote {
            return Err(Refusal::denied("REVIEWER_INVOLVED", "复核须由未参与立案和认定、且不属于问责对象单位的人员进行。"));
        }
        self.is_proven()?;
        if !self.is_heard(now) {
            return Err(Refusal::state("REPLY_NOT_HEARD", "问责对象尚未就认定内容申辩,且未满三日,不能复核。"));
        }
        if agreed {
            self.state = State::Reviewed;
        }
        self.review = Some(Review { agreed, opinion, by: by.person, time: now });
        Ok(())
    }

    /// Whether the subject has replied to all that was found, or had the time to.
    fn is_heard(&self, now: Timestamp) -> bool {
        let said = self.interview.iter().map(|said| said.time);
        let Some(last) = self.findings.iter().map(|found| found.time).chain(said).max() else { return false };
        self.reply.as_ref().is_some_and(|reply| self.findings.iter().all(|found| found.time <= reply.time))
            || now.duration_since(last) >= TIME_TO_REPLY
    }

    /// Proposes accountability to the competent body (提请). Refuses what was not reviewed, and the subject.
    pub fn propose(&mut self, by: By, competent_body: String, text: String, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Reviewed {
            return Err(Refusal::state("CASE_STATE", "该问责事项未经复核同意,或已提请、已决定,不能提请。"));
        }
        by.not_involved()?;
        self.state = State::Proposed;
        self.competent_body = competent_body;
        self.proposal = Some(Signed { text, by: by.person, time: now });
        Ok(())
    }

    /// Closes it (结案): what was decided is carried out. Refuses what was not decided, and the subject.
    pub fn close(&mut self, by: By, text: String, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Decided {
            return Err(Refusal::state("CASE_STATE", "该问责事项尚未决定,或已结案。"));
        }
        by.not_involved()?;
        self.state = State::Closed;
        self.closing = Some(Signed { text, by: by.person, time: now });
        Ok(())
    }
}
