//! The sealer: one a service at a time gives committed records their positions.

use std::time::Duration;

use huiying_proto::event::Checkpoint;
use sqlx::{PgConnection, Row};
use tokio_util::sync::CancellationToken;

use super::{
    checkpoint::CheckpointKey,
    merkle::{Frontier, Hash, chain},
};
use crate::{
    busy,
    db::Db,
    error::Error,
    lease::{Held, Lease},
};

const BATCH: usize = 2000;
/// How long a commit of another process may wait for its seal.
const POLL: Duration = Duration::from_millis(500);
/// How long sealing is put off while many callers wait.
const GIVE_WAY: Duration = Duration::from_millis(50);
/// The same while somebody brings a whole file: what is sealed is read at once by all who follow.
const GIVE_LONG_WAY: Duration = Duration::from_secs(1);

/// Where a ledger ends.
pub(crate) struct Head {
    pub position: i64,
    pub chain_hash: Hash,
    pub tree: Frontier,
}

impl Head {
    pub(crate) fn checkpoint(&self, service: &str, key: Option<&CheckpointKey>) -> Checkpoint {
        Checkpoint {
            size: self.position,
            root_hash: self.tree.root().to_vec(),
            note: key.map(|k| k.note(service, &self.tree)).unwrap_or_default(),
        }
    }
}

/// Reads where a ledger ends.
pub(crate) async fn head(connection: &mut PgConnection) -> Result<Head, Error> {
    let row = sqlx::query("SELECT position, chain_hash, frontier FROM ledger_head").fetch_one(connection).await?;
    head_of(&row)
}

fn head_of(row: &sqlx::postgres::PgRow) -> Result<Head, Error> {
    let position: i64 = row.try_get(0)?;
    let chain_hash = row.try_get::<&[u8], _>(1)?.try_into().map_err(|_| Error::fault("ledger head: chain hash"))?;
    let tree = u64::try_from(position).ok().and_then(|size| row.try_get::<&[u8], _>(2).ok().and_then(|b| Frontier::from_bytes(size, b)));
    Ok(Head { position, chain_hash, tree: tree.ok_or_else(|| Error::fault("ledger head: frontier"))? })
}

/// Seals until told to stop.
pub(crate) async fn seal_forever(db: Db, stop: CancellationToken) {
    let lease = Lease::new(db.clone(), "sealer");
    loop {
        let Some(held) = lease.acquire(&stop).await else { return };
        loop {
            tokio::select! {
                () = stop.cancelled() => { lease.release(&held).await; return }
                () = db.something_committed() => {}
                () = tokio::time::sleep(POLL) => {}
            }
            busy::give_way(GIVE_WAY, GIVE_LONG_WAY).await;
            if !lease.renew(&held).await {
                break;
            }
            match seal_all(&db, &held).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(service = db.service(), %error, "sealing failed; trying again");
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }
}

/// Seals what is there. False when a younger sealer has taken over.
async fn seal_all(db: &Db, held: &Held) -> Result<bool, Error> {
    loop {
        match seal_batch(db, held).await? {
            None => return Ok(false),
            // What was committed meanwhile has rung, and is sealed in its turn.
            Some(count) if count < BATCH => return Ok(true),
            Some(_) => {}
        }
    }
}

async fn seal_batch(db: &Db, held: &Held) -> Result<Option<usize>, Error> {
    let mut connection = db.acquire().await?;
    let unsealed: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM ledger_entry WHERE position IS NULL LIMIT 1").fetch_optional(&mut *connection).await?;
    if unsealed.is_none() {
        return Ok(Some(0));
    }
    let mut tx = sqlx::Connection::begin(&mut *connection).await?;
    // The fence: a paused sealer that wakes finds a younger token here, and writes nothing.
    let row = sqlx::query("UPDATE ledger_head SET fencing_token = $1 WHERE fencing_token <= $1 RETURNING position, chain_hash, frontier")
        .bind(held.token)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let Head { mut position, mut chain_hash, mut tree } = head_of(&row)?;
    let rows = sqlx::query("SELECT month, record_id, leaf_hash FROM ledger_entry WHERE position IS NULL ORDER BY sequence LIMIT $1")
        .bind(i64::try_from(BATCH).map_err(Error::fault)?)
        .fetch_all(&mut *tx)
        .await?;
    let count = rows.len();
    let mut months: Vec<jiff_sqlx::Date> = Vec::with_capacity(count);
    let mut ids: Vec<uuid::Uuid> = Vec::with_capacity(count);
    let mut positions = Vec::with_capacity(count);
    let mut chains: Vec<Vec<u8>> = Vec::with_capacity(count);
    for row in &rows {
        let leaf: Hash = row.try_get::<&[u8], _>(2)?.try_into().map_err(|_| Error::fault("ledger entry: leaf hash"))?;
        position += 1;
        chain_hash = chain(&chain_hash, &leaf);
        tree.push(leaf);
        months.push(row.try_get(0)?);
        ids.push(row.try_get(1)?);
        positions.push(position);
        chains.push(chain_hash.to_vec());
    }
    // A look into the index a record: the planner learns late how the table grows, and would read all of it.
    sqlx::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE ledger_entry e SET position = s.position, chain_hash = s.chain_hash
         FROM unnest($1::date[], $2::uuid[], $3::bigint[], $4::bytea[]) s(month, record_id, position, chain_hash)
         WHERE e.month = s.month AND e.record_id = s.record_id",
    )
    .bind(months)
    .bind(ids)
    .bind(positions)
    .bind(chains)
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE ledger_head SET position = $1, chain_hash = $2, frontier = $3")
        .bind(position)
        .bind(chain_hash.as_slice())
        .bind(tree.to_bytes())
        .execute(&mut *tx)
        .await?;
    sqlx::query("SELECT pg_notify('huiying_sealed', $1)").bind(format!("{}:{position}", db.service())).execute(&mut *tx).await?;
    tx.commit().await?;
    db.sealed().send_replace(position);
    Ok(Some(count))
}
