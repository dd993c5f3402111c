//! 通知, 四(一)一: brings facts to the people whom the rule names, and keeps proof of delivery and reading.
//!
//! Two nouns: [`notice`], and [`chase`] (催签) of those that nobody acknowledges. It hears every service; which fact makes which
//! notice to whom, and who is told when nobody acknowledges, stands in the rule file.

mod chase;
mod notice;
mod on_facts;
mod permissions;
mod service;
mod telling;

use std::sync::Arc;

use chassis::{Consumer, Db, Service};
use huiying_proto::notification::notification_service_server::NotificationServiceServer;
use regulation::RuleBook;
use tokio::sync::Notify;

pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "notification";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Whose facts may have to be told.
const SOURCES: [&str; 6] = ["directory", "intake", "assessment", "disposal", "publication", "accountability"];

/// The service on its store, under the rule in its versions.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>) -> Service {
    let grpc = service::Grpc { db: db.clone() };
    let changed = Arc::new(Notify::new());
    let hear = |source: &&'static str| Consumer::new(db, source, on_facts::OnFacts { book: book.clone(), changed: changed.clone() });
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(NotificationServiceServer::new(grpc));
        }),
        consumers: SOURCES.iter().map(hear).collect(),
        tasks: vec![chase::keeper::Keeper { db: db.clone() }.task(changed.clone())],
        check: None,
        http: None,
    }
}
