//! Checkpoints: C2SP tlog-checkpoint as a signed note, which others can hold against us.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey, pkcs8::DecodePrivateKey};
use sha2::{Digest, Sha256};

use super::merkle::{Frontier, Hash};

/// Signs checkpoints.
#[derive(Clone)]
pub struct CheckpointKey {
    office: String,
    key: SigningKey,
}

impl std::fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckpointKey({})", self.office)
    }
}

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("检查点签名密钥不是 PEM 格式的 Ed25519 私钥: {0}")]
pub struct CheckpointKeyError(String);

impl CheckpointKey {
    /// A new key for an office.
    #[must_use]
    pub fn generate(office: &str) -> Self {
        Self { office: office.to_owned(), key: SigningKey::from_bytes(&rand::random()) }
    }

    /// A key from PKCS #8 PEM.
    ///
    /// # Errors
    /// When the PEM holds no Ed25519 key.
    pub fn from_pem(office: &str, pem: &str) -> Result<Self, CheckpointKeyError> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|e| CheckpointKeyError(e.to_string()))?;
        Ok(Self { office: office.to_owned(), key })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// The signed note of a ledger at a size.
    #[must_use]
    pub fn note(&self, service: &str, tree: &Frontier) -> String {
        let origin = format!("huiying/{}/{service}", self.office);
        let body = format!("{origin}\n{}\n{}\n", tree.size(), STANDARD.encode(tree.root()));
        let mut signed = key_id(&origin, &self.public()).to_vec();
        signed.extend_from_slice(&self.key.sign(body.as_bytes()).to_bytes());
        format!("{body}\n— {origin} {}\n", STANDARD.encode(signed))
    }
}

fn key_id(name: &str, key: &VerifyingKey) -> [u8; 4] {
    let digest = Sha256::new().chain_update(name).chain_update(b"\n\x01").chain_update(key.as_bytes()).finalize();
    let mut id = [0; 4];
    id.copy_from_slice(&digest[..4]);
    id
}

/// Reads a note and checks its signature: size and root, or nothing when it does not hold.
#[must_use]
pub fn read_note(note: &str, key: &VerifyingKey) -> Option<(u64, Hash)> {
    let (body, signature) = note.split_once("\n\n")?;
    let body = format!("{body}\n");
    let mut lines = body.lines();
    let origin = lines.next()?;
    let size = lines.next()?.parse().ok()?;
    let root: Hash = STANDARD.decode(lines.next()?).ok()?.try_into().ok()?;
    let signed = STANDARD.decode(signature.strip_prefix("— ")?.strip_prefix(origin)?.trim()).ok()?;
    let (id, signature) = signed.split_at_checked(4)?;
    if id != key_id(origin, key) {
        return None;
    }
    key.verify(body.as_bytes(), &Signature::from_slice(signature).ok()?).ok()?;
    Some((size, root))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_holds_only_as_it_was_signed() {
        let key = CheckpointKey::generate("toksun");
        let mut tree = Frontier::default();
        tree.push(super::super::leaf_hash(b"one"));
        let note = key.note("intake", &tree);
        assert_eq!(read_note(&note, &key.public()), Some((1, tree.root())));
        assert_eq!(read_note(&note.replace("\n1\n", "\n2\n"), &key.public()), None);
        assert_eq!(read_note(&note, &CheckpointKey::generate("toksun").public()), None);
    }
}
