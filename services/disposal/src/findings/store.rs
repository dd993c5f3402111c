//! All SQL that names disposal.findings.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Certainty, Content, Fact, Findings, State};
use crate::case::Scope;

struct Row {
    findings_id: Uuid,
    assignment_id: Uuid,
    incident_id: Uuid,
    body_id: Uuid,
    revision: i32,
    fact_texts: Vec<String>,
    fact_states: Vec<String>,
    fact_evidence: Vec<String>,
    account: String,
    measures: String,
    state: String,
    submit_person_id: Uuid,
    submit_time: jiff_sqlx::Timestamp,
    return_reason: String,
    version: i64,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Submitted => "SUBMITTED",
            Self::Returned => "RETURNED",
            Self::Accepted => "ACCEPTED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "SUBMITTED" => Ok(Self::Submitted),
            "RETURNED" => Ok(Self::Returned),
            "ACCEPTED" => Ok(Self::Accepted),
            other => Err(Error::fault(format!("findings state {other}"))),
        }
    }
}

impl Certainty {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Verifying => "VERIFYING",
            Self::Verified => "VERIFIED",
            Self::Refuted => "REFUTED",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "UNKNOWN" => Ok(Self::Unknown),
            "VERIFYING" => Ok(Self::Verifying),
            "VERIFIED" => Ok(Self::Verified),
            "REFUTED" => Ok(Self::Refuted),
            other => Err(Error::fault(format!("fact state {other}"))),
        }
    }
}

impl TryFrom<Row> for Findings {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let facts = row.fact_texts.into_iter().zip(row.fact_states).zip(row.fact_evidence);
        let facts = facts.map(|((text, state), evidence)| Ok(Fact { text, certainty: Certainty::parse(&state)?, evidence }));
        Ok(Self {
            id: row.findings_id,
            assignment_id: row.assignment_id,
            incident_id: row.incident_id,
            body: row.body_id,
            revision: row.revision,
            content: Content { facts: facts.collect::<Result<_, Error>>()?, account: row.account, measures: row.measures },
            state: State::parse(&row.state)?,
            author: row.submit_person_id,
            submit_time: row.submit_time.to_jiff(),
            return_reason: row.return_reason,
            version: row.version,
        })
    }
}

/// Findings by id, locked.
pub(crate) async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Findings>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT findings_id, assignment_id, incident_id, body_id, revision, fact_texts, fact_states, fact_evidence, account, measures,
                state, submit_person_id, submit_time, return_reason, version
         FROM disposal.findings WHERE findings_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Findings::try_from)
    .transpose()
}

/// Findings by id, if their unit lies in a scope.
pub(crate) async fn find(connection: &mut PgConnection, id: Uuid, scope: &Scope) -> Result<Option<Findings>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT findings_id, assignment_id, incident_id, body_id, revision, fact_texts, fact_states, fact_evidence, account, measures,
                state, submit_person_id, submit_time, return_reason, version
         FROM disposal.findings WHERE findings_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2))",
        id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_optional(connection)
    .await?
    .map(Findings::try_from)
    .transpose()
}

/// The findings of an incident that lie in a scope, all revisions, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid, scope: &Scope) -> Result<Vec<Findings>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT findings_id, assignment_id, incident_id, body_id, revision, fact_texts, fact_states, fact_evidence, account, measures,
                state, submit_person_id, submit_time, return_reason, version
         FROM disposal.findings WHERE incident_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2)) ORDER BY findings_id",
        incident_id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Findings::try_from)
    .collect()
}

/// The last revision of a task's findings; 0 when it has none.
pub(crate) async fn last_revision(connection: &mut PgConnection, assignment_id: Uuid) -> Result<i32, Error> {
    let last = sqlx::query_scalar!("SELECT max(revision) FROM disposal.findings WHERE assignment_id = $1", assignment_id)
        .fetch_one(connection)
        .await?;
    Ok(last.unwrap_or(0))
}

/// Adds findings.
pub(crate) async fn insert(connection: &mut PgConnection, findings: &Findings) -> Result<(), Error> {
    let facts = &findings.content.facts;
    let texts: Vec<String> = facts.iter().map(|fact| fact.text.clone()).collect();
    let states: Vec<String> = facts.iter().map(|fact| fact.certainty.as_str().to_owned()).collect();
    let evidence: Vec<String> = facts.iter().map(|fact| fact.evidence.clone()).collect();
    sqlx::query!(
        "INSERT INTO disposal.findings (findings_id, assignment_id, incident_id, body_id, revision, fact_texts, fact_states, fact_evidence,
                                        account, measures, state, submit_person_id, submit_time, return_reason, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        findings.id,
        findings.assignment_id,
        findings.incident_id,
        findings.body,
        findings.revision,
        &texts,
        &states,
        &evidence,
        findings.content.account,
        findings.content.measures,
        findings.state.as_str(),
        findings.author,
        findings.submit_time.to_sqlx() as jiff_sqlx::Timestamp,
        findings.return_reason,
        findings.version
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Saves findings that were changed, if nobody else changed them since they were loaded. False when somebody did.
pub(crate) async fn save(connection: &mut PgConnection, findings: &mut Findings) -> Result<bool, Error> {
    let done = sqlx::query!(
        "UPDATE disposal.findings SET state = $3, return_reason = $4, version = version + 1 WHERE findings_id = $1 AND version = $2",
        findings.id,
        findings.version,
        findings.state.as_str(),
        findings.return_reason
    )
    .execute(connection)
    .await?;
    findings.version += 1;
    Ok(done.rows_affected() == 1)
}
