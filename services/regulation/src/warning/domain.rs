//! 有限取值: whether a condition can hold at all, decided by running it over the few values that can make a difference to it.

use crate::formula::{Fields, Formula, Machine};
use crate::vocabulary::{Shape, THRESHOLD, Type, number_of};
use cel::common::types::CelString;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// More combinations than this are not tried: what is not known is not warned of.
const MOST: usize = 200_000;
/// Two texts that are nobody's; the first is also the debtor.
const SOMEBODY: [&str; 2] = ["甲", "乙"];
/// Two moments, the one before the other.
const MOMENTS: [&str; 2] = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"];
const DAYS: [&str; 2] = ["2026-01-01", "2026-01-02"];

/// A variable of a condition.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    pub(crate) name: &'static str,
    /// Its fields; none when it is a text.
    pub(crate) shape: Option<&'static Shape>,
}

impl Root {
    pub(crate) fn fields(name: &'static str, shape: &'static Shape) -> Self {
        Root { name, shape: Some(shape) }
    }

    pub(crate) fn text(name: &'static str) -> Self {
        Root { name, shape: None }
    }
}

/// Looks for values for which a condition holds.
#[derive(Debug)]
pub(crate) struct Finder<'r> {
    pub(crate) machine: &'r Machine,
    pub(crate) threshold: &'r Map<String, Value>,
}

/// A field that a condition reads, and the values that can make a difference.
struct Choice<'f> {
    root: &'f str,
    field: &'f str,
    values: Vec<Value>,
}

impl Finder<'_> {
    /// Whether a condition holds for some values of what it reads.
    pub(crate) fn can_hold(&self, formula: &Formula, roots: &[Root]) -> bool {
        let choices = self.choices(formula, roots);
        let combinations = choices.iter().try_fold(1_usize, |product, choice| product.checked_mul(choice.values.len()));
        let Some(combinations) = combinations.filter(|combinations| *combinations <= MOST) else { return true };
        let shapes: Vec<(&'static str, &'static Shape)> = roots.iter().filter_map(|root| Some((root.name, root.shape?))).collect();
        let mut maps: BTreeMap<&str, Map<String, Value>> = shapes.iter().map(|(name, _)| (*name, Map::new())).collect();
        (0..combinations).any(|mut combination| {
            for Choice { root, field, values } in &choices {
                let value = values.get(combination % values.len()).cloned().unwrap_or_default();
                combination /= values.len();
                if let Some(map) = maps.get_mut(root) {
                    map.insert((*field).to_owned(), value);
                }
            }
            let mut context = self.machine.context();
            context.add_variable_as_val("threshold", Box::new(Fields::new(&THRESHOLD, self.threshold)));
            for root in roots.iter().filter(|root| root.shape.is_none()) {
                context.add_variable_as_val(root.name, Box::new(CelString::from(SOMEBODY[0])));
            }
            for (name, shape) in &shapes {
                if let Some(map) = maps.get(name) {
                    context.add_variable_as_val(*name, Box::new(Fields::new(shape, map)));
                }
            }
            formula.holds(&context).unwrap_or(false)
        })
    }

    fn choices<'f>(&self, formula: &'f Formula, roots: &[Root]) -> Vec<Choice<'f>> {
        let read = formula.reads().iter().filter_map(|(root, field)| {
            let shape = roots.iter().find(|known| known.name == *root)?.shape?;
            Some(Choice { root, field, values: self.values(shape.field(field)?, formula) })
        });
        read.collect()
    }

    /// The values of a kind that can make a difference to a condition: those it writes out, those about a threshold, and others.
    fn values(&self, kind: Type, formula: &Formula) -> Vec<Value> {
        let literals = formula.literals();
        let texts = |others: &[&str]| -> Vec<Value> {
            let others = others.iter().map(|text| (*text).to_owned());
            others.chain(literals.texts.iter().cloned()).chain([String::new()]).map(Value::from).collect()
        };
        match kind {
            Type::Text => texts(&SOMEBODY),
            Type::Time => texts(&MOMENTS),
            Type::Date => texts(&DAYS),
            Type::Flag => vec![json!(true), json!(false)],
            Type::Enum(names) => names.iter().map(|name| json!(name)).collect(),
            Type::List => {
                let items: Vec<&str> = SOMEBODY.into_iter().chain(literals.texts.iter().map(String::as_str)).collect();
                let single = items.iter().map(|item| json!([item]));
                single.chain([json!(items), json!([])]).collect()
            }
            Type::Number => {
                let read = formula.reads().iter().filter(|(root, _)| root == "threshold");
                let thresholds = read.map(|(_, field)| number_of(self.threshold.get(field)));
                let near = literals.numbers.iter().copied().chain(thresholds).flat_map(|number| [number, number - 1, number + 1]);
                let mut numbers: Vec<i64> = near.chain([0, 1]).filter(|number| *number >= 0).collect();
                numbers.sort_unstable();
                numbers.dedup();
                numbers.into_iter().map(Value::from).collect()
            }
        }
    }
}
