//! All SQL that names disposal.media_interview.

use chassis::{Error, Page};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Content, MediaInterview, Settlement, State};
use crate::{approved_wording::Wording, case::Scope};

struct Row {
    media_interview_id: Uuid,
    incident_id: Uuid,
    outlet_name: String,
    subject: String,
    questions: String,
    body_id: Uuid,
    due_time: jiff_sqlx::Timestamp,
    state: String,
    request_time: jiff_sqlx::Timestamp,
    release_id: Option<Uuid>,
    line_id: Option<Uuid>,
    decline_reason: Option<String>,
    settle_person_id: Option<Uuid>,
    settle_time: Option<jiff_sqlx::Timestamp>,
    version: i64,
}

impl State {
    fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Answered(_) => "ANSWERED",
            Self::Declined(_) => "DECLINED",
        }
    }

    fn parse(text: &str, release_id: Option<Uuid>, line_id: Option<Uuid>, decline_reason: Option<String>) -> Result<Self, Error> {
        match (text, release_id, line_id, decline_reason) {
            ("OPEN", None, None, None) => Ok(Self::Open),
            ("ANSWERED", Some(release), None, None) => Ok(Self::Answered(Wording::Release(release))),
            ("ANSWERED", None, Some(line), None) => Ok(Self::Answered(Wording::Line(line))),
            ("DECLINED", None, None, Some(reason)) => Ok(Self::Declined(reason)),
            (other, ..) => Err(Error::fault(format!("media interview state {other}"))),
        }
    }
}

impl TryFrom<Row> for MediaInterview {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.media_interview_id,
            incident_id: row.incident_id,
            content: Content { outlet_name: row.outlet_name, subject: row.subject, questions: row.questions },
            body: row.body_id,
            due_time: row.due_time.to_jiff(),
            state: State::parse(&row.state, row.release_id, row.line_id, row.decline_reason)?,
            request_time: row.request_time.to_jiff(),
            settlement: row.settle_person_id.zip(row.settle_time).map(|(by, time)| Settlement { by, time: time.to_jiff() }),
            version: row.version,
        })
    }
}

/// A request by id, if its body lies in a scope, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid, scope: &Scope) -> Result<Option<MediaInterview>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT media_interview_id, incident_id, outlet_name, subject, questions, body_id, due_time, state, request_time, release_id,
                line_id, decline_reason, settle_person_id, settle_time, version
         FROM disposal.media_interview WHERE media_interview_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2)) FOR UPDATE",
        id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_optional(connection)
    .await?
    .map(MediaInterview::try_from)
    .transpose()
}

/// A request by id, if its body lies in a scope.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, scope: &Scope) -> Result<Option<MediaInterview>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT media_interview_id, incident_id, outlet_name, subject, questions, body_id, due_time, state, request_time, release_id,
                line_id, decline_reason, settle_person_id, settle_time, version
         FROM disposal.media_interview WHERE media_interview_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2))",
        id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_optional(connection)
    .await?
    .map(MediaInterview::try_from)
    .transpose()
}

/// A page of the requests whose body lies in a scope, newest first: of an incident or of all.
pub(crate) async fn page(
    connection: &mut PgConnection,
    page: &Page<Uuid>,
    incident_id: Option<Uuid>,
    scope: &Scope,
) -> Result<Vec<MediaInterview>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT media_interview_id, incident_id, outlet_name, subject, questions, body_id, due_time, state, request_time, release_id,
                line_id, decline_reason, settle_person_id, settle_time, version
         FROM disposal.media_interview
         WHERE ($1::uuid IS NULL OR media_interview_id < $1) AND ($2::uuid IS NULL OR incident_id = $2)
           AND ($3::uuid[] IS NULL OR body_id = ANY ($3))
         ORDER BY media_interview_id DESC LIMIT $4",
        page.after,
        incident_id,
        scope.bodies() as Option<&[Uuid]>,
        page.limit()
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(MediaInterview::try_from)
    .collect()
}

/// Adds a request.
pub(crate) async fn insert(connection: &mut PgConnection, interview: &MediaInterview) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.media_interview (media_interview_id, incident_id, outlet_name, subject, questions, body_id, due_time, state,
                                               request_time, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        interview.id,
        interview.incident_id,
        interview.content.outlet_name,
        interview.content.subject,
        interview.content.questions,
        interview.body,
        interview.due_time.to_sqlx() as jiff_sqlx::Timestamp,
        interview.state.as_str(),
        interview.request_time.to_sqlx() as jiff_sqlx::Timestamp,
        interview.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves a request that was answered or declined, if nobody else changed it since it was loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, interview: &mut MediaInterview) -> Result<bool, Error> {
    let (release_id, line_id, decline_reason) = match &interview.state {
        State::Open => (None, None, None),
        State::Answered(Wording::Release(id)) => (Some(*id), None, None),
        State::Answered(Wording::Line(id)) => (None, Some(*id), None),
        State::Declined(reason) => (None, None, Some(reason.as_str())),
    };
    let done = sqlx::query!(
        "UPDATE disposal.media_interview
         SET state = $3, release_id = $4, line_id = $5, decline_reason = $6, settle_person_id = $7, settle_time = $8,
             version = version + 1
         WHERE media_interview_id = $1 AND version = $2",
        interview.id,
        interview.version,
        interview.state.as_str(),
        release_id,
        line_id,
        decline_reason,
        interview.settlement.map(|settlement| settlement.by),
        interview.settlement.map(|settlement| settlement.time.to_sqlx()) as Option<jiff_sqlx::Timestamp>
    )
    .execute(connection)
    .await?;
    interview.version += 1;
    Ok(done.rows_affected() == 1)
}
