//! Verifies a service's ledger through the feed alone, as anybody outside could.

mod keep;

use std::path::Path;

use chassis::ledger::{Flaw, LedgerVerifier};
use huiying_proto::event::{Checkpoint, GetCheckpointRequest, Record, SealedRecord, StreamEventsRequest, StreamEventsResponse};
use prost::Message;

use crate::{Failure, client::Client};

pub use keep::Keeper;

/// A copy of a ledger, and the checkpoint taken before it was read.
#[derive(Clone, Debug)]
pub struct LedgerCopy {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// The entries.
    pub records: Vec<SealedRecord>,
}

/// Copies a ledger as it now is.
///
/// # Errors
/// When the caller may not read it, or it cannot be reached.
pub async fn copy(client: &Client, service: &str) -> Result<LedgerCopy, Failure> {
    let mut feed = client.feed(service)?;
    let checkpoint = feed.get_checkpoint(GetCheckpointRequest { service_name: service.to_owned() }).await?.into_inner().checkpoint;
    let checkpoint = checkpoint.ok_or_else(|| Failure(format!("{service} 没有给出检查点")))?;
    let request = StreamEventsRequest { service_name: service.to_owned(), after_position: 0, follow: false };
    let mut stream = feed.stream_events(request).await?.into_inner();
    let mut records = Vec::new();
    while let Some(message) = stream.message().await? {
        records.extend(message.records);
    }
    Ok(LedgerCopy { checkpoint, records })
}

/// Verifies a copy: the count of entries.
///
/// # Errors
/// The first flaw, with its position.
pub fn verify(copy: &LedgerCopy) -> Result<i64, Flaw> {
    read(copy, drop)
}

/// Verifies a copy and hands each record on in the meantime: the count of entries. What was handed on counts only when the whole
/// copy has no flaw.
///
/// # Errors
/// The first flaw, with its position.
pub fn read(copy: &LedgerCopy, mut take: impl FnMut(Record)) -> Result<i64, Flaw> {
    let mut verifier = LedgerVerifier::new(Some(&copy.checkpoint));
    for record in &copy.records {
        take(verifier.push(record)?);
    }
    verifier.finish(&copy.checkpoint)?;
    Ok(verifier.size())
}

/// Writes a copy to a file.
///
/// # Errors
/// When the file cannot be written.
pub fn save(copy: &LedgerCopy, path: &Path) -> Result<(), Failure> {
    let mut bytes = copy.checkpoint.encode_length_delimited_to_vec();
    bytes.extend(StreamEventsResponse { records: copy.records.clone() }.encode_length_delimited_to_vec());
    Ok(std::fs::write(path, bytes)?)
}

/// Reads a copy from a file.
///
/// # Errors
/// When the file cannot be read, or is no copy of a ledger.
pub fn load(path: &Path) -> Result<LedgerCopy, Failure> {
    let bytes = std::fs::read(path)?;
    let mut rest = bytes.as_slice();
    let unreadable = |e: prost::DecodeError| Failure(format!("{} 不是账本副本: {e}", path.display()));
    let checkpoint = Checkpoint::decode_length_delimited(&mut rest).map_err(unreadable)?;
    let records = StreamEventsResponse::decode_length_delimited(&mut rest).map_err(unreadable)?.records;
    Ok(LedgerCopy { checkpoint, records })
}
