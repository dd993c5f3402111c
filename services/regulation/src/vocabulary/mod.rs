//! 词汇: the facts a rule may mention, their fields and the names of their states. The contract of the
//! services' events, as far as the regulation reads them; a rule that names anything else is refused.

mod accountability;
mod facts;

use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Text or an id.
    Text,
    /// RFC 3339.
    Time,
    /// A civil date, `2026-11-10`.
    Date,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// Several texts.
    List,
    /// One of these names.
    Enum(&'static [&'static str]),
}

/// The fields of one kind of thing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) fields: &'static [(&'static str, Type)],
}

impl Shape {
    pub(crate) fn field(&self, name: &str) -> Option<Type> {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        // Every fact also has the time of its happening.
        found.map(|(_, kind)| *kind).or((name == "time").then_some(Type::Time))
    }
}

use Type::{Enum, Flag, List, Number, Text, Time};

/// 事件 as the four tests of 二 see it.
pub(crate) const INCIDENT_SIGNALS: Shape =
    Shape { name: "incident", fields: &[("incident_id", Text), ("report_count", Number), ("distinct_writers", Number)] };

/// 线索 as the four tests of 二 see it.
pub(crate) const REPORT_SIGNALS: Shape = Shape {
    name: "report",
    fields: &[
        ("report_id", Text),
        ("tier", facts::TIER),
        ("medium", facts::MEDIUM),
        ("page", Text),
        ("sensitive", Flag),
        ("views", Number),
        ("comments", Number),
        ("reposts", Number),
    ],
};

/// 事件 as the facts up to a trigger leave it.
pub(crate) const INCIDENT: Shape = Shape {
    name: "incident",
    fields: &[
        ("incident_id", Text),
        ("number", Text),
        ("title", Text),
        ("level", facts::LEVEL),
        ("grade", facts::GRADE),
        ("body_ids", List),
        ("assigned_body_ids", List),
        ("leader_person_id", Text),
        ("first_report_time", Time),
    ],
};

/// 阈值.
pub(crate) const THRESHOLD: Shape = Shape {
    name: "threshold",
    fields: &[
        ("concentration_window_days", Number),
        ("concentration_distinct_writers", Number),
        ("reaction_views", Number),
        ("reaction_comments", Number),
        ("reaction_reposts", Number),
        ("same_day_minimum_minutes", Number),
    ],
};

static BY_KIND: LazyLock<HashMap<&'static str, &'static Shape>> = LazyLock::new(|| shapes().map(|shape| (shape.name, shape)).collect());

fn shapes() -> impl Iterator<Item = &'static Shape> {
    facts::FACTS.iter().chain(accountability::FACTS)
}

/// The shape of a kind of fact.
pub(crate) fn fact_shape(kind: &str) -> Option<&'static Shape> {
    BY_KIND.get(kind).copied()
}

/// Whether some field has a state of this name.
pub(crate) fn is_enum_name(name: &str) -> bool {
    shapes().flat_map(|shape| shape.fields).any(|(_, kind)| match kind {
        Enum(names) => names.contains(&name),
        _ => false,
    })
}

/// 线索要素: the words that a report's level of platform and medium can have, for a test that holds them against the
/// services' contract.
pub fn report_words() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    REPORT_SIGNALS.fields.iter().filter_map(|(name, kind)| match kind {
        Enum(words) => Some((*name, *words)),
        _ => None,
    })
}

/// What a rule may mention: every kind of fact with the names of its fields, for a test that holds them
/// against the services' contract.
pub fn vocabulary() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    shapes().map(|shape| (shape.name, shape.fields.iter().map(|(name, _)| *name).collect()))
}

/// A whole number; protobuf-JSON writes 64-bit ones as text.
pub(crate) fn number_of(value: Option<&Value>) -> i64 {
    match value {
        Some(Value::Number(number)) => number.as_i64().unwrap_or_default(),
        Some(Value::String(text)) => text.parse().unwrap_or_default(),
        _ => 0,
    }
}

/// A text; absent reads as empty.
pub(crate) fn text_of(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Several texts; absent reads as none.
pub(crate) fn texts_of(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(Value::as_str)
}
