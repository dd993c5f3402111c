//! What appraisals read of obligations, facts and quality reviews, all of one period at once.

use chassis::{Error, fact_id};
use jiff_sqlx::ToSqlx;
use regulation::replay::NO_LONGER_OWED;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Due, Happened, Period, What};

/// What fell due in a period: of all units, or of one. What by all facts and the rule is no longer owed counts neither for nor
/// against anybody.
pub(crate) async fn due(connection: &mut PgConnection, period: &Period, body: Option<Uuid>) -> Result<Vec<Due>, Error> {
    let rows = sqlx::query!(
        r#"SELECT o.debtor_body_id AS "body_id!", o.obligation_id, o.incident_id, o.duty_id, o.due_time, o.outcome, o.outcome_time,
                  EXISTS (SELECT 1 FROM accountability.fact f
                          WHERE f.kind = 'accountability.ExtensionGranted' AND f.fields ->> 'obligation_id' = o.obligation_id::text)
                      AS "extended!"
           FROM accountability.obligation o
           WHERE o.due_time >= $1 AND o.due_time < $2 AND o.debtor_body_id IS NOT NULL AND ($3::uuid IS NULL OR o.debtor_body_id = $3)
             AND o.end_reason <> $4
           ORDER BY o.due_time, o.obligation_id"#,
        period.start.to_sqlx() as jiff_sqlx::Timestamp,
        period.end.to_sqlx() as jiff_sqlx::Timestamp,
        body,
        NO_LONGER_OWED
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Due {
            body_id: row.body_id,
            obligation_id: row.obligation_id,
            incident_id: row.incident_id,
            duty_id: row.duty_id,
            due_time: row.due_time.to_jiff(),
            outcome: row.outcome,
            outcome_time: row.outcome_time.map(|time| time.to_jiff()),
            extended: row.extended,
        })
        .collect())
}

/// What was submitted, returned and reviewed in a period: of all units, or of one.
pub(crate) async fn happened(connection: &mut PgConnection, period: &Period, body: Option<Uuid>) -> Result<Vec<Happened>, Error> {
    let findings = sqlx::query!(
        r#"SELECT subject AS incident_id, fields ->> 'body_id' AS "body_id!", kind = 'disposal.FindingsReturned' AS "returned!"
           FROM accountability.fact
           WHERE kind IN ('disposal.FindingsSubmitted', 'disposal.FindingsReturned') AND fact_time >= $1 AND fact_time < $2
             AND ($3::text IS NULL OR fields ->> 'body_id' = $3)
           ORDER BY fact_time, event_id"#,
        period.start.to_sqlx() as jiff_sqlx::Timestamp,
        period.end.to_sqlx() as jiff_sqlx::Timestamp,
        body.map(|body| body.to_string())
    )
    .fetch_all(&mut *connection)
    .await?;
    let reviews = sqlx::query!(
        "SELECT incident_id, body_id, score FROM accountability.quality_review
         WHERE review_time >= $1 AND review_time < $2 AND ($3::uuid IS NULL OR body_id = $3) ORDER BY quality_review_id",
        period.start.to_sqlx() as jiff_sqlx::Timestamp,
        period.end.to_sqlx() as jiff_sqlx::Timestamp,
        body
    )
    .fetch_all(connection)
    .await?;
    let mut happened = Vec::with_capacity(findings.len() + reviews.len());
    for row in findings {
        let what = if row.returned { What::Returned } else { What::Submitted };
        happened.push(Happened { body_id: fact_id(&row.body_id)?, incident_id: fact_id(&row.incident_id)?, what });
    }
    happened.extend(reviews.into_iter().map(|row| Happened {
        body_id: row.body_id,
        incident_id: row.incident_id,
        what: What::Reviewed(row.score.into()),
    }));
    Ok(happened)
}

/// Whether a unit submitted findings of an incident.
pub(crate) async fn submitted(connection: &mut PgConnection, incident_id: Uuid, body: Uuid) -> Result<bool, Error> {
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM accountability.fact
                          WHERE subject = $1 AND kind = 'disposal.FindingsSubmitted' AND fields ->> 'body_id' = $2) AS "submitted!""#,
        incident_id.to_string(),
        body.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(found)
}
