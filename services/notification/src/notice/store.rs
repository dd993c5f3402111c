//! All SQL that names notification.notice.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Content, Notice};

struct Row {
    notice_id: Uuid,
    person_id: Uuid,
    incident_id: Option<Uuid>,
    plan_id: String,
    clause: String,
    title: String,
    text: String,
    urgent: bool,
    needs_acknowledgement: bool,
    deliver_time: jiff_sqlx::Timestamp,
    open_time: Option<jiff_sqlx::Timestamp>,
    acknowledge_time: Option<jiff_sqlx::Timestamp>,
    cause_event_id: Uuid,
    version: i64,
}

impl From<Row> for Notice {
    fn from(row: Row) -> Self {
        Self {
            id: row.notice_id,
            person: row.person_id,
            incident_id: row.incident_id,
            content: Content {
                plan_id: row.plan_id,
                clause: row.clause,
                title: row.title,
                text: row.text,
                urgent: row.urgent,
                needs_acknowledgement: row.needs_acknowledgement,
            },
            delivered: row.deliver_time.to_jiff(),
            opened: row.open_time.map(|t| t.to_jiff()),
            acknowledged: row.acknowledge_time.map(|t| t.to_jiff()),
            cause: row.cause_event_id,
            version: row.version,
        }
    }
}

/// A person's notice, locked. Another's is not found.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid, person: Uuid) -> Result<Option<Notice>, Error> {
    let row = sqlx::query_as!(
        Row,
        "SELECT notice_id, person_id, incident_id, plan_id, clause, title, text, urgent, needs_acknowledgement, deliver_time, open_time, acknowledge_time,
                cause_event_id, version
         FROM notification.notice WHERE notice_id = $1 AND person_id = $2 FOR UPDATE",
        id,
        person
    );
    Ok(row.fetch_optional(connection).await?.map(Notice::from))
}

/// A page of a person's notices, newest first.
pub(crate) async fn inbox(
    connection: &mut PgConnection,
    person: Uuid,
    unread: bool,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT notice_id, person_id, incident_id, plan_id, clause, title, text, urgent, needs_acknowledgement, deliver_time, open_time, acknowledge_time,
                cause_event_id, version
         FROM notification.notice WHERE person_id = $1 AND (NOT $2 OR open_time IS NULL) AND ($3::uuid IS NULL OR notice_id < $3)
         ORDER BY notice_id DESC LIMIT $4",
        person,
        unread,
        before,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Notice::from).collect())
}

/// A page of an incident's notices, newest first; the text left out.
pub(crate) async fn of_incident(
    connection: &mut PgConnection,
    incident: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT notice_id, person_id, incident_id, plan_id, clause, title, '' AS "text!", urgent, needs_acknowledgement, deliver_time, open_time,
                acknowledge_time, cause_event_id, version
         FROM notification.notice WHERE incident_id = $1 AND ($2::uuid IS NULL OR notice_id < $2) ORDER BY notice_id DESC LIMIT $3"#,
        incident,
        before,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Notice::from).collect())
}

/// Delivers a notice. False when the person was told of this before.
pub(crate) async fn insert(connection: &mut PgConnection, notice: &Notice) -> Result<bool, Error> {
    let content = &notice.content;
    let done = sqlx::query!(
        "INSERT INTO notification.notice (notice_id, person_id, incident_id, plan_id, clause, title, text, urgent, needs_acknowledgement, deliver_time,
                                          cause_event_id, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (cause_event_id, plan_id, person_id) DO NOTHING",
        notice.id,
        notice.person,
        notice.incident_id,
        content.plan_id,
        content.clause,
        content.title,
        content.text,
        content.urgent,
        content.needs_acknowledgement,
        notice.delivered.to_sqlx() as jiff_sqlx::Timestamp,
        notice.cause,
        notice.version
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Saves when a locked notice was opened and acknowledged.
pub(crate) async fn save(connection: &mut PgConnection, notice: &mut Notice) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE notification.notice SET open_time = $2, acknowledge_time = $3, version = version + 1 WHERE notice_id = $1",
        notice.id,
        notice.opened.map(|t| t.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        notice.acknowledged.map(|t| t.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    notice.version += 1;
    Ok(())
}
