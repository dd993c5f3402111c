//! Mutual TLS between the services and the edge: certificate, key and authority are files, and files that were replaced are taken
//! up without a restart.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde::Deserialize;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream as Outgoing,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
        server::WebPkiClientVerifier,
    },
    server::TlsStream as Incoming,
};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::{
    clock::{Clock, in_words},
    error::Error,
};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How long a peer may take to shake hands.
const PATIENCE: Duration = Duration::from_secs(5);
/// Handshakes that wait to be served.
const WAITING: usize = 64;
const HTTP2: &[u8] = b"h2";
const HTTP1: &[u8] = b"http/1.1";

/// Where certificate, key and authority stand, in PEM.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The own certificate, then those that lead to the authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// Whose certificates are trusted, in either direction.
    pub authority: PathBuf,
}

struct Loaded {
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    /// Until when the own certificate holds.
    until: Timestamp,
    /// When each file was last written, as it was read.
    written: [Option<SystemTime>; 3],
}

/// Certificate, key and authority of this process.
pub struct Tls {
    files: TlsFiles,
    loaded: ArcSwap<Loaded>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls({:?})", self.files)
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When one cannot be read or does not hold what it should; the message names it.
    pub fn load(files: TlsFiles) -> Result<Arc<Self>, Error> {
        let loaded = ArcSwap::from_pointee(Loaded::read(&files)?);
        Ok(Arc::new(Self { files, loaded }))
    }

    /// Whether the own certificate still holds.
    ///
    /// # Errors
    /// When it has ended; the message says when.
    pub fn check(&self) -> Result<(), Error> {
        let until = self.loaded.load().until;
        if until > Clock::system().now() {
            return Ok(());
        }
        Err(unusable(&self.files.certificate, &format!("已于 {} 到期,请运行 huiying certs 重新签发", in_words(until))))
    }

    /// Takes up files that were replaced, until told to stop. What does not hold is named in the log, and what held stays.
    pub(crate) async fn follow(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            if written(&self.files) == self.loaded.load().written {
                continue;
            }
            match Loaded::read(&self.files) {
                Ok(loaded) => {
                    self.loaded.store(Arc::new(loaded));
                    tracing::info!(certificate = %self.files.certificate.display(), "new certificate taken up");
                }
                Err(error) => tracing::error!(%error, "new certificate not taken up; the one before stays"),
            }
        }
    }

    /// Connections that shook hands; a slow or wrong peer keeps no other back.
    pub(crate) fn accept(
        self: Arc<Self>,
        listener: TcpListener,
        stop: CancellationToken,
    ) -> ReceiverStream<std::io::Result<Incoming<TcpStream>>> {
        let (sender, connections) = tokio::sync::mpsc::channel(WAITING);
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                let (stream, peer) = match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of descriptors, most likely: others may close theirs.
                        tracing::warn!(%error, "connection not accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let (acceptor, sender) = (TlsAcceptor::from(self.loaded.load().server.clone()), sender.clone());
                tokio::spawn(async move {
                    let shaken = stream.set_nodelay(true).map(|()| tokio::time::timeout(PATIENCE, acceptor.accept(stream)));
                    match shaken {
                        Ok(shaking) => match shaking.await {
                            Ok(Ok(stream)) => drop(sender.send(Ok(stream)).await),
                            // A probe of the port, most likely: it says nothing.
                            Ok(Err(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                                tracing::debug!(%peer, %error, "connection went away")
                            }
                            Ok(Err(error)) => tracing::warn!(%peer, %error, "TLS handshake refused"),
                            Err(_) => tracing::warn!(%peer, "TLS handshake took too long"),
                        },
                        Err(error) => tracing::debug!(%peer, %error, "connection went away"),
                    }
                });
            }
        });
        ReceiverStream::new(connections)
    }

    /// For how many days the own certificate still holds.
    pub(crate) fn days_left(&self, now: Timestamp) -> f64 {
        self.loaded.load().until.duration_since(now).as_secs_f64() / 86_400.0
    }

    fn client(&self) -> Arc<ClientConfig> {
        self.loaded.load().client.clone()
    }
}

/// Whom a caller trusts, and as whom it calls.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Nobody: only addresses without TLS can be called.
    #[default]
    Plain,
    /// The house: mutual TLS.
    House(Arc<Tls>),
    /// An authority's certificates alone.
    Authority(Arc<ClientConfig>),
}

impl Trust {
    /// Trusts the certificates of an authority, given as a PEM file.
    ///
    /// # Errors
    /// When it cannot be read or holds none.
    pub fn authority(file: &Path) -> Result<Self, Error> {
        let config = ClientConfig::builder().with_root_certificates(roots(file)?).with_no_client_auth();
        Ok(Self::Authority(Arc::new(with_http2(config))))
    }

    /// Whether addresses with TLS can be called.
    pub(crate) fn is_some(&self) -> bool {
        !matches!(self, Self::Plain)
    }

    /// Connects to `host:port` and shakes hands.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> std::io::Result<Outgoing<TcpStream>> {
        let config = match self {
            Self::Plain => return Err(std::io::Error::other("没有配置证书颁发机构")),
            Self::House(tls) => tls.client(),
            Self::Authority(config) => config.clone(),
        };
        let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        match tokio::time::timeout(PATIENCE, TlsConnector::from(config).connect(name, stream)).await {
            Ok(shaken) => shaken.inspect_err(|error| tracing::warn!(host, port, %error, "TLS handshake refused")),
            Err(_) => Err(std::io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Loaded {
    fn read(files: &TlsFiles) -> Result<Self, Error> {
        // Read before the files are: what is written while they are read is seen at the next look.
        let written = written(files);
        let authority = Arc::new(roots(&files.authority)?);
        let certificates = certificates(&files.certificate)?;
        let until = until(&files.certificate, certificates.first())?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| unusable(&files.key, &error))?;
        let verifier = WebPkiClientVerifier::builder(authority.clone()).build().map_err(|error| unusable(&files.authority, &error))?;
        let mut server = ServerConfig::builder()
            .with_client_cert_verifier(verifier)
            .with_single_cert(certificates.clone(), key.clone_key())
            .map_err(|error| unusable(&files.certificate, &error))?;
        server.alpn_protocols = vec![HTTP2.to_vec(), HTTP1.to_vec()];
        let client = ClientConfig::builder()
            .with_root_certificates(authority)
            .with_client_auth_cert(certificates, key)
            .map_err(|error| unusable(&files.certificate, &error))?;
        Ok(Self { server: Arc::new(server), client: Arc::new(with_http2(client)), until, written })
    }
}

fn with_http2(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![HTTP2.to_vec()];
    config
}

fn written(files: &TlsFiles) -> [Option<SystemTime>; 3] {
    [&files.certificate, &files.key, &files.authority].map(|file| std::fs::metadata(file).and_then(|known| known.modified()).ok())
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) => Err(unusable(file, &"其中没有证书")),
        Err(error) => Err(unusable(file, &error)),
    }
}

/// Until when the first of a file's certificates holds.
fn until(file: &Path, first: Option<&CertificateDer<'_>>) -> Result<Timestamp, Error> {
    let parsed = X509Certificate::from_der(first.map(|der| der.as_ref()).unwrap_or_default());
    let (_, certificate) = parsed.map_err(|error| unusable(file, &error))?;
    Timestamp::from_second(certificate.validity().not_after.timestamp()).map_err(|error| unusable(file, &error))
}

fn roots(file: &Path) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| unusable(file, &error))?;
    }
    Ok(roots)
}

fn unusable(file: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::fault(format!("证书文件 {} 不可用: {error}", file.display()))
}
