//! 统一发布, 三(三), 四(三): holds the line to take, has the exact text approved, and alone lets it out.
//!
//! Nouns: [`line`], `statement`, `release`. It hears intake (which incidents there are). Nothing is published but the
//! approved text, byte for byte.

mod incident;
mod line;
mod on_intake;
mod permissions;
mod service;

use std::sync::Arc;

use chassis::{Consumer, Db, Service};
use huiying_proto::publication::publication_service_server::PublicationServiceServer;
use regulation::Rule;

pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "publication";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service on its store, under a rule.
#[must_use]
pub fn service(db: &Db, _rule: &Arc<Rule>) -> Service {
    let grpc = service::Grpc { db: db.clone() };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(PublicationServiceServer::new(grpc));
        }),
        consumers: vec![Consumer::new(db, "intake", on_intake::OnIntake)],
        tasks: Vec::new(),
        http: None,
    }
}
