//! Many rows at once, by COPY: several times as fast as a statement that unfolds arrays.

use std::fmt::Write;

use jiff::Timestamp;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::error::Error;

/// Rows in COPY's text form.
#[derive(Debug, Default)]
pub struct Rows {
    text: String,
    count: u64,
}

/// What a column takes.
pub trait Field {
    /// Writes it in COPY's text form.
    fn write(&self, text: &mut String);
}

impl Rows {
    /// Adds a row, in the order of the columns.
    pub fn push(&mut self, fields: &[&dyn Field]) {
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.text.push('\t');
            }
            field.write(&mut self.text);
        }
        self.text.push('\n');
        self.count += 1;
    }

    /// Adds all rows to `table (columns)`; false, and nothing, when one of them holds a key that another row of the table has.
    ///
    /// # Errors
    /// UNAVAILABLE when the store goes away.
    pub async fn copy(self, connection: &mut PgConnection, target: &'static str) -> Result<bool, Error> {
        let mut within = connection.begin().await?; // of the transaction that is open
        let mut copying = within.copy_in_raw(&format!("COPY {target} FROM STDIN")).await?;
        copying.send(self.text.into_bytes()).await?;
        match copying.finish().await {
            Ok(count) if count == self.count => within.commit().await?,
            Ok(count) => return Err(Error::fault(format!("{count} of {} rows were copied to {target}", self.count))),
            Err(sqlx::Error::Database(e)) if e.is_unique_violation() => {
                within.rollback().await?;
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}

impl Field for String {
    fn write(&self, text: &mut String) {
        for c in self.chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                other => text.push(other),
            }
        }
    }
}

impl Field for bool {
    fn write(&self, text: &mut String) {
        text.push(if *self { 't' } else { 'f' });
    }
}

macro_rules! plain {
    ($($kind:ty),+) => {$(
        impl Field for $kind {
            fn write(&self, text: &mut String) {
                write!(text, "{self}").ok();
            }
        }
    )+};
}
// Nothing of these has to be escaped.
plain!(i64, Uuid);

impl Field for Timestamp {
    fn write(&self, text: &mut String) {
        write!(text, "{self:.6}").ok();
    }
}

impl<const N: usize> Field for [u8; N] {
    fn write(&self, text: &mut String) {
        text.push_str("\\\\x");
        text.push_str(&hex::encode(self));
    }
}

impl Field for Vec<Uuid> {
    fn write(&self, text: &mut String) {
        let all: Vec<String> = self.iter().map(Uuid::to_string).collect();
        write!(text, "{{{}}}", all.join(",")).ok();
    }
}

impl<F: Field> Field for Option<F> {
    fn write(&self, text: &mut String) {
        match self {
            Some(field) => field.write(text),
            None => text.push_str("\\N"),
        }
    }
}
