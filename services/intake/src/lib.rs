//! 发现, 四(一): receives reports, groups them into incidents, keeps the day's register, issues bulletins,
//! and knows who has done the daily reading, 五(一).
//!
//! Nouns: [`outlet`], [`source`], [`report`], [`incident`], [`regrouping`], [`hot_matter`], [`register`], [`bulletin`], [`reading`],
//! [`search`], [`transfer`], [`category`],
//! [`suggestion`], [`writer`]. It hears itself (a registered report finds its incident, and is indexed) and assessment (the level in force).

mod bulletin;
mod category;
mod hot_matter;
mod incident;
mod on_assessment;
mod outlet;
mod permissions;
mod reading;
mod register;
mod regrouping;
mod report;
mod search;
mod service;
mod source;
mod suggestion;
mod transfer;
mod visible;
mod writer;

use std::sync::Arc;

use chassis::{Consumer, Db, Followed, GroupCommit, Press, Service};
use huiying_proto::intake::{intake_service_server::IntakeServiceServer, source_service_server::SourceServiceServer};
use incident::placing::Placing;
use papers::Stationery;
use regulation::RuleBook;
use source::{
    Poller,
    webhook::{self, Webhook},
};
use tokio::sync::Notify;

pub use permissions::PERMISSIONS;
pub use search::{search_marks, search_words};
pub use source::{Outside, OutsideOptions};
pub use writer::WriterKey;

/// The service's name, which is its schema's.
pub const NAME: &str = "intake";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Two at a time: while one transaction waits for the disk, the next is filled.
const WORKERS: usize = 2;
const CALLS_A_TRANSACTION: usize = 64;
/// An import of 1,000 rows of 20,000 characters is larger than gRPC's usual limit.
const LARGEST_MESSAGE: usize = 64 << 20;

/// The service on its store, under the rule in its versions, with the key of the digests that tell letter-writers apart; its papers
/// come from a press, and it has a way to the outside.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>, writer_key: WriterKey, press: Press<Stationery>, outside: Outside) -> Service {
    let registering = GroupCommit::start(Arc::new(()), WORKERS, CALLS_A_TRANSACTION, report::commands::register_all);
    let changes = Followed::new(db.clone());
    let changed = Arc::new(Notify::new());
    let poller = Poller { db: db.clone(), outside: outside.clone(), writer_key: writer_key.clone(), changed: changed.clone() };
    let webhook = Webhook { db: db.clone(), outside: outside.clone(), writer_key: writer_key.clone() };
    let sources = source::Grpc { db: db.clone(), outside, writer_key: writer_key.clone(), changed };
    let grpc = service::Grpc { db: db.clone(), writer_key, book: book.clone(), registering, changes, press };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(IntakeServiceServer::new(grpc).max_decoding_message_size(LARGEST_MESSAGE));
            routes.add_service(SourceServiceServer::new(sources).max_decoding_message_size(LARGEST_MESSAGE));
        }),
        consumers: vec![
            Consumer::new(db, NAME, Placing::new(book.clone())).named("intake:placing"),
            Consumer::new(db, NAME, search::indexing::Indexing::default()).named("intake:listing"),
            Consumer::new(db, "assessment", on_assessment::OnAssessment),
        ],
        tasks: vec![Box::new(move |stop| Box::pin(poller.clone().run(stop)))],
        check: Some(Box::new(source::watch::Watch { db: db.clone() })),
        http: Some(webhook::router(webhook)),
    }
}
