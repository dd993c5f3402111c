//! The third shape of a handler: a stream that tells a caller what a service's own ledger tells, record by record, as far as the
//! caller may know. It can be resumed: every answer carries the position that it reaches.

use std::{pin::Pin, time::Duration};

use futures::Stream;
use huiying_proto::event::Record;
use prost::Message;
use tokio::{sync::mpsc, time::Instant};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use crate::{
    ctx::{Actor, Caller, Ctx},
    db::Db,
    error::Error,
    feed::{Followed, POLL},
    fields::Fields,
    gate,
    ledger::head,
    page, rpc,
};

/// A stream that is silent for so long says that it is alive, and how far it is.
const SILENCE: Duration = Duration::from_secs(15);

/// What a service streams of its own ledger.
#[async_trait::async_trait]
pub trait Watch: Send + Sync + 'static {
    /// What is streamed.
    type Answer: Default + Send + 'static;

    /// What some records, the oldest first, tell the caller; nothing when nothing of them concerns them.
    async fn tell(&self, ctx: &Ctx, records: &[Record]) -> Result<Option<Self::Answer>, Error>;

    /// Writes into an answer the token after which the stream goes on when it is resumed.
    fn mark(answer: &mut Self::Answer, resume_token: String);
}

/// A stream of answers.
pub type Watching<A> = Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>;

/// Streams what a ledger tells after a resume token; from now on when it is empty. The first answer comes at once, so that the
/// caller has a token to resume from; then one whenever something concerns the caller, and one of nothing when it was long silent.
/// Ends in order when the process is told to stop, and with the reason when the token runs out or the caller loses their roles.
///
/// # Errors
/// INVALID_ARGUMENT on a token that we did not make, or whatever `parse` refuses.
pub async fn watch<M, W, F>(followed: &Followed, request: Request<M>, parse: F) -> Result<Response<Watching<W::Answer>>, Status>
where
    W: Watch,
    F: FnOnce(&M) -> Result<(String, W), Error>,
{
    let db = &followed.db;
    let (caller, message) = rpc::open(db, request)?;
    let begin = async {
        let (token, watch) = parse(&message)?;
        let end = head(&mut *db.acquire().await?).await?.position;
        let after = if token.is_empty() { Some(end) } else { page::read_token(&token).filter(|after| (0..=end).contains(after)) };
        let mut fields = Fields::new();
        if after.is_none() {
            fields.wrong("resume_token", "不是有效的续接标记");
        }
        fields.check()?;
        Ok((after.unwrap_or(end), watch))
    };
    let (after, watch) = begin.await.map_err(|error: Error| error.into_status(db.service()))?;
    let (sender, receiver) = mpsc::channel(2);
    let watcher = Watcher { followed: followed.clone(), caller, watch, sender };
    tokio::spawn(async move {
        let db = watcher.followed.db.clone();
        let ended = db.unless_lost(watcher.run(after)).await.unwrap_or_else(|lost| Err(lost.into_status(db.service())));
        if let Err(status) = ended {
            drop(watcher.sender.send(Err(status)).await);
        }
    });
    Ok(Response::new(Box::pin(ReceiverStream::new(receiver))))
}

struct Watcher<W: Watch> {
    followed: Followed,
    caller: Caller,
    watch: W,
    sender: mpsc::Sender<Result<W::Answer, Status>>,
}

impl<W: Watch> Watcher<W> {
    async fn run(&self, mut after: i64) -> Result<(), Status> {
        let db = &self.followed.db;
        let fault = |error: Error| error.into_status(db.service());
        let mut sealed = db.sealed().subscribe();
        let mut told = Instant::now();
        if !self.send(None, after).await {
            return Ok(());
        }
        loop {
            sealed.borrow_and_update();
            let ctx = self.standing(db)?;
            let records = self.followed.next(after).await.map_err(fault)?;
            let answer = match records.last() {
                Some(last) => {
                    after = last.position;
                    let records = records.iter().map(|sealed| Record::decode(sealed.record.clone())).collect::<Result<Vec<_>, _>>();
                    self.watch.tell(&ctx, &records.map_err(|e| fault(Error::fault(e)))?).await.map_err(fault)?
                }
                None => None,
            };
            if answer.is_some() || told.elapsed() >= SILENCE {
                if !self.send(answer, after).await {
                    return Ok(());
                }
                told = Instant::now();
            }
            if records.is_empty() {
                tokio::select! {
                    // Ends the stream cleanly, so that a graceful stop does not wait for it.
                    () = db.leaving().cancelled() => return Ok(()),
                    () = self.sender.closed() => return Ok(()),
                    _ = sealed.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            } else if db.leaving().is_cancelled() || self.sender.is_closed() {
                return Ok(());
            }
        }
    }

    /// What the caller may know now; refuses one whose token ran out or whose roles do not open this any more.
    fn standing(&self, db: &Db) -> Result<Ctx, Status> {
        let mut caller = self.caller.clone();
        (caller.now, caller.roster) = (db.clock().now(), db.roster());
        if let Actor::Person(person) = caller.actor {
            caller.roles = caller.roster.roles_of(person, caller.now);
        }
        if caller.now.as_second() >= caller.standing.expires {
            return Err(gate::unauthenticated(db.service()));
        }
        if !caller.roles.iter().any(|role| caller.standing.opens.contains(role)) {
            return Err(gate::denied(db.service()));
        }
        Ok(Ctx::new(caller, db.clone(), None))
    }

    /// False when nobody listens any more.
    async fn send(&self, answer: Option<W::Answer>, after: i64) -> bool {
        let mut answer = answer.unwrap_or_default();
        W::mark(&mut answer, page::write_token(&after));
        tokio::select! {
            () = self.followed.db.leaving().cancelled() => false,
            sent = self.sender.send(Ok(answer)) => sent.is_ok(),
        }
    }
}
