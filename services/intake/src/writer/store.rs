//! All SQL that names intake.writer.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Kept, Letter, Sealed};

/// Keeps who wrote some letters.
pub(crate) async fn keep(connection: &mut PgConnection, letters: &[Letter]) -> Result<(), Error> {
    if letters.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO intake.writer (piece_id, report_id, digest, sealed, register_time)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[], $5::timestamptz[])",
        &letters.iter().map(|l| l.kept.piece).collect::<Vec<_>>(),
        &letters.iter().map(|l| l.report).collect::<Vec<_>>(),
        &letters.iter().map(|l| l.kept.sealed.digest.to_vec()).collect::<Vec<_>>(),
        &letters.iter().map(|l| l.kept.sealed.seal.clone()).collect::<Vec<_>>(),
        &letters.iter().map(|l| l.time.to_sqlx()).collect::<Vec<_>>() as &[jiff_sqlx::Timestamp]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who wrote a report and its repeated sightings, the report first; at most a hundred.
pub(crate) async fn of_report(connection: &mut PgConnection, report: Uuid) -> Result<Vec<Kept>, Error> {
    let rows = sqlx::query!("SELECT piece_id, digest, sealed FROM intake.writer WHERE report_id = $1 ORDER BY piece_id LIMIT 100", report)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            let digest = row.digest.try_into().map_err(|_| Error::fault("a writer's digest is of another length"))?;
            Ok(Kept { piece: row.piece_id, sealed: Sealed { digest, seal: row.sealed } })
        })
        .collect()
}

/// Destroys who wrote some reports, or all that were registered before a moment: of how many letters.
pub(crate) async fn erase(connection: &mut PgConnection, reports: &[Uuid], before: Option<Timestamp>) -> Result<u64, Error> {
    let done = sqlx::query!(
        "DELETE FROM intake.writer WHERE report_id = ANY($1) OR register_time < $2",
        reports,
        before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
