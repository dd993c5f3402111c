//! Follows another service's facts: delivered at least once, effective once, never skipped in silence.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use huiying_proto::event::{Event, Record, SealedRecord, StreamEventsRequest, feed_service_client::FeedServiceClient};
use jiff::{SignedDuration, Timestamp};
use prost::{Message, Name};
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    busy,
    db::{Audit, Db, Tx},
    error::Error,
    lease::Lease,
    metrics,
    peers::Peers,
    telemetry,
};

/// Records whose effects commit together.
const CHUNK: usize = 500;
/// So many records that had no effect are heard again at the most.
const UNKEPT: i64 = 1_000;
/// A stream that says nothing for so long has nothing more to say.
const SILENCE: Duration = Duration::from_secs(1);
/// How long a chunk is put off while many callers wait.
const GIVE_WAY: Duration = Duration::from_millis(500);
/// The same while somebody brings a whole file.
const GIVE_LONG_WAY: Duration = Duration::from_secs(3);
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// One fact, and the record it came in.
#[derive(Debug)]
pub struct Heard {
    /// The service that tells it.
    pub source: &'static str,
    /// The record's position in that service's ledger.
    pub position: i64,
    /// The fact.
    pub event: Event,
    /// The fact's id.
    pub event_id: Uuid,
    /// When it was done, by the source's clock.
    pub time: Timestamp,
    /// The record: who did it. Its facts were taken out of it.
    pub record: Arc<Record>,
}

impl Heard {
    /// The payload, if the fact is of this type.
    ///
    /// # Errors
    /// When it is, but cannot be decoded.
    pub fn read<M: Message + Name + Default>(&self) -> Result<Option<M>, Error> {
        read_fact(&self.event)
    }
}

/// The payload of a fact, if it is of this type. It is asked of every fact for every type that somebody knows: names are compared as
/// they stand.
///
/// # Errors
/// When it is, but cannot be decoded.
pub fn read_fact<M: Message + Name + Default>(event: &Event) -> Result<Option<M>, Error> {
    let name = event.r#type.strip_prefix(M::PACKAGE).and_then(|rest| rest.strip_prefix('.'));
    if name != Some(M::NAME) {
        return Ok(None);
    }
    M::decode(event.payload.clone()).map(Some).map_err(|e| Error::fault(format!("{}: {e}", event.r#type)))
}

/// What a service does when it hears facts of another. Facts that it does not know pass.
#[async_trait::async_trait]
pub trait Reaction: Send + Sync + 'static {
    /// Runs once before the facts of a chunk are applied one by one: for effects that are cheaper together, and do not depend
    /// on the order in which facts of other kinds are applied.
    async fn prepare(&self, _tx: &mut Tx, _heard: &[Heard]) -> Result<(), Error> {
        Ok(())
    }

    /// Applies one fact. The effect commits together with the cursor.
    async fn apply(&self, tx: &mut Tx, heard: &Heard) -> Result<(), Error>;

    /// Runs once when all facts of a chunk were applied, before they commit: for effects that are cheaper together.
    async fn conclude(&self, _tx: &mut Tx) -> Result<(), Error> {
        Ok(())
    }

    /// Runs after effects were committed, for what is kept in memory.
    async fn after_commit(&self, _db: &Db) -> Result<(), Error> {
        Ok(())
    }
}

/// How far a consumer is, and what holds it up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Position of the last record whose effect is committed.
    pub position: i64,
    /// Failed attempts at the next one.
    pub failures: u32,
    /// Why the last attempt failed.
    pub error: String,
    /// Since when facts may wait for their effect; nothing while the stream is open and silent, or another process follows.
    pub behind_since: Option<Timestamp>,
}

impl Progress {
    /// Further, and nothing failed since.
    fn at(position: i64, behind_since: Option<Timestamp>) -> Self {
        Self { position, behind_since, ..Self::default() }
    }

    /// For how long facts may have waited for their effect. While facts come it counts from when the last that has its effect was
    /// done, by the source's clock; while none can be heard or applied, from there or from when that began. Whoever follows has
    /// caught up when the stream has been open and silent for a second: only then it is zero.
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> SignedDuration {
        self.behind_since.map_or(SignedDuration::ZERO, |since| now.duration_since(since).max(SignedDuration::ZERO))
    }
}

/// How far a stream was heard, and how far the store knows of. What had no effect is not written down at once: whoever takes over may
/// hear it again, and it has none again.
#[derive(Clone, Copy, Debug)]
struct Heading {
    position: i64,
    kept: i64,
}

/// Follows one service for another.
#[derive(Clone)]
pub struct Consumer {
    pub(crate) db: Db,
    pub(crate) source: &'static str,
    name: String,
    reaction: Arc<dyn Reaction>,
    progress: Arc<Mutex<Progress>>,
}

impl std::fmt::Debug for Consumer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Consumer({} <- {})", self.db.service(), self.name)
    }
}

impl Consumer {
    /// A consumer of a service's facts.
    #[must_use]
    pub fn new(db: &Db, source: &'static str, reaction: impl Reaction) -> Self {
        Self { db: db.clone(), source, name: source.to_owned(), reaction: Arc::new(reaction), progress: Arc::default() }
    }

    /// Gives it a name of its own, where a service follows one source twice.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Its name within the service.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress.lock().map(|p| p.clone()).unwrap_or_default()
    }

    fn set(&self, change: impl FnOnce(&mut Progress)) {
        if let Ok(mut progress) = self.progress.lock() {
            change(&mut progress);
        }
    }

    /// Follows until told to stop.
    pub(crate) async fn run(self, peers: Arc<Peers>, stop: CancellationToken) {
        let lease = Lease::new(self.db.clone(), &format!("consumer:{}", self.name));
        let mut pause = FIRST_PAUSE;
        loop {
            let Some(held) = lease.acquire_after(&stop, || self.set(|p| p.behind_since = None)).await else { return };
            let before = self.progress().position;
            let ended = tokio::select! {
                () = stop.cancelled() => { lease.release(&held).await; return }
                // An effect may take longer than a term: the lease is kept beside it. What is another's by now is left to them.
                () = lease.lost(&held) => Ok(()),
                ended = self.follow(&peers) => ended,
            };
            // Another may fare better meanwhile.
            lease.release(&held).await;
            drop(held);
            if self.progress().position > before {
                pause = FIRST_PAUSE;
            }
            if let Err(error) = ended {
                self.set(|p| {
                    p.failures += 1;
                    p.error = error.to_string();
                    p.behind_since.get_or_insert(self.db.clock().now());
                });
                tracing::warn!(consumer = ?self, position = self.progress().position, %error, "following failed; trying again");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn follow(&self, peers: &Peers) -> Result<(), Error> {
        let position = self.cursor().await?;
        let mut at = Heading { position, kept: position };
        // Of the source nothing is known yet, or no more than before.
        self.set(|p| {
            p.position = position;
            p.behind_since.get_or_insert(self.db.clock().now());
        });
        let mut client: FeedServiceClient<Channel> =
            FeedServiceClient::new(peers.channel(self.source)?).max_decoding_message_size(128 << 20);
        let request =
            peers.authorize(StreamEventsRequest { service_name: self.source.to_owned(), after_position: position, follow: true })?;
        let mut stream = client.stream_events(request).await.map_err(told)?.into_inner();
        loop {
            let message = tokio::select! {
                message = stream.message() => message.map_err(told)?,
                () = tokio::time::sleep(SILENCE) => {
                    at = self.keep(at).await?;
                    // A stream that is open and silent has nothing that waits: whatever failed before is over.
                    self.set(|p| *p = Progress::at(at.position, None));
                    continue;
                }
            };
            let Some(message) = message else { return Ok(()) };
            for chunk in message.records.chunks(CHUNK) {
                busy::give_way(GIVE_WAY, GIVE_LONG_WAY).await;
                at = match self.effect(at, chunk).await {
                    Ok(reached) => reached,
                    // One of them is the trouble: the ones before it take effect, then it alone fails.
                    Err(_) if chunk.len() > 1 => {
                        for record in chunk {
                            at = self.effect(at, std::slice::from_ref(record)).await?;
                        }
                        at
                    }
                    Err(error) => return Err(error),
                };
            }
        }
    }

    async fn cursor(&self) -> Result<i64, Error> {
        let mut connection = self.db.acquire().await?;
        let position: Option<i64> = sqlx::query_scalar("SELECT position FROM consumer_cursor WHERE source = $1")
            .bind(&self.name)
            .fetch_optional(&mut *connection)
            .await?;
        Ok(position.unwrap_or(0))
    }

    /// Writes down how far the stream was heard.
    async fn keep(&self, at: Heading) -> Result<Heading, Error> {
        if at.kept == at.position {
            return Ok(at);
        }
        let mut connection = self.db.acquire().await?;
        self.move_cursor(&mut connection, at).await
    }

    /// The cursor moves from where we believe it is, or nothing happens: another process may have been faster.
    async fn move_cursor(&self, connection: &mut PgConnection, at: Heading) -> Result<Heading, Error> {
        let moved = sqlx::query(
            "INSERT INTO consumer_cursor AS c (source, position) VALUES ($1, $3)
             ON CONFLICT (source) DO UPDATE SET position = EXCLUDED.position WHERE c.position = $2",
        )
        .bind(&self.name)
        .bind(at.kept)
        .bind(at.position)
        .execute(connection)
        .await?;
        if moved.rows_affected() != 1 {
            return Err(Error::fault("the cursor was moved by another process"));
        }
        Ok(Heading { kept: at.position, ..at })
    }

    /// Gives effect to records, and notes how far it is.
    async fn effect(&self, from: Heading, chunk: &[SealedRecord]) -> Result<Heading, Error> {
        let begun = Instant::now();
        let mut heard = Vec::new();
        let (mut position, mut last) = (from.position, Timestamp::UNIX_EPOCH);
        for sealed in chunk {
            if sealed.position != position + 1 {
                return Err(Error::fault(format!("feed of {} jumps from {position} to {}", self.source, sealed.position)));
            }
            let mut record = Record::decode(sealed.record.clone()).map_err(Error::fault)?;
            let events = std::mem::take(&mut record.events);
            let record = Arc::new(record);
            let time = record.record_time.as_ref().and_then(|t| Timestamp::new(t.seconds, t.nanos).ok());
            let time = time.ok_or_else(|| Error::fault("record without a time"))?;
            for event in events {
                let event_id = Uuid::try_parse(&event.event_id).map_err(Error::fault)?;
                heard.push(Heard { source: self.source, position: sealed.position, event, event_id, time, record: record.clone() });
            }
            (position, last) = (sealed.position, time);
        }
        let mut tx = self.db.begin(&format!("{}.on_{}", self.db.service(), self.name)).await?;
        tx.remember_traces(heard.iter().map(|one| (one.event_id, one.record.trace_parent.as_str())));
        self.reaction.prepare(&mut tx, &heard).await?;
        for one in &heard {
            tx.react_to(one.event_id);
            let span = tracing::info_span!("react", service = self.db.service(), source = self.source, event = one.event.r#type);
            telemetry::continue_trace(&span, &one.record.trace_parent);
            let react = async {
                self.reaction.apply(&mut tx, one).await?;
                if tx.has_loose_events() {
                    tx.note(Audit::of("reaction", one.event_id).incident(&one.event.incident_id));
                }
                Ok::<(), Error>(())
            };
            react.instrument(span).await?;
        }
        self.reaction.conclude(&mut tx).await?;
        if tx.has_loose_events() {
            tx.note(Audit::of("reaction", format!("{}:{position}", self.name)));
        }
        let mut at = Heading { position, ..from };
        if tx.is_idle() && position - from.kept < UNKEPT {
            drop(tx);
        } else {
            at = self.move_cursor(tx.conn(), at).await?;
            tx.finish(&[]).await?;
            metrics::effected(begun.elapsed(), self.db.service(), &self.name);
            self.reaction.after_commit(&self.db).await?;
        }
        // More may wait at the source, done after the last of this.
        self.set(|p| *p = Progress::at(position, Some(last)));
        Ok(at)
    }
}

fn told(status: tonic::Status) -> Error {
    Error::fault(format!("{:?}: {}", status.code(), status.message()))
}
