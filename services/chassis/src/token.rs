//! Tokens: signed JWTs that name a person or a service. Roles of persons are never in them: they come from the roster.

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use huiying_proto::directory::Role;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ctx::Actor;

const AUDIENCE: &str = "huiying";
/// Verified tokens remembered, so that a busy client is not verified a thousand times a second.
const REMEMBERED: usize = 4096;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    /// A person's id, or "service:<name>".
    sub: String,
    iat: i64,
    exp: i64,
    /// Roles of a service or platform; empty for persons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<String>,
}

/// Who a token names.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    pub actor: Actor,
    pub service_roles: Vec<Role>,
    pub(crate) expires: i64,
}

/// Signs tokens. Only the demo, the tests and `huiying token` have one; a county's identity provider signs its own.
#[derive(Clone)]
pub struct Issuer {
    name: String,
    key: EncodingKey,
    public_pem: String,
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Issuer({})", self.name)
    }
}

/// Why a key or token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The key is not an Ed25519 key in PEM.
    #[error("密钥不是 PEM 格式的 Ed25519 密钥: {0}")]
    Key(String),
    /// Signing failed.
    #[error("令牌签发失败: {0}")]
    Sign(String),
}

impl Issuer {
    /// An issuer with a key of its own.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn generate(name: &str) -> Result<Self, TokenError> {
        Self::from_key(name, &SigningKey::from_bytes(&rand::random()))
    }

    /// An issuer from a private key in PKCS #8 PEM.
    ///
    /// # Errors
    /// When the PEM holds no Ed25519 key.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, TokenError> {
        Self::from_key(name, &SigningKey::from_pkcs8_pem(pem).map_err(|e| TokenError::Key(e.to_string()))?)
    }

    fn from_key(name: &str, key: &SigningKey) -> Result<Self, TokenError> {
        let der = key.to_pkcs8_der().map_err(|e| TokenError::Key(e.to_string()))?;
        let public_pem = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|e| TokenError::Key(e.to_string()))?;
        Ok(Self { name: name.to_owned(), key: EncodingKey::from_ed_der(der.as_bytes()), public_pem })
    }

    /// The public key, in PEM.
    #[must_use]
    pub fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// A token for a person.
    ///
    /// # Errors
    /// When signing fails.
    pub fn person(&self, person: Uuid, now: Timestamp, seconds: i64) -> Result<String, TokenError> {
        self.sign(person.to_string(), Vec::new(), now, seconds)
    }

    /// A token for a service or a platform, with its roles.
    ///
    /// # Errors
    /// When signing fails.
    pub fn service(&self, name: &str, roles: &[Role], now: Timestamp, seconds: i64) -> Result<String, TokenError> {
        self.sign(format!("service:{name}"), roles.iter().map(|r| r.as_str_name().to_owned()).collect(), now, seconds)
    }

    fn sign(&self, sub: String, roles: Vec<String>, now: Timestamp, seconds: i64) -> Result<String, TokenError> {
        let iat = now.as_second();
        let claims = Claims { iss: self.name.clone(), aud: AUDIENCE.to_owned(), sub, iat, exp: iat + seconds, roles };
        jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &self.key).map_err(|e| TokenError::Sign(e.to_string()))
    }
}

/// A new Ed25519 key pair in PEM: private, public.
///
/// # Errors
/// When the key cannot be encoded.
pub fn generate_keys() -> Result<(String, String), TokenError> {
    let key = SigningKey::from_bytes(&rand::random());
    let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| TokenError::Key(e.to_string()))?;
    let public = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|e| TokenError::Key(e.to_string()))?;
    Ok((private.to_string(), public))
}

/// Writes a secret that only its owner may read; never over one that is there.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn write_private(path: &std::path::Path, secret: &str) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?.write_all(secret.as_bytes())
}

/// Verifies tokens of known issuers.
pub struct Verifier {
    issuers: Vec<(String, DecodingKey)>,
    remembered: RwLock<HashMap<[u8; 32], Arc<Bearer>>>,
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.issuers.iter().map(|(name, _)| name)).finish()
    }
}

impl Verifier {
    /// Trusts some issuers: name and public key in PEM.
    ///
    /// # Errors
    /// When a PEM holds no Ed25519 public key.
    pub fn new(issuers: &[(String, String)]) -> Result<Self, TokenError> {
        let issuers = issuers
            .iter()
            .map(|(name, pem)| {
                DecodingKey::from_ed_pem(pem.as_bytes()).map(|key| (name.clone(), key)).map_err(|e| TokenError::Key(e.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { issuers, remembered: RwLock::new(HashMap::new()) })
    }

    /// Whether a token holds now.
    #[must_use]
    pub fn accepts(&self, token: &str, now: Timestamp) -> bool {
        self.verify(token, now).is_some()
    }

    /// Who a token names, if it holds now.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Arc<Bearer>> {
        let digest: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let known = self.remembered.read().ok()?.get(&digest).cloned();
        let bearer = match known {
            Some(bearer) => bearer,
            None => {
                let bearer = Arc::new(self.decode(token, now)?);
                let mut remembered = self.remembered.write().ok()?;
                if remembered.len() >= REMEMBERED {
                    remembered.clear();
                }
                remembered.insert(digest, bearer.clone());
                bearer
            }
        };
        (now.as_second() < bearer.expires).then_some(bearer)
    }

    fn decode(&self, token: &str, now: Timestamp) -> Option<Bearer> {
        let issuer = unverified_issuer(token)?;
        let (_, key) = self.issuers.iter().find(|(name, _)| *name == issuer)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&issuer]);
        // Expiry is judged by the service's clock, which may be held still.
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims;
        if claims.exp <= now.as_second() || claims.iat > now.as_second() + 300 {
            return None;
        }
        let (actor, service_roles) = match claims.sub.strip_prefix("service:") {
            Some(name) => (Actor::Service(name.to_owned()), claims.roles.iter().filter_map(|r| Role::from_str_name(r)).collect()),
            None => (Actor::Person(Uuid::try_parse(&claims.sub).ok()?), Vec::new()),
        };
        Some(Bearer { actor, service_roles, expires: claims.exp })
    }
}

/// Only chooses the key; nothing is believed before the signature is checked with it.
fn unverified_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issued {
        iss: String,
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Issued>(&payload).ok().map(|i| i.iss)
}
