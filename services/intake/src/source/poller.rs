//! Looks at sources when they are due (定时采集): one process at a time does, under a lease.
//!
//! A look takes as long as the other side takes, longer than a lease may go unrenewed: it is renewed beside the work. What came of
//! a look is saved against the version and the attempt that it began with: of two processes that both believe to hold the lease,
//! one saves. Whose outlet has become known meanwhile is registered first.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use chassis::{Audit, Db, Error, Lease, Tx};
use futures::StreamExt;
use huiying_proto::intake as pb;
use jiff::SignedDuration;
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Cursor, Kind, Source, State, feed,
    fetch::{self, Failed, Fetched},
    grpc::state_to_wire,
    imap,
    item::Item,
    outside::Outside,
    store::{self, taking as calls, waiting},
    taking, unknown,
};
use crate::WriterKey;

/// Changes here wake it; another process's are found by looking.
const LOOK: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 4;
const MOST_DUE: i64 = 64;
/// Items in one transaction.
const PORTION: usize = 200;
const MOST_TOLD: usize = 3;
/// For how long a webhook's calls are remembered: much longer than their signatures hold.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// Looks at sources.
#[derive(Clone, Debug)]
pub(crate) struct Poller {
    pub db: Db,
    pub outside: Outside,
    pub writer_key: WriterKey,
    /// Told when a source or an outlet changed here.
    pub changed: Arc<Notify>,
}

/// What a look brought.
pub(super) struct Brought {
    pub items: Vec<Item>,
    /// What could not be taken, each in words.
    pub refused: Vec<String>,
    pub cursor: Cursor,
    /// Whether the source has more, to be asked for at once.
    pub more: bool,
}

impl Poller {
    /// Looks until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let lease = Lease::new(self.db.clone(), "sources");
        while let Some(held) = lease.acquire(&stop).await {
            tokio::select! {
                () = stop.cancelled() => {
                    lease.release(&held).await;
                    return;
                }
                () = lease.lost(&held) => tracing::warn!("sources were taken over by another process"),
                () = self.look_for_ever() => {}
            }
        }
    }

    async fn look_for_ever(&self) {
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "sources were not looked at; trying again");
                sleep(LOOK).await;
            }
        }
    }

    /// Does what is due, and waits for what comes next.
    async fn round(&self) -> Result<(), Error> {
        while self.release().await? > 0 {}
        let now = self.db.clock().now();
        let due = store::due(&mut *self.db.acquire().await?, now, MOST_DUE).await?;
        if !due.is_empty() {
            let looks = due.into_iter().map(|source| self.clone().look(source));
            let outcomes: Vec<Result<(), Error>> = futures::stream::iter(looks).buffer_unordered(AT_ONCE).collect().await;
            return outcomes.into_iter().collect();
        }
        calls::forget_calls(&mut *self.db.acquire().await?, now.saturating_sub(REMEMBERED).unwrap_or(now)).await?;
        let next = store::next_due(&mut *self.db.acquire().await?).await?;
        let moment = async {
            match next {
                Some(next) => self.db.clock().sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = moment => {}
            () = self.changed.notified() => {}
            () = sleep(LOOK) => {}
        }
        Ok(())
    }

    /// Registers some of what waited for an outlet that is known by now: how many.
    async fn release(&self) -> Result<usize, Error> {
        let mut tx = self.db.begin("intake.release_waiting_items").await?;
        let freed = waiting::released(tx.conn(), PORTION as i64).await?;
        if freed.is_empty() {
            return Ok(0);
        }
        // Locked first, as whoever takes from a source locks it first; then what is free of them is looked at again.
        let ids: BTreeSet<Uuid> = freed.iter().map(|item| item.source).collect();
        let mut sources = HashMap::new();
        for id in ids {
            sources.insert(id, store::lock(tx.conn(), id).await?.ok_or_else(unknown)?);
        }
        let mut items = waiting::released(tx.conn(), PORTION as i64).await?;
        items.retain(|item| sources.contains_key(&item.source));
        if items.is_empty() {
            return Ok(0);
        }
        let count = taking::release(&mut tx, &sources, items).await?;
        tx.commit_task(Audit::of("waiting_item", count).clause("四(一)一")).await?;
        Ok(count)
    }

    /// Looks at a source once and saves what came of it. Trouble with the source is its own; trouble with the store is everybody's.
    async fn look(self, source: Source) -> Result<(), Error> {
        let failed = match self.read(&source).await {
            Ok(brought) => match self.take(&source, brought).await {
                // What no repetition mends is this source's own: it must not hold up the others.
                Err(error) if !error.is_passing() => {
                    tracing::error!(source = source.name, %error, "what a source brought could not be taken");
                    Failed { why: "条目不能入库(系统内部错误)".to_owned(), wait: None }
                }
                outcome => return outcome,
            },
            Err(failed) => failed,
        };
        tracing::warn!(source = source.name, why = failed.why, failures = source.failures + 1, "a source could not be read");
        self.note(&source, failed.why.clone(), |source, now| source.fail(&failed.why, failed.wait, now)).await
    }

    async fn read(&self, source: &Source) -> Result<Brought, Failed> {
        match source.kind {
            Kind::Feed => self.read_feed(source).await,
            Kind::Mailbox => imap::look(&self.outside, &self.writer_key, source, self.db.clock().now()).await,
            Kind::Webhook | Kind::Spreadsheet => Err("该采集源不能定时读取".to_owned().into()),
        }
    }

    async fn read_feed(&self, source: &Source) -> Result<Brought, Failed> {
        let (address, cursor) = (source.description.address.clone(), &source.cursor);
        match fetch::fetch(&self.outside, &address, &cursor.http_etag, &cursor.http_modified).await? {
            Fetched::Same => Ok(Brought { items: Vec::new(), refused: Vec::new(), cursor: cursor.clone(), more: false }),
            Fetched::Page { bytes, etag, modified } => {
                let now = self.db.clock().now();
                let read = tokio::task::spawn_blocking(move || feed::read(&bytes, &address, now)).await;
                let entries = read.map_err(|_| "解析中断".to_owned())??;
                let cursor = Cursor { http_etag: etag, http_modified: modified, ..cursor.clone() };
                Ok(Brought { items: entries.items, refused: entries.refused, cursor, more: false })
            }
        }
    }

    /// Takes items in portions; how far the source was read is saved last, so that whatever is cut off in between is read again.
    async fn take(&self, source: &Source, brought: Brought) -> Result<(), Error> {
        let mut items = brought.items.into_iter().peekable();
        while items.peek().is_some() {
            let portion: Vec<Item> = items.by_ref().take(PORTION).collect();
            let mut tx = self.db.begin("intake.poll_source").await?;
            let Some(locked) = still(&mut tx, source).await? else { return Ok(()) };
            taking::take(&mut tx, &locked, portion).await?;
            tx.commit_task(Audit::of("source", source.id).clause("四(一)一")).await?;
        }
        let not_taken = not_taken(&brought.refused);
        let (cursor, more) = (brought.cursor, brought.more);
        self.note(source, not_taken.clone(), |source, now| {
            let changed = source.succeed(cursor, not_taken, now);
            if more {
                source.next_poll = source.next_poll.map(|_| now);
            }
            changed
        })
        .await
    }

    /// Saves what came of a look, unless another did meanwhile or a person changed the source.
    async fn note(&self, looked: &Source, why: String, change: impl FnOnce(&mut Source, jiff::Timestamp) -> bool) -> Result<(), Error> {
        let mut source = looked.clone();
        if !change(&mut source, self.db.clock().now()) {
            // Nothing that anybody asks about later: no entry in the ledger a look.
            store::save(&mut *self.db.acquire().await?, &source, looked.seen()).await?;
            return Ok(());
        }
        let mut tx = self.db.begin("intake.poll_source").await?;
        if store::save(tx.conn(), &source, looked.seen()).await? {
            let reason = if source.state == State::Failing { why } else { "已恢复".to_owned() };
            tx.emit(pb::SourceStateChanged {
                source_id: source.id.to_string(),
                name: source.name.clone(),
                state: state_to_wire(source.state).into(),
                reason: reason.clone(),
            });
            tx.commit_task(Audit::of("source", source.id).clause("四(一)一").reason(reason)).await?;
        }
        Ok(())
    }
}

/// The source, locked, if it is still as it was looked at.
async fn still(tx: &mut Tx, looked: &Source) -> Result<Option<Source>, Error> {
    let found = store::lock(tx.conn(), looked.id).await?;
    Ok(found.filter(|found| found.seen() == looked.seen()))
}

fn not_taken(refused: &[String]) -> String {
    if refused.is_empty() {
        return String::new();
    }
    let told = refused.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join(";");
    format!("{} 条未收录: {told}", refused.len())
}
