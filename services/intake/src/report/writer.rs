//! The keyed digest that tells letter-writers apart. Without the key it tells nothing, and it is never shown.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The key of the digests.
#[derive(Clone)]
pub struct WriterKey([u8; 32]);

impl std::fmt::Debug for WriterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WriterKey(***)")
    }
}

impl WriterKey {
    /// A key of 32 secret bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The digest of a sender's code; none when the code is empty.
    pub(crate) fn digest(&self, sender: &str) -> Option<[u8; 32]> {
        let sender = sender.trim();
        if sender.is_empty() {
            return None;
        }
        // HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(sender.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }
}

#[cfg(test)]
mod tests {
    use super::WriterKey;

    #[test]
    fn one_writer_has_one_digest_under_one_key_and_another_under_another() {
        let (one, other) = (WriterKey::new([1; 32]), WriterKey::new([2; 32]));
        assert_eq!(one.digest("S1"), one.digest(" S1 "));
        assert_ne!(one.digest("S1"), one.digest("S2"));
        assert_ne!(one.digest("S1"), other.digest("S1"));
        assert_eq!(one.digest(""), None);
        assert!(!format!("{one:?}").contains('1'));
    }
}
