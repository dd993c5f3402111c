//! Parses what comes from outside, field by field, and gathers everything that is wrong with it.

use huiying_proto::event::ErrorReason;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::error::{Error, Refusal, Sort, Violation};

/// A status travels in headers: more violations than this would not arrive.
const MOST_TOLD: usize = 50;
/// More than anybody counts; sums of such still are counts.
pub const LARGEST_COUNT: i64 = 1_000_000_000_000_000;

/// Gathers violations; every parser returns a value, and [`Fields::check`] says whether the values count.
#[derive(Debug, Default)]
pub struct Fields {
    violations: Vec<Violation>,
}

impl Fields {
    /// Begins.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that a field is wrong.
    pub fn wrong(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.violations.push(Violation { field: field.into(), message: message.into() });
    }

    /// A UUID.
    pub fn id(&mut self, field: &str, value: &str) -> Uuid {
        Uuid::try_parse(value).ok().filter(|id| !id.is_nil()).unwrap_or_else(|| {
            self.wrong(field, "不是有效的标识(UUID)");
            Uuid::nil()
        })
    }

    /// A UUID, or nothing when empty.
    pub fn optional_id(&mut self, field: &str, value: &str) -> Option<Uuid> {
        (!value.is_empty()).then(|| self.id(field, value))
    }

    /// Several UUIDs, without repeats, in order.
    pub fn ids(&mut self, field: &str, values: &[String], least: usize, most: usize) -> Vec<Uuid> {
        if values.len() < least || values.len() > most {
            self.wrong(field, format!("应为 {least} 至 {most} 个,收到 {} 个", values.len()));
            return Vec::new();
        }
        let mut ids = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            let id = self.id(&format!("{field}[{at}]"), value);
            if ids.contains(&id) {
                self.wrong(format!("{field}[{at}]"), "重复");
            }
            ids.push(id);
        }
        ids
    }

    /// Text of 1 to `most` characters, trimmed of white space at both ends.
    pub fn text(&mut self, field: &str, value: &str, most: usize) -> String {
        let text = self.optional_text(field, value, most);
        if text.is_empty() {
            self.wrong(field, "不能为空");
        }
        text
    }

    /// Text of at most `most` characters, trimmed of white space at both ends.
    pub fn optional_text(&mut self, field: &str, value: &str, most: usize) -> String {
        let text = value.trim();
        let length = text.chars().count();
        if length > most {
            self.wrong(field, format!("不能超过 {most} 个字,现有 {length} 个字"));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
            self.wrong(field, "含有控制字符");
        }
        text.to_owned()
    }

    /// Text kept exactly as given: what is approved byte for byte is not trimmed.
    pub fn exact_text(&mut self, field: &str, value: &str, most: usize) -> String {
        self.text(field, value, most);
        value.to_owned()
    }

    /// A count, not negative.
    pub fn count(&mut self, field: &str, value: i64) -> i64 {
        if value < 0 {
            self.wrong(field, "不能为负数");
        }
        if value > LARGEST_COUNT {
            self.wrong(field, "大得不足采信");
        }
        value.clamp(0, LARGEST_COUNT)
    }

    /// A known value of an enum other than unspecified.
    pub fn choice<E: TryFrom<i32> + Default + PartialEq>(&mut self, field: &str, value: i32) -> E {
        match E::try_from(value) {
            Ok(choice) if choice != E::default() => choice,
            _ => {
                self.wrong(field, "未选择,或不是已知的选项");
                E::default()
            }
        }
    }

    /// A known value of an enum, or unspecified.
    pub fn optional_choice<E: TryFrom<i32> + Default>(&mut self, field: &str, value: i32) -> E {
        E::try_from(value).unwrap_or_else(|_| {
            self.wrong(field, "不是已知的选项");
            E::default()
        })
    }

    /// A moment.
    pub fn time(&mut self, field: &str, value: Option<&prost_types::Timestamp>) -> Timestamp {
        self.optional_time(field, value).unwrap_or_else(|| {
            if value.is_none() {
                self.wrong(field, "缺少时间");
            }
            Timestamp::UNIX_EPOCH
        })
    }

    /// A moment, or nothing.
    pub fn optional_time(&mut self, field: &str, value: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
        let value = value?;
        let time = (0..1_000_000_000)
            .contains(&value.nanos)
            .then(|| Timestamp::new(value.seconds, value.nanos).and_then(|t| Timestamp::from_microsecond(t.as_microsecond())).ok())
            .flatten()
            // PostgreSQL and people both stop making sense long before.
            .filter(|t| t.as_second() > -62_000_000_000 && t.as_second() < 250_000_000_000);
        if time.is_none() {
            self.wrong(field, "不是有效的时间");
        }
        time
    }

    /// A moment that is not in the future; a minute is forgiven for clocks that differ.
    pub fn past_time(&mut self, field: &str, value: Option<&prost_types::Timestamp>, now: Timestamp) -> Timestamp {
        let time = self.time(field, value);
        if time.as_second() > now.as_second() + 60 {
            self.wrong(field, "晚于现在");
        }
        time
    }

    /// A civil day as 2026-11-10.
    pub fn day(&mut self, field: &str, value: &str) -> Date {
        value.parse::<Date>().ok().filter(|d| value.len() == 10 && d.year() > 1900).unwrap_or_else(|| {
            self.wrong(field, "不是有效的日期(应为 2026-11-10 这样的格式)");
            Date::ZERO
        })
    }

    /// The version that the caller saw.
    pub fn etag(&mut self, field: &str, value: &str) -> i64 {
        value.parse().ok().filter(|v| *v > 0).unwrap_or_else(|| {
            self.wrong(field, "缺少或不是有效的版本标记(etag)");
            0
        })
    }

    /// Refuses when anything was wrong.
    ///
    /// # Errors
    /// INVALID_ARGUMENT with the first fifty violations.
    pub fn check(self) -> Result<(), Error> {
        if self.violations.is_empty() {
            return Ok(());
        }
        let first = self.violations.first().map(|v| format!("{}:{}", v.field, v.message)).unwrap_or_default();
        let count = self.violations.len();
        let others = if count > MOST_TOLD { format!("(共 {count} 处)") } else { String::new() };
        let mut refusal = Refusal::house(Sort::Invalid, ErrorReason::FieldsInvalid, format!("输入有误:{first}{others}"));
        refusal.violations = self.violations;
        refusal.violations.truncate(MOST_TOLD);
        Err(refusal.into())
    }
}

/// A moment for the wire.
#[must_use]
pub fn wire_time(time: Timestamp) -> prost_types::Timestamp {
    let seconds = time.as_microsecond().div_euclid(1_000_000);
    let micros = time.as_microsecond().rem_euclid(1_000_000);
    prost_types::Timestamp { seconds, nanos: i32::try_from(micros * 1000).unwrap_or(0) }
}

/// Ids for the wire.
#[must_use]
pub fn wire_ids(ids: &[Uuid]) -> Vec<String> {
    ids.iter().map(Uuid::to_string).collect()
}

/// An id for the wire; empty when there is none.
#[must_use]
pub fn wire_id(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// An id that another service's fact carries. It was checked there, so a malformed one is a fault.
///
/// # Errors
/// A fault when it is malformed.
pub fn fact_id(text: &str) -> Result<Uuid, Error> {
    Uuid::try_parse(text).map_err(|_| Error::fault(format!("a fact carries a malformed id: {text}")))
}

/// An id that another service's fact may carry.
///
/// # Errors
/// A fault when it is malformed.
pub fn optional_fact_id(text: &str) -> Result<Option<Uuid>, Error> {
    if text.is_empty() { Ok(None) } else { fact_id(text).map(Some) }
}

/// Ids that another service's fact carries.
///
/// # Errors
/// A fault when one is malformed.
pub fn fact_ids(texts: &[String]) -> Result<Vec<Uuid>, Error> {
    texts.iter().map(|text| fact_id(text)).collect()
}

/// A time that another service's fact carries.
///
/// # Errors
/// A fault when it is missing or malformed.
pub fn fact_time(time: Option<&prost_types::Timestamp>) -> Result<Timestamp, Error> {
    time.and_then(|t| Timestamp::new(t.seconds, t.nanos).ok()).ok_or_else(|| Error::fault("a fact carries no time, or a malformed one"))
}
