//! The feed that every service offers: its sealed records in order, then new ones as they are sealed.

use std::{pin::Pin, time::Duration};

use futures::Stream;
use huiying_proto::event::{
    self as pb, ErrorReason, GetCheckpointRequest, GetCheckpointResponse, SealedRecord, StreamEventsRequest, StreamEventsResponse,
    feed_service_server::FeedService,
};
use sqlx::Row;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::{
    db::Db,
    error::{Error, Refusal, Sort},
    ledger::{CheckpointKey, head},
};

/// Records in one message at the most.
const BATCH: i64 = 500;
/// Bytes of records in one message at the most, but for a single larger record: a gRPC client refuses a message of more than 4 MiB.
const BATCH_BYTES: i64 = 2 << 20;
/// How long a seal of another process may go unnoticed.
const POLL: Duration = Duration::from_secs(1);

/// Serves the feeds of the services in this process.
#[derive(Debug)]
pub(crate) struct Feed {
    pub services: Vec<Db>,
    pub key: Option<CheckpointKey>,
    pub stop: CancellationToken,
}

impl Feed {
    fn db(&self, service: &str) -> Result<&Db, Status> {
        self.services.iter().find(|db| db.service() == service).ok_or_else(|| {
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
        let db = self.db(&request.service_name)?.clone();
        let (sender, receiver) = mpsc::channel(2);
        let stop = self.stop.clone();
        tokio::spawn(async move {
            if let Err(error) = follow(&db, request.after_position, request.follow, &sender, &stop).await {
                let status = error.into_status(db.service());
                drop(sender.send(Err(status)).await);
            }
        });
        Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
    }

    async fn get_checkpoint(&self, request: Request<GetCheckpointRequest>) -> Result<Response<GetCheckpointResponse>, Status> {
        let service = request.into_inner().service_name;
        let db = self.db(&service)?;
        let checkpoint = async {
            let mut connection = db.acquire().await?;
            Ok::<pb::Checkpoint, Error>(head(&mut connection).await?.checkpoint(db.service(), self.key.as_ref()))
        };
        let checkpoint = checkpoint.await.map_err(|e| e.into_status(db.service()))?;
        Ok(Response::new(GetCheckpointResponse { checkpoint: Some(checkpoint) }))
    }
}

type Sender = mpsc::Sender<Result<StreamEventsResponse, Status>>;

async fn follow(db: &Db, mut after: i64, go_on: bool, sender: &Sender, stop: &CancellationToken) -> Result<(), Error> {
    let mut sealed = db.sealed().subscribe();
    loop {
        sealed.borrow_and_update();
        let records = read(db, after).await?;
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
            () = tokio::time::sleep(POLL) => {}
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
    .bind(BATCH)
    .bind(BATCH_BYTES)
    .fetch_all(&mut *connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(SealedRecord { position: row.try_get(0)?, record: row.try_get(1)?, leaf_hash: row.try_get(2)?, chain_hash: row.try_get(3)? })
        })
        .collect()
}

/// Listens for seals of other processes of the same services, with polling behind it: one connection for all.
pub(crate) async fn listen(services: Vec<Db>, stop: CancellationToken) {
    let Some(first) = services.first() else { return };
    loop {
        let listening = async {
            let mut listener = sqlx::postgres::PgListener::connect_with(first.pool()).await?;
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
