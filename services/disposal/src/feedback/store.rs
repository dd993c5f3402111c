//! All SQL that names disposal.feedback.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Feedback, Recipient};
use crate::case::Scope;

struct Row {
    feedback_id: Uuid,
    incident_id: Uuid,
    body_id: Option<Uuid>,
    person_id: Uuid,
    recipient: String,
    text: String,
    submit_time: jiff_sqlx::Timestamp,
}

impl Recipient {
    fn as_str(self) -> &'static str {
        match self {
            Self::Office => "OFFICE",
            Self::LeaderInCharge => "LEADER_IN_CHARGE",
            Self::PrincipalLeader => "PRINCIPAL_LEADER",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        match text {
            "OFFICE" => Ok(Self::Office),
            "LEADER_IN_CHARGE" => Ok(Self::LeaderInCharge),
            "PRINCIPAL_LEADER" => Ok(Self::PrincipalLeader),
            other => Err(Error::fault(format!("feedback recipient {other}"))),
        }
    }
}

impl TryFrom<Row> for Feedback {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.feedback_id,
            incident_id: row.incident_id,
            body: row.body_id,
            person: row.person_id,
            recipient: Recipient::parse(&row.recipient)?,
            text: row.text,
            submit_time: row.submit_time.to_jiff(),
        })
    }
}

/// The feedback of an incident that lies in a scope, in order.
pub(crate) async fn of_incident(connection: &mut PgConnection, incident_id: Uuid, scope: &Scope) -> Result<Vec<Feedback>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT feedback_id, incident_id, body_id, person_id, recipient, text, submit_time
         FROM disposal.feedback WHERE incident_id = $1 AND ($2::uuid[] IS NULL OR body_id = ANY ($2)) ORDER BY feedback_id",
        incident_id,
        scope.bodies() as Option<&[Uuid]>
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Feedback::try_from)
    .collect()
}

/// Adds feedback.
pub(crate) async fn insert(connection: &mut PgConnection, feedback: &Feedback) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO disposal.feedback (feedback_id, incident_id, body_id, person_id, recipient, text, submit_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        feedback.id,
        feedback.incident_id,
        feedback.body,
        feedback.person,
        feedback.recipient.as_str(),
        feedback.text,
        feedback.submit_time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
