//! What is published, kept byte for byte: a title and a body.

use sha2::{Digest, Sha256};

/// Texts that one page of a list carries at the most, in bytes: a gRPC client refuses a message of more than 4 MiB.
const PAGE_BYTES: usize = 3 << 20;

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

    fn bytes(&self) -> usize {
        self.title.len() + self.body.len()
    }
}

/// How many of some rows fit into one page: always one.
pub(crate) fn fitting<T>(rows: &[T], text: impl Fn(&T) -> &Text) -> usize {
    let mut bytes = 0;
    let fit = rows.iter().take_while(|row| {
        bytes += text(row).bytes();
        bytes <= PAGE_BYTES
    });
    fit.count().max(1)
}
