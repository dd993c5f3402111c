//! The ledger: committed records get dense positions, are chained, and are summed up in a signed checkpoint.

mod checkpoint;
mod merkle;
mod sealer;
mod verify;

pub use checkpoint::{CheckpointKey, CheckpointKeyError, read_note};
pub use merkle::{Frontier, Hash, chain, leaf_hash};
pub(crate) use sealer::{head, seal_forever};
pub use verify::{Flaw, LedgerVerifier};
