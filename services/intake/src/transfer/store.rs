//! All SQL that names intake.transfer.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Transfer, origin};
use crate::register::Transferred;

struct Row {
    transfer_id: Uuid,
    report_id: Uuid,
    title: String,
    incident_id: Option<Uuid>,
    sender: String,
    reference: String,
    due_time: Option<jiff_sqlx::Timestamp>,
    person_id: Uuid,
    register_time: jiff_sqlx::Timestamp,
    version: i64,
}

impl From<Row> for Transfer {
    fn from(row: Row) -> Self {
        Self {
            id: row.transfer_id,
            report: row.report_id,
            title: row.title,
            incident: row.incident_id,
            sender: row.sender,
            reference: row.reference,
            due: row.due_time.map(jiff_sqlx::Timestamp::to_jiff),
            by: row.person_id,
            registered: row.register_time.to_jiff(),
            version: row.version,
        }
    }
}

/// Adds a transfer. False when its sender's reference is there already.
pub(super) async fn insert(connection: &mut PgConnection, transfer: &Transfer) -> Result<bool, Error> {
    let done = sqlx::query!(
        "INSERT INTO intake.transfer (transfer_id, report_id, sender, reference, due_time, person_id, register_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sender, reference) WHERE reference <> '' DO NOTHING",
        transfer.id,
        transfer.report,
        transfer.sender,
        transfer.reference,
        transfer.due.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        transfer.by,
        transfer.registered.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Has nobody else register or correct a transfer meanwhile. Reading goes on.
pub(super) async fn lock_all(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("LOCK TABLE intake.transfer IN SHARE ROW EXCLUSIVE MODE").execute(connection).await?;
    Ok(())
}

/// A transfer by id.
pub(super) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Transfer>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT t.transfer_id, t.report_id, r.title, r.incident_id, t.sender, t.reference, t.due_time, t.person_id, t.register_time, t.version
         FROM intake.transfer t JOIN intake.report r ON r.report_id = t.report_id WHERE t.transfer_id = $1",
        id
    );
    Ok(row.fetch_optional(connection).await?.map(Transfer::from))
}

/// Saves what was corrected.
pub(super) async fn save(connection: &mut PgConnection, transfer: &Transfer) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE intake.transfer SET sender = $2, reference = $3, due_time = $4, version = $5 WHERE transfer_id = $1",
        transfer.id,
        transfer.sender,
        transfer.reference,
        transfer.due.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        transfer.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The transfers of some reports, oldest first.
pub(crate) async fn of_reports(connection: &mut PgConnection, reports: &[Uuid]) -> Result<Vec<Transfer>, Error> {
    if reports.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.transfer_id, t.report_id, r.title, r.incident_id, t.sender, t.reference, t.due_time, t.person_id,
                  t.register_time, t.version
           FROM intake.transfer t JOIN intake.report r ON r.report_id = t.report_id
           WHERE t.report_id = ANY($1) ORDER BY t.transfer_id"#,
        reports
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Transfer::from).collect())
}

/// The transfers registered from one moment to another, oldest first, as a day's register tells of them.
pub(crate) async fn registered(connection: &mut PgConnection, from: Timestamp, to: Timestamp) -> Result<Vec<Transferred>, Error> {
    let rows = sqlx::query!(
        r#"SELECT coalesce(i.number, '待归入') AS "number!", r.title, t.sender, t.reference, t.due_time
         FROM intake.transfer t JOIN intake.report r ON r.report_id = t.report_id LEFT JOIN intake.incident i ON i.incident_id = r.incident_id
         WHERE t.register_time >= $1 AND t.register_time < $2 ORDER BY t.transfer_id"#,
        from.to_sqlx() as jiff_sqlx::Timestamp,
        to.to_sqlx() as jiff_sqlx::Timestamp
    );
    let told = rows.fetch_all(connection).await?.into_iter().map(|r| Transferred {
        number: r.number,
        title: r.title,
        origin: origin(&r.sender, &r.reference),
        due: r.due_time.map(jiff_sqlx::Timestamp::to_jiff),
    });
    Ok(told.collect())
}

/// The transfer with a sender's reference: its id, the incident's number and the report's title.
pub(super) async fn with_reference(
    connection: &mut PgConnection,
    sender: &str,
    reference: &str,
) -> Result<Option<(Uuid, String, String)>, Error> {
    let row = sqlx::query!(
        r#"SELECT t.transfer_id, coalesce(i.number, '待归入') AS "number!", r.title
           FROM intake.transfer t JOIN intake.report r ON r.report_id = t.report_id
           LEFT JOIN intake.incident i ON i.incident_id = r.incident_id
           WHERE t.sender = $1 AND t.reference = $2 AND t.reference <> ''"#,
        sender,
        reference
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.transfer_id, row.number, row.title)))
}

/// A page of all transfers, newest first; with bodies given, only those of incidents that involve any of them.
pub(super) async fn page(
    connection: &mut PgConnection,
    bodies: Option<&[Uuid]>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Transfer>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.transfer_id, t.report_id, r.title, r.incident_id, t.sender, t.reference, t.due_time, t.person_id,
                  t.register_time, t.version
           FROM intake.transfer t JOIN intake.report r ON r.report_id = t.report_id
                LEFT JOIN intake.incident i ON i.incident_id = r.incident_id
           WHERE t.transfer_id < $1 AND ($2::uuid[] IS NULL OR i.body_ids && $2)
           ORDER BY t.transfer_id DESC LIMIT $3"#,
        before.unwrap_or(Uuid::max()),
        bodies,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Transfer::from).collect())
}

/// A page of an incident's transfers, newest first.
pub(super) async fn page_of(
    connection: &mut PgConnection,
    incident: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Transfer>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT t.transfer_id, t.report_id, r.title, r.incident_id, t.sender, t.reference, t.due_time, t.person_id,
                  t.register_time, t.version
           FROM intake.report r JOIN intake.transfer t ON t.report_id = r.report_id
           WHERE r.incident_id = $1 AND t.transfer_id < $2 ORDER BY t.transfer_id DESC LIMIT $3"#,
        incident,
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Transfer::from).collect())
}
