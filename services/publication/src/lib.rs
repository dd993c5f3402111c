//! 统一发布, 三(三), 四(三): holds the line to take, has the exact text approved, and alone lets it out.
//!
//! Nouns: `line`, `statement`, `channel`, `release`. It hears intake (which incidents there are). Nothing is published but
//! the approved text, byte for byte; the public reads it in an Atom feed.

mod channel;
mod incident;
mod line;
mod on_intake;
mod permissions;
mod release;
mod service;
mod statement;
mod text;

use std::sync::Arc;

use chassis::{Consumer, Db, Press, Service};
use huiying_proto::{directory::Role, publication::publication_service_server::PublicationServiceServer};
use papers::Stationery;
use regulation::{Rule, RuleBook};
use uuid::Uuid;

pub use permissions::PERMISSIONS;

/// The service's name, which is its schema's.
pub const NAME: &str = "publication";
/// The schema.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Whose public site it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Who publishes, such as 沙河县人民政府办公室.
    pub name: String,
    /// Where the public finds it: the base of the links in the feed.
    pub url: String,
}

impl Site {
    /// The address of a path.
    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }

    /// The address of a release's page.
    fn release_address(&self, id: Uuid) -> String {
        self.address(&format!("/releases/{id}"))
    }
}

/// The service on its store, under the rule in its versions; what the public reads bears the site's name, and its papers
/// come from a press.
#[must_use]
pub fn service(db: &Db, book: &Arc<RuleBook>, site: Site, press: Press<Stationery>) -> Service {
    let grpc = service::Grpc { db: db.clone(), book: book.clone(), press };
    Service {
        db: db.clone(),
        permissions: PERMISSIONS,
        routes: Box::new(move |routes| {
            routes.add_service(PublicationServiceServer::new(grpc));
        }),
        consumers: vec![Consumer::new(db, "intake", on_intake::OnIntake)],
        tasks: Vec::new(),
        check: None,
        http: Some(release::http::router(db.clone(), site)),
    }
}

/// Who approves a statement, 四(三): whom the rule's approval chain names; the principal leader when it names nobody.
pub(crate) fn approver(rule: &Rule) -> Role {
    let steps = rule.chain("statement").unwrap_or_default();
    let step = steps.iter().find(|step| step.step == "approve");
    step.and_then(|step| Role::from_str_name(&format!("ROLE_{}", step.role.to_uppercase()))).unwrap_or(Role::PrincipalLeader)
}
