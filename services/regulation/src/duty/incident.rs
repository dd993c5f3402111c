//! 事件现状: what the facts up to a moment say of their incident.

use crate::fact::Fact;
use crate::vocabulary::{INCIDENT, Type, text_of};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Kinds that change what is known of the incident; they matter to every duty.
const KINDS: [&str; 6] = [
    "intake.IncidentOpened",
    "intake.InvolvedBodiesNamed",
    "assessment.IncidentClassified",
    "disposal.CaseOpened",
    "disposal.LeadDesignated",
    "disposal.UnitAssigned",
];

/// Whether a fact of this kind changes what is known of the incident.
pub(crate) fn shapes_incident(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// What was known of the incident, moment by moment.
#[derive(Debug)]
pub(crate) struct History {
    states: Vec<(Timestamp, Map<String, Value>)>,
    before: Map<String, Value>,
}

impl History {
    /// Folds facts that are in the order of their time.
    pub(crate) fn of(facts: &[&Fact]) -> History {
        let mut state = Map::new();
        let mut states: Vec<(Timestamp, Map<String, Value>)> = Vec::new();
        for fact in facts.iter().filter(|fact| shapes_incident(&fact.kind)) {
            apply(&mut state, fact);
            match states.last_mut() {
                Some((time, last)) if *time == fact.time => last.clone_from(&state),
                _ => states.push((fact.time, state.clone())),
            }
        }
        History { states, before: Map::new() }
    }

    /// The incident after everything that happened up to a moment, that moment included.
    pub(crate) fn at(&self, time: Timestamp) -> &Map<String, Value> {
        let after = self.states.partition_point(|(known, _)| *known <= time);
        after.checked_sub(1).and_then(|index| self.states.get(index)).map_or(&self.before, |(_, state)| state)
    }
}

fn apply(state: &mut Map<String, Value>, fact: &Fact) {
    for (name, kind) in INCIDENT.fields {
        let Some(value) = fact.fields.get(*name) else { continue };
        // What a fact leaves empty it does not take back.
        let said = match kind {
            Type::List => value.as_array().is_some_and(|items| !items.is_empty()),
            _ => !text_of(Some(value)).is_empty(),
        };
        if said {
            state.insert((*name).to_owned(), value.clone());
        }
    }
    if let Some(incident_id) = &fact.incident_id {
        state.insert("incident_id".to_owned(), Value::from(incident_id.as_str()));
    }
    if fact.kind == "disposal.UnitAssigned"
        && let Some(body) = fact.fields.get("body_id")
    {
        let assigned = state.entry("assigned_body_ids").or_insert_with(|| Value::from(Vec::<Value>::new()));
        if let Value::Array(bodies) = assigned
            && !bodies.contains(body)
        {
            bodies.push(body.clone());
        }
    }
}
