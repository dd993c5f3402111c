//! All SQL that names notification.chase, and who acknowledged what is chased.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Acknowledged, Chase};

struct Row {
    cause_event_id: Uuid,
    plan_id: String,
    incident_id: Option<Uuid>,
    obligation_id: Option<Uuid>,
    clause: String,
    title: String,
    text: String,
    recipients: Value,
    steps: Value,
    deliver_time: jiff_sqlx::Timestamp,
    steps_told: i32,
}

impl TryFrom<Row> for Chase {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            cause: row.cause_event_id,
            plan_id: row.plan_id,
            incident_id: row.incident_id,
            obligation_id: row.obligation_id,
            clause: row.clause,
            title: row.title,
            text: row.text,
            recipients: serde_json::from_value(row.recipients).map_err(Error::fault)?,
            steps: serde_json::from_value(row.steps).map_err(Error::fault)?,
            delivered: row.deliver_time.to_jiff(),
            steps_told: row.steps_told.try_into().map_err(Error::fault)?,
            ended: false,
        })
    }
}

/// Adds a chase; one that was heard of before stays as it is.
pub(crate) async fn insert(connection: &mut PgConnection, chase: &Chase) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO notification.chase (cause_event_id, plan_id, incident_id, obligation_id, clause, title, text, recipients, steps, deliver_time,
                                         steps_told, next_moment)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11) ON CONFLICT DO NOTHING",
        chase.cause,
        chase.plan_id,
        chase.incident_id,
        chase.obligation_id,
        chase.clause,
        chase.title,
        chase.text,
        serde_json::to_value(&chase.recipients).map_err(Error::fault)?,
        serde_json::to_value(&chase.steps).map_err(Error::fault)?,
        chase.delivered.to_sqlx() as jiff_sqlx::Timestamp,
        chase.next_moment().map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the chases of what recalls an obligation.
pub(crate) async fn end(connection: &mut PgConnection, obligation_id: Uuid) -> Result<(), Error> {
    sqlx::query!("UPDATE notification.chase SET next_moment = NULL WHERE obligation_id = $1 AND next_moment IS NOT NULL", obligation_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// When the next step of any is to be told.
pub(crate) async fn next_moment(connection: &mut PgConnection) -> Result<Option<Timestamp>, Error> {
    let next = sqlx::query_scalar!("SELECT min(next_moment) FROM notification.chase WHERE next_moment IS NOT NULL");
    Ok(next.fetch_one(connection).await?.map(|time| time.to_jiff()))
}

/// Those whose next step is due, locked, the earliest first. What another transaction changes is left to it.
pub(crate) async fn due(connection: &mut PgConnection, now: Timestamp, most: i64) -> Result<Vec<Chase>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT cause_event_id, plan_id, incident_id, obligation_id, clause, title, text, recipients, steps, deliver_time, steps_told
         FROM notification.chase WHERE next_moment <= $1 ORDER BY next_moment, cause_event_id, plan_id LIMIT $2 FOR UPDATE SKIP LOCKED",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        most
    );
    rows.fetch_all(connection).await?.into_iter().map(Chase::try_from).collect()
}

/// Saves how far a locked chase came.
pub(crate) async fn save(connection: &mut PgConnection, chase: &Chase) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE notification.chase SET steps_told = $3, next_moment = $4 WHERE cause_event_id = $1 AND plan_id = $2",
        chase.cause,
        chase.plan_id,
        i32::try_from(chase.steps_told).map_err(Error::fault)?,
        chase.next_moment().map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who has acknowledged a chased notice, and whether anybody has what was told of it.
pub(crate) async fn acknowledged(connection: &mut PgConnection, chase: &Chase) -> Result<Acknowledged, Error> {
    let rows = sqlx::query!(
        r#"SELECT person_id, plan_id = $2 AS "itself!" FROM notification.notice
           WHERE cause_event_id = $1 AND (plan_id = $2 OR starts_with(plan_id, $2 || '/')) AND acknowledge_time IS NOT NULL"#,
        chase.cause,
        chase.plan_id
    );
    let mut acknowledged = Acknowledged::default();
    for row in rows.fetch_all(connection).await? {
        if row.itself {
            acknowledged.persons.insert(row.person_id);
        } else {
            acknowledged.above = true;
        }
    }
    Ok(acknowledged)
}
