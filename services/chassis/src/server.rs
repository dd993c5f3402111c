//! One port for some services: the list of layers, the background work, and an orderly end.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use futures::future::BoxFuture;
use huiying_proto::event::feed_service_server::FeedServiceServer;
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::{
    service::{Routes, RoutesBuilder},
    transport::server::TcpIncoming,
};
use tonic_tracing_opentelemetry::middleware::server::OtelGrpcLayer;

use crate::{
    calls::{self, Calls},
    consumer::Consumer,
    db::Db,
    error::Error,
    feed::{self, Feed, Followed},
    gate::{self, Gate},
    health::{self, Check, Watched},
    housekeeping,
    ledger::{CheckpointKey, seal_forever},
    metrics,
    peers::Peers,
    permission::{FEED, Permission},
    tls::Tls,
    token::Verifier,
};

/// Work that a service does in the background until it is told to stop.
/// It is begun anew when the store was lost under it.
pub type Task = Box<dyn Fn(CancellationToken) -> BoxFuture<'static, ()> + Send + Sync>;

/// A service, ready to be served.
pub struct Service {
    /// Its store.
    pub db: Db,
    /// Who may call what.
    pub permissions: &'static [Permission],
    /// Adds its gRPC service.
    pub routes: Box<dyn FnOnce(&mut RoutesBuilder) + Send>,
    /// What it follows. Directory is followed by every service without being named here.
    pub consumers: Vec<Consumer>,
    /// Its background work.
    pub tasks: Vec<Task>,
    /// What it finds out about itself.
    pub check: Option<Box<dyn Check>>,
    /// What it serves to the public over plain HTTP, outside the gate.
    pub http: Option<axum::Router>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.db.service())
    }
}

/// What serving needs besides the services.
#[derive(Debug)]
pub struct ServeOptions {
    /// Where to listen.
    pub listener: TcpListener,
    /// Whose tokens are trusted.
    pub verifier: Verifier,
    /// Certificates, where callers have to show theirs.
    pub tls: Option<Arc<Tls>>,
    /// Where the other services are.
    pub peers: Peers,
    /// Signs checkpoints.
    pub checkpoint_key: Option<CheckpointKey>,
    /// Ends everything.
    pub stop: CancellationToken,
    /// For how long calls are still taken after that, while `/readyz` sends new ones elsewhere.
    pub drain: Duration,
}

/// How long calls under way may take to end after the signal.
const GRACE: Duration = Duration::from_secs(10);
const STREAMS: u32 = 1024;

/// Serves until told to stop, then lets calls under way end, and ends background work.
///
/// # Errors
/// When a store is not migrated or not reachable at the start, or the port fails.
pub async fn serve(options: ServeOptions, services: Vec<Service>) -> Result<(), Error> {
    let ServeOptions { listener, verifier, tls, peers, checkpoint_key, stop, drain } = options;
    let stores: Vec<Db> = services.iter().map(|s| s.db.clone()).collect();
    for db in &stores {
        db.warm().await?;
    }
    metrics::start("huiying", None).map_err(Error::fault)?;
    let (peers, tracker) = (Arc::new(peers), TaskTracker::new());
    let background = stop.child_token();
    let mut routes = RoutesBuilder::default();
    let mut public = axum::Router::new();
    let mut tables = Vec::new();
    let mut watched = Vec::new();
    for service in services {
        let db = service.db;
        tables.push((db.clone(), service.permissions));
        (service.routes)(&mut routes);
        if let Some(http) = service.http {
            public = public.merge(http);
        }
        let mut consumers = service.consumers;
        consumers.push(Consumer::new(&db, "directory", crate::roster::FollowDirectory).named(crate::roster::FOLLOWS_DIRECTORY));
        for consumer in &consumers {
            let (consumer, peers, stop) = (consumer.clone(), peers.clone(), background.clone());
            tracker.spawn(db.clone().persist(background.clone(), move || consumer.clone().run(peers.clone(), stop.clone())));
        }
        let own: [Task; 2] = [
            Box::new({
                let db = db.clone();
                move |stop| Box::pin(seal_forever(db.clone(), stop))
            }),
            Box::new({
                let db = db.clone();
                move |stop| Box::pin(housekeeping::keep(db.clone(), stop))
            }),
        ];
        for task in own.into_iter().chain(service.tasks) {
            let stop = background.clone();
            tracker.spawn(db.clone().persist(background.clone(), move || task(stop.clone())));
        }
        tracker.spawn(db.clone().keep_in_reach(background.clone()));
        watched.push(Watched {
            db,
            consumers,
            permissions: service.permissions,
            check: service.check,
            tls: tls.clone(),
            serving: AtomicBool::default(),
        });
    }
    if let Some(first) = stores.first() {
        tables.push((first.clone(), FEED));
    }
    if let Some(first) = stores.first().cloned() {
        let (stores, stop) = (stores.clone(), background.clone());
        tracker.spawn(first.persist(background.clone(), move || feed::listen(stores.clone(), stop.clone())));
    }
    let watched = Arc::new(watched);
    let (reporter, health_service) = tonic_health::server::health_reporter();
    tracker.spawn(health::report(watched.clone(), reporter, background.clone()));
    routes.add_service(health_service);
    for reflection in [reflection_v1()?, reflection_v1alpha()?] {
        reflection(&mut routes);
    }
    let followed = stores.iter().cloned().map(Followed::new).collect();
    routes.add_service(FeedServiceServer::new(Feed { services: followed, key: checkpoint_key, stop: background.clone() }));

    // Outermost last: trace, gRPC-Web, measure, then the gate (deadline, who calls, may they), then the handler.
    let (calls, gate) = (Arc::new(Calls::new(&tables)), Arc::new(Gate::new(verifier, &tables)));
    let grpc = routes
        .routes()
        .into_axum_router()
        .layer(axum::middleware::from_fn_with_state(gate, gate::pass))
        .layer(axum::middleware::from_fn_with_state(calls, calls::measure))
        .layer(tonic_web::GrpcWebLayer::new())
        .layer(OtelGrpcLayer::default().filter(tonic_tracing_opentelemetry::middleware::filters::reject_healthcheck))
        // What program somebody uses is not for logs and traces.
        .layer(axum::middleware::map_request(without_user_agent));
    let (looked_at, leaving) = (watched.clone(), stop.clone());
    let page = axum::routing::get(move || health::page(watched.clone()));
    let ready = axum::routing::get(move || std::future::ready(health::ready(&looked_at, leaving.is_cancelled())));
    let router = grpc.merge(public.route("/healthz", page).route("/readyz", ready).route("/metrics", axum::routing::get(metrics::page)));

    let server = tonic::transport::Server::builder()
        .accept_http1(true)
        .max_concurrent_streams(STREAMS)
        .concurrency_limit_per_connection(STREAMS as usize)
        .http2_keepalive_interval(Some(Duration::from_secs(20)))
        .http2_keepalive_timeout(Some(Duration::from_secs(10)))
        .http2_max_header_list_size(Some(32 << 10))
        .add_routes(Routes::from(router));
    let serving = async {
        let closing = CancellationToken::new();
        let stopped = closing.clone().cancelled_owned();
        tracker.spawn({
            let stop = stop.clone();
            let (closing, stores) = (closing.clone(), stores.clone());
            async move {
                stop.cancelled().await;
                stores.iter().for_each(|db| db.leaving().cancel());
                tokio::time::sleep(drain).await;
                closing.cancel();
            }
        });
        match tls {
            // Without it a long answer waits 40 ms for the other side's delayed acknowledgement.
            None => server.serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), stopped).await,
            Some(tls) => {
                tracker.spawn(tls.clone().follow(background.clone()));
                server.serve_with_incoming_shutdown(tls.accept(listener, closing), stopped).await
            }
        }
    };
    let ended = tokio::select! {
        ended = serving => ended.map_err(Error::fault),
        () = async { stop.cancelled().await; tokio::time::sleep(drain + GRACE).await } => {
            tracing::warn!("calls were still under way when the grace period ended");
            Ok(())
        }
    };
    background.cancel();
    tracker.close();
    if tokio::time::timeout(GRACE, tracker.wait()).await.is_err() {
        tracing::warn!("background work was still under way when the grace period ended");
    }
    for db in stores {
        db.close().await;
    }
    ended
}

async fn without_user_agent(mut request: axum::extract::Request) -> axum::extract::Request {
    request.headers_mut().remove(http::header::USER_AGENT);
    request
}

type AddReflection = Box<dyn FnOnce(&mut RoutesBuilder)>;

fn reflection_v1() -> Result<AddReflection, Error> {
    let service = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(huiying_proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(Error::fault)?;
    Ok(Box::new(move |routes| {
        routes.add_service(service);
    }))
}

/// Python's client asks only this one.
fn reflection_v1alpha() -> Result<AddReflection, Error> {
    let service = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(huiying_proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1alpha()
        .map_err(Error::fault)?;
    Ok(Box::new(move |routes| {
        routes.add_service(service);
    }))
}
