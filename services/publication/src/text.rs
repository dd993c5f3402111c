//! What is published, kept byte for byte: a title and a body.

use sha2::{Digest, Sha256};

/// A title and a body, exactly as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub title: String,
    pub body: String,
}

impl Text {
    /// Hex SHA-256 over title, a line feed, and body. A title is one line, so that no two texts have the same bytes.
    pub fn sha256(&self) -> String {
        hex::encode(Sha256::new().chain_update(&self.title).chain_update("\n").chain_update(&self.body).finalize())
    }
}
