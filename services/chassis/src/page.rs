//! Pages by opaque token (AIP-158): the key of the last row, never an offset.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{error::Error, fields::Fields};

/// What one answer carries at the most, in bytes: a gRPC client refuses a message of more than 4 MiB.
const ANSWER_BYTES: usize = 3 << 20;

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
            let key = read_token(token);
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

    /// The token of a page that begins after a key.
    pub fn token(&self, key: &K) -> String {
        write_token(key)
    }

    /// The messages of the page, and the token of the next: the last row's key, empty on the last page. A page ends early
    /// where its messages would outgrow one answer, but holds one at least.
    pub fn answer<T, M: Message>(&self, rows: &[T], key: impl Fn(&T) -> K, to_wire: impl Fn(&T) -> M) -> (Vec<M>, String) {
        let (mut messages, mut bytes) = (Vec::new(), 0);
        for row in rows.iter().take(self.size) {
            let message = to_wire(row);
            bytes += message.encoded_len();
            if bytes > ANSWER_BYTES && !messages.is_empty() {
                break;
            }
            messages.push(message);
        }
        let last = if messages.len() < rows.len() { messages.len().checked_sub(1).and_then(|last| rows.get(last)) } else { None };
        (messages, last.map(|row| write_token(&key(row))).unwrap_or_default())
    }
}

/// A key as an opaque token.
pub(crate) fn write_token<K: Serialize>(key: &K) -> String {
    serde_json::to_vec(key).map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default()
}

/// The key of a token; nothing when we did not make it.
pub(crate) fn read_token<K: DeserializeOwned>(token: &str) -> Option<K> {
    URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
}
