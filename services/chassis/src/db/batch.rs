//! Group commit: many callers, one transaction. The way past one fsync and five round trips a call.

use std::{
    collections::{HashMap, HashSet},
    future::Future,
    pin::Pin,
    sync::Arc,
};

use prost::Message;
use sqlx::{PgConnection, Postgres, Row, Transaction};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    Audit, Committed,
    tx::{lock_number, replay},
    write::{self, Answer, Entry, Told},
};
use crate::{
    ctx::{Ctx, mint},
    error::Error,
};
use huiying_proto::event::Event;
use prost::Name;

/// A transaction that several calls share. Each call's outcome is its own; the commit is common.
pub struct Batch<'a> {
    inner: &'a mut Transaction<'static, Postgres>,
    entries: &'a mut Vec<Entry>,
    answers: &'a mut Vec<Answer>,
}

impl std::fmt::Debug for Batch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({} answers)", self.answers.len())
    }
}

impl Batch<'_> {
    /// The connection, for the store's statements.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.inner
    }

    /// Records one call's facts, audit entry and answer, to be committed with the others'.
    pub fn answer<R: Message, E: Message + Name>(&mut self, ctx: &Ctx, audit: Audit, facts: Vec<E>, answer: R) -> Committed<R> {
        let events = facts
            .into_iter()
            .map(|fact| {
                let payload = fact.encode_to_vec();
                let incident_id = huiying_proto::incident_of(&E::full_name(), &payload);
                Event { event_id: mint(ctx.now).to_string(), r#type: E::full_name(), payload: payload.into(), incident_id }
            })
            .collect();
        self.entries.push(write::done_entry(&Told::of(ctx), audit, events));
        if let Some(key) = ctx.request.clone() {
            self.answers.push(Answer { actor: ctx.actor.key(), key, answer: answer.encode_to_vec(), time: ctx.now });
        }
        Committed(answer)
    }
}

/// One call's outcome within a batch.
pub type Outcome<R> = Result<Committed<R>, Error>;
/// The outcomes of a batch, in the order of its calls; an error is a fault of all of it.
pub type Outcomes<'a, R> = Pin<Box<dyn Future<Output = Result<Vec<Outcome<R>>, Error>> + Send + 'a>>;

/// Carries out a batch of commands: a plain function, so that it borrows the batch.
pub type Run<S, C, R> = for<'a> fn(&'a S, &'a mut Batch<'_>, &'a [&'a Call<C>]) -> Outcomes<'a, R>;
/// A call of a batch.
pub type Call<C> = (Ctx, C);

struct Job<C, R> {
    ctx: Ctx,
    command: C,
    reply: oneshot::Sender<Outcome<R>>,
}

/// Collects callers while a transaction is under way and serves them together in the next.
pub struct GroupCommit<C, R> {
    queue: mpsc::Sender<Job<C, R>>,
}

impl<C, R> std::fmt::Debug for GroupCommit<C, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GroupCommit")
    }
}

impl<C, R> Clone for GroupCommit<C, R> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

impl<C: Send + Sync + 'static, R: Message + 'static> GroupCommit<C, R> {
    /// Starts some workers that each carry out at most `most` calls in a transaction. They end when the last handle is dropped.
    pub fn start<S: Send + Sync + 'static>(state: Arc<S>, workers: usize, most: usize, run: Run<S, C, R>) -> Self {
        let (queue, jobs) = mpsc::channel::<Job<C, R>>(4096);
        let jobs = Arc::new(tokio::sync::Mutex::new(jobs));
        for _ in 0..workers {
            let (state, jobs) = (state.clone(), jobs.clone());
            tokio::spawn(async move {
                let mut batch = Vec::with_capacity(most);
                loop {
                    if jobs.lock().await.recv_many(&mut batch, most).await == 0 {
                        return;
                    }
                    carry_out(&*state, std::mem::take(&mut batch), run).await;
                }
            });
        }
        Self { queue }
    }

    /// Hands a command in and waits until it is committed or refused.
    ///
    /// # Errors
    /// What the command ends with; UNAVAILABLE when the store goes away.
    pub async fn submit(&self, ctx: Ctx, command: C) -> Outcome<R> {
        let (reply, outcome) = oneshot::channel();
        self.queue.send(Job { ctx, command, reply }).await.map_err(|_| Error::fault("group commit has ended"))?;
        outcome.await.map_err(|_| Error::fault("group commit dropped a call"))?
    }
}

async fn carry_out<S: Sync, C: Send + Sync, R: Message>(state: &S, mut jobs: Vec<Job<C, R>>, run: Run<S, C, R>) {
    while !jobs.is_empty() {
        // The same request twice: the second waits, and is then answered from the saved answer.
        let mut seen = HashSet::new();
        let (now, later): (Vec<_>, Vec<_>) =
            jobs.into_iter().partition(|job| job.ctx.request.as_ref().is_none_or(|key| seen.insert((job.ctx.actor.clone(), key.id))));
        let (calls, replies): (Vec<Call<C>>, Vec<_>) = now.into_iter().map(|job| ((job.ctx, job.command), job.reply)).unzip();
        for (reply, outcome) in replies.into_iter().zip(outcomes(state, &calls, run).await) {
            // A caller that went away does not undo what was committed.
            drop(reply.send(outcome));
        }
        jobs = later;
    }
}

async fn outcomes<S: Sync, C: Send + Sync, R: Message>(state: &S, calls: &[Call<C>], run: Run<S, C, R>) -> Vec<Outcome<R>> {
    let Some((first, _)) = calls.first() else { return Vec::new() };
    match first.db.unless_lost(attempt(state, calls, run)).await.flatten() {
        Ok(outcomes) => outcomes,
        // One call may have spoiled it for all: each gets a transaction of its own.
        Err(error) if calls.len() > 1 && (!error.is_passing() || error.is_stale()) => {
            tracing::warn!(%error, calls = calls.len(), "batch failed; carrying out one by one");
            let mut outcomes = Vec::with_capacity(calls.len());
            for call in calls {
                let outcome = call.0.db.unless_lost(attempt(state, std::slice::from_ref(call), run)).await.flatten();
                outcomes.push(outcome.and_then(|mut o| o.pop().unwrap_or_else(|| Err(Error::fault("no outcome")))));
            }
            outcomes
        }
        Err(Error::Refused(refusal)) => calls.iter().map(|_| Err(Error::Refused(refusal.clone()))).collect(),
        Err(other) => calls.iter().map(|_| Err(Error::fault(&other))).collect(),
    }
}

async fn attempt<S: Sync, C: Send + Sync, R: Message>(state: &S, calls: &[Call<C>], run: Run<S, C, R>) -> Result<Vec<Outcome<R>>, Error> {
    let Some((first, _)) = calls.first() else { return Ok(Vec::new()) };
    let db = first.db.clone();
    for (ctx, _) in calls {
        if !db.has_month(ctx.now) {
            let mut connection = db.acquire().await?;
            db.ensure_month(&mut connection, ctx.now).await?;
        }
    }
    let keyed: Vec<(String, Uuid)> =
        calls.iter().filter_map(|(ctx, _)| ctx.request.as_ref().map(|key| (ctx.actor.key(), key.id))).collect();
    let mut inner = db.pool().begin_with(sqlx::AssertSqlSafe(begin_statement(&keyed))).await?;
    let mut answered = answered(&mut inner, &keyed).await?;
    let replayed: Vec<Option<Error>> = calls
        .iter()
        .map(|(ctx, _)| {
            ctx.request
                .as_ref()
                .and_then(|key| answered.remove(&(ctx.actor.key(), key.id)).map(|(fingerprint, answer)| replay(key, &fingerprint, &answer)))
        })
        .collect();
    let fresh: Vec<&Call<C>> = calls.iter().zip(&replayed).filter(|(_, replayed)| replayed.is_none()).map(|(call, _)| call).collect();
    let (mut entries, mut answers) = (Vec::new(), Vec::new());
    let results = run(state, &mut Batch { inner: &mut inner, entries: &mut entries, answers: &mut answers }, &fresh).await?;
    if !entries.is_empty() {
        write::flush(&mut inner, &entries, &answers).await?;
    }
    inner.commit().await?;
    db.wake_sealer();
    let mut results = results.into_iter();
    Ok(replayed.into_iter().map(|r| r.map_or_else(|| results.next().unwrap_or_else(|| Err(Error::fault("no outcome"))), Err)).collect())
}

/// Locks every request id of the batch, in one order everywhere, so that two batches cannot wait for each other.
fn begin_statement(keyed: &[(String, Uuid)]) -> String {
    let mut locks: Vec<i64> = keyed.iter().map(|(actor, id)| lock_number(actor, *id)).collect();
    if locks.is_empty() {
        return "BEGIN".to_owned();
    }
    locks.sort_unstable();
    locks.dedup();
    let list = locks.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    format!("BEGIN; SELECT pg_advisory_xact_lock(k) FROM unnest('{{{list}}}'::bigint[]) k")
}

type Saved = HashMap<(String, Uuid), (Vec<u8>, Vec<u8>)>;

async fn answered(connection: &mut PgConnection, keyed: &[(String, Uuid)]) -> Result<Saved, Error> {
    let rows = sqlx::query(
        // One look into the index a call: a join might read the whole table, whose size the planner knows late.
        "SELECT k.actor, k.request_id, s.fingerprint, s.answer FROM unnest($1::text[], $2::uuid[]) k(actor, request_id)
         CROSS JOIN LATERAL (SELECT a.fingerprint, a.answer FROM saved_answer a WHERE a.actor = k.actor AND a.request_id = k.request_id LIMIT 1) s",
    )
    .bind(keyed.iter().map(|k| k.0.as_str()).collect::<Vec<_>>())
    .bind(keyed.iter().map(|k| k.1).collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok(((row.try_get(0)?, row.try_get(1)?), (row.try_get(2)?, row.try_get(3)?)))).collect()
}
