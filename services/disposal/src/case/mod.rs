//! A case (处置), 三(四), 四(三): the handling of one classified incident, under one lead.

pub(crate) mod commands;
pub(crate) mod grpc;
pub(crate) mod store;

use chassis::Refusal;
use jiff::Timestamp;
use uuid::Uuid;

/// Where the handling stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// 处置中.
    Open,
    /// 已办结.
    Closed,
}

/// How the lead was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 根据工作分工.
    Portfolio,
    /// 主要领导委托.
    Principal,
}

/// The leader in charge of an incident (牵头分管领导).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    pub person: Uuid,
    pub manner: Manner,
}

/// What assessment tells of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Classified {
    pub incident_id: Uuid,
    pub number: String,
    pub title: String,
    pub important: bool,
}

/// The handling of one incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub id: Uuid,
    pub incident_id: Uuid,
    pub number: String,
    pub title: String,
    pub state: State,
    pub important: bool,
    pub bodies: Vec<Uuid>,
    pub lead: Option<Lead>,
    /// Whose portfolios are touched, as last announced; none before the first search.
    pub candidates: Option<Vec<Uuid>>,
    pub open_time: Timestamp,
    pub close_time: Option<Timestamp>,
    /// The number of the incident that its own was merged into (并入): it is handled there.
    pub merged_into: Option<String>,
    pub version: i64,
}

/// What a search for the lead came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// One portfolio alone is touched: its leader leads.
    Designated(Uuid),
    /// Several are, or none: the principal leader names the lead.
    Undetermined(Vec<Uuid>),
}

/// What is still under way in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenWork {
    pub assignments: i64,
    pub consolidations: i64,
    pub escalations: i64,
}

/// How much of the handling a caller sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// The office, the leaders and the auditor see all.
    All,
    /// A unit sees what concerns it.
    Bodies(Vec<Uuid>),
}

impl Scope {
    /// The bodies that it is limited to; none when it is not.
    pub fn bodies(&self) -> Option<&[Uuid]> {
        match self {
            Self::All => None,
            Self::Bodies(bodies) => Some(bodies),
        }
    }
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("CASE_UNKNOWN", "没有这个事件的处置,或者您无权查看。")
}

pub(crate) fn stale() -> Refusal {
    Refusal::stale("CASE_STALE", "该处置刚被他人更改,请刷新后再试。")
}

pub(crate) fn body_unknown() -> Refusal {
    Refusal::not_found("BODY_UNKNOWN", "没有这个单位或部门。")
}

pub(crate) fn not_your_unit() -> Refusal {
    Refusal::denied("NOT_YOUR_UNIT", "此事由涉事单位办理,您不是该单位的人员。")
}

impl Case {
    /// The incident's level in Chinese.
    pub fn level(&self) -> &'static str {
        if self.important { "重要" } else { "一般" }
    }

    /// Opens the handling of an incident.
    pub fn open(id: Uuid, told: Classified, bodies: Vec<Uuid>, time: Timestamp) -> Self {
        Self {
            id,
            incident_id: told.incident_id,
            number: told.number,
            title: told.title,
            state: State::Open,
            important: told.important,
            bodies,
            lead: None,
            candidates: None,
            open_time: time,
            close_time: None,
            merged_into: None,
            version: 1,
        }
    }

    /// Takes over what assessment tells anew.
    pub fn reclassify(&mut self, told: Classified, bodies: Vec<Uuid>) {
        self.number = told.number;
        self.title = told.title;
        self.important = told.important;
        self.bodies = bodies;
    }

    /// Looks for the lead among the leaders whose portfolios are touched. Nothing to tell when there is a lead, when no unit
    /// is known yet, or when the same leaders were found before.
    pub fn seek_lead(&mut self, mut holders: Vec<Uuid>) -> Option<Sought> {
        if self.state == State::Closed || self.merged_into.is_some() || self.lead.is_some() || self.bodies.is_empty() {
            return None;
        }
        holders.sort_unstable();
        if let [person] = *holders {
            self.lead = Some(Lead { person, manner: Manner::Portfolio });
            self.candidates = Some(holders);
            return Some(Sought::Designated(person));
        }
        if self.candidates.as_ref() == Some(&holders) {
            return None;
        }
        self.candidates = Some(holders.clone());
        Some(Sought::Undetermined(holders))
    }

    /// Names the lead. Refuses a case that has one, and a person who is no leader in charge.
    pub fn designate(&mut self, person: Uuid, is_leader_in_charge: bool) -> Result<(), Refusal> {
        self.check_open()?;
        if self.lead.is_some() {
            return Err(Refusal::state("LEAD_ALREADY_DESIGNATED", "该事件已有牵头分管领导。"));
        }
        if !is_leader_in_charge {
            return Err(Refusal::state("NOT_A_LEADER_IN_CHARGE", "所选人员现在不是分管领导。"));
        }
        self.lead = Some(Lead { person, manner: Manner::Principal });
        Ok(())
    }

    /// Refuses whoever does not lead this incident, or stand in for who does.
    pub fn check_lead(&self, acts_as: impl Fn(Uuid) -> bool) -> Result<(), Refusal> {
        let lead = self.lead.ok_or_else(|| Refusal::state("LEAD_MISSING", "该事件还没有确定牵头分管领导。"))?;
        if acts_as(lead.person) {
            return Ok(());
        }
        Err(Refusal::denied("NOT_THE_LEAD", "您不是该事件的牵头分管领导。"))
    }

    /// Refuses what belongs to the handling of the incident that this one was merged into.
    pub fn check_standing(&self) -> Result<(), Refusal> {
        match &self.merged_into {
            None => Ok(()),
            Some(number) => Err(Refusal::state("CASE_MERGED", format!("该事件已并入 {number},请在该事件下办理。"))),
        }
    }

    /// Refuses further work in a closed case.
    pub fn check_open(&self) -> Result<(), Refusal> {
        match self.state {
            State::Open => Ok(()),
            State::Closed => Err(Refusal::state("CASE_CLOSED", "该事件的处置已办结。")),
        }
    }

    /// Closes the handling. Refuses while work is under way.
    pub fn close(&mut self, open: OpenWork, now: Timestamp) -> Result<(), Refusal> {
        self.check_open()?;
        if open.assignments + open.consolidations + open.escalations > 0 {
            let message = format!(
                "尚有未完成的工作,不能办结:未采纳的交办 {} 件,在办的综合材料 {} 件,在办的上报 {} 件。",
                open.assignments, open.consolidations, open.escalations
            );
            return Err(Refusal::state("CASE_HAS_OPEN_WORK", message));
        }
        self.state = State::Closed;
        self.close_time = Some(now);
        Ok(())
    }
}
