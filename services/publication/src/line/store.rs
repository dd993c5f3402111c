//! All SQL that names publication.line.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Approval, Line, State};

struct Row {
    line_id: Uuid,
    incident_id: Uuid,
    revision: i32,
    text: String,
    state: String,
    author_person_id: Uuid,
    approve_person_id: Option<Uuid>,
    approve_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "PROPOSED",
            Self::Current => "CURRENT",
            Self::Replaced => "REPLACED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "PROPOSED" => Ok(Self::Proposed),
            "CURRENT" => Ok(Self::Current),
            "REPLACED" => Ok(Self::Replaced),
            other => Err(Error::fault(format!("line state {other}"))),
        }
    }
}

impl TryFrom<Row> for Line {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.line_id,
            incident_id: row.incident_id,
            revision: row.revision,
            text: row.text,
            state: State::parse(&row.state)?,
            author: row.author_person_id,
            approval: row.approve_person_id.zip(row.approve_time).map(|(by, time)| Approval { by, time: time.to_jiff() }),
            version: row.version,
        })
    }
}

/// A line by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Line>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT line_id, incident_id, revision, text, state, author_person_id, approve_person_id, approve_time, version
         FROM publication.line WHERE line_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Line::try_from)
    .transpose()
}

/// The current line of an incident.
pub(crate) async fn current(connection: &mut PgConnection, incident_id: Uuid) -> Result<Option<Line>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT line_id, incident_id, revision, text, state, author_person_id, approve_person_id, approve_time, version
         FROM publication.line WHERE incident_id = $1 AND state = 'CURRENT'",
        incident_id
    )
    .fetch_optional(connection)
    .await?
    .map(Line::try_from)
    .transpose()
}

/// Whether a line is the current one; it stays so until the transaction ends.
pub(crate) async fn hold_current(connection: &mut PgConnection, id: Uuid) -> Result<bool, Error> {
    let held = sqlx::query_scalar!("SELECT line_id FROM publication.line WHERE line_id = $1 AND state = 'CURRENT' FOR SHARE", id)
        .fetch_optional(connection)
        .await?;
    Ok(held.is_some())
}

/// The last revision of an incident's lines; 0 when it has none.
pub(crate) async fn last_revision(connection: &mut PgConnection, incident_id: Uuid) -> Result<i32, Error> {
    let last =
        sqlx::query_scalar!("SELECT max(revision) FROM publication.line WHERE incident_id = $1", incident_id).fetch_one(connection).await?;
    Ok(last.unwrap_or(0))
}

/// Adds a line.
pub(crate) async fn insert(connection: &mut PgConnection, line: &Line) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO publication.line (line_id, incident_id, revision, text, state, author_person_id, version) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        line.id,
        line.incident_id,
        line.revision,
        line.text,
        line.state.as_str(),
        line.author,
        line.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a line that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, line: &mut Line) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE publication.line SET state = $3, approve_person_id = $4, approve_time = $5, version = version + 1 WHERE line_id = $1 AND version = $2",
        line.id,
        line.version,
        line.state.as_str(),
        line.approval.map(|a| a.by),
        line.approval.map(|a| a.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    line.version += 1;
    Ok(done.rows_affected() == 1)
}
