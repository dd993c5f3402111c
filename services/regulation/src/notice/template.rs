//! 行文: a text with `{fact.title}` in it.

use crate::civil::{day_words, limit_words, moment_words};
use crate::duty::Seen;
use crate::file::{At, Place, Problems};
use crate::notice::Words;
use crate::source::RuleError;
use crate::vocabulary::{Shape, Type, number_of, text_of, texts_of};
use jiff::Timestamp;
use jiff::civil::Date;

/// A text with fields in it.
#[derive(Debug)]
pub(crate) struct Template {
    place: Place,
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Field(&'static str, Type),
}

impl Template {
    /// Reads `…{fact.field}…`; the fields must be ones the fact has.
    pub(crate) fn parse(at: &At<'_>, shape: &'static Shape, p: &mut Problems) -> Option<Template> {
        let source = at.text(p)?;
        let mut parts = Vec::new();
        let mut rest = source.as_str();
        let mut sound = true;
        while let Some(start) = rest.find(['{', '}']) {
            let (text, braced) = rest.split_at(start);
            parts.push(Part::Text(text.to_owned()));
            let inside = braced.strip_prefix('{').and_then(|after| after.split_once('}'));
            let Some((path, after)) = inside else {
                p.at(at, "花括号不成对;字段写作 {fact.字段}");
                return None;
            };
            match path.strip_prefix("fact.").and_then(|name| field(shape, name)) {
                Some((name, kind)) => parts.push(Part::Field(name, kind)),
                None => {
                    sound = false;
                    let known: Vec<&str> = shape.fields.iter().map(|(name, _)| *name).collect();
                    let message = format!("{} 没有“{{{path}}}”,可写 fact. 加:{}", shape.name, known.join("、"));
                    p.at(at, message);
                }
            }
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        sound.then(|| Template { place: p.place(at), parts })
    }

    /// The text, with the fact's values in it.
    pub(crate) fn render(&self, seen: &Seen<'_>, words: &Words) -> Result<String, RuleError> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Field(name, kind) => text.push_str(&self.field(seen, name, *kind, words)?),
            }
        }
        Ok(text)
    }

    fn field(&self, seen: &Seen<'_>, name: &str, kind: Type, words: &Words) -> Result<String, RuleError> {
        let value = seen.fact.fields.get(name);
        let text = text_of(value);
        let fault = |wanted: &str| self.place.error(format!("字段“{name}”的值“{text}”不是{wanted}"));
        Ok(match kind {
            Type::Number => number_of(value).to_string(),
            Type::Flag => if value.and_then(serde_json::Value::as_bool) == Some(true) { "是" } else { "否" }.to_owned(),
            Type::List => texts_of(value).collect::<Vec<_>>().join("、"),
            Type::Text | Type::Enum(_) => words.get(text).cloned().unwrap_or_else(|| text.to_owned()),
            Type::Date => day_words(text.parse::<Date>().map_err(|_| fault("日期"))?),
            Type::Time if name == "time" && text.is_empty() => moment_words(seen.fact.time),
            Type::Time => {
                let time = text.parse::<Timestamp>().map_err(|_| fault("时间"))?;
                // What ends a period ends at 24时, what merely happens at midnight happens at 0时.
                if name == "due_time" { limit_words(time) } else { moment_words(time) }
            }
        })
    }
}

fn field(shape: &'static Shape, name: &str) -> Option<(&'static str, Type)> {
    let known = shape.fields.iter().find(|(field, _)| *field == name).copied();
    known.or((name == "time").then_some(("time", Type::Time)))
}
