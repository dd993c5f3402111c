//! 问责, 四(六): keeps every clock, shows who knew what when, and holds accountability cases; 督查, 五(三)甲: inspects the own portal
//! and accounts.
//!
//! Nouns: [`obligation`] (责任时限, with the clock-keeper), [`relief`] (延期、免除), [`rule_adoption`] (制度版本), [`knowledge`]
//! (知情), [`evidence`] (证据), [`accountability_case`] (问责), [`inspection`] (督查), [`appraisal`] (考核), [`quality_review`]
//! (质量评查), [`circular`] (通报), [`after_action_review`] (复盘), and the [`fact`]s that the first follows from. It hears
//! everyone. No other service knows a deadline; this one knows none either, but
//! asks the rule. Nothing is discharged by hand, and nobody is accused by machine.

mod accountability_case;
mod after_action_review;
mod appraisal;
mod circular;
mod evidence;
mod fact;
mod inspection;
mod knowledge;
mod obligation;
mod on_accountability;
mod on_facts;
mod permissions;
mod quality_review;
mod relief;
mod rule_adoption;
mod service;

use std::sync::Arc;

use chassis::{Consumer, Db, Press, Service};
use huiying_proto::accountability::accountability_service_server::AccountabilityServiceServer;
use papers::Stationery;
use regulation::RuleBook;
use tokio::sync::Notify;

pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "accountability";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service on its store, under the rule in its versions; its papers come from a press.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>, press: Press<Stationery>) -> Service {
    let grpc = service::Grpc { db: db.clone(), book: book.clone(), press };
    let changed = Arc::new(Notify::new());
    let hear = |source| Consumer::new(db, source, on_facts::OnFacts { book: book.clone(), changed: changed.clone() });
    let sources: Vec<Consumer> = on_facts::SOURCES.map(hear).into();
    let own = on_accountability::OnAccountability { book: book.clone(), changed: changed.clone() };
    let own = Consumer::new(db, NAME, own).named("accountability:knowledge");
    let sources: Vec<Consumer> = sources.into_iter().chain([own]).collect();
    let watch = obligation::watch::Watch::new(db, book);
    let keeper = obligation::keeper::Keeper { db: db.clone(), book: book.clone(), sources: sources.clone() };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(AccountabilityServiceServer::new(grpc));
        }),
        consumers: sources,
        tasks: vec![keeper.task(changed), watch.task()],
        check: Some(Box::new(watch)),
        http: None,
    }
}
