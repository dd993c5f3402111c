//! The outside as the operator configures it: which private hosts may be asked, whose certificates are trusted, where secrets lie.

use std::{
    collections::HashSet,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chassis::{Error, config::Secret};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

use super::address::is_public;

/// How long somebody may take to pick up.
const PATIENCE: Duration = Duration::from_secs(5);
/// No secret is longer.
const LARGEST_SECRET: u64 = 4096;

/// What the operator says of the outside.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutsideOptions {
    /// The folder in which the secrets of sources lie, one a file.
    pub secrets: Option<PathBuf>,
    /// Hosts that may be asked although they lie in a private network, or on this machine.
    pub private_hosts: Vec<String>,
    /// Certificates of an authority that is trusted beside the public ones, in PEM.
    pub authority: Option<PathBuf>,
}

/// The way to the outside.
#[derive(Clone, Debug)]
pub struct Outside {
    secrets: Option<PathBuf>,
    private_hosts: Arc<HashSet<String>>,
    tls: Arc<ClientConfig>,
}

impl Outside {
    /// As the operator configures it.
    ///
    /// # Errors
    /// When the authority's file cannot be read, or holds no certificate.
    pub fn new(options: &OutsideOptions) -> Result<Self, Error> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(file) = &options.authority {
            let unusable = |error: &dyn std::fmt::Display| Error::fault(format!("证书文件 {} 不可用: {error}", file.display()));
            for certificate in CertificateDer::pem_file_iter(file).map_err(|error| unusable(&error))? {
                roots.add(certificate.map_err(|error| unusable(&error))?).map_err(|error| unusable(&error))?;
            }
        }
        let tls = Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth());
        let private_hosts = options.private_hosts.iter().map(|host| host.trim_end_matches('.').to_lowercase()).collect();
        Ok(Self { secrets: options.secrets.clone(), private_hosts: Arc::new(private_hosts), tls })
    }

    /// Whether the operator allows a host although it is private.
    pub(crate) fn allows(&self, host: &str) -> bool {
        self.private_hosts.contains(host)
    }

    /// Connects to a host, at an address that was looked at: a name that leads to a private network leads nowhere. What is
    /// connected to is the very address that was looked at, so that a name cannot change its mind in between.
    ///
    /// # Errors
    /// In words.
    pub(crate) async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, String> {
        let found = tokio::time::timeout(PATIENCE, lookup_host((host, port))).await;
        let found: Vec<SocketAddr> = match found {
            Ok(Ok(found)) => found.collect(),
            Ok(Err(_)) | Err(_) => return Err(format!("域名 {host} 解析不出")),
        };
        let may: Vec<SocketAddr> = found.iter().copied().filter(|address| self.allows(host) || is_public(address.ip())).collect();
        if may.is_empty() {
            return Err(match found.first() {
                Some(address) => format!("{host} 在内部网络({}),未经运维允许不得访问", address.ip()),
                None => format!("域名 {host} 解析不出"),
            });
        }
        for address in may {
            if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await {
                return Ok(stream);
            }
        }
        Err(format!("连不上 {host}:{port}"))
    }

    /// The same, with TLS.
    ///
    /// # Errors
    /// In words.
    pub(crate) async fn connect_tls(&self, host: &str, port: u16) -> Result<TlsStream<TcpStream>, String> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} 不能用作证书名称"))?;
        let stream = self.connect(host, port).await?;
        let shaken = tokio::time::timeout(PATIENCE, TlsConnector::from(self.tls.clone()).connect(name, stream)).await;
        shaken.map_err(|_| format!("{host} 的 TLS 握手超时"))?.map_err(|error| format!("{host} 的证书或 TLS 不被接受({error})"))
    }

    /// A secret by its file's name.
    ///
    /// # Errors
    /// In words, which do not hold the secret.
    pub(crate) async fn secret(&self, name: &str) -> Result<Secret, String> {
        let folder = self.secrets.as_deref().ok_or("未配置密钥目录(sources.secrets)")?;
        let file = folder.join(Path::new(name).file_name().ok_or("密钥文件名无效")?);
        let read = async {
            if tokio::fs::metadata(&file).await?.len() > LARGEST_SECRET {
                return Err(io::Error::other("文件过大"));
            }
            tokio::fs::read_to_string(&file).await
        };
        match read.await {
            Ok(text) if !text.trim().is_empty() => Ok(Secret::new(text.trim())),
            Ok(_) => Err(format!("密钥文件 {name} 是空的")),
            Err(error) => Err(format!("读不到密钥文件 {name}({})", error.kind())),
        }
    }
}
