//! 发现, 四(一): receives reports, groups them into incidents, keeps the day's register, issues bulletins,
//! and knows who has done the daily reading, 五(一).
//!
//! Nouns: [`outlet`], [`report`], [`incident`], [`register`], [`bulletin`], [`reading`]. It hears itself (a registered report finds its
//! incident) and assessment (the level in force). Who wrote a letter is not kept.

mod bulletin;
pub mod category;
pub mod grouping;
mod incident;
mod on_assessment;
mod outlet;
mod permissions;
mod reading;
mod register;
mod report;
mod service;
mod visible;

use std::sync::Arc;

use chassis::{Consumer, Db, GroupCommit, Service};
use huiying_proto::intake::intake_service_server::IntakeServiceServer;
use incident::placing::Placing;
use regulation::RuleBook;

pub use permissions::PERMISSIONS;
pub use report::WriterKey;

/// The service's name, which is its schema's.
pub const NAME: &str = "intake";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Two at a time: while one transaction waits for the disk, the next is filled.
const WORKERS: usize = 2;
const CALLS_A_TRANSACTION: usize = 64;
/// An import of 1,000 rows of 20,000 characters is larger than gRPC's usual limit.
const LARGEST_MESSAGE: usize = 64 << 20;

/// The service on its store, under the rule in its versions, with the key of the digests that tell letter-writers apart.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>, writer_key: WriterKey) -> Service {
    let registering = GroupCommit::start(Arc::new(()), WORKERS, CALLS_A_TRANSACTION, report::commands::register_all);
    let grpc = service::Grpc { db: db.clone(), writer_key, book: book.clone(), registering };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(IntakeServiceServer::new(grpc).max_decoding_message_size(LARGEST_MESSAGE));
        }),
        consumers: vec![
            Consumer::new(db, NAME, Placing::new(book.clone())).named("intake:placing"),
            Consumer::new(db, "assessment", on_assessment::OnAssessment),
        ],
        tasks: Vec::new(),
        check: None,
        http: None,
    }
}
