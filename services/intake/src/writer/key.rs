//! The key of letter-writers: it makes the digests that tell them apart, and it seals who they are.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, AeadCore, OsRng, Payload},
};
use chassis::Error;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::{Identity, Sealed};

/// A nonce has so many bytes; it stands before what it sealed.
const NONCE: usize = 24;

/// The key of letter-writers. The digest alone tells nothing, and it is never shown.
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
        (!sender.is_empty()).then(|| self.mac(sender.as_bytes()))
    }

    /// Seals who wrote a letter; nothing when nothing is known of them.
    pub(crate) fn seal(&self, writer: &Identity) -> Result<Option<Sealed>, Error> {
        let Some(digest) = self.digest(&writer.known_by()) else { return Ok(None) };
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let said = serde_json::to_vec(writer).map_err(Error::fault)?;
        let sealed = self.cipher().encrypt(&nonce, Payload { msg: &said, aad: &digest });
        let sealed = sealed.map_err(|_| Error::fault("a writer cannot be sealed"))?;
        Ok(Some(Sealed { digest, seal: [&nonce[..], &sealed].concat() }))
    }

    /// Opens what was sealed, of the writer whose digest is kept beside it.
    pub(crate) fn open(&self, sealed: &Sealed) -> Result<Identity, Error> {
        let wrong = || Error::fault("a writer's seal does not open: another key, or a row that was changed");
        let (nonce, said) = sealed.seal.split_first_chunk::<NONCE>().ok_or_else(wrong)?;
        let payload = Payload { msg: said, aad: &sealed.digest };
        let said = self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| wrong())?;
        serde_json::from_slice(&said).map_err(Error::fault)
    }

    /// Under a key of its own, so that no digest tells of the seal's key.
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.mac(b"huiying: the seal of a letter-writer").into())
    }

    fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        // As HMAC fills a key up to its block.
        let mut key = [0; 64];
        key[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&key.into());
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn one_writer_has_one_digest_under_one_key_and_another_under_another() {
        let (one, other) = (WriterKey::new([1; 32]), WriterKey::new([2; 32]));
        assert_eq!(one.digest("S1"), one.digest(" S1 "));
        assert_ne!(one.digest("S1"), one.digest("S2"));
        assert_ne!(one.digest("S1"), other.digest("S1"));
        assert_eq!(one.digest(""), None);
        assert!(!format!("{one:?}").contains('1'));
    }

    #[test]
    fn what_is_sealed_opens_under_its_key_alone_and_for_its_writer_alone() {
        let (one, other) = (WriterKey::new([1; 32]), WriterKey::new([2; 32]));
        let writer = Identity { name: "张某".into(), contact: "138 1234 5678".into() };
        let sealed = one.seal(&writer).unwrap().unwrap();
        assert_eq!(one.open(&sealed).unwrap(), writer);
        assert_eq!(Some(sealed.digest), one.digest("13812345678"));
        assert_ne!(one.seal(&writer).unwrap().unwrap().seal, sealed.seal, "no two seals are alike");
        assert!(!sealed.seal.windows(6).any(|part| part == "张某".as_bytes()));
        assert!(other.open(&sealed).is_err());
        assert!(one.open(&Sealed { digest: [0; 32], ..sealed.clone() }).is_err());
        assert!(one.open(&Sealed { seal: sealed.seal[..10].to_vec(), ..sealed }).is_err());
        assert_eq!(one.seal(&Identity::default()).unwrap(), None);
    }
}
