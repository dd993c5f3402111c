//! 研判, 二, 四(二): runs the four written tests on what comes in, keeps every hit as a ground, and records what people decide.
//!
//! Nouns: [`assessment`] (one an incident, with its [`signal`]s, [`ground`]s, [`factor`]s and [`level_change`]s), [`opinion`] and
//! [`trend`]. It hears intake. The tests
//! suggest, a person decides; what was decided stays in force until a person decides anew.

mod assessment;
mod factor;
mod ground;
mod level_change;
mod on_intake;
mod opinion;
mod permissions;
mod service;
mod signal;
mod trend;

use std::sync::Arc;

use chassis::{Consumer, Db, Service};
use huiying_proto::assessment::assessment_service_server::AssessmentServiceServer;
use regulation::RuleBook;

pub use ground::MERGED_IN;
pub use on_intake::{corrected_signals, recounted, repeated_signals, signals, spread_signals};
pub use permissions::PERMISSIONS;
pub use trend::TREND_RISE;

/// The service's name, which is its schema's.
pub const NAME: &str = "assessment";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service on its store, under the rule in its versions.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>) -> Service {
    let grpc = service::Grpc { db: db.clone(), book: book.clone() };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(AssessmentServiceServer::new(grpc));
        }),
        consumers: vec![Consumer::new(db, "intake", on_intake::OnIntake { book: book.clone() })],
        tasks: Vec::new(),
        check: None,
        http: None,
    }
}
