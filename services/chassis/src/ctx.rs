//! Who acts, when, under which request: made once a call, before any handler.

use std::sync::{Arc, Mutex};

use huiying_proto::directory::Role;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::{ContextV7, Uuid};

use crate::{db::Db, roster::Roster};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person in office.
    Person(Uuid),
    /// A service, or a platform that speaks for an office.
    Service(String),
}

impl Actor {
    /// The actor in one string, for keys.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::Person(id) => id.to_string(),
            Self::Service(name) => format!("service:{name}"),
        }
    }
}

/// What the gate found out about the caller.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who acts.
    pub actor: Actor,
    /// The roles that hold now.
    pub roles: Vec<Role>,
    /// Who is who, at the moment of the call.
    pub roster: Arc<Roster>,
    /// The moment of the call.
    pub now: Timestamp,
    /// Full method name, such as "/huiying.intake.v1.IntakeService/RegisterReport".
    pub method: Arc<str>,
    /// For how long it holds, for answers that last.
    pub(crate) standing: Standing,
}

/// What a caller was admitted by: it may end while an answer is still being streamed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    /// When the token runs out, in seconds.
    pub expires: i64,
    /// The roles that open the rpc.
    pub opens: &'static [Role],
}

/// A mutation's identity: repeated with the same content it gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The client's id (AIP-155).
    pub id: Uuid,
    /// SHA-256 of the method and the message.
    pub fingerprint: [u8; 32],
}

/// Everything ambient that a use case may know.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// Who acts.
    pub actor: Actor,
    /// The roles that hold now.
    pub roles: Vec<Role>,
    /// Who is who.
    pub roster: Arc<Roster>,
    /// The moment of the call.
    pub now: Timestamp,
    /// What is being done: the full method name, or a reaction's or task's name.
    pub action: Arc<str>,
    /// The mutation's identity; none for queries, reactions and tasks.
    pub request: Option<RequestKey>,
    /// The store.
    pub db: Db,
    /// The call's span, for work that is done for it elsewhere.
    pub(crate) span: tracing::Span,
}

impl Ctx {
    pub(crate) fn new(caller: Caller, db: Db, request: Option<RequestKey>) -> Self {
        let span = tracing::Span::current();
        Self { actor: caller.actor, roles: caller.roles, roster: caller.roster, now: caller.now, action: caller.method, request, db, span }
    }

    /// Mints an id: UUIDv7, in order within the process.
    #[must_use]
    pub fn id(&self) -> Uuid {
        mint(self.now)
    }

    /// The person who acts; none when a service does.
    #[must_use]
    pub fn person(&self) -> Option<Uuid> {
        match self.actor {
            Actor::Person(id) => Some(id),
            Actor::Service(_) => None,
        }
    }

    /// The person who acts.
    ///
    /// # Errors
    /// PERMISSION_DENIED when a service does.
    pub fn require_person(&self) -> Result<Uuid, crate::error::Error> {
        self.person().ok_or_else(|| {
            crate::error::Refusal::house(
                crate::error::Sort::Denied,
                huiying_proto::event::ErrorReason::PermissionDenied,
                "此操作须由在职人员本人进行。",
            )
            .into()
        })
    }

    /// Whether the caller holds a role now.
    #[must_use]
    pub fn has_role(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether the caller holds any of some roles now.
    #[must_use]
    pub fn has_any_role(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has_role(*role))
    }

    /// The bodies in which the caller holds a position now, delegated ones included.
    #[must_use]
    pub fn bodies(&self) -> Vec<Uuid> {
        self.person().map(|person| self.roster.bodies_of(person, self.now)).unwrap_or_default()
    }

    /// The bodies in which the caller holds one of some roles now.
    #[must_use]
    pub fn bodies_as(&self, roles: &[Role]) -> Vec<Uuid> {
        self.person().map(|person| self.roster.bodies_of_as(person, roles, self.now)).unwrap_or_default()
    }
}

/// SHA-256 over the method and the message: what makes two requests the same.
pub(crate) fn fingerprint(method: &str, message: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(method.as_bytes());
    hash.update([0]);
    hash.update(message);
    hash.finalize().into()
}

static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

pub(crate) fn mint(now: Timestamp) -> Uuid {
    let micros = now.as_microsecond().max(0);
    let seconds = u64::try_from(micros / 1_000_000).unwrap_or(0);
    let nanos = u32::try_from(micros % 1_000_000).unwrap_or(0) * 1000;
    match ORDER.lock() {
        Ok(order) => Uuid::new_v7(uuid::Timestamp::from_unix(&*order, seconds, nanos)),
        Err(_) => Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos)),
    }
}
