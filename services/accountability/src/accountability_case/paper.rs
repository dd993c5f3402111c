//! The interview as a paper (约谈记录).

use chassis::{Refusal, Roster};
use papers::interview::Record;

use super::{Behaviour, Case, State};

impl Behaviour {
    fn name(self) -> &'static str {
        match self {
            Self::Concealment => "知情不报",
            Self::FalseReport => "虚报瞒报",
            Self::Delay => "拖延推诿",
            Self::Ineffective => "处置不力",
        }
    }
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Opened => "已立案",
            Self::Interviewed => "已约谈",
            Self::Replied => "已申辩",
            Self::Reviewed => "已复核",
            Self::Proposed => "已提请",
            Self::Decided => "已决定",
            Self::Closed => "已结案",
        }
    }
}

impl Case {
    /// The paper of its interview, with the number of its incident where that is known. Refuses a case without one.
    pub fn interview_paper(&self, number: Option<String>, roster: &Roster) -> Result<Record, Refusal> {
        let interview = self.interview.as_ref().ok_or_else(|| Refusal::state("CASE_STATE", "该问责事项尚未约谈,没有约谈记录。"))?;
        Ok(Record {
            incident: number.unwrap_or_else(|| self.incident_id.to_string()),
            behaviour: self.behaviour.name().to_owned(),
            subject: roster.person_name(self.subject_person),
            body: roster.body_name(self.subject_body),
            opener: roster.person_name(self.open_person),
            open_time: self.open_time,
            obligations: self.obligations.len(),
            behaviour_evidence: self.behaviour_evidence.clone(),
            effect_evidence: self.grave_effect_evidence.clone(),
            record: interview.record.text.clone(),
            interview_time: interview.record.held.unwrap_or(interview.time),
            place: interview.record.place.clone(),
            interviewers: interview.record.interviewers.iter().map(|person| roster.person_name(*person)).collect(),
            recorder: interview.record.recorder.map(|person| roster.person_name(person)).unwrap_or_default(),
            reply: self.reply.as_ref().map(|said| said.text.clone()).unwrap_or_default(),
            reply_time: self.reply.as_ref().map(|said| said.time),
            state: self.state.name().to_owned(),
        })
    }
}
