//! All SQL that names publication.statement.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Approval, Kind, State, Statement};
use crate::text::Text;

struct Row {
    statement_id: Uuid,
    incident_id: Uuid,
    line_id: Uuid,
    kind: String,
    title: String,
    text: String,
    state: String,
    author_person_id: Uuid,
    review_person_id: Option<Uuid>,
    review_time: Option<jiff_sqlx::Timestamp>,
    approve_person_id: Option<Uuid>,
    approved_sha256: Option<String>,
    approve_time: Option<jiff_sqlx::Timestamp>,
    release_time: Option<jiff_sqlx::Timestamp>,
    return_reason: String,
    version: i64,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Holding => "HOLDING",
            Self::Full => "FULL",
            Self::Correction => "CORRECTION",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "HOLDING" => Ok(Self::Holding),
            "FULL" => Ok(Self::Full),
            "CORRECTION" => Ok(Self::Correction),
            other => Err(Error::fault(format!("statement kind {other}"))),
        }
    }
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Submitted => "SUBMITTED",
            Self::Reviewed => "REVIEWED",
            Self::Approved => "APPROVED",
            Self::Returned => "RETURNED",
            Self::Released => "RELEASED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "DRAFT" => Ok(Self::Draft),
            "SUBMITTED" => Ok(Self::Submitted),
            "REVIEWED" => Ok(Self::Reviewed),
            "APPROVED" => Ok(Self::Approved),
            "RETURNED" => Ok(Self::Returned),
            "RELEASED" => Ok(Self::Released),
            other => Err(Error::fault(format!("statement state {other}"))),
        }
    }
}

impl TryFrom<Row> for Statement {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let approval = match (row.approve_person_id, row.approved_sha256, row.approve_time) {
            (Some(by), Some(sha256), Some(time)) => Some(Approval { by, sha256, time: time.to_jiff() }),
            _ => None,
        };
        Ok(Self {
            id: row.statement_id,
            incident_id: row.incident_id,
            line_id: row.line_id,
            kind: Kind::parse(&row.kind)?,
            text: Text { title: row.title, body: row.text },
            state: State::parse(&row.state)?,
            author: row.author_person_id,
            reviewer: row.review_person_id,
            review_time: row.review_time.map(jiff_sqlx::Timestamp::to_jiff),
            approval,
            release_time: row.release_time.map(jiff_sqlx::Timestamp::to_jiff),
            return_reason: row.return_reason,
            version: row.version,
        })
    }
}

/// A statement by id.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Statement>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT statement_id, incident_id, line_id, kind, title, text, state, author_person_id, review_person_id, review_time, approve_person_id,
                approved_sha256, approve_time, release_time, return_reason, version
         FROM publication.statement WHERE statement_id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Statement::try_from)
    .transpose()
}

/// Statements, newest first: of one incident, or all.
pub(crate) async fn list(connection: &mut PgConnection, incident: Option<Uuid>, page: &Page<Uuid>) -> Result<Vec<Statement>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT statement_id, incident_id, line_id, kind, title, text, state, author_person_id, review_person_id, review_time, approve_person_id,
                approved_sha256, approve_time, release_time, return_reason, version
         FROM publication.statement
         WHERE ($1::uuid IS NULL OR incident_id = $1) AND statement_id < $2 ORDER BY statement_id DESC LIMIT $3",
        incident,
        page.after.unwrap_or(Uuid::max()),
        page.limit()
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Statement::try_from).collect()
}

/// Adds a statement.
pub(crate) async fn insert(connection: &mut PgConnection, statement: &Statement) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO publication.statement (statement_id, incident_id, line_id, kind, title, text, text_sha256, state, author_person_id, return_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        statement.id,
        statement.incident_id,
        statement.line_id,
        statement.kind.as_str(),
        statement.text.title,
        statement.text.body,
        statement.text.sha256(),
        statement.state.as_str(),
        statement.author,
        statement.return_reason,
        statement.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a statement that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, statement: &mut Statement) -> Result<bool, Error> {
    let approval = statement.approval.as_ref();
    let done = sqlx::query!(
        "UPDATE publication.statement
         SET line_id = $3, title = $4, text = $5, text_sha256 = $6, state = $7, review_person_id = $8, approve_person_id = $9,
             approved_sha256 = $10, approve_time = $11, release_time = $12, return_reason = $13, review_time = $14, version = version + 1
         WHERE statement_id = $1 AND version = $2",
        statement.id,
        statement.version,
        statement.line_id,
        statement.text.title,
        statement.text.body,
        statement.text.sha256(),
        statement.state.as_str(),
        statement.reviewer,
        approval.map(|a| a.by),
        approval.map(|a| a.sha256.as_str()),
        approval.map(|a| a.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        statement.release_time.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        statement.return_reason,
        statement.review_time.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    statement.version += 1;
    Ok(done.rows_affected() == 1)
}
