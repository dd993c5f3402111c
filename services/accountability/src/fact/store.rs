//! All SQL that names accountability.fact and accountability.subject.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use regulation::Fact;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Subject;

/// What became of keeping a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Whether it was not known before.
    pub is_new: bool,
    /// How many facts the subject has now.
    pub facts: i64,
}

/// Keeps a fact under its subject, and locks the subject until the transaction ends. One statement, so that an import of
/// thousands stays cheap.
pub(crate) async fn keep(connection: &mut PgConnection, subject: Subject, fact: &Fact, event_id: Uuid) -> Result<Kept, Error> {
    let row = sqlx::query!(
        r#"WITH kept AS (
               INSERT INTO accountability.fact (subject, event_id, kind, fact_time, fields) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (subject, event_id) DO NOTHING RETURNING event_id
           )
           INSERT INTO accountability.subject AS s (subject, fact_count) SELECT $1, count(*) FROM kept
           ON CONFLICT (subject) DO UPDATE SET fact_count = s.fact_count + EXCLUDED.fact_count
           RETURNING fact_count, (SELECT count(*) FROM kept) AS "added!""#,
        subject.to_string(),
        event_id,
        fact.kind,
        fact.time.to_sqlx() as jiff_sqlx::Timestamp,
        Value::from(fact.fields.clone())
    )
    .fetch_one(connection)
    .await?;
    Ok(Kept { is_new: row.added > 0, facts: row.fact_count })
}

/// Locks a subject until the transaction ends, before any of its obligations is.
pub(crate) async fn lock(connection: &mut PgConnection, subject: Subject) -> Result<(), Error> {
    sqlx::query!("SELECT subject FROM accountability.subject WHERE subject = $1 FOR UPDATE", subject.to_string())
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// All facts of a subject, in no order.
pub(crate) async fn of(connection: &mut PgConnection, subject: Subject) -> Result<Vec<Fact>, Error> {
    let rows = sqlx::query!("SELECT event_id, kind, fact_time, fields FROM accountability.fact WHERE subject = $1", subject.to_string())
        .fetch_all(connection)
        .await?;
    let incident_id = subject.incident_id().map(|id| id.to_string());
    rows.into_iter()
        .map(|row| match row.fields {
            Value::Object(fields) => Ok(Fact {
                id: row.event_id.to_string(),
                kind: row.kind,
                time: row.fact_time.to_jiff(),
                incident_id: incident_id.clone(),
                fields,
            }),
            other => Err(Error::fault(format!("fact {} has no fields: {other}", row.event_id))),
        })
        .collect()
}

/// The number under which people know an incident, as the last decision of its level told it; none before there was one.
pub(crate) async fn number(connection: &mut PgConnection, incident_id: Uuid) -> Result<Option<String>, Error> {
    let number = sqlx::query_scalar!(
        r#"SELECT fields->>'number' AS "number!" FROM accountability.fact
           WHERE subject = $1 AND kind = 'assessment.IncidentClassified' AND fields->>'number' <> '' ORDER BY fact_time DESC LIMIT 1"#,
        incident_id.to_string()
    );
    Ok(number.fetch_optional(connection).await?)
}

/// Whether any fact of an incident is known.
pub(crate) async fn knows(connection: &mut PgConnection, incident_id: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM accountability.subject WHERE subject = $1)
               OR EXISTS (SELECT 1 FROM accountability.knowledge WHERE incident_id = $2) AS "known!""#,
        incident_id.to_string(),
        incident_id
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
