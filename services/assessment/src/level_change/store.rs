//! All SQL that names assessment.level_change.

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::LevelChange;
use crate::assessment::{
    Decision, Grade, Reason, State,
    store::{level_str, parse_level},
};

/// Adds a step.
pub(crate) async fn insert(connection: &mut PgConnection, change: &LevelChange) -> Result<(), Error> {
    let decision = change.state.decision();
    let level = change.level().ok_or_else(|| Error::fault("a level change without a level"))?;
    sqlx::query!(
        "INSERT INTO assessment.level_change
             (level_change_id, incident_id, kind, level, grade, person_id, reason, clauses, rule_version, change_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        change.id,
        change.incident_id,
        change.state.as_str(),
        level_str(level),
        decision.map(|d| d.grade.as_str()),
        decision.map(|d| d.by),
        change.state.reason().map(Reason::as_str),
        &change.clauses,
        change.rule_version,
        change.time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The steps of an incident, the newest first.
pub(crate) async fn page(
    connection: &mut PgConnection,
    incident_id: Uuid,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<LevelChange>, Error> {
    let rows = sqlx::query!(
        "SELECT level_change_id, kind, level, grade, person_id, reason, clauses, rule_version, change_time
         FROM assessment.level_change WHERE incident_id = $1 AND ($2::uuid IS NULL OR level_change_id < $2)
         ORDER BY level_change_id DESC LIMIT $3",
        incident_id,
        after,
        limit
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let (level, time) = (parse_level(&row.level)?, row.change_time.to_jiff());
            let decision = match (row.grade, row.person_id) {
                (Some(grade), Some(by)) => Some(Decision { level, grade: Grade::parse(&grade)?, by, time }),
                _ => None,
            };
            let (suggested, state) = match (row.kind.as_str(), decision, row.reason) {
                ("SUGGESTED", None, None) => (Some(level), State::Suggested),
                ("CONFIRMED", Some(decision), None) => (None, State::Confirmed(decision)),
                ("OVERRIDDEN", Some(decision), Some(reason)) => {
                    (None, State::Overridden(decision, Reason::given(reason).map_err(Error::fault)?))
                }
                _ => return Err(Error::fault(format!("level change {} is of no kind", row.level_change_id))),
            };
            let (clauses, rule_version) = (row.clauses, row.rule_version);
            Ok(LevelChange { id: row.level_change_id, incident_id, suggested, state, clauses, rule_version, time })
        })
        .collect()
}
