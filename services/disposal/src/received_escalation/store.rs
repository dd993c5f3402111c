//! All SQL that names disposal.received_escalation.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{ReceivedEscalation, Sent};
use crate::escalation::{Content, Kind};

struct Row {
    receipt_id: Uuid,
    caller_name: String,
    origin_name: String,
    origin_escalation_id: String,
    origin_incident_number: String,
    kind: String,
    title: String,
    text: String,
    receive_time: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for ReceivedEscalation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            receipt_id: row.receipt_id,
            caller: row.caller_name,
            sent: Sent {
                origin_name: row.origin_name,
                origin_escalation_id: row.origin_escalation_id,
                origin_incident_number: row.origin_incident_number,
                content: Content { kind: Kind::parse(&row.kind)?, title: row.title, text: row.text },
            },
            receive_time: row.receive_time.to_jiff(),
        })
    }
}

/// A caller's report by its id there.
pub(crate) async fn find(
    connection: &mut PgConnection,
    caller: &str,
    origin_escalation_id: &str,
) -> Result<Option<ReceivedEscalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT receipt_id, caller_name, origin_name, origin_escalation_id, origin_incident_number, kind, title, text, receive_time
         FROM disposal.received_escalation WHERE caller_name = $1 AND origin_escalation_id = $2",
        caller,
        origin_escalation_id
    )
    .fetch_optional(connection)
    .await?
    .map(ReceivedEscalation::try_from)
    .transpose()
}

/// A page of what was received, newest first.
pub(crate) async fn page(connection: &mut PgConnection, page: &Page<Uuid>) -> Result<Vec<ReceivedEscalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT receipt_id, caller_name, origin_name, origin_escalation_id, origin_incident_number, kind, title, text, receive_time
         FROM disposal.received_escalation WHERE ($1::uuid IS NULL OR receipt_id < $1) ORDER BY receipt_id DESC LIMIT $2",
        page.after,
        page.limit()
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(ReceivedEscalation::try_from)
    .collect()
}

/// Takes a report in. False when the caller's report of that id was taken in before, also a moment ago.
pub(crate) async fn insert(connection: &mut PgConnection, received: &ReceivedEscalation) -> Result<bool, Error> {
    let sent = &received.sent;
    let done = sqlx::query!(
        "INSERT INTO disposal.received_escalation (receipt_id, caller_name, origin_name, origin_escalation_id, origin_incident_number,
                                                   kind, title, text, receive_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (caller_name, origin_escalation_id) DO NOTHING",
        received.receipt_id,
        received.caller,
        sent.origin_name,
        sent.origin_escalation_id,
        sent.origin_incident_number,
        sent.content.kind.as_str(),
        sent.content.title,
        sent.content.text,
        received.receive_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
