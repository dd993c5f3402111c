//! All SQL that names assessment.opinion.

use std::collections::HashMap;

use chassis::Error;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Opinion;
use crate::assessment::store::{level_str, parse_level};

/// Adds an opinion.
pub(crate) async fn insert(connection: &mut PgConnection, opinion: &Opinion) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO assessment.opinion (opinion_id, incident_id, body_id, person_id, text, file_time, level)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        opinion.id,
        opinion.incident_id,
        opinion.body_id,
        opinion.person_id,
        opinion.text,
        opinion.file_time.to_sqlx() as jiff_sqlx::Timestamp,
        opinion.level.map(level_str)
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The opinions on some incidents, in the order of their filing.
pub(crate) async fn of_incidents(connection: &mut PgConnection, incident_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Opinion>>, Error> {
    let rows = sqlx::query!(
        "SELECT opinion_id, incident_id, body_id, person_id, text, file_time, level
         FROM assessment.opinion WHERE incident_id = ANY($1) ORDER BY opinion_id",
        incident_ids
    )
    .fetch_all(connection)
    .await?;
    let mut opinions: HashMap<Uuid, Vec<Opinion>> = HashMap::new();
    for row in rows {
        opinions.entry(row.incident_id).or_default().push(Opinion {
            id: row.opinion_id,
            incident_id: row.incident_id,
            body_id: row.body_id,
            person_id: row.person_id,
            text: row.text,
            level: row.level.as_deref().map(parse_level).transpose()?,
            file_time: row.file_time.to_jiff(),
        });
    }
    Ok(opinions)
}
