//! The configuration of `huiying serve`: flags over environment over one TOML file.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use chassis::{
    config::{self, Secret},
    tls::TlsFiles,
};
use serde::Deserialize;

use crate::Failure;

/// Everything that can be configured. Unknown keys are refused.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen, such as "0.0.0.0:7700".
    #[serde(default = "default_listen")]
    pub listen: String,
    /// The office.
    #[serde(default)]
    pub office: Office,
    /// The store.
    pub database: Database,
    /// Who is trusted to say who calls.
    pub identity: Identity,
    /// The written rule.
    pub regulation: RuleFiles,
    /// Where the other services are: name → address; "default" for all others.
    #[serde(default)]
    pub peers: HashMap<String, String>,
    /// The superior platform that escalated reports go to.
    pub superior: Option<Superior>,
    /// What papers are made with.
    #[serde(default)]
    pub papers: Papers,
    /// What intake may ask of the outside: feeds, mailboxes, and where their secrets lie.
    #[serde(default)]
    pub sources: intake::OutsideOptions,
    /// Mutual TLS: what this process shows and whom it trusts; "{service}" in a path stands for the service's name. Without it
    /// there is no TLS.
    pub tls: Option<TlsFiles>,
    /// Keys.
    pub keys: Keys,
    /// Logs and traces.
    #[serde(default)]
    pub log: Log,
    /// For how many seconds calls are still taken after the signal to stop, until whatever sends them has noticed.
    #[serde(default)]
    pub drain_seconds: u64,
    /// A file that holds the time; for tests alone.
    pub clock_file: Option<PathBuf>,
}

/// The office.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Office {
    /// Its name, as the superior and the public see it.
    pub name: String,
    /// The public address of its releases.
    pub site_url: String,
}

impl Default for Office {
    fn default() -> Self {
        Self { name: "县政府办公室".to_owned(), site_url: "http://127.0.0.1:7700".to_owned() }
    }
}

/// The store.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// Connection URL; "{service}" stands for the service's name.
    pub url: Secret,
    /// Connections a service at the most.
    #[serde(default = "default_connections")]
    pub connections: u32,
}

/// Who is trusted to say who calls.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Issuers of tokens.
    pub issuers: Vec<Issuer>,
    /// The token with which these services call the others.
    pub service_token: Secret,
}

/// An issuer of tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Its name, as in the token's `iss`.
    pub name: String,
    /// Its Ed25519 public key in PEM.
    pub public_key: Secret,
}

/// The written rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFiles {
    /// The county's rule.
    pub base: PathBuf,
    /// Rules that bind beside it.
    #[serde(default)]
    pub overlays: Vec<PathBuf>,
    /// Calendars.
    #[serde(default)]
    pub calendars: Vec<PathBuf>,
    /// Versions that take effect later, each on the day that its base file names. A version stays here for as long as clocks that
    /// it made are open.
    #[serde(default)]
    pub later: Vec<RuleFiles>,
}

impl RuleFiles {
    /// Those of a configuration file, whose other keys, secrets among them, are not looked at.
    ///
    /// # Errors
    /// When the file cannot be read, or names no rule.
    pub fn of_config(path: &Path) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Written {
            regulation: RuleFiles,
        }
        Ok(config::load::<Written>(Some(path), "HUIYING", &[])?.regulation)
    }
}

/// The superior platform.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Superior {
    /// Its address.
    pub url: String,
    /// The authority of its certificate, in PEM; needed where the address says `https`.
    pub authority: Option<PathBuf>,
    /// The token that it gave us.
    pub token: Secret,
}

/// What papers (公文) are made with, besides the office's name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Papers {
    /// A font file with Chinese characters, for the text in charts, such as that of fonts-wqy-microhei or fonts-noto-cjk. Without it
    /// papers have no charts, and say so.
    pub font: Option<PathBuf>,
    /// The program that makes PDF of DOCX, and its arguments: "{file}" is the DOCX, "{folder}" takes the PDF. Such as
    /// ["soffice", "--headless", "--convert-to", "pdf", "--outdir", "{folder}", "{file}"]. Without it papers are DOCX alone.
    pub converter: Vec<String>,
    /// How long it may take; less than the 30 seconds of a call.
    pub converter_seconds: u64,
}

impl Default for Papers {
    fn default() -> Self {
        Self { font: None, converter: Vec::new(), converter_seconds: 25 }
    }
}

/// Keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// 64 hex digits: the key of the digests that tell letter-writers apart.
    pub writer: Secret,
    /// Ed25519 private key in PEM that signs checkpoints.
    pub checkpoint: Option<Secret>,
}

/// Logs and traces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Level, such as "info" or "info,sqlx=warn".
    pub level: String,
    /// JSON instead of lines for people.
    pub json: bool,
    /// OTLP address for traces.
    pub otlp: Option<String>,
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".to_owned(), json: false, otlp: None }
    }
}

fn default_listen() -> String {
    "127.0.0.1:7700".to_owned()
}

const fn default_connections() -> u32 {
    10
}
