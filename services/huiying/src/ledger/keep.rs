//! Signed checkpoints kept outside the store, and ledgers held against them: what a restore lost is named, not guessed.

use std::path::{Path, PathBuf};

use chassis::{
    ledger::{CheckpointKey, Flaw, LedgerVerifier, read_note},
    tls::Trust,
};
use huiying_proto::event::{Checkpoint, GetCheckpointRequest, StreamEventsRequest};

use crate::{
    Failure,
    client::{Addresses, Client, Protocol},
    compose::{SERVICES, house_tls},
    config::Config,
};

/// Where checkpoints are kept, whose they are, and the way to the services.
pub struct Keeper {
    client: Client,
    key: CheckpointKey,
    folder: PathBuf,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keeper({})", self.folder.display())
    }
}

impl Keeper {
    /// Calls the configured services as the operator.
    ///
    /// # Errors
    /// When the configuration has no key for checkpoints, or a certificate cannot be read.
    pub fn new(config: Config, folder: &Path) -> Result<Self, Failure> {
        let key = config.keys.checkpoint.as_ref().ok_or_else(|| Failure::new("配置缺少 keys.checkpoint: 无法核对检查点的签名"))?;
        let key = CheckpointKey::from_pem(&config.office.name, key.expose())?;
        let trust = house_tls(config.tls, &["operator"])?.map_or(Trust::Plain, Trust::House);
        let addresses = Addresses::each(config.peers).trusting(trust);
        let client = Client::new(&addresses, config.identity.service_token.expose(), Protocol::Grpc)?;
        std::fs::create_dir_all(folder)?;
        Ok(Self { client, key, folder: folder.to_owned() })
    }

    fn file(&self, service: &str) -> PathBuf {
        self.folder.join(format!("{service}.checkpoint"))
    }

    /// The checkpoint kept of a service; none where none was kept yet.
    fn kept(&self, service: &str) -> Result<Option<Checkpoint>, Failure> {
        let file = self.file(service);
        let note = match std::fs::read_to_string(&file) {
            Ok(note) => note,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure(format!("读不到 {}: {error}", file.display()))),
        };
        let (size, root) = read_note(&note, &self.key.public()).ok_or_else(|| Failure(format!("{} 的签名不符", file.display())))?;
        Ok(Some(Checkpoint { size: i64::try_from(size).map_err(Failure::new)?, root_hash: root.to_vec(), note }))
    }

    /// Keeps the present checkpoint of every service; one that says less than the kept one is not taken.
    ///
    /// # Errors
    /// A line for every service whose checkpoint was not kept; the others' were.
    pub async fn keep(&self) -> Result<(), Failure> {
        let mut failures = Vec::new();
        for (service, ..) in SERVICES {
            if let Err(failure) = self.keep_one(service).await {
                failures.push(format!("{service}: {failure}"));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(Failure(failures.join("\n"))) }
    }

    async fn keep_one(&self, service: &str) -> Result<(), Failure> {
        let kept = self.kept(service)?;
        let request = GetCheckpointRequest { service_name: service.to_owned() };
        let now = self.client.feed(service)?.get_checkpoint(request).await?.into_inner().checkpoint.unwrap_or_default();
        if read_note(&now.note, &self.key.public()).is_none() {
            return Err(Failure::new("检查点的签名不符"));
        }
        if let Some(kept) = kept.filter(|kept| kept.size > now.size) {
            return Err(Failure(format!(
                "账本有 {} 条,少于所存检查点的 {} 条;所存的未被替换。请运行 huiying ledger check 查明所缺",
                now.size, kept.size
            )));
        }
        let new = self.file(service).with_extension("new");
        std::fs::write(&new, &now.note)?;
        Ok(std::fs::rename(&new, self.file(service))?)
    }

    /// Verifies every service's ledger, entry by entry, against its kept checkpoint: a line each.
    ///
    /// # Errors
    /// The lines, when one of them says that something is missing or was altered.
    pub async fn check(&self) -> Result<String, Failure> {
        let (mut lines, mut whole) = (Vec::new(), true);
        for (service, ..) in SERVICES {
            let line = match self.check_one(service).await {
                Ok(line) => line,
                Err(failure) => {
                    whole = false;
                    failure.to_string()
                }
            };
            lines.push(format!("{service}: {line}"));
        }
        if whole { Ok(lines.join("\n")) } else { Err(Failure(lines.join("\n"))) }
    }

    async fn check_one(&self, service: &str) -> Result<String, Failure> {
        let kept = self.kept(service)?;
        let mut verifier = LedgerVerifier::new(kept.as_ref());
        let request = StreamEventsRequest { service_name: service.to_owned(), after_position: 0, follow: false };
        let mut stream = self.client.feed(service)?.stream_events(request).await?.into_inner();
        while let Some(message) = stream.message().await? {
            for record in &message.records {
                verifier.push(record).map_err(Failure::new)?;
            }
        }
        let size = verifier.size();
        let Some(kept) = kept else { return Ok(format!("{size} 条,完整;没有存过检查点")) };
        match verifier.finish(&kept) {
            Ok(()) => Ok(format!("{size} 条,完整,与所存检查点(第 {} 条)一致", kept.size)),
            Err(Flaw::Short { checkpoint, found }) => Err(Failure(format!(
                "{found} 条,本身完整,但所存检查点签了 {checkpoint} 条: 缺第 {} 至 {checkpoint} 条,共 {} 条",
                found + 1,
                checkpoint - found
            ))),
            Err(flaw) => Err(Failure::new(flaw)),
        }
    }
}
