//! The fields of a fact, an incident or a report as a CEL value: converted only when read.

use crate::vocabulary::{Shape, Type, number_of, text_of, texts_of};
use cel::ExecutionError;
use cel::common::traits::Indexer;
use cel::common::types::{CelBool, CelInt, CelList, CelString, Type as CelType};
use cel::common::value::{CowVal, Val};
use serde_json::{Map, Value};

static FIELDS: CelType = CelType::new_unspecified_type("huiying.fields");

/// Fields by name. A field the thing does not carry reads as empty, 0, false or no items, as the
/// services write fields out with their defaults; a field outside the vocabulary is an error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'v> {
    shape: &'static Shape,
    map: Option<&'v Map<String, Value>>,
    /// Values that stand beside the map: the envelope's own.
    beside: &'v [(&'static str, String)],
}

impl<'v> Fields<'v> {
    pub(crate) fn new(shape: &'static Shape, map: &'v Map<String, Value>) -> Self {
        Fields { shape, map: Some(map), beside: &[] }
    }

    pub(crate) fn with(self, beside: &'v [(&'static str, String)]) -> Self {
        Fields { beside, ..self }
    }

    /// No field has a value.
    pub(crate) fn empty(shape: &'static Shape) -> Self {
        Fields { shape, map: None, beside: &[] }
    }

    fn read<'w>(&self, name: &str) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        'v: 'w,
    {
        let kind = self.shape.field(name).ok_or_else(|| ExecutionError::no_such_key(name))?;
        let value = self.map.and_then(|map| map.get(name));
        Ok(match kind {
            Type::Text | Type::Time | Type::Date | Type::Enum(_) => {
                let text = text_of(value);
                let beside = self.beside.iter().find(|(field, _)| *field == name);
                match beside {
                    Some((_, given)) if text.is_empty() => Box::new(CelString::from(given.as_str())),
                    _ => Box::new(CelString::from(text)),
                }
            }
            Type::Number => Box::new(CelInt::from(number_of(value))),
            Type::Flag => Box::new(CelBool::from(matches!(value, Some(Value::Bool(true))))),
            Type::List => {
                let items = texts_of(value).map(|text| Box::new(CelString::from(text)) as Box<dyn Val + 'w>);
                Box::new(CelList::from(items.collect::<Vec<_>>()))
            }
        })
    }
}

impl Indexer for Fields<'_> {
    fn get<'b, 'w>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'w>, ExecutionError>
    where
        Self: 'w,
    {
        match key.downcast_ref::<CelString<'_>>() {
            Some(name) => self.read(name.inner()).map(CowVal::Owned),
            None => Err(ExecutionError::no_such_key("?")),
        }
    }

    fn steal<'w>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'w>, ExecutionError>
    where
        Self: 'w,
    {
        match key.downcast_ref::<CelString<'_>>() {
            Some(name) => self.read(name.inner()),
            None => Err(ExecutionError::no_such_key("?")),
        }
    }
}

impl Val for Fields<'_> {
    fn get_type(&self) -> &CelType {
        &FIELDS
    }

    fn cel_type() -> &'static CelType {
        &FIELDS
    }

    fn as_indexer<'b, 'w>(&'b self) -> Option<&'b (dyn Indexer + 'w)>
    where
        Self: 'w,
    {
        Some(self)
    }

    fn clone_as_boxed<'w>(&self) -> Box<dyn Val + 'w>
    where
        Self: 'w,
    {
        Box::new(*self)
    }
}
