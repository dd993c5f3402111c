//! 组织机构, 一: bodies, people, the positions they hold, portfolios, delegations, and the duty roster; liaison with partner bodies and
//! the reachability of information officers, 五(二). It tells of days that nobody collects on.
//!
//! Every other service knows who is who by following this one's facts. It hears nobody.

mod body;
mod delegation;
mod duty;
mod import;
mod liaison;
mod permissions;
mod person;
mod portfolio;
mod position;
mod reachability;
mod service;
mod store;

use chassis::{Db, Service};
use huiying_proto::directory::directory_service_server::DirectoryServiceServer;

pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "directory";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service on its store.
#[must_use]
pub fn service(db: &Db) -> Service {
    let grpc = service::Grpc { db: db.clone() };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(DirectoryServiceServer::new(grpc));
        }),
        consumers: Vec::new(),
        tasks: vec![duty::watch::Watch { db: db.clone() }.task()],
        check: None,
        http: None,
    }
}
