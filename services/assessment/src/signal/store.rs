//! All SQL that names assessment.signal.

use chassis::Error;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Signal;

/// Places a report's signal in an incident. Returns the incident that it was in, if that was another.
pub(crate) async fn place(connection: &mut PgConnection, incident_id: Uuid, signal: &Signal) -> Result<Option<Uuid>, Error> {
    let from = sqlx::query_scalar!(
        "WITH before AS (SELECT incident_id FROM assessment.signal WHERE report_id = $1),
              placed AS (INSERT INTO assessment.signal
                             (report_id, incident_id, tier, medium, page, sensitive, view_count, comment_count, repost_count)
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                         ON CONFLICT (report_id) DO UPDATE SET
                             incident_id = EXCLUDED.incident_id, tier = EXCLUDED.tier, medium = EXCLUDED.medium, page = EXCLUDED.page,
                             sensitive = EXCLUDED.sensitive, view_count = EXCLUDED.view_count, comment_count = EXCLUDED.comment_count,
                             repost_count = EXCLUDED.repost_count)
         SELECT incident_id FROM before WHERE incident_id <> $2",
        signal.report_id,
        incident_id,
        signal.tier,
        signal.medium,
        signal.page,
        signal.sensitive,
        signal.view_count,
        signal.comment_count,
        signal.repost_count
    )
    .fetch_optional(connection)
    .await?;
    Ok(from)
}

/// Moves a report's signal to another incident. Returns it; none when the report is not known here.
pub(crate) async fn relocate(connection: &mut PgConnection, report_id: Uuid, incident_id: Uuid) -> Result<Option<Signal>, Error> {
    let signal = sqlx::query_as!(
        Signal,
        "UPDATE assessment.signal SET incident_id = $2 WHERE report_id = $1
         RETURNING report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count",
        report_id,
        incident_id
    )
    .fetch_optional(connection)
    .await?;
    Ok(signal)
}

/// The signals of an incident's reports.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Signal>, Error> {
    let signals = sqlx::query_as!(
        Signal,
        "SELECT report_id, tier, medium, page, sensitive, view_count, comment_count, repost_count
         FROM assessment.signal WHERE incident_id = $1 ORDER BY report_id",
        incident_id
    )
    .fetch_all(connection)
    .await?;
    Ok(signals)
}

/// How many reports an incident has.
pub(crate) async fn count(connection: &mut PgConnection, incident_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM assessment.signal WHERE incident_id = $1"#, incident_id)
        .fetch_one(connection)
        .await?;
    Ok(count)
}
