//! All SQL that names disposal.escalation and disposal.escalation_number.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Approval, Content, Escalation, Kind, Receipt, State};

struct Row {
    escalation_id: Uuid,
    incident_id: Uuid,
    incident_number: String,
    kind: String,
    title: String,
    text: String,
    state: String,
    author_person_id: Uuid,
    endorse_person_id: Option<Uuid>,
    approve_person_id: Option<Uuid>,
    approve_time: Option<jiff_sqlx::Timestamp>,
    attempt_count: i32,
    last_error: String,
    receipt_id: Option<String>,
    receipt_time: Option<jiff_sqlx::Timestamp>,
    return_reason: String,
    document_year: Option<i32>,
    document_number: Option<i32>,
    version: i64,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Initial => "INITIAL",
            Self::FollowUp => "FOLLOW_UP",
            Self::Final => "FINAL",
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "INITIAL" => Ok(Self::Initial),
            "FOLLOW_UP" => Ok(Self::FollowUp),
            "FINAL" => Ok(Self::Final),
            other => Err(Error::fault(format!("escalation kind {other}"))),
        }
    }
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Drafted => "DRAFTED",
            Self::Endorsed => "ENDORSED",
            Self::Approved => "APPROVED",
            Self::Returned => "RETURNED",
            Self::Delivered => "DELIVERED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "DRAFTED" => Ok(Self::Drafted),
            "ENDORSED" => Ok(Self::Endorsed),
            "APPROVED" => Ok(Self::Approved),
            "RETURNED" => Ok(Self::Returned),
            "DELIVERED" => Ok(Self::Delivered),
            other => Err(Error::fault(format!("escalation state {other}"))),
        }
    }
}

impl TryFrom<Row> for Escalation {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.escalation_id,
            incident_id: row.incident_id,
            incident_number: row.incident_number,
            content: Content { kind: Kind::parse(&row.kind)?, title: row.title, text: row.text },
            state: State::parse(&row.state)?,
            author: row.author_person_id,
            endorser: row.endorse_person_id,
            approval: row.approve_person_id.zip(row.approve_time).map(|(by, time)| Approval { by, time: time.to_jiff() }),
            number: row.document_year.zip(row.document_number),
            attempts: row.attempt_count,
            last_error: row.last_error,
            receipt: row.receipt_id.zip(row.receipt_time).map(|(id, time)| Receipt { id, time: time.to_jiff() }),
            return_reason: row.return_reason,
            version: row.version,
        })
    }
}

/// A report by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Escalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT escalation_id, incident_id, incident_number, kind, title, text, state, author_person_id, endorse_person_id,
                approve_person_id, approve_time, attempt_count, last_error, receipt_id, receipt_time, return_reason, document_year, document_number,
                version
         FROM disposal.escalation WHERE escalation_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Escalation::try_from)
    .transpose()
}

/// A report by id; of those approved alone, when the caller sees no others.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, approved_only: bool) -> Result<Option<Escalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT escalation_id, incident_id, incident_number, kind, title, text, state, author_person_id, endorse_person_id,
                approve_person_id, approve_time, attempt_count, last_error, receipt_id, receipt_time, return_reason, document_year, document_number,
                version
         FROM disposal.escalation WHERE escalation_id = $1 AND (NOT $2 OR state IN ('APPROVED', 'DELIVERED'))",
        id,
        approved_only
    )
    .fetch_optional(connection)
    .await?
    .map(Escalation::try_from)
    .transpose()
}

/// A page of reports, newest first: of an incident or of all; of those approved alone, when the caller sees no others.
pub(crate) async fn page(
    connection: &mut PgConnection,
    page: &Page<Uuid>,
    incident_id: Option<Uuid>,
    approved_only: bool,
) -> Result<Vec<Escalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT escalation_id, incident_id, incident_number, kind, title, text, state, author_person_id, endorse_person_id,
                approve_person_id, approve_time, attempt_count, last_error, receipt_id, receipt_time, return_reason, document_year, document_number,
                version
         FROM disposal.escalation
         WHERE ($1::uuid IS NULL OR escalation_id < $1) AND ($2::uuid IS NULL OR incident_id = $2)
           AND (NOT $3 OR state IN ('APPROVED', 'DELIVERED'))
         ORDER BY escalation_id DESC LIMIT $4",
        page.after,
        incident_id,
        approved_only,
        page.limit()
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Escalation::try_from)
    .collect()
}

/// The reports that wait for delivery, oldest first.
pub(crate) async fn undelivered(connection: &mut PgConnection) -> Result<Vec<Escalation>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT escalation_id, incident_id, incident_number, kind, title, text, state, author_person_id, endorse_person_id,
                approve_person_id, approve_time, attempt_count, last_error, receipt_id, receipt_time, return_reason, document_year, document_number,
                version
         FROM disposal.escalation WHERE state = 'APPROVED' ORDER BY escalation_id LIMIT 1000"
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Escalation::try_from)
    .collect()
}

/// How many reports wait for the superior, and the most failed attempts that one of them has. An index holds just these.
pub(crate) async fn waiting(connection: &mut PgConnection) -> Result<(i64, i32), Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!", coalesce(max(attempt_count), 0) AS "attempts!"
           FROM (SELECT attempt_count FROM disposal.escalation WHERE state = 'APPROVED' LIMIT 1000) AS waiting"#
    )
    .fetch_one(connection)
    .await?;
    Ok((row.count, row.attempts))
}

/// The series of an incident so far.
pub(crate) async fn series(connection: &mut PgConnection, incident_id: Uuid) -> Result<Vec<(Kind, State)>, Error> {
    let rows =
        sqlx::query!("SELECT kind, state FROM disposal.escalation WHERE incident_id = $1", incident_id).fetch_all(connection).await?;
    rows.into_iter().map(|row| Ok((Kind::parse(&row.kind)?, State::parse(&row.state)?))).collect()
}

/// How many reports of an incident are under way.
pub(crate) async fn count_open(connection: &mut PgConnection, incident_id: Uuid) -> Result<i64, Error> {
    let count = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM disposal.escalation WHERE incident_id = $1 AND state IN ('DRAFTED', 'ENDORSED', 'APPROVED')"#,
        incident_id
    )
    .fetch_one(connection)
    .await?;
    Ok(count)
}

/// Adds a report.
pub(crate) async fn insert(connection: &mut PgConnection, escalation: &Escalation) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.escalation (escalation_id, incident_id, incident_number, kind, title, text, state, author_person_id,
                                          attempt_count, last_error, return_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        escalation.id,
        escalation.incident_id,
        escalation.incident_number,
        escalation.content.kind.as_str(),
        escalation.content.title,
        escalation.content.text,
        escalation.state.as_str(),
        escalation.author,
        escalation.attempts,
        escalation.last_error,
        escalation.return_reason,
        escalation.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the next number of a year. The row stays locked until the transaction ends, so none is skipped.
pub(crate) async fn next_number(connection: &mut PgConnection, year: i32) -> Result<i32, Error> {
    let number = sqlx::query_scalar!(
        "INSERT INTO disposal.escalation_number AS n (year, last) VALUES ($1, 1) ON CONFLICT (year) DO UPDATE SET last = n.last + 1 RETURNING last",
        year
    );
    Ok(number.fetch_one(connection).await?)
}

/// Saves a report that was changed, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, escalation: &mut Escalation) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.escalation
         SET state = $3, endorse_person_id = $4, approve_person_id = $5, approve_time = $6, attempt_count = $7, last_error = $8,
             receipt_id = $9, receipt_time = $10, return_reason = $11, document_year = $12, document_number = $13,
             version = version + 1
         WHERE escalation_id = $1 AND version = $2",
        escalation.id,
        escalation.version,
        escalation.state.as_str(),
        escalation.endorser,
        escalation.approval.map(|approval| approval.by),
        escalation.approval.map(|approval| approval.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        escalation.attempts,
        escalation.last_error,
        escalation.receipt.as_ref().map(|receipt| receipt.id.as_str()),
        escalation.receipt.as_ref().map(|receipt| receipt.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        escalation.return_reason,
        escalation.number.map(|(year, _)| year),
        escalation.number.map(|(_, number)| number)
    )
    .execute(connection)
    .await?;
    escalation.version += 1;
    Ok(done.rows_affected() == 1)
}
