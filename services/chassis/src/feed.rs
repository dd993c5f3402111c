//! The feed that every service offers: its sealed records in order, then new ones as they are sealed.

use std::{collections::VecDeque, pin::Pin, sync::Arc, time::Duration};

use futures::Stream;
use huiying_proto::event::{
    self as pb, ErrorReason, GetCheckpointRequest, GetCheckpointResponse, SealedRecord, StreamEventsRequest, StreamEventsResponse,
    feed_service_server::FeedService,
};
use sqlx::Row;
use tokio::sync::{Mutex, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::{
    db::Db,
    error::{Error, Refusal, Sort},
    ledger::{CheckpointKey, head},
};

/// Records in one message at the most.
const BATCH: usize = 500;
/// Bytes of records in one message at the most, but for a single larger record: a gRPC client refuses a message of more than 4 MiB.
const BATCH_BYTES: usize = 2 << 20;
/// Bytes of records that are kept for those at the end, while records come.
const TAIL_BYTES: usize = 16 << 20;
/// The same while none come.
const RESTING_BYTES: usize = 1 << 20;
/// How long a seal of another process may go unnoticed.
pub(crate) const POLL: Duration = Duration::from_secs(1);

/// Serves the feeds of the services in this process.
#[derive(Debug)]
pub(crate) struct Feed {
    pub services: Vec<Followed>,
    pub key: Option<CheckpointKey>,
    pub stop: CancellationToken,
}

impl Feed {
    fn followed(&self, service: &str) -> Result<&Followed, Status> {
        self.services.iter().find(|followed| followed.db.service() == service).ok_or_else(|| {
            let refusal = Refusal::house(Sort::NotFound, ErrorReason::LedgerUnknown, format!("本进程没有名为“{service}”的服务账本。"));
            refusal.into_status(service)
        })
    }
}

#[tonic::async_trait]
impl FeedService for Feed {
    type StreamEventsStream = Pin<Box<dyn Stream<Item = Result<StreamEventsResponse, Status>> + Send>>;

    async fn stream_events(&self, request: Request<StreamEventsRequest>) -> Result<Response<Self::StreamEventsStream>, Status> {
        let request = request.into_inner();
        let followed = self.followed(&request.service_name)?.clone();
        let (sender, receiver) = mpsc::channel(2);
        let stop = self.stop.clone();
        tokio::spawn(async move {
            let following = followed.follow(request.after_position, request.follow, &sender, &stop);
            if let Err(error) = followed.db.unless_lost(following).await.flatten() {
                let status = error.into_status(followed.db.service());
                drop(sender.send(Err(status)).await);
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn get_checkpoint(&self, request: Request<GetCheckpointRequest>) -> Result<Response<GetCheckpointResponse>, Status> {
        let service = request.into_inner().service_name;
        let db = &self.followed(&service)?.db;
        let checkpoint = async {
            let mut connection = db.acquire().await?;
            Ok::<pb::Checkpoint, Error>(head(&mut connection).await?.checkpoint(db.service(), self.key.as_ref()))
        };
        let checkpoint = checkpoint.await.map_err(|e| e.into_status(db.service()))?;
        Ok(Response::new(GetCheckpointResponse { checkpoint: Some(checkpoint) }))
    }
}

type Sender = mpsc::Sender<Result<StreamEventsResponse, Status>>;

/// A ledger as it is followed here: whoever is at its end reads new records from the store once for all others there.
#[derive(Clone, Debug)]
pub struct Followed {
    pub(crate) db: Db,
    tail: Arc<Mutex<Tail>>,
}

impl Followed {
    /// A service's own ledger.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, tail: Arc::default() }
    }

    async fn follow(&self, mut after: i64, go_on: bool, sender: &Sender, stop: &CancellationToken) -> Result<(), Error> {
        let mut sealed = self.db.sealed().subscribe();
        loop {
            sealed.borrow_and_update();
            // A copy is made of what is stored.
            let records = if go_on { self.next(after).await? } else { read(&self.db, after).await? };
            if let Some(last) = records.last() {
                after = last.position;
                if sender.send(Ok(StreamEventsResponse { records })).await.is_err() {
                    return Ok(());
                }
                continue;
            }
            if !go_on {
                return Ok(());
            }
            tokio::select! {
                // Ends the stream cleanly, so that a graceful stop does not wait for it.
                () = stop.cancelled() => return Ok(()),
                () = sender.closed() => return Ok(()),
                _ = sealed.changed() => {}
                () = tokio::time::sleep(POLL) => self.tail.lock().await.shorten(RESTING_BYTES),
            }
        }
    }

    /// The next records after a position.
    pub(crate) async fn next(&self, after: i64) -> Result<Vec<SealedRecord>, Error> {
        let mut tail = self.tail.lock().await;
        match tail.place(after) {
            Place::Within(at) => Ok(tail.from(at)),
            Place::Before => {
                drop(tail);
                read(&self.db, after).await
            }
            // The lock is held meanwhile: the others at the end wait for the same records.
            Place::End => {
                let records = read(&self.db, after).await?;
                tail.extend(after, &records);
                Ok(records)
            }
        }
    }
}

/// The last records of a ledger, without a gap.
#[derive(Debug, Default)]
struct Tail {
    records: VecDeque<SealedRecord>,
    bytes: usize,
}

/// Where a reader stands.
enum Place {
    /// Earlier than the tail.
    Before,
    /// So many records into it.
    Within(usize),
    /// At its end, or later.
    End,
}

impl Tail {
    fn place(&self, after: i64) -> Place {
        let (Some(first), Some(last)) = (self.records.front(), self.records.back()) else { return Place::End };
        if after >= last.position {
            return Place::End;
        }
        usize::try_from(after + 1 - first.position).map_or(Place::Before, Place::Within)
    }

    /// As many as one message carries.
    fn from(&self, at: usize) -> Vec<SealedRecord> {
        let mut bytes = 0;
        let fits = |record: &&SealedRecord| {
            bytes += record.record.len();
            bytes <= BATCH_BYTES || bytes == record.record.len()
        };
        self.records.iter().skip(at).take(BATCH).take_while(fits).cloned().collect()
    }

    fn extend(&mut self, after: i64, records: &[SealedRecord]) {
        if self.records.back().is_some_and(|last| last.position != after) {
            *self = Self::default();
        }
        self.bytes += records.iter().map(|record| record.record.len()).sum::<usize>();
        self.records.extend(records.iter().cloned());
        self.shorten(TAIL_BYTES);
    }

    /// Lets go of the oldest, down to so many bytes.
    fn shorten(&mut self, most: usize) {
        while self.bytes > most
            && let Some(oldest) = self.records.pop_front()
        {
            self.bytes -= oldest.record.len();
        }
    }
}

async fn read(db: &Db, after: i64) -> Result<Vec<SealedRecord>, Error> {
    let mut connection = db.acquire().await?;
    let rows = sqlx::query(
        "SELECT position, record, leaf_hash, chain_hash
         FROM (SELECT position, record, leaf_hash, chain_hash, sum(octet_length(record)) OVER (ORDER BY position) AS bytes
               FROM (SELECT position, record, leaf_hash, chain_hash FROM ledger_entry WHERE position > $1 ORDER BY position LIMIT $2) AS next) AS batch
         WHERE bytes <= $3 OR bytes = octet_length(record) ORDER BY position",
    )
    .bind(after)
    .bind(i64::try_from(BATCH).map_err(Error::fault)?)
    .bind(i64::try_from(BATCH_BYTES).map_err(Error::fault)?)
    .fetch_all(&mut *connection)
    .await?;
    rows.iter()
        .map(|row| {
            let record = row.try_get::<Vec<u8>, _>(1)?.into();
            Ok(SealedRecord { position: row.try_get(0)?, record, leaf_hash: row.try_get(2)?, chain_hash: row.try_get(3)? })
        })
        .collect()
}

/// Listens for seals of other processes of the same services, with polling behind it: one connection for all.
pub(crate) async fn listen(services: Vec<Db>, stop: CancellationToken) {
    let Some(first) = services.first() else { return };
    loop {
        let listening = async {
            let mut listener = sqlx::postgres::PgListener::connect_with(&first.pool()).await?;
            listener.listen("huiying_sealed").await?;
            loop {
                let notice = listener.recv().await?;
                let Some((service, position)) = notice.payload().split_once(':') else { continue };
                let Ok(position) = position.parse::<i64>() else { continue };
                if let Some(db) = services.iter().find(|db| db.service() == service) {
                    db.sealed().send_if_modified(|known| {
                        let newer = position > *known;
                        if newer {
                            *known = position;
                        }
                        newer
                    });
                }
            }
        };
        let ended: Result<(), sqlx::Error> = tokio::select! {
            () = stop.cancelled() => return,
            ended = listening => ended,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "listening for seals was cut; polling meanwhile");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
