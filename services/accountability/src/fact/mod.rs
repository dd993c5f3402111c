//! Heard facts (事实): what the clocks are computed from, each under the subject on whose clocks it bears.

pub(crate) mod store;

use std::fmt;

use chassis::{Error, clock::civil_day, fact_id};
use jiff::civil::Date;
use regulation::Fact;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What a fact bears on. The obligations of a subject follow from its own facts alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// 舆情事件.
    Incident(Uuid),
    /// A matter that is no incident and goes on over several days: an inspection, the liaison with one partner body.
    Matter(Uuid),
    /// A civil day, for what concerns neither: duty roster, daily register and daily reading.
    Day(Date),
}

/// The fields that name a matter.
const MATTERS: [&str; 2] = ["inspection_id", "partner_body_id"];

impl Subject {
    /// The incident, if it is one.
    pub fn incident_id(self) -> Option<Uuid> {
        match self {
            Self::Incident(id) => Some(id),
            Self::Matter(_) | Self::Day(_) => None,
        }
    }

    /// The subjects of a fact, each once, in the order in which they are locked: its incident, each of the incidents it
    /// names, or else its matter, or else its day.
    pub fn of(fact: &Fact) -> Result<Vec<Self>, Error> {
        let mut subjects = incidents(&fact.fields)?.into_iter().map(Self::Incident).collect::<Vec<_>>();
        if let Some(id) = fact.incident_id.as_deref() {
            subjects.push(Self::Incident(fact_id(id)?));
        }
        if subjects.is_empty() {
            let matter = MATTERS.into_iter().find_map(|name| fact.fields.get(name)?.as_str());
            subjects.extend(matter.map(fact_id).transpose()?.map(Self::Matter));
        }
        if subjects.is_empty() {
            subjects.push(Self::Day(day(&fact.fields).unwrap_or_else(|| civil_day(fact.time))));
        }
        subjects.sort_unstable();
        subjects.dedup();
        Ok(subjects)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incident(id) => write!(f, "{id}"),
            Self::Matter(id) => write!(f, "matter:{id}"),
            Self::Day(day) => write!(f, "day:{day}"),
        }
    }
}

/// The incidents that a fact's fields name.
pub(crate) fn incidents(fields: &Map<String, Value>) -> Result<Vec<Uuid>, Error> {
    let one = ["incident_id", "from_incident_id"].into_iter().filter_map(|name| fields.get(name));
    let several = fields.get("incident_ids").and_then(Value::as_array).into_iter().flatten();
    one.chain(several).filter_map(Value::as_str).filter(|id| !id.is_empty()).map(fact_id).collect()
}

/// The civil day that a fact's fields name.
fn day(fields: &Map<String, Value>) -> Option<Date> {
    ["duty_date", "register_date", "reading_date"].into_iter().find_map(|name| fields.get(name)?.as_str()?.parse().ok())
}
