//! Where the other services are, and the token to call them with.

use std::{collections::HashMap, time::Duration};

use huiying_proto::event::ErrorReason;
use hyper_util::rt::TokioIo;
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};

use crate::{
    error::{Error, Refusal, Sort},
    telemetry,
    tls::Trust,
};

/// The other services.
#[derive(Debug)]
pub struct Peers {
    channels: HashMap<String, Channel>,
    default: Option<Channel>,
    authorization: MetadataValue<Ascii>,
}

impl Peers {
    /// Peers by address: a default one, and others by service name.
    ///
    /// # Errors
    /// When an address or the token is malformed.
    pub fn new(default: Option<&str>, addresses: &HashMap<String, String>, token: &str, trust: &Trust) -> Result<Self, Error> {
        let connect = |address: &str| connect(address, trust);
        let channels = addresses.iter().map(|(name, address)| Ok((name.clone(), connect(address)?))).collect::<Result<_, Error>>()?;
        let authorization = format!("Bearer {token}").parse().map_err(Error::fault)?;
        Ok(Self { channels, default: default.map(connect).transpose()?, authorization })
    }

    /// The channel to a service; it connects when first used and again when cut.
    ///
    /// # Errors
    /// When no address is configured.
    pub fn channel(&self, service: &str) -> Result<Channel, Error> {
        self.channels.get(service).or(self.default.as_ref()).cloned().ok_or_else(|| Error::fault(format!("没有配置 {service} 服务的地址")))
    }

    /// Adds the token, and the trace that the call belongs to.
    ///
    /// # Errors
    /// Never, but keeps callers from forgetting that it may need a fresh token one day.
    pub fn authorize<M>(&self, message: M) -> Result<Request<M>, Error> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        telemetry::carry(&mut request);
        Ok(request)
    }
}

/// A lazily connected channel with keepalive, so that a dead peer is noticed; over TLS where the address says `https`.
///
/// # Errors
/// When the address is malformed, or asks for TLS and nobody is trusted.
pub fn connect(address: &str, trust: &Trust) -> Result<Channel, Error> {
    let invalid = |why: &str| Refusal::house(Sort::Invalid, ErrorReason::FieldsInvalid, format!("地址无效 {address}: {why}"));
    let secured = address.strip_prefix("https://");
    if secured.is_some() && !trust.is_some() {
        return Err(invalid("以 https 开头,但没有给出信任的证书颁发机构").into());
    }
    // The handshake is ours; to tonic it is a connection like any other.
    let written = secured.map_or_else(|| address.to_owned(), |rest| format!("http://{rest}"));
    let endpoint = Endpoint::from_shared(written)
        .map_err(|error| invalid(&error.to_string()))?
        .connect_timeout(Duration::from_secs(3))
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    if secured.is_none() {
        return Ok(endpoint.connect_lazy());
    }
    let trust = trust.clone();
    let shake = move |uri: http::Uri| {
        let trust = trust.clone();
        async move {
            let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
            trust.connect(host, uri.port_u16().unwrap_or(443)).await.map(TokioIo::new)
        }
    };
    Ok(endpoint.connect_with_connector_lazy(tower::service_fn(shake)))
}
