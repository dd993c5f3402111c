//! A transaction: state, facts, audit entry and saved answer commit together, or nothing does.

use std::collections::HashMap;

use huiying_proto::event::{ErrorReason, Event};
use jiff::Timestamp;
use prost::{Message, Name};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, Row, Transaction};
use uuid::Uuid;

use super::{
    Db,
    write::{self, Answer, Told},
};
use crate::{
    ctx::{Actor, Ctx, RequestKey, mint},
    error::{Error, Refusal, Sort},
    moments::Fence,
    roster::Roster,
    telemetry,
};

/// What a mutation did to what, for the ledger.
#[derive(Clone, Debug)]
pub struct Audit {
    pub(crate) subject_type: &'static str,
    pub(crate) subject_id: String,
    pub(crate) incident_id: String,
    pub(crate) clause: &'static str,
    pub(crate) reason: String,
}

impl Audit {
    /// The thing acted on.
    #[must_use]
    pub fn of(subject_type: &'static str, subject_id: impl ToString) -> Self {
        Self { subject_type, subject_id: subject_id.to_string(), incident_id: String::new(), clause: "", reason: String::new() }
    }

    /// The matter concerned.
    #[must_use]
    pub fn incident(mut self, id: impl ToString) -> Self {
        self.incident_id = id.to_string();
        self
    }

    /// The clause carried out.
    #[must_use]
    pub fn clause(mut self, clause: &'static str) -> Self {
        self.clause = clause;
        self
    }

    /// The reason that the person gave.
    #[must_use]
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }
}

/// An answer that is committed. Only a commit makes one, so a mutation without a trail does not compile.
#[derive(Debug)]
pub struct Committed<R>(pub(crate) R);

impl<R> Committed<R> {
    /// The answer.
    pub fn into_inner(self) -> R {
        self.0
    }
}

/// An open transaction.
pub struct Tx {
    inner: Transaction<'static, Postgres>,
    /// Whether a statement may have been made on it.
    used: bool,
    db: Db,
    actor: Actor,
    action: std::sync::Arc<str>,
    now: Timestamp,
    request: Option<RequestKey>,
    cause: Option<Uuid>,
    /// Facts heard → their traces.
    traces: HashMap<Uuid, String>,
    events: Vec<Event>,
    entries: Vec<write::Entry>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({}, {})", self.db.service(), self.action)
    }
}

impl Ctx {
    /// Begins the transaction of this request.
    ///
    /// # Errors
    /// [`Error::Answered`] when the same request was answered before; INVALID_ARGUMENT when its id was used for another
    /// request; UNAVAILABLE when the store cannot be reached.
    pub async fn begin(&self) -> Result<Tx, Error> {
        let tx = Tx::begin(&self.db, self.actor.clone(), self.action.clone(), self.now, self.request.clone()).await?;
        Ok(tx)
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// UNAVAILABLE when the store cannot be reached in time.
    pub async fn read(&self) -> Result<sqlx::pool::PoolConnection<Postgres>, Error> {
        self.db.acquire().await
    }
}

impl Db {
    /// Begins a transaction of the service itself: a reaction's or a task's.
    ///
    /// # Errors
    /// UNAVAILABLE when the store cannot be reached.
    pub async fn begin(&self, action: &str) -> Result<Tx, Error> {
        Tx::begin(self, Actor::Service(self.service().to_owned()), action.into(), self.clock().now(), None).await
    }
}

impl Tx {
    async fn begin(db: &Db, actor: Actor, action: std::sync::Arc<str>, now: Timestamp, request: Option<RequestKey>) -> Result<Self, Error> {
        if !db.has_month(now) {
            let mut connection = db.acquire().await?;
            db.ensure_month(&mut connection, now).await?;
        }
        let mut inner = match &request {
            // Two calls with one request id wait for each other here; the lock ends with the transaction.
            Some(key) => {
                let lock = lock_number(&actor.key(), key.id);
                db.pool().begin_with(AssertSqlSafe(format!("BEGIN; SELECT pg_advisory_xact_lock({lock})"))).await?
            }
            None => db.pool().begin().await?,
        };
        if let Some(key) = &request {
            let saved = sqlx::query("SELECT fingerprint, answer FROM saved_answer WHERE actor = $1 AND request_id = $2")
                .bind(actor.key())
                .bind(key.id)
                .fetch_optional(&mut *inner)
                .await?;
            if let Some(saved) = saved {
                return Err(replay(key, saved.try_get(0)?, saved.try_get(1)?));
            }
        }
        Ok(Self {
            inner,
            used: false,
            db: db.clone(),
            actor,
            action,
            now,
            request,
            cause: None,
            traces: HashMap::new(),
            events: Vec::new(),
            entries: Vec::new(),
        })
    }

    /// The connection, for the store's statements.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.used = true;
        &mut self.inner
    }

    /// The moment of this transaction.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Mints an id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        mint(self.now)
    }

    /// Who is who.
    #[must_use]
    pub fn roster(&self) -> std::sync::Arc<Roster> {
        self.db.roster()
    }

    /// The store that it belongs to.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Emits a fact that others may follow, once this commits. The incident is read off its field of that name.
    pub fn emit<E: Message + Name>(&mut self, fact: E) {
        self.emit_as(fact);
    }

    /// Emits a fact, and tells its id.
    pub fn emit_as<E: Message + Name>(&mut self, fact: E) -> Uuid {
        let payload = fact.encode_to_vec();
        let incident_id = huiying_proto::incident_of(&E::full_name(), &payload);
        let id = mint(self.now);
        self.events.push(Event { event_id: id.to_string(), r#type: E::full_name(), payload: payload.into(), incident_id });
        id
    }

    /// Commits state, facts, audit entry and the answer to this request.
    ///
    /// # Errors
    /// UNAVAILABLE when the store goes away; whether it was committed is told by the same request id.
    pub async fn commit<R: Message>(mut self, audit: Audit, answer: R) -> Result<Committed<R>, Error> {
        self.note(audit);
        let answers =
            self.request.take().map(|key| Answer { actor: self.actor.key(), key, answer: answer.encode_to_vec(), time: self.now });
        self.finish(answers.as_slice()).await?;
        Ok(Committed(answer))
    }

    /// Commits what a task of the service did.
    ///
    /// # Errors
    /// UNAVAILABLE when the store goes away.
    pub async fn commit_task(mut self, audit: Audit) -> Result<(), Error> {
        self.note(audit);
        self.finish(&[]).await
    }

    /// Commits what a task of the service did under a lease, if it still holds; nothing when it is another's by now.
    ///
    /// # Errors
    /// UNAVAILABLE when the store goes away.
    pub async fn commit_task_under(mut self, fence: Fence, audit: Audit) -> Result<bool, Error> {
        // The row stays as it is until the transaction ends.
        let held = sqlx::query("SELECT FROM lease WHERE name = $1 AND token = $2 FOR SHARE")
            .bind(fence.lease)
            .bind(fence.token)
            .fetch_optional(&mut *self.inner)
            .await?;
        if held.is_none() {
            return Ok(false);
        }
        self.commit_task(audit).await.map(|()| true)
    }

    /// Closes the record of one thing done, so that several may commit together.
    pub fn note(&mut self, audit: Audit) {
        let told = Told {
            service: self.db.service(),
            actor: &self.actor,
            action: &self.action,
            now: self.now,
            request: self.request.as_ref(),
            cause: self.cause,
            trace_parent: self.trace_parent(),
        };
        self.entries.push(write::done_entry(&told, audit, std::mem::take(&mut self.events)));
    }

    /// The trace of what is being done; what is done for several facts together is of the trace of the one that it is done for.
    fn trace_parent(&self) -> String {
        let current = telemetry::trace_parent(&tracing::Span::current());
        let cause = || self.cause.and_then(|cause| self.traces.get(&cause).cloned());
        if current.is_empty() { cause().unwrap_or(current) } else { current }
    }

    /// Remembers the traces of facts heard.
    pub(crate) fn remember_traces<'a>(&mut self, heard: impl Iterator<Item = (Uuid, &'a str)>) {
        self.traces.extend(heard.filter(|(_, trace)| !trace.is_empty()).map(|(fact, trace)| (fact, trace.to_owned())));
    }

    /// Begins reacting to a fact: it is the cause of what is recorded next. What the fact before it caused is recorded as its.
    pub fn react_to(&mut self, cause: Uuid) {
        if let (Some(before), Some(event)) = (self.cause, self.events.first()) {
            let incident_id = event.incident_id.clone();
            self.note(Audit::of("reaction", before).incident(incident_id));
        }
        self.cause = Some(cause);
    }

    /// Whether facts were emitted that no record holds yet.
    pub(crate) fn has_loose_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether nothing was done in it: nothing was asked of the store, and there is nothing to record.
    pub(crate) fn is_idle(&self) -> bool {
        !self.used && self.entries.is_empty() && self.events.is_empty()
    }

    pub(crate) async fn finish(mut self, answers: &[Answer]) -> Result<(), Error> {
        let wrote = !self.entries.is_empty();
        if wrote || !answers.is_empty() {
            write::flush(&mut self.inner, &self.entries, answers).await?;
        }
        self.inner.commit().await?;
        if wrote {
            self.db.wake_sealer();
        }
        Ok(())
    }
}

pub(crate) fn replay(key: &RequestKey, fingerprint: &[u8], answer: &[u8]) -> Error {
    if fingerprint == key.fingerprint {
        return Error::Answered(answer.to_vec());
    }
    Refusal::house(Sort::Invalid, ErrorReason::RequestIdReused, "该请求号(request_id)已用于另一个请求,请换用新的请求号。")
        .with("request_id", key.id)
        .into()
}

pub(crate) fn lock_number(actor: &str, request: Uuid) -> i64 {
    let digest = Sha256::new().chain_update(actor).chain_update(request).finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}
