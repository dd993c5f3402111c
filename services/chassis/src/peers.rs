//! Where the other services are, and the token to call them with.

use std::{collections::HashMap, time::Duration};

use huiying_proto::event::ErrorReason;
use tonic::{
    Request,
    metadata::{Ascii, MetadataValue},
    transport::{Channel, Endpoint},
};

use crate::error::{Error, Refusal, Sort};

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
    pub fn new(default: Option<&str>, addresses: &HashMap<String, String>, token: &str) -> Result<Self, Error> {
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

    /// Adds the token.
    ///
    /// # Errors
    /// Never, but keeps callers from forgetting that it may need a fresh token one day.
    pub fn authorize<M>(&self, message: M) -> Result<Request<M>, Error> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        Ok(request)
    }
}

/// A lazily connected channel with keepalive, so that a dead peer is noticed.
///
/// # Errors
/// When the address is malformed.
pub fn connect(address: &str) -> Result<Channel, Error> {
    let endpoint = Endpoint::from_shared(address.to_owned())
        .map_err(|e| Refusal::house(Sort::Invalid, ErrorReason::FieldsInvalid, format!("地址无效 {address}: {e}")))?
        .connect_timeout(Duration::from_secs(3))
        .http2_keep_alive_interval(Duration::from_secs(10))
        .keep_alive_timeout(Duration::from_secs(5))
        .keep_alive_while_idle(true)
        .tcp_nodelay(true);
    Ok(endpoint.connect_lazy())
}
