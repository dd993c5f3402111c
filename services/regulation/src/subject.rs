//! 对象: the incident or the civil day on whose clocks a fact bears.

use crate::civil::day_of;
use crate::fact::Fact;
use jiff::civil::Date;
use serde_json::{Map, Value};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// 对象: what a fact bears on. The obligations of a subject follow from its own facts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// 舆情事件.
    Incident(Uuid),
    /// A matter that is no incident and goes on over several days: an inspection, the liaison with one partner body.
    Matter(Uuid),
    /// A civil day, for what concerns neither: duty roster, daily register and daily reading.
    Day(Date),
}

/// The fields that name a matter.
const MATTERS: [&str; 2] = ["inspection_id", "partner_body_id"];

/// A fact names an incident by what is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fact carries a malformed id: {0}")]
pub struct MalformedId(String);

impl Subject {
    /// The incident, if it is one.
    pub fn incident_id(self) -> Option<Uuid> {
        match self {
            Subject::Incident(id) => Some(id),
            Subject::Matter(_) | Subject::Day(_) => None,
        }
    }

    /// The subjects of a fact, each once, in the order in which they are locked: its incident, each of the incidents it
    /// names, or else its matter, or else its day.
    pub fn of(fact: &Fact) -> Result<Vec<Subject>, MalformedId> {
        let mut subjects: Vec<Subject> = incidents_of(&fact.fields)?.into_iter().map(Subject::Incident).collect();
        if let Some(text) = fact.incident_id.as_deref() {
            subjects.push(Subject::Incident(id(text)?));
        }
        if subjects.is_empty() {
            let matter = MATTERS.into_iter().find_map(|name| fact.fields.get(name)?.as_str());
            subjects.extend(matter.map(id).transpose()?.map(Subject::Matter));
        }
        if subjects.is_empty() {
            subjects.push(Subject::Day(day(&fact.fields).unwrap_or_else(|| day_of(fact.time))));
        }
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Incident(id) => write!(f, "{id}"),
            Subject::Matter(id) => write!(f, "matter:{id}"),
            Subject::Day(day) => write!(f, "day:{day}"),
        }
    }
}

impl FromStr for Subject {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, MalformedId> {
        if let Some(day) = text.strip_prefix("day:") {
            return day.parse().map(Subject::Day).map_err(|_| MalformedId(text.to_owned()));
        }
        match text.strip_prefix("matter:") {
            Some(matter) => id(matter).map(Subject::Matter),
            None => id(text).map(Subject::Incident),
        }
    }
}

/// The incidents that a fact's fields name.
pub fn incidents_of(fields: &Map<String, Value>) -> Result<Vec<Uuid>, MalformedId> {
    let one = ["incident_id", "from_incident_id"].into_iter().filter_map(|name| fields.get(name));
    let several = fields.get("incident_ids").and_then(Value::as_array).into_iter().flatten();
    one.chain(several).filter_map(Value::as_str).filter(|text| !text.is_empty()).map(id).collect()
}

fn id(text: &str) -> Result<Uuid, MalformedId> {
    Uuid::try_parse(text).map_err(|_| MalformedId(text.to_owned()))
}

/// The civil day that a fact's fields name.
fn day(fields: &Map<String, Value>) -> Option<Date> {
    ["duty_date", "register_date", "reading_date"].into_iter().find_map(|name| fields.get(name)?.as_str()?.parse().ok())
}
