//! A person's (or service's) way to the services: a token on every call, over gRPC or over gRPC-Web.

use std::{collections::HashMap, time::Duration};

use chassis::{peers::connect, probe, tls::Trust};
use huiying_proto::{
    accountability::accountability_service_client::AccountabilityServiceClient,
    assessment::assessment_service_client::AssessmentServiceClient,
    directory::directory_service_client::DirectoryServiceClient,
    disposal::disposal_service_client::DisposalServiceClient,
    event::feed_service_client::FeedServiceClient,
    intake::{intake_service_client::IntakeServiceClient, source_service_client::SourceServiceClient},
    notification::notification_service_client::NotificationServiceClient,
    publication::publication_service_client::PublicationServiceClient,
};
use hyper_util::{client::legacy::Client as HttpClient, rt::TokioExecutor};
use tonic::body::Body;
use tower::{ServiceBuilder, ServiceExt, util::BoxCloneSyncService};
use uuid::Uuid;

use crate::Failure;

/// What carries calls, whichever the protocol.
pub type Wire = BoxCloneSyncService<http::Request<Body>, http::Response<Body>, Box<dyn std::error::Error + Send + Sync>>;

/// Where the services are: one address for all, or one a service.
#[derive(Clone, Debug)]
pub struct Addresses {
    default: String,
    by_service: HashMap<String, String>,
    trust: Trust,
    /// Where feeds and health are read, if the way in does not lead there.
    inside: Option<Box<Addresses>>,
}

impl Addresses {
    /// One address for all.
    #[must_use]
    pub fn one(address: &str) -> Self {
        Self { default: address.to_owned(), by_service: HashMap::new(), trust: Trust::Plain, inside: None }
    }

    /// One address a service.
    #[must_use]
    pub fn each(by_service: HashMap<String, String>) -> Self {
        Self { default: String::new(), by_service, trust: Trust::Plain, inside: None }
    }

    /// The same, trusting somebody's certificates: addresses may begin with `https`.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The same, with the services' own addresses for what the way in does not lead to: feeds and health.
    #[must_use]
    pub fn before(self, inside: Self) -> Self {
        Self { inside: Some(Box::new(inside)), ..self }
    }

    fn inside(&self) -> &Self {
        self.inside.as_deref().unwrap_or(self)
    }

    /// An HTTP GET at a service: status and text; nothing when there is no answer.
    pub async fn http_get(&self, service: &str, path: &str) -> Option<(u16, String)> {
        probe::http_get_from(self.of(service), path, &self.trust).await
    }

    /// Waits until in all the services every committed record is sealed and has had its effect.
    ///
    /// # Errors
    /// The health pages, when that does not come about within the time.
    pub async fn settle(&self, patience: Duration) -> Result<(), Failure> {
        let inside = self.inside();
        probe::settle(&inside.all(), &inside.trust, patience).await.map_err(Failure)
    }

    /// The address of a service.
    #[must_use]
    pub fn of(&self, service: &str) -> &str {
        self.by_service.get(service).unwrap_or(&self.default)
    }

    /// All addresses, each once.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = self.by_service.values().cloned().collect();
        if all.is_empty() {
            all.push(self.default.clone());
        }
        all.sort();
        all.dedup();
        all
    }
}

/// How calls go over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// gRPC over HTTP/2.
    Grpc,
    /// gRPC-Web over HTTP/1.1, as browsers speak it.
    GrpcWeb,
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Client {
    addresses: Addresses,
    authorization: http::HeaderValue,
    protocol: Protocol,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({:?}, {:?})", self.protocol, self.addresses)
    }
}

impl Client {
    /// A caller with a token.
    ///
    /// # Errors
    /// When the token is no header value.
    pub fn new(addresses: &Addresses, token: &str, protocol: Protocol) -> Result<Self, Failure> {
        let mut authorization = http::HeaderValue::from_str(&format!("Bearer {token}")).map_err(Failure::new)?;
        authorization.set_sensitive(true);
        Ok(Self { addresses: addresses.clone(), authorization, protocol })
    }

    fn wire(&self, addresses: &Addresses, service: &str) -> Result<Wire, Failure> {
        let address = addresses.of(service);
        let authorization = self.authorization.clone();
        let sign = move |mut request: http::Request<Body>| {
            request.headers_mut().insert(http::header::AUTHORIZATION, authorization.clone());
            request
        };
        Ok(match self.protocol {
            Protocol::Grpc => {
                let channel = connect(address, &addresses.trust)?;
                BoxCloneSyncService::new(ServiceBuilder::new().map_request(sign).service(channel.map_err(Into::into)))
            }
            Protocol::GrpcWeb if address.starts_with("https://") => {
                let channel = connect(address, &addresses.trust)?.map_request(|r: http::Request<_>| r.map(Body::new));
                let web = ServiceBuilder::new().layer(tonic_web::GrpcWebClientLayer::new()).service(channel.map_err(Into::into));
                BoxCloneSyncService::new(
                    ServiceBuilder::new().map_request(sign).service(web.map_response(|r: http::Response<_>| r.map(Body::new))),
                )
            }
            Protocol::GrpcWeb => {
                let origin: http::Uri = address.parse().map_err(Failure::new)?;
                let aim = move |mut request: http::Request<Body>| {
                    let mut parts = origin.clone().into_parts();
                    parts.path_and_query = request.uri().path_and_query().cloned();
                    if let Ok(uri) = http::Uri::from_parts(parts) {
                        *request.uri_mut() = uri;
                    }
                    sign(request)
                };
                let http = HttpClient::builder(TokioExecutor::new()).pool_idle_timeout(Duration::from_secs(30)).build_http();
                let web = ServiceBuilder::new().layer(tonic_web::GrpcWebClientLayer::new()).service(http);
                BoxCloneSyncService::new(
                    ServiceBuilder::new()
                        .map_request(aim)
                        .service(web.map_response(|r: http::Response<_>| r.map(Body::new)).map_err(Into::into)),
                )
            }
        })
    }
}

macro_rules! clients {
    ($($name:ident $service:literal $client:ident;)*) => {
        impl Client {$(
            #[doc = concat!("The ", $service, " service.")]
            ///
            /// # Errors
            /// When its address is malformed.
            pub fn $name(&self) -> Result<$client<Wire>, Failure> {
                Ok($client::new(self.wire(&self.addresses, $service)?).max_decoding_message_size(64 << 20))
            }
        )*}
    };
}

clients! {
    directory "directory" DirectoryServiceClient;
    intake "intake" IntakeServiceClient;
    sources "intake" SourceServiceClient;
    assessment "assessment" AssessmentServiceClient;
    disposal "disposal" DisposalServiceClient;
    publication "publication" PublicationServiceClient;
    accountability "accountability" AccountabilityServiceClient;
    notification "notification" NotificationServiceClient;
}

impl Client {
    /// The feed of a service.
    ///
    /// # Errors
    /// When its address is malformed.
    pub fn feed(&self, service: &str) -> Result<FeedServiceClient<Wire>, Failure> {
        Ok(FeedServiceClient::new(self.wire(self.addresses.inside(), service)?).max_decoding_message_size(128 << 20))
    }
}

/// A new request id.
#[must_use]
pub fn request_id() -> String {
    Uuid::from_bytes(rand::random()).to_string()
}
