//! Pages by opaque token (AIP-158): the key of the last row, never an offset.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::Error, fields::Fields};

/// A page asked for: its size, and the key after which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<K> {
    /// 1 to 1,000.
    pub size: usize,
    /// The last key of the page before.
    pub after: Option<K>,
}

impl<K: Serialize + DeserializeOwned> Page<K> {
    /// Parses `page_size` and `page_token`.
    ///
    /// # Errors
    /// INVALID_ARGUMENT on a size below 0 or above 1,000, or a token that we did not make.
    pub fn parse(size: i32, token: &str) -> Result<Self, Error> {
        let mut fields = Fields::new();
        let size = match size {
            0 => 100,
            1..=1000 => usize::try_from(size).unwrap_or(100),
            _ => {
                fields.wrong("page_size", "应为 0 至 1000");
                0
            }
        };
        let after = if token.is_empty() {
            None
        } else {
            let key = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if key.is_none() {
                fields.wrong("page_token", "不是有效的分页标记");
            }
            key
        };
        fields.check()?;
        Ok(Self { size, after })
    }

    /// How many rows to ask the store for: one more than the page, to see whether another follows.
    #[must_use]
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size).unwrap_or(1000) + 1
    }

    /// Cuts the extra row off and makes the next token from the last row's key; empty on the last page.
    pub fn cut<T>(&self, rows: &mut Vec<T>, key: impl Fn(&T) -> K) -> String {
        if rows.len() <= self.size {
            return String::new();
        }
        rows.truncate(self.size);
        rows.last().and_then(|row| serde_json::to_vec(&key(row)).ok()).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
    }
}
