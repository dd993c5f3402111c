//! 处置·反馈·上报, 三(四), 四(二)–四(五): has an incident handled under one lead, and reported within the house and upward.
//!
//! Nouns: `case`, `assignment`, `material`, `media_interview`, `findings`, `consolidation`, `feedback`, `tracking`, `escalation`
//! and, where this house plays the superior, `received_escalation`; `approved_wording` is what publication told. It hears
//! assessment (which incidents are classified), intake (which units are involved) and publication (what may be said outside).
//! A case opens by itself; its lead is found by portfolio or named by the principal leader; what is approved to go upward is
//! delivered until it is receipted, once in effect.

mod approved_wording;
mod assignment;
mod case;
mod consolidation;
mod escalation;
mod feedback;
mod findings;
mod material;
mod media_interview;
mod office;
mod on_assessment;
mod on_intake;
mod on_publication;
mod permissions;
mod received_escalation;
mod service;
mod tracking;

use std::sync::Arc;

use chassis::{Consumer, Db, Press, Service};
use huiying_proto::disposal::disposal_service_server::DisposalServiceServer;
use papers::Stationery;
use tokio::sync::Notify;

pub use office::{Office, Superior};
pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "disposal";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// The service on its store, for an office; its papers come from a press.
#[must_use]
pub fn service(db: &Db, office: Office, press: Press<Stationery>) -> Service {
    let approved = Arc::new(Notify::new());
    let grpc = service::Grpc { db: db.clone(), approved: approved.clone(), press };
    let courier = escalation::delivery::Courier { db: db.clone(), office, approved };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(DisposalServiceServer::new(grpc));
        }),
        consumers: vec![
            Consumer::new(db, "assessment", on_assessment::OnAssessment),
            Consumer::new(db, "intake", on_intake::OnIntake),
            Consumer::new(db, "publication", on_publication::OnPublication),
        ],
        tasks: vec![Box::new(move |stop| Box::pin(courier.clone().run(stop)))],
        check: Some(Box::new(escalation::watch::Watch { db: db.clone() })),
        http: None,
    }
}
