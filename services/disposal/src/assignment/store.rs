//! All SQL that names disposal.assignment.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Assignment, State};
use crate::case::Scope;

struct Row {
    assignment_id: Uuid,
    incident_id: Uuid,
    body_id: Uuid,
    task: String,
    state: String,
    assign_person_id: Uuid,
    assign_time: jiff_sqlx::Timestamp,
    acknowledge_time: Option<jiff_sqlx::Timestamp>,
    due_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "ASSIGNED",
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Submitted => "SUBMITTED",
            Self::Returned => "RETURNED",
            Self::Accepted => "ACCEPTED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "ASSIGNED" => Ok(Self::Assigned),
            "ACKNOWLEDGED" => Ok(Self::Acknowledged),
            "SUBMITTED" => Ok(Self::Submitted),
            "RETURNED" => Ok(Self::Returned),
            "ACCEPTED" => Ok(Self::Accepted),
            other => Err(Error::fault(format!("assignment state {other}"))),
        }
    }
}

impl TryFrom<Row> for Assignment {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.assignment_id,
            incident_id: row.incident_id,
            body: row.body_id,
            task: row.task,
            state: State::parse(&row.state)?,
            assigned_by: row.assign_person_id,
            assign_time: row.assign_time.to_jiff(),
            acknowledge_time: row.acknowledge_time.map(|time| time.to_jiff()),
            due_time: row.due_time.map(|time| time.to_jiff()),
            version: row.version,
        })
    }
}

/// A task by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Assignment>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT assignment_id, incident_id, body_id, task, state, assign_person_id, assign_time, acknowledge_time, due_time, version
         FROM disposal.assignment WHERE assignment_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Assignment::try_from)
    .transpose()
}

/// A task by id, if its unit lies in a scope.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, scope: &Scope) -> Result<Option<Assignment>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT assignment_id, incident_id, body_id, task, state, assign_person_id, assign_time, acknowledge_time, due_time, version
         FROM disposal.assignment WHERE assignment_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2))",
        id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_optional(connection)
    .await?
    .map(Assignment::try_from)
    .transpose()
}

/// The tasks of an incident that lie in a scope, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid, scope: &Scope) -> Result<Vec<Assignment>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT assignment_id, incident_id, body_id, task, state, assign_person_id, assign_time, acknowledge_time, due_time, version
         FROM disposal.assignment WHERE incident_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2)) ORDER BY assignment_id",
        incident_id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Assignment::try_from)
    .collect()
}

/// The units that have, or had, a task in an incident.
pub(crate) async fn assigned_bodies(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT body_id FROM disposal.assignment WHERE incident_id = $1", incident_id)
        .fetch_all(connection)
        .await?)
}

/// Whether a unit has an open task in an incident.
pub(crate) async fn has_open(connection: &mut PgConnection, incident_id: Uuid, body: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM disposal.assignment WHERE incident_id = $1 AND body_id = $2 AND state <> 'ACCEPTED') AS "found!""#,
        incident_id,
        body
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}

/// How many tasks of an incident are open.
pub(crate) async fn count_open(connection: &mut PgConnection, incident_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM disposal.assignment WHERE incident_id = $1 AND state <> 'ACCEPTED'"#,
        incident_id
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// Adds a task.
pub(crate) async fn insert(connection: &mut PgConnection, assignment: &Assignment) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.assignment (assignment_id, incident_id, body_id, task, state, assign_person_id, assign_time, version, due_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        assignment.id,
        assignment.incident_id,
        assignment.body,
        assignment.task,
        assignment.state.as_str(),
        assignment.assigned_by,
        assignment.assign_time.to_sqlx() as jiff_sqlx::Timestamp,
        assignment.version,
        assignment.due_time.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a task that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, assignment: &mut Assignment) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.assignment SET state = $3, acknowledge_time = $4, version = version + 1 WHERE assignment_id = $1 AND version = $2",
        assignment.id,
        assignment.version,
        assignment.state.as_str(),
        assignment.acknowledge_time.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    assignment.version += 1;
    Ok(done.rows_affected() == 1)
}
