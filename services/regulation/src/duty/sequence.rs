//! 事实序列: the facts of one incident, each once, in the order of their time, whatever order they came in.

use super::incident::History;
use crate::fact::Fact;
use crate::formula::Fields;
use crate::vocabulary::{Shape, fact_shape};
use jiff::Timestamp;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One fact, ready to be looked at by a formula.
#[derive(Debug)]
pub(crate) struct Seen<'f> {
    pub(crate) fact: &'f Fact,
    shape: &'static Shape,
    beside: [(&'static str, String); 2],
}

impl<'f> Seen<'f> {
    /// A fact of a kind the vocabulary has.
    pub(crate) fn new(fact: &'f Fact) -> Option<Self> {
        Some(Seen {
            fact,
            shape: fact_shape(&fact.kind)?,
            beside: [("time", fact.time.to_string()), ("incident_id", fact.incident_id.clone().unwrap_or_default())],
        })
    }

    pub(crate) fn fields(&self) -> Fields<'_> {
        Fields::new(self.shape, &self.fact.fields).with(&self.beside)
    }

    /// A total order that does not depend on how the facts came.
    pub(crate) fn order(&self) -> (Timestamp, &str) {
        (self.fact.time, self.fact.id.as_str())
    }
}

/// The facts a rule heeds, in order.
#[derive(Debug)]
pub(crate) struct Sequence<'f> {
    seen: Vec<Seen<'f>>,
    by_kind: HashMap<&'f str, Vec<usize>>,
    history: History,
}

impl<'f> Sequence<'f> {
    pub(crate) fn of(facts: &'f [Fact], heeds: impl Fn(&str) -> bool) -> Sequence<'f> {
        let mut kept: Vec<&Fact> = facts.iter().filter(|fact| heeds(&fact.kind)).collect();
        kept.sort_by(|a, b| {
            let by_id = a.id.cmp(&b.id);
            // Two different facts under one id are a fault elsewhere; which one counts must still not
            // hang on the order they came in.
            by_id.then_with(|| if a == b { std::cmp::Ordering::Equal } else { content(a).cmp(&content(b)) })
        });
        kept.dedup_by(|next, before| next.id == before.id);
        kept.sort_by(|a, b| a.time.cmp(&b.time).then_with(|| a.id.cmp(&b.id)));
        let history = History::of(&kept);
        let seen: Vec<Seen<'_>> = kept.into_iter().filter_map(Seen::new).collect();
        let mut by_kind: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, seen) in seen.iter().enumerate() {
            by_kind.entry(seen.fact.kind.as_str()).or_default().push(index);
        }
        Sequence { seen, by_kind, history }
    }

    /// The facts of one kind, in order.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Seen<'f>> {
        let indices = self.by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| self.seen.get(*index))
    }

    /// The incident as known at a moment.
    pub(crate) fn incident_at(&self, time: Timestamp) -> &Map<String, Value> {
        self.history.at(time)
    }
}

fn content(fact: &Fact) -> (Timestamp, &str, String) {
    (fact.time, fact.kind.as_str(), Value::from(fact.fields.clone()).to_string())
}
