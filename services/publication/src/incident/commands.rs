//! What the use cases of lines, statements and releases ask of their incident.

use chassis::{Error, Tx};
use uuid::Uuid;

use super::{store, unknown};

/// Refuses what is said of an incident that was merged into another, and keeps it from being merged until the transaction ends.
pub(crate) async fn check_standing(tx: &mut Tx, id: Uuid) -> Result<(), Error> {
    store::hold(tx.conn(), id).await?.ok_or_else(unknown)?.check_standing()?;
    Ok(())
}
