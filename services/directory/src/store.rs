//! What the stores of the registry share: that it changes in one place at a time.

use chassis::Error;
use sqlx::PgConnection;

/// Keeps other changes of the registry waiting until this transaction ends; reading goes on. Changes are rare, and each
/// decides by what the whole registry says.
pub(crate) async fn hold(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("LOCK TABLE directory.person IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
    Ok(())
}
