//! Accountability cases (问责), 四(六): one of four behaviours **and** its grave effect, both found on evidence, of a unit's
//! principal or a section head. A person opens one, the subject is interviewed and heard, somebody uninvolved reviews, others
//! decide. Nothing here happens by itself.

pub(crate) mod commands;
pub(crate) mod grpc;
mod paper;
mod proof;
pub(crate) mod store;

use chassis::Refusal;
use jiff::{SignedDuration, Timestamp};
pub(crate) use proof::{Found, Part, Review, Signed, Tolerance};
use uuid::Uuid;

/// Which behaviour is alleged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// 知情不报.
    Concealment,
    /// 虚报瞒报.
    FalseReport,
    /// 拖延推诿.
    Delay,
    /// 处置不力.
    Ineffective,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 已立案.
    Opened,
    /// 已约谈.
    Interviewed,
    /// 已申辩.
    Replied,
    /// 已复核.
    Reviewed,
    /// 已提请.
    Proposed,
    /// 已决定.
    Decided,
    /// 已结案.
    Closed,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// 不予问责.
    NotEstablished,
    /// 约谈提醒.
    InterviewOnly,
    /// 予以问责.
    Accountable,
}

/// Something said, and when (约谈记录, 申辩).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub text: String,
    pub time: Timestamp,
}

/// An interview (约谈) as its record tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interview {
    pub record: Record,
    /// When it was recorded.
    pub time: Timestamp,
}

/// What was said in an interview; when, where and by whom it was held, and who kept the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub text: String,
    pub held: Option<Timestamp>,
    pub place: String,
    pub interviewers: Vec<Uuid>,
    pub recorder: Option<Uuid>,
}

/// How it ended, and who decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub verdict: Verdict,
    pub reason: String,
    pub by: Uuid,
    pub time: Timestamp,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub behaviour: Behaviour,
    pub subject_person: Uuid,
    pub subject_body: Uuid,
    pub obligations: Vec<Uuid>,
    pub behaviour_evidence: String,
    /// Empty until shown.
    pub grave_effect_evidence: String,
    pub state: State,
    pub open_person: Uuid,
    pub open_time: Timestamp,
    pub interview: Option<Interview>,
    pub reply: Option<Said>,
    /// At most one a part.
    pub findings: Vec<Found>,
    pub tolerance: Vec<Tolerance>,
    pub review: Option<Review>,
    /// The competent body (有权机关); empty until proposed.
    pub competent_body: String,
    pub proposal: Option<Signed>,
    pub decision: Option<Decision>,
    pub closing: Option<Signed>,
    pub version: i64,
}

/// What a case is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opening {
    pub incident_id: Uuid,
    pub behaviour: Behaviour,
    pub subject_person: Uuid,
    pub subject_body: Uuid,
    pub obligations: Vec<Uuid>,
    pub evidence: String,
}

/// What the facts say of an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ground {
    /// Whether every obligation named fell overdue.
    pub all_overdue: bool,
    /// Whether the subject was the unit's principal or a section head at the time.
    pub answerable: bool,
}

/// Who acts: a person, whether that is the subject or somebody who stands in for the subject, and whether they are of the
/// subject's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct By {
    pub person: Uuid,
    pub involved: bool,
    pub of_body: bool,
}

/// What somebody decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    pub verdict: Verdict,
    pub reason: String,
    /// Empty, or the body that it was proposed to.
    pub competent_body: String,
}

/// How long a subject has to reply after the interview, before it may be decided without (申辩期限).
pub(crate) const TIME_TO_REPLY: SignedDuration = SignedDuration::from_hours(72);

impl Case {
    /// Opens a case (立案). Refuses what is not overdue, who is not answerable, and the subject.
    pub fn open(id: Uuid, opening: Opening, ground: Ground, by: By, now: Timestamp) -> Result<Self, Refusal> {
        if !ground.all_overdue {
            return Err(Refusal::state("OBLIGATION_NOT_BREACHED", "所列责任时限中有未逾期的,不能据以立案。"));
        }
        if !ground.answerable {
            return Err(Refusal::state(
                "SUBJECT_NOT_ANSWERABLE",
                "问责对象当时不是该单位主要领导或部门负责人,不属于制度四(六)的问责范围。",
            ));
        }
        by.not_involved()?;
        Ok(Self {
            id,
            incident_id: opening.incident_id,
            behaviour: opening.behaviour,
            subject_person: opening.subject_person,
            subject_body: opening.subject_body,
            obligations: opening.obligations,
            behaviour_evidence: opening.evidence,
            grave_effect_evidence: String::new(),
            state: State::Opened,
            open_person: by.person,
            open_time: now,
            interview: None,
            reply: None,
            findings: Vec::new(),
            tolerance: Vec::new(),
            review: None,
            competent_body: String::new(),
            proposal: None,
            decision: None,
            closing: None,
            version: 1,
        })
    }

    /// Records the interview (约谈). A subject who replied before may still be interviewed. Refuses the subject as who holds it or keeps
    /// the record, and a time before the case was opened or to come.
    pub fn record_interview(&mut self, by: By, mut record: Record, now: Timestamp) -> Result<(), Refusal> {
        self.state = match (self.state, &self.interview) {
            (State::Opened, None) => Ok(State::Interviewed),
            (State::Replied, None) => Ok(State::Replied),
            _ => Err(Refusal::state("CASE_STATE", "该问责事项已约谈或已决定,不能再记录约谈。")),
        }
        .and_then(|state| by.not_involved().map(|()| state))?;
        if record.held.is_some_and(|held| held < self.open_time || held > now) {
            return Err(Refusal::invalid("INTERVIEW_TIME_WRONG", "约谈时间应在立案之后,且不晚于现在。"));
        }
        if record.interviewers.is_empty() {
            record.interviewers.push(by.person);
        }
        if record.interviewers.iter().chain(&record.recorder).any(|person| *person == self.subject_person) {
            return Err(Refusal::invalid("INTERVIEW_BY_SUBJECT", "问责对象本人不能是约谈人或记录人。"));
        }
        self.interview = Some(Interview { record, time: now });
        Ok(())
    }

    /// Submits the reply (申辩). Refuses anyone but the subject.
    pub fn submit_reply(&mut self, by: Uuid, reply: String, now: Timestamp) -> Result<(), Refusal> {
        if !matches!(self.state, State::Opened | State::Interviewed) {
            return Err(Refusal::state("CASE_STATE", "该问责事项已申辩或已决定,不能再提交申辩。"));
        }
        if by != self.subject_person {
            return Err(Refusal::denied("NOT_THE_SUBJECT", "申辩只能由问责对象本人提交。"));
        }
        self.state = State::Replied;
        self.reply = Some(Said { text: reply, time: now });
        Ok(())
    }

    /// Decides (决定). Refuses before the interview, a subject not heard, the subject, who opened or reviewed it, and
    /// accountability without both parts found, reviewed and proposed.
    pub fn decide(&mut self, by: By, judgement: Judgement, now: Timestamp) -> Result<(), Refusal> {
        if self.decision.is_some() {
            return Err(Refusal::state("CASE_STATE", "该问责事项已作出决定。"));
        }
        let Some(interview) = &self.interview else {
            return Err(Refusal::state("CASE_STATE", "尚未约谈问责对象,不能作出决定。"));
        };
        let time_passed = now.duration_since(interview.time) >= TIME_TO_REPLY;
        if self.reply.is_none() && !time_passed {
            return Err(Refusal::state("REPLY_NOT_HEARD", "问责对象尚未申辩,且约谈后未满三日,不能作出决定。"));
        }
        if judgement.verdict == Verdict::Accountable {
            self.is_proven()?;
            let another = !judgement.competent_body.is_empty() && judgement.competent_body != self.competent_body;
            if self.state != State::Proposed || another {
                return Err(Refusal::state("NOT_PROPOSED", "予以问责须经复核,并已提请该有权机关。"));
            }
        }
        by.not_involved()?;
        if by.person == self.open_person {
            return Err(Refusal::denied("DECIDER_OPENED", "立案人不能就同一事项作出决定。"));
        }
        if self.review.as_ref().is_some_and(|review| review.by == by.person) {
            return Err(Refusal::denied("DECIDER_REVIEWED", "复核人不能就同一事项作出决定。"));
        }
        self.state = State::Decided;
        self.decision = Some(Decision { verdict: judgement.verdict, reason: judgement.reason, by: by.person, time: now });
        Ok(())
    }
}

impl By {
    fn not_involved(self) -> Result<(), Refusal> {
        if self.involved {
            return Err(Refusal::denied("SUBJECT_INVOLVED", "问责对象及其代理人不得参与办理本人的问责事项。"));
        }
        Ok(())
    }
}
