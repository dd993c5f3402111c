//! All SQL that names intake.suggestion.

use chassis::Error;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Standing, Suggestion};

struct Row {
    report_id: Uuid,
    title: String,
    incident_id: Uuid,
    number: String,
    other_incident_id: Uuid,
    other_number: String,
    other_title: String,
    score: f64,
    ground: String,
}

impl From<Row> for Standing {
    fn from(row: Row) -> Self {
        let suggestion = Suggestion {
            report: row.report_id,
            incident: row.incident_id,
            other: row.other_incident_id,
            score: row.score,
            ground: row.ground,
        };
        Self { suggestion, title: row.title, number: row.number, other_number: row.other_number, other_title: row.other_title }
    }
}

/// Adds suggestions, one a report.
pub(crate) async fn insert(connection: &mut PgConnection, all: &[Suggestion]) -> Result<(), Error> {
    if all.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO intake.suggestion (report_id, incident_id, other_incident_id, score, ground)
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::float8[], $5::text[]) ON CONFLICT DO NOTHING",
        &all.iter().map(|s| s.report).collect::<Vec<_>>(),
        &all.iter().map(|s| s.incident).collect::<Vec<_>>(),
        &all.iter().map(|s| s.other).collect::<Vec<_>>(),
        &all.iter().map(|s| s.score).collect::<Vec<_>>(),
        &all.iter().map(|s| s.ground.clone()).collect::<Vec<_>>()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of the suggestions that stand, newest report first. What was merged, however often, is what it was merged into.
pub(super) async fn page(connection: &mut PgConnection, before: Option<Uuid>, limit: i64) -> Result<Vec<Standing>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT s.report_id, r.title, s.incident_id, i.number, o.incident_id AS other_incident_id, o.number AS other_number,
                o.title AS other_title, s.score, s.ground
         FROM intake.suggestion s
         JOIN intake.report r ON r.report_id = s.report_id AND r.incident_id = s.incident_id
         JOIN intake.incident i ON i.incident_id = s.incident_id AND i.merged_into_incident_id IS NULL
         CROSS JOIN LATERAL (
             WITH RECURSIVE went AS (
                 SELECT incident_id, merged_into_incident_id FROM intake.incident WHERE incident_id = s.other_incident_id
                 UNION ALL
                 SELECT n.incident_id, n.merged_into_incident_id FROM went w JOIN intake.incident n ON n.incident_id = w.merged_into_incident_id
             )
             SELECT incident_id FROM went WHERE merged_into_incident_id IS NULL) f
         JOIN intake.incident o ON o.incident_id = f.incident_id AND o.incident_id <> s.incident_id
         WHERE s.dismiss_person_id IS NULL AND s.report_id < $1 ORDER BY s.report_id DESC LIMIT $2",
        before.unwrap_or(Uuid::max()),
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Standing::from).collect())
}

/// Dismisses what was suggested for a report: the suggestion; nothing when none is open.
pub(super) async fn dismiss(connection: &mut PgConnection, report: Uuid, by: Uuid, time: Timestamp) -> Result<Option<Suggestion>, Error> {
    let row = sqlx::query!(
        "UPDATE intake.suggestion SET dismiss_person_id = $2, dismiss_time = $3 WHERE report_id = $1 AND dismiss_person_id IS NULL
         RETURNING report_id, incident_id, other_incident_id, score, ground",
        report,
        by,
        time.to_sqlx() as jiff_sqlx::Timestamp
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Suggestion {
        report: row.report_id,
        incident: row.incident_id,
        other: row.other_incident_id,
        score: row.score,
        ground: row.ground,
    }))
}
